import AssayBaseline
import AssayMeasure

extension RunRecord {
  /// The run as the baselines database keeps it.
  init(_ run: Run, _ plan: GatePlan) throws {
    let verdict: Verdict =
      switch run.verdict {
      case .pass: .pass
      case .fail: .fail
      case .undecided: .undecided
      case .unusable: .unusable
      }
    self.init(
      id: Timestamp.runID(startingAt: run.startedAt), startedAt: run.startedAt, finishedAt: Timestamp.now(),
      assayVersion: run.assayVersion, verdict: verdict, exitCode: run.exitCode,
      plannedCases: run.plannedCases, judgedCases: run.judgedCases)
    inputs = run.inputs.map { Input(kind: $0.kind, path: $0.path, sha256: $0.sha256, byteCount: $0.bytes) }
    targets = Self.targets(plan)
    for suite in run.suites {
      for model in suite.models { add(model, of: suite.name) }
    }
    document = try JSONReport.render(run)
  }

  private static func targets(_ plan: GatePlan) -> [ResolvedTarget] {
    var seen: Set<String> = []
    return plan.suites.flatMap(\.targets).flatMap(\.variants).compactMap { variant in
      guard seen.insert(variant.name).inserted else { return nil }
      return ResolvedTarget(
        name: variant.name, profile: variant.target.canonicalText, sha256: variant.target.sha256)
    }
  }

  private mutating func add(_ model: ModelResult, of suite: String) {
    func check(_ check: AssayGate.Check, _ target: String) -> Check {
      Check(
        key: BaselineKey(suite: suite, model: model.name, target: target), code: check.code,
        verdict: Verdict(rawValue: check.verdict.rawValue) ?? .undecided, expected: check.expected,
        found: check.found, message: check.message, waived: check.waived)
    }
    checks += model.checks.map { check($0, BaselineKey.any) }
    for target in model.targets {
      checks += target.checks.map { check($0, target.name) }
      guard let arena = target.arena else { continue }
      measurements.append(
        Measurement(
          key: BaselineKey(suite: suite, model: model.name, target: target.name), metric: "arena",
          value: Double(arena.minimumBytes + arena.alignmentBytes), unit: "B",
          modelSHA256: model.candidate.sha256, runtime: RuntimeWords.versions(target.runtime)))
    }
    for facts in model.accuracy where facts.of == "candidate" && facts.value.isFinite {
      measurements.append(
        Measurement(
          key: BaselineKey(suite: suite, model: model.name, target: BaselineKey.any), metric: facts.metric,
          value: facts.value, unit: "share", modelSHA256: model.candidate.sha256))
    }
  }
}

/// Runtime versions between one line of text and the form the database keeps.
enum RuntimeWords {
  /// `esp-nn 1.2.1, esp-tflite-micro 1.4.0` as `["esp-nn": "1.2.1", ...]`.
  static func versions(_ text: String) -> [String: String] {
    var versions: [String: String] = [:]
    for part in text.split(separator: ",") {
      let words = part.split(separator: " ")
      if words.count == 2 { versions[String(words[0])] = String(words[1]) }
    }
    return versions
  }

  static func text(_ versions: [String: String]) -> String {
    let order = ["esp-nn", "esp-tflite-micro", "executorch"]
    let parts = order.compactMap { name in versions[name].map { "\(name) \($0)" } }
    return parts.isEmpty ? "reference kernels" : parts.joined(separator: ", ")
  }
}
