/// One rollout over a fleet, event by event in the order of virtual time.
struct FleetRun {
  /// A device, its board and its place in the rollout.
  private struct Member {
    var device: Device
    var board: Board
    let group: Int
    let isSilent: Bool
    var isAssigned = false
    var hasCounted = false
    var isOrderedBack = false
  }

  private let plan: FleetPlan
  private let missions: [Mission]
  private var members: [Member] = []
  private var rollout: Rollout
  private var queue = WakeQueue()
  /// When the rollout stopped before its end.
  private var stoppedMicroseconds: Int64?
  /// Devices that were told to update and have not reported.
  private var outstanding = 0
  private var perSecond: [Int64: Int] = [:]
  private var report = FleetReport()

  init?(_ plan: FleetPlan) {
    guard let sizes = plan.groupSizes,
      let rollout = Rollout(
        groupSizes: sizes, successPercent: plan.successPercent, failurePercent: plan.failurePercent,
        silenceSeconds: plan.silenceSeconds),
      let good = Self.mission(plan, passes: true), let bad = Self.mission(plan, passes: false)
    else { return nil }
    self.plan = plan
    self.rollout = rollout
    missions = [good, bad]
    powerOn(sizes)
  }

  private static func mission(_ plan: FleetPlan, passes: Bool) -> Mission? {
    var scenario = Scenario(name: "fleet", catalogue: [], place: "")
    scenario.imageSize = .bytes(plan.imageBytes)
    scenario.selfTest = passes ? .pass : .output
    var subject = Subject()
    subject.seed = plan.seed
    subject.flaws = plan.flaws
    return Mission(scenario, subject, images: ScenarioImages(scenario, subject))
  }

  /// All devices get power at the same moment; the first poll is up to each one's jitter.
  private mutating func powerOn(_ sizes: [Int]) {
    var random = SeededRandom(seed: plan.seed, purpose: 0xF1EE7)
    let judges = missions.map { ImageJudge(selfTest: $0.selfTest) }
    let boards = zip(missions, judges).map { $0.makeBoard(seed: plan.seed, judge: $1) }
    for (group, size) in sizes.enumerated() {
      for _ in 0..<size {
        let kind = random.chance(perMille: plan.failingPerMille) ? 1 : 0
        let isOffline = random.chance(perMille: plan.offlinePerMille)
        let isSilent = random.chance(perMille: plan.silentPerMille)
        var board = boards[kind]
        board.random = SeededRandom(seed: plan.seed, purpose: UInt64(members.count) << 20)
        board.network.service.cancelAssignment(of: missions[kind].profile.mac)
        if isSilent {
          board.network.rules = [
            NetworkRule(step: .report, occurrences: 1...1_000_000, fault: .fail(.timeout))
          ]
        }
        let device = Device(profile: missions[kind].profile)
        members.append(Member(device: device, board: board, group: group, isSilent: isSilent))
        if !isOffline { queue.push(members.count - 1, at: 0) }
      }
    }
  }

  mutating func run() -> FleetReport {
    let end = Int64(plan.days) * 86_400_000_000
    var booted = [Bool](repeating: false, count: members.count)
    while let (time, index) = queue.pop(), time <= end {
      rollout.tick(atSeconds: time / 1_000_000)
      step(index, at: time, isBooted: &booted[index])
      count(index)
      if hasEnded(at: time) { break }
      queue.push(index, at: max(time + 1, members[index].device.nextWakeMicroseconds))
    }
    return finish()
  }

  /// Nothing more will be opened, and every device that was told to update has reported.
  private mutating func hasEnded(at time: Int64) -> Bool {
    switch rollout.state {
    case .running: return false
    case .finished: return outstanding == 0
    case .paused, .rolledBack:
      // Long enough for every device to hear of it and to go back.
      let stopped = stoppedMicroseconds ?? time
      stoppedMicroseconds = stopped
      return time - stopped > 4 * 3_600_000_000
    }
  }

  /// One wake of one device, with what the service wants of it at that moment.
  private mutating func step(_ index: Int, at time: Int64, isBooted: inout Bool) {
    var member = members[index]
    assign(&member)
    applyOutage(&member, at: time)
    member.board.clock.microseconds = max(member.board.clock.microseconds, time)
    let before = member.board.monitor.counters
    do {
      if isBooted {
        try member.device.wake(on: &member.board)
      } else {
        try member.device.boot(on: &member.board)
      }
      isBooted = true
    } catch {
      member.board.powerUp(after: error)
      member.device = Device(profile: member.device.profile)
      isBooted = false
      // The reboot follows at once.
      do {
        try member.device.boot(on: &member.board)
        isBooted = true
      } catch { member.board.powerUp(after: error) }
    }
    let after = member.board.monitor.counters
    let requests =
      after.polls + after.artifactRequests + after.reportRequests
      - before.polls - before.artifactRequests - before.reportRequests
    perSecond[time / 1_000_000, default: 0] += requests
    report.requests += requests
    members[index] = member
  }

