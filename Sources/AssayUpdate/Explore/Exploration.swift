/// What exploring every power cut of an update gave.
public struct ExplorationReport: Sendable, Equatable {
  /// A cut after which an invariant did not hold.
  public struct Finding: Sendable, Equatable, CustomStringConvertible {
    public let mission: String
    /// Number of the flash operation at which power failed; 0 for the run without a cut.
    public let operation: Int
    public let mode: TearMode
    /// A second cut during the recovery: its operation and mode.
    public let second: String?
    public let violation: Violation

    public var description: String {
      let cut = operation == 0 ? "without a cut" : "cut at operation \(operation), \(mode.rawValue)"
      return "\(mission): \(cut)\(second.map { ", then \($0)" } ?? ""): \(violation)"
    }
  }

  /// Flash operations of all missions: a 4 KiB erase or a program of at most 256 bytes each.
  public internal(set) var operations = 0
  /// Operations times tear modes.
  public internal(set) var cases = 0
  /// Recoveries that were cut a second time.
  public internal(set) var secondCuts = 0
  /// Everything that did not hold.
  public internal(set) var violations = 0
  /// The first findings, at most `findingLimit`.
  public internal(set) var findings: [Finding] = []
  /// Hash over every case in order: the same for the same payload and seed, whatever ran in parallel.
  public internal(set) var traceHash = TraceHash()

  public static let findingLimit = 20
}

/// Exhaustive exploration of a payload's update, trial, confirmation and rollback.
///
///     let report = try Exploration.explore(payload)
///     report.violations      // 0
public enum Exploration {
  /// Why a payload cannot be explored at all.
  public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
    case payload(bytes: Int, slotBytes: Int)

    public var description: String {
      switch self {
      case .payload(let bytes, let slot):
        "an image of \(bytes) bytes does not fit a slot of \(slot) bytes, aligned to 64 KiB and not empty"
      }
    }
  }

  /// Explores on `workers` threads; the result does not depend on their number.
  public static func explore(_ payload: Payload, workers: Int = 2) throws(Failure) -> ExplorationReport {
    guard let update = Mission.updateAndRollback(payload), let trial = Mission.failedTrial(payload) else {
      throw .payload(bytes: payload.image.count, slotBytes: payload.slotBytes)
    }
    var report = ExplorationReport()
    for mission in [update, trial] {
      let explorer = ExhaustiveExplorer(mission: mission, seed: payload.seed)
      report.add(explorer.shares(max(1, workers)), of: mission.name)
    }
    return report
  }
}

extension Exploration {
  /// Explores every cut of the built-in rehearsals: network faults, bad images, damaged flash.
  ///
  /// `stride` 1 cuts every operation, n every n-th one.
  public static func rehearse(seed: UInt64, workers: Int = 2, stride: Int = 1) -> ExplorationReport {
    var subject = Subject()
    subject.seed = seed
    let missions = Rehearsals.missions(subject)
    return rehearse(missions, seed: seed, workers: max(1, workers), stride: max(1, stride))
  }

  private static func rehearse(
    _ missions: [Mission], seed: UInt64, workers: Int, stride: Int
  ) -> ExplorationReport {
    let explore: @Sendable (Int) -> ExhaustiveExplorer.Share = { index in
      var explorer = ExhaustiveExplorer(mission: missions[index], seed: seed)
      explorer.stride = stride
      return explorer.explore(share: 0, of: 1)
    }
    // Missions differ in length by a hundred times: whoever is free takes the next one.
    let shares =
      workers == 1 ? missions.indices.map(explore) : Workers.map(missions.count, explore)
    var report = ExplorationReport()
    for (mission, share) in zip(missions, shares) { report.add([share], of: mission.name) }
    return report
  }
}

extension ExhaustiveExplorer {
  /// Every share, explored side by side.
  func shares(_ count: Int) -> [Share] {
    Workers.map(count) { explore(share: $0, of: count) }
  }
}

extension ExplorationReport {
  /// Adds the shares of one mission, in the order of the operations.
  mutating func add(_ shares: [ExhaustiveExplorer.Share], of mission: String) {
    guard let first = shares.first else { return }
    operations += first.operations
    traceHash.mix(first.referenceHash)
    note(first.reference, mission, 0, .before, nil)
    let sorted = shares.flatMap(\.cases).enumerated().sorted {
      ($0.element.operation, $0.offset) < ($1.element.operation, $1.offset)
    }
    for one in sorted.map(\.element) { add(one, of: mission) }
  }

  private mutating func add(_ one: ExhaustiveExplorer.Case, of mission: String) {
    traceHash.mix(one.hash)
    if one.secondCut == nil { cases += 1 } else { secondCuts += 1 }
    let second = one.secondCut.map { "cut at operation \($0.operation), \($0.mode.rawValue)" }
    note(one.violations, mission, one.operation, one.mode, second)
  }

  private mutating func note(
    _ found: [Violation], _ mission: String, _ operation: Int, _ mode: TearMode, _ second: String?
  ) {
    violations += found.count
    for violation in found where findings.count < Self.findingLimit {
      findings.append(
        Finding(mission: mission, operation: operation, mode: mode, second: second, violation: violation))
    }
  }
}
