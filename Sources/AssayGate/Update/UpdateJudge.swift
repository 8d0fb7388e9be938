import AssayDocument
import AssayFiles
import AssayMeasure
import AssayModel
import AssayRuntime
import AssayUpdate

/// Rehearses the update scenarios that a suite asks for with the candidate's real bytes.
struct UpdateJudge: Sendable {
  var model: SuiteModel
  var candidate: LoadedModel
  var target: Target
  var arenaBytes: Int

  private static let slotAlignment = 64 << 10

  /// One check over all scenarios of the suite, `nil` when it names none.
  func judge(_ writer: CheckWriter) throws(GateError) -> Check? {
    guard !model.scenarios.isEmpty else { return nil }
    let outcomes = try replay()
    let bad = outcomes.filter { !$0.passed }
    let first = bad.first.map { outcome in
      let reasons = outcome.violations.map(\.description) + outcome.differences
      return "\(outcome.place): \(outcome.scenario): \(reasons.joined(separator: "; "))"
    }
    return writer.holds(
      "update", outcomes.isEmpty ? .undecided : bad.isEmpty ? .pass : .fail,
      expected: "every scenario ends as it says",
      found: "\(outcomes.count - bad.count) of \(outcomes.count) scenarios",
      message: first
        ?? "\(ReportText.count(outcomes.count, "update scenario")) with the candidate's bytes ended as they say.",
      reproduce:
        "assay ota replay \(model.scenarios.joined(separator: " ")) --model \(model.candidate) --target \(target.name)"
    )
  }

  private func replay() throws(GateError) -> [Outcome] {
    let image = candidate.graph.file
    let test = try selfTest(image)
    let slot = target.partitions.modelSlotBytes ?? Self.roundedUp(image.count)
    let limit = arenaBytes
    var subject = Subject(image: image, slotBytes: slot) { image in
      var result = test.result(of: image)
      // Scenarios' made-up images claim 64 KiB of arena; the candidate is held to its own budget.
      if result.arenaBytes > limit { result.arenaBytes = .max }
      return result
    }
    subject.arenaLimitBytes = max(limit, SelfTestResult.good.arenaBytes)
    var outcomes: [Outcome] = []
    for path in model.scenarios {
      for scenario in try Self.read(path) {
        guard let outcome = scenario.replay(subject, keepsTimeline: false) else {
          throw GateError(.unusable, "\(path): a slot of \(slot) bytes is not a multiple of 64 KiB")
        }
        outcomes.append(outcome)
      }
    }
    return outcomes
  }

  private func selfTest(_ image: [UInt8]) throws(GateError) -> GoldenSelfTest {
    let milliseconds =
      (try? LatencyEstimator(target: target).estimate(candidate.graph))?.range.milliseconds ?? 0
    let library = (try? target.runtime.kernelLibrary()) ?? .reference
    return try GoldenSelfTest(
      image, seed: 1, library: library, latencyMicroseconds: Int64(min(max(milliseconds, 0), 1e6) * 1000))
  }

  static func read(_ path: String) throws(GateError) -> [Scenario] {
    do {
      return try ScenarioReader.read(try FileBytes.read(path, limit: YAML.Limits().bytes), file: path)
    } catch { throw GateError(.unusable, "\(error)") }
  }

  static func roundedUp(_ bytes: Int) -> Int {
    max(1, (bytes + slotAlignment - 1) / slotAlignment) * slotAlignment
  }
}
