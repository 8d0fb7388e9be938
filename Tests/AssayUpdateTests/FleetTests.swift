import Testing

@testable import AssayUpdate

struct FleetTests {
  private static func report(_ change: (inout FleetPlan) -> Void) throws -> FleetReport {
    var plan = FleetPlan()
    plan.devices = 400
    plan.groups = [20, 80]
    plan.days = 4
    change(&plan)
    return try #require(plan.run())
  }

  @Test func `a good model reaches the whole fleet`() throws {
    let report = try Self.report { _ in }
    #expect(report.state == .finished)
    #expect(report.updated >= 360)
    #expect(report.violations == [])
  }

  @Test func `a canary that fails stops the rollout, and devices go back`() throws {
    let report = try Self.report { $0.failingPerMille = 400 }
    #expect(report.state == .rolledBack)
    #expect(report.touched <= 20, "the canary group and no more")
    #expect(report.updated == 0, "ordered back to the old model")
    #expect(report.violations == [])
  }

  @Test func `after an outage the devices that were ordered back go back`() throws {
    let report = try Self.report { plan in
      plan.failingPerMille = 400
      plan.outageHours = 6
    }
    #expect(report.state == .rolledBack && report.updated == 0)
    #expect(report.serves == ["old 400"])
  }

  @Test func `of ten thousand devices a failing canary touches its own group only`() throws {
    let report = try Self.report { plan in
      plan.devices = 10_000
      plan.groups = [100, 900]
      plan.failingPerMille = 400
    }
    #expect(report.state == .rolledBack)
    #expect(report.allowed == 100 && report.touched <= 100 && report.touched > 0)
    #expect(report.peakRequestsPerSecond <= report.allowedRequestsPerSecond)
    #expect(report.violations == [])
  }

  @Test func `silent devices do not count as success`() throws {
    let report = try Self.report { $0.silentPerMille = 400 }
    #expect(report.state == .paused)
    #expect(report.touched <= 20)
  }

  @Test func `offline devices within the threshold do not hold the fleet up`() throws {
    let report = try Self.report { plan in
      plan.offlinePerMille = 30
      plan.successPercent = 80
    }
    #expect(report.state == .finished)
    #expect(report.updated < 400)
  }

  @Test func `after an outage the herd comes back spread out`() throws {
    let report = try Self.report { $0.outageHours = 6 }
    #expect(report.state == .finished)
    #expect(report.peakRequestsPerSecond <= report.allowedRequestsPerSecond)
    #expect(report.violations == [])
  }

  @Test func `without jitter the herd is noticed`() throws {
    let report = try Self.report { $0.flaws = .pollsWithoutJitter }
    #expect(report.violations.contains { $0.invariant == .triesBounded })
  }

  @Test func `the same seed is the same fleet`() throws {
    #expect(try Self.report { $0.devices = 60 } == Self.report { $0.devices = 60 })
    #expect(
      try Self.report { $0.devices = 60 }.traceHash
        != Self.report {
          $0.devices = 60; $0.seed = 2
        }.traceHash)
  }

  @Test(arguments: [(0, [1]), (10, [0]), (10, [-1])]) func `a plan without devices or groups is none`(
    devices: Int, groups: [Int]
  ) {
    var plan = FleetPlan()
    plan.devices = devices
    plan.groups = groups
    #expect(plan.run() == nil)
  }
}

struct RolloutTests {
  @Test(arguments: [(1, 90, 1), (10, 90, 9), (11, 90, 10), (100, 100, 100), (3, 1, 1)])
  func `needed successes are rounded up`(size: Int, percent: Int, needed: Int) throws {
    let rollout = try #require(
      Rollout(groupSizes: [size], successPercent: percent, failurePercent: 0, silenceSeconds: 1))
    #expect(rollout.needed(inGroup: 0) == needed)
  }

  @Test(arguments: [(1, 10, 0), (9, 10, 0), (10, 10, 1), (19, 10, 1), (10, 0, 0)])
  func `tolerated failures are rounded down`(size: Int, percent: Int, tolerated: Int) throws {
    let rollout = try #require(
      Rollout(groupSizes: [size], successPercent: 90, failurePercent: percent, silenceSeconds: 1))
    #expect(rollout.tolerated(inGroup: 0) == tolerated)
  }

  @Test func `one failure more than tolerated stops everything`() throws {
    var rollout = try #require(
      Rollout(groupSizes: [10, 90], successPercent: 90, failurePercent: 10, silenceSeconds: 1))
    rollout.count(success: false, group: 0, atSeconds: 1)
    #expect(rollout.state == .running(group: 0), "exactly the threshold")
    rollout.count(success: false, group: 0, atSeconds: 1)
    #expect(rollout.state == .rolledBack)
    for _ in 0..<10 { rollout.count(success: true, group: 0, atSeconds: 2) }
    #expect(rollout.state == .rolledBack, "late successes do not revive it")
  }

  @Test func `a group that can no longer become good enough pauses at once`() throws {
    var rollout = try #require(
      Rollout(groupSizes: [10, 90], successPercent: 100, failurePercent: 10, silenceSeconds: 1))
    rollout.count(success: false, group: 0, atSeconds: 1)
    for _ in 0..<8 { rollout.count(success: true, group: 0, atSeconds: 1) }
    #expect(rollout.state == .running(group: 0))
    rollout.count(success: true, group: 0, atSeconds: 1)
    #expect(rollout.state == .paused)
  }

  @Test func `a few silent devices that nobody needs do not hide that the rest is too few`() throws {
    var rollout = try #require(
      Rollout(groupSizes: [10, 90], successPercent: 100, failurePercent: 50, silenceSeconds: 100))
    for _ in 0..<9 { rollout.count(success: true, group: 0, atSeconds: 1) }
    rollout.tick(atSeconds: 101)
    #expect(rollout.state == .paused)
  }

  @Test func `a paused second group stays open, a resumed one has all of its time again`() throws {
    var rollout = try #require(
      Rollout(groupSizes: [1, 9], successPercent: 90, failurePercent: 10, silenceSeconds: 100))
    rollout.count(success: true, group: 0, atSeconds: 1)
    rollout.tick(atSeconds: 102)
    #expect(rollout.state == .paused && rollout.openGroups == 2)
    rollout.resume(atSeconds: 500)
    rollout.tick(atSeconds: 600)
    #expect(rollout.state == .running(group: 1))
    rollout.tick(atSeconds: 601)
    #expect(rollout.state == .paused)
  }

  @Test func `who joins counts among all devices of the group`() throws {
    var rollout = try #require(
      Rollout(groupSizes: [2, 9], successPercent: 100, failurePercent: 10, silenceSeconds: 100))
    rollout.join(1, group: 0)
    for _ in 0..<2 { rollout.count(success: true, group: 0, atSeconds: 1) }
    #expect(rollout.state == .running(group: 0) && rollout.groupSizes == [3, 9])
    rollout.count(success: true, group: 0, atSeconds: 1)
    #expect(rollout.state == .running(group: 1))
  }

  @Test func `silence never opens the next group`() throws {
    var rollout = try #require(
      Rollout(groupSizes: [10, 90], successPercent: 90, failurePercent: 10, silenceSeconds: 100))
    for _ in 0..<8 { rollout.count(success: true, group: 0, atSeconds: 1) }
    rollout.tick(atSeconds: 50)
    #expect(rollout.state == .running(group: 0))
    rollout.tick(atSeconds: 101)
    #expect(rollout.state == .paused)
    #expect(rollout.openGroups == 1)
  }
}
