/// What became of every deliberately wrong device.
public struct KillTable: Sendable, Equatable {
  public struct Row: Sendable, Equatable {
    public let name: String
    /// What the device does wrong, in words.
    public let mistake: String
    /// True when the invariant that must notice did.
    public let killed: Bool
    /// The invariant that must notice: `I1` to `I14`.
    public let invariant: String
    /// Where it was caught: rehearsal, cut, and what did not hold; nil for a survivor.
    public let evidence: String?
  }

  public let rows: [Row]

  public var survivors: [String] { rows.filter { !$0.killed }.map(\.name) }

  /// Tries every wrong device on `workers` threads; the table does not depend on their number.
  public static func make(seed: UInt64, workers: Int = 2) -> KillTable {
    let mutants = Mutant.all
    let count = max(1, workers)
    let parts = Workers.map(count) { worker in
      mutants.indices.filter { $0 % count == worker }.map { ($0, row(mutants[$0], seed)) }
    }
    return KillTable(rows: parts.flatMap { $0 }.sorted { $0.0 < $1.0 }.map(\.1))
  }

  private static func row(_ mutant: Mutant, _ seed: UInt64) -> Row {
    let evidence = MutantHunt(mutant: mutant, seed: seed).evidence()
    return Row(
      name: mutant.name, mistake: mutant.mistake, killed: evidence != nil,
      invariant: mutant.invariant.rawValue, evidence: evidence)
  }
}

/// Looks for a rehearsal in which a wrong device breaks the invariant that must notice it.
struct MutantHunt {
  let mutant: Mutant
  let seed: UInt64

  func evidence() -> String? {
    for scenario in scenarios(isFirst: true) {
      if let found = withoutCut(scenario) ?? withCuts(scenario) { return found }
    }
    for scenario in scenarios(isFirst: false) {
      if let found = withoutCut(scenario) { return found }
    }
    for scenario in scenarios(isFirst: false) {
      if let found = withCuts(scenario) { return found }
    }
    return nil
  }

  private func scenarios(isFirst: Bool) -> [Scenario] {
    BuiltInRehearsals.scenarios.filter { ($0.name == mutant.rehearsal) == isFirst }
  }

  private func withoutCut(_ scenario: Scenario) -> String? {
    guard let mission = mission(scenario) else { return nil }
    let judge = ImageJudge(selfTest: mission.selfTest)
    var world = World(mission: mission, board: mission.makeBoard(seed: seed, judge: judge))
    world.run()
    return finding(world.board.monitor.violations).map { "\(mission.name): \($0)" }
  }

  private func withCuts(_ scenario: Scenario) -> String? {
    guard let mission = mission(scenario) else { return nil }
    var explorer = ExhaustiveExplorer(mission: mission, seed: seed)
    explorer.secondCutEvery = 0
    for one in explorer.explore(share: 0, of: 1).cases {
      guard let found = finding(one.violations) else { continue }
      return "\(mission.name), cut at operation \(one.operation), \(one.mode.rawValue): \(found)"
    }
    return nil
  }

  private func finding(_ violations: [Violation]) -> String? {
    violations.first { $0.invariant == mutant.invariant }?.description
  }

  private func mission(_ scenario: Scenario) -> Mission? {
    var subject = Subject()
    subject.seed = seed
    subject.flaws = mutant.flaws
    return Mission(scenario, subject, images: ScenarioImages(scenario, subject))
  }
}

/// The built-in rehearsals as missions.
enum Rehearsals {
  static func missions(_ subject: Subject) -> [Mission] {
    BuiltInRehearsals.scenarios.compactMap { scenario in
      Mission(scenario, subject, images: ScenarioImages(scenario, subject))
    }
  }
}
