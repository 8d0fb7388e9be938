/// Puts shards of one gate run together.
///
/// A shard is a run over some of the suites. What they judged must not overlap, and must have been
/// judged by one version against the same files: otherwise the whole would be no run that could have
/// happened.
public enum RunMerge {
  public struct Shard: Sendable {
    /// The file or id, for errors.
    public var name: String
    public var run: Run

    public init(name: String, run: Run) {
      self.name = name
      self.run = run
    }
  }

  /// One run from shards, verdict and exit code decided anew; independent of the shards' order.
  ///
  /// - Throws: `GateError.unusable` for shards that overlap, differ in version, or judged different
  ///   contents under one path.
  public static func merge(_ shards: [Shard]) throws(GateError) -> Run {
    guard let first = shards.first else { throw GateError(.unusable, "nothing to merge") }
    var merged = Run(
      assayVersion: first.run.assayVersion, startedAt: shards.map(\.run.startedAt).min() ?? "")
    merged.overrides = first.run.overrides
    var owners: [String: String] = [:]
    for shard in shards {
      try check(shard, like: first)
      try claim(shard, &owners)
      try addInputs(shard, &merged)
      merged.suites = try joined(merged.suites, shard)
      merged.plannedCases = try sum(merged.plannedCases, shard.run.plannedCases, shard)
      merged.judgedCases = try sum(merged.judgedCases, shard.run.judgedCases, shard)
      merged.canaries += shard.run.canaries
      merged.problems += shard.run.problems
    }
    order(&merged)
    merged.settle(outcome(of: shards))
    return merged
  }

  /// What a shard could not judge or read stands in its verdict alone.
  private static func outcome(of shards: [Shard]) -> GateOutcome {
    var outcome = GateOutcome()
    for shard in shards {
      outcome.add(shard.run.verdict)
      if !shard.run.problems.isEmpty, shard.run.verdict == .pass { outcome.add(.undecided) }
    }
    return outcome
  }

  private static func check(_ shard: Shard, like first: Shard) throws(GateError) {
    guard shard.run.assayVersion == first.run.assayVersion else {
      throw GateError(
        .unusable,
        "\(shard.name): judged by assay \(shard.run.assayVersion), \(first.name) by \(first.run.assayVersion)"
      )
    }
    guard shard.run.overrides == first.run.overrides else {
      throw GateError(
        .unusable, "\(shard.name): judged targets with other fields set (--set) than \(first.name)")
    }
    // A model that is only compared has no target and is one case.
    let judged = shard.run.suites.reduce(0) { $0 + $1.models.reduce(0) { $0 + max(1, $1.targets.count) } }
    guard judged == shard.run.judgedCases, judged <= shard.run.plannedCases else {
      throw GateError(
        .unusable,
        "\(shard.name): says \(shard.run.judgedCases) of \(shard.run.plannedCases) cases judged, holds \(judged)"
      )
    }
  }

  /// Every check belongs to one shard.
  private static func claim(_ shard: Shard, _ owners: inout [String: String]) throws(GateError) {
    for suite in shard.run.suites {
      for model in suite.models {
        let cases = model.targets.map { "\(suite.name)/\(model.name)/\($0.name)" }
        for name in cases + model.checks.map(\.id) {
          if let owner = owners.updateValue(shard.name, forKey: name) {
            throw GateError(.unusable, "\(name) is in \(owner) and in \(shard.name): shards must not overlap")
          }
        }
      }
    }
  }

  private static func addInputs(_ shard: Shard, _ merged: inout Run) throws(GateError) {
    for input in shard.run.inputs {
      guard let known = merged.inputs.first(where: { $0.kind == input.kind && $0.path == input.path }) else {
        merged.inputs.append(input)
        continue
      }
      guard known == input else {
        throw GateError(.unusable, "\(shard.name): \(input.path) had other contents in another shard")
      }
    }
  }

  /// Models of one suite may have been judged in several shards, each as a whole.
  private static func joined(_ suites: [SuiteResult], _ shard: Shard) throws(GateError) -> [SuiteResult] {
    var suites = suites
    for suite in shard.run.suites {
      guard let index = suites.firstIndex(where: { $0.name == suite.name }) else {
        suites.append(suite)
        continue
      }
      guard suites[index].file == suite.file else {
        throw GateError(
          .unusable,
          "\(shard.name): suite \"\(suite.name)\" is \(suite.file), elsewhere \(suites[index].file)")
      }
      suites[index].models += suite.models
    }
    return suites
  }

  private static func sum(_ a: Int, _ b: Int, _ shard: Shard) throws(GateError) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    guard !overflow else { throw GateError(.unusable, "\(shard.name): too many cases") }
    return sum
  }

  private static func order(_ run: inout Run) {
    run.suites.sort { precedes($0.name, $1.name) }
    run.inputs.sort { precedes("\($0.kind) \($0.path)", "\($1.kind) \($1.path)") }
    run.canaries.sort { precedes("\($0.check) \($0.change)", "\($1.check) \($1.change)") }
    run.problems.sort(by: precedes)
    for index in run.suites.indices { run.suites[index].models.sort { precedes($0.name, $1.name) } }
  }

  private static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}