  private mutating func assign(_ member: inout Member) {
    let mission = missions[0]
    guard let manifest = mission.steps.first?.manifest else { return }
    switch rollout.state {
    case .paused: cancel(&member)
    case .rolledBack:
      cancel(&member)
      orderBack(&member, from: manifest)
    default:
      guard !member.isAssigned, member.group < rollout.openGroups else { return }
      member.isAssigned = true
      outstanding += 1
      member.board.network.service.assign(manifest, to: mission.profile.mac)
    }
  }

  /// What has not begun is taken back; what runs is left to end by itself.
  private func cancel(_ member: inout Member) {
    guard member.isAssigned, !member.hasCounted, member.device.record.phase == .steady else { return }
    member.board.network.service.cancelAssignment(of: missions[0].profile.mac)
  }

  /// Devices that have the new model are ordered back to the old one.
  private func orderBack(_ member: inout Member, from manifest: Manifest) {
    guard !member.isOrderedBack, member.device.record.activeContent?.digest == manifest.digest else { return }
    let old = missions[0].oldContent
    var back = Mission.manifest(
      missions[0].old, digest: old.digest, version: old.version, assignment: 2, profile: missions[0].profile)
    back.order = .rollback
    member.isOrderedBack = true
    member.board.network.service.assign(back, to: missions[0].profile.mac)
  }

  private func applyOutage(_ member: inout Member, at time: Int64) {
    guard plan.outageHours > 0 else { return }
    let isOut = time >= 600_000_000 && time < 600_000_000 + Int64(plan.outageHours) * 3_600_000_000
    let silence =
      member.isSilent ? [NetworkRule(step: .report, occurrences: 1...1_000_000, fault: .fail(.timeout))] : []
    let outage = Request.Step.allCases.map {
      NetworkRule(step: $0, occurrences: 1...1_000_000, fault: .status(503, retryAfterSeconds: 300))
    }
    member.board.network.rules = isOut ? outage : silence
  }

  /// The rollout learns of a device's final report, once.
  private mutating func count(_ index: Int) {
    guard members[index].isAssigned, !members[index].hasCounted else { return }
    let reports = members[index].board.network.service.reports(of: missions[0].profile.mac)
    guard let ending = reports.first(where: { $0.status.isFinal }) else { return }
    members[index].hasCounted = true
    outstanding -= 1
    let seconds = members[index].board.clock.microseconds / 1_000_000
    rollout.count(success: ending.status == .succeeded, group: members[index].group, atSeconds: seconds)
  }
}

// What became of the fleet.
extension FleetRun {
  private mutating func finish() -> FleetReport {
    let new = missions[0].steps.first?.manifest.digest
    report.devices = members.count
    report.state = rollout.state
    report.allowed = rollout.groupSizes.prefix(rollout.openGroups).reduce(0, +)
    report.peakRequestsPerSecond = perSecond.values.max() ?? 0
    report.allowedRequestsPerSecond = allowedPeak
    for member in members {
      let record = member.device.record
      if record.activeContent?.digest == new, new != nil { report.updated += 1 }
      if !record.quarantine.isEmpty { report.rolledBack += 1 }
      if member.board.operations > 0 { report.touched += 1 }
      report.violations += member.board.monitor.violations.prefix(max(0, 8 - report.violations.count))
      report.traceHash.mix(member.board.trace.hash.value)
    }
    judge()
    return report
  }

  /// Jitter spreads a fleet over its window; three requests a device, four times the mean, and a few.
  private var allowedPeak: Int { members.count * 3 * 4 / max(1, DevicePolicy().bootJitterSeconds) + 32 }

  private mutating func judge() {
    let end = Int64(plan.days) * 86_400_000_000
    if report.touched > report.allowed {
      let message = "\(report.touched) devices touched, \(report.allowed) in the groups that were opened"
      report.violations.append(Violation(invariant: .boundsCanary, message: message, microseconds: end))
    }
    if report.peakRequestsPerSecond > report.allowedRequestsPerSecond {
      let message =
        "\(report.peakRequestsPerSecond) requests in a second, at most \(report.allowedRequestsPerSecond)"
      report.violations.append(Violation(invariant: .triesBounded, message: message, microseconds: end))
    }
  }
}

/// Devices by the time of their next wake, and by their number when times are equal.
struct WakeQueue {
  private var heap: [(time: Int64, index: Int)] = []

  mutating func push(_ index: Int, at time: Int64) {
    heap.append((time, index))
    var child = heap.count - 1
    while child > 0, isEarlier(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> (time: Int64, index: Int)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isEarlier(child, least) {
        least = child
      }
      guard least != parent else { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private func isEarlier(_ a: Int, _ b: Int) -> Bool {
    (heap[a].time, heap[a].index) < (heap[b].time, heap[b].index)
  }
}
