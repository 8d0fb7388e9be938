/// What `assay ota explore` finds: every cut of the payload's update, every cut of the built-in
/// rehearsals, and random schedules.
public struct FullExploration: Sendable, Equatable {
  /// The payload: `operations` and `cases` of the command's output.
  public let payload: ExplorationReport
  /// Network faults, bad images and damaged flash with small made-up images.
  public let rehearsals: ExplorationReport
  public let random: RandomReport

  /// Random schedules a full exploration runs.
  public static let randomRuns = 500

  public var violations: Int {
    payload.violations + rehearsals.violations + random.findings.count + random.missing.count
  }

  /// 16 hexadecimal digits over everything, the same for the same payload and seed.
  public var traceHash: String {
    var hash = payload.traceHash
    hash.mix(rehearsals.traceHash.value)
    hash.mix(random.traceHash.value)
    return hash.hex
  }

  /// One line for each thing that did not hold, with what replays it.
  public var findings: [String] {
    payload.findings.map(\.description) + rehearsals.findings.map(\.description)
      + random.findings.map { "\($0.violation); replay: assay ota replay --schedule \"\($0.shrunk)\"" }
      + random.missing.map { "no run had the fault \"\($0)\"" }
  }
}

extension Exploration {
  /// Explores a payload and everything built in.
  public static func exploreAll(_ payload: Payload, workers: Int = 2) throws(Failure) -> FullExploration {
    let cuts = try explore(payload, workers: workers)
    let rehearsals = rehearse(seed: payload.seed, workers: workers)
    let random = RandomExploration.explore(seed: payload.seed, runs: FullExploration.randomRuns)
    return FullExploration(payload: cuts, rehearsals: rehearsals, random: random)
  }
}
