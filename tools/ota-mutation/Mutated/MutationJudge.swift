// Compiled into a scratch copy of AssayUpdate only: judges the active mutant with what ships.

/// What the shipped checks say about the active mutant, as one line of JSON.
public struct MutationJudge {
  let scenarios: [Scenario]
  let schedules: [Schedule]
  let seed: UInt64 = 1
  /// True to cut power in a few rehearsals only, once per run.
  public var isQuick = false
  private var hash = TraceHash()

  /// `suites` are scenario files, `corpus` is a file of schedules; nil when one cannot be read.
  public init?(suites: [[UInt8]], corpus: [UInt8]) {
    do {
      scenarios = try suites.flatMap { try ScenarioReader.read($0, file: "suite") }
      let lines = String(decoding: corpus, as: UTF8.self).split(separator: "\n")
      schedules = try lines.filter { !$0.hasPrefix("#") }.map { try Schedule.read(String($0)) }
    } catch {
      return nil
    }
  }

  /// The first thing `ota replay` and `ota explore` would each say; empty when they say nothing.
  ///
  /// What a replay notices already is explored without power cuts only.
  public mutating func verdict() -> (replay: String, explore: String, traceHash: String) {
    let replayed = replay()
    return (replayed ?? "", explore(withCuts: replayed == nil) ?? "", hash.hex)
  }

  private mutating func replay() -> String? {
    var difference: String?
    for scenario in scenarios {
      guard let outcome = scenario.replay(Subject(), keepsTimeline: false) else { return "no outcome" }
      if let violation = outcome.violations.first { return "\(violation.description) in \(outcome.scenario)" }
      difference = difference ?? outcome.differences.first.map { "differs: \(outcome.scenario): \($0)" }
      hash.mix(outcome.traceHash)
    }
    for schedule in schedules {
      guard let outcome = schedule.outcome() else { return "no outcome" }
      if let violation = outcome.violations.first { return "\(violation.description) in corpus" }
      hash.mix(outcome.traceHash)
    }
    return difference
  }

  private mutating func explore(withCuts isCut: Bool) -> String? {
    var subject = Subject()
    subject.seed = seed
    var random = SeededRandom(seed: 99)
    let payload = Payload(image: random.bytes(20_000), slotBytes: 65536, seed: seed) { _ in .good }
    let missions =
      [Mission.updateAndRollback(payload), Mission.failedTrial(payload)].compactMap(\.self)
      + Rehearsals.missions(subject)
    for mission in missions {
      if let found = withoutCut(mission) { return found }
    }
    guard isCut else { return nil }
    if let found = drawn() { return found }
    for mission in missions where !isQuick || Self.quickMissions.contains(mission.name) {
      if let found = withCuts(mission) { return found }
    }
    return nil
  }

  private static let quickMissions: Set<String> = [
    "update", "wrong-output", "three-updates", "cuts", "rot", "reports-lost", "sequence-wraps",
  ]

  private func withoutCut(_ mission: Mission) -> String? {
    let judge = ImageJudge(selfTest: mission.selfTest)
    var world = World(mission: mission, board: mission.makeBoard(seed: seed, judge: judge))
    world.run()
    return world.board.monitor.violations.first.map { "\($0.description) in \(mission.name)" }
  }

  private mutating func withCuts(_ mission: Mission) -> String? {
    var explorer = ExhaustiveExplorer(mission: mission, seed: seed)
    if isQuick { explorer.secondCutEvery = 0 }
    for one in explorer.explore(share: 0, of: 1).cases {
      hash.mix(one.hash)
      guard let found = one.violations.first else { continue }
      return
        "\(found.description) in \(mission.name), cut at operation \(one.operation), \(one.mode.rawValue)"
    }
    return nil
  }

  private mutating func drawn() -> String? {
    var random = SeededRandom(seed: seed, purpose: 0xF1E1D)
    for _ in 0..<FullExploration.randomRuns / (isQuick ? 4 : 1) {
      let schedule = Schedule.draw(seed: random.next() >> 16)
      guard let outcome = schedule.outcome() else { continue }
      if let found = outcome.violations.first { return "\(found.description) in schedule \(schedule.seed)" }
      hash.mix(outcome.traceHash)
    }
    return nil
  }
}
