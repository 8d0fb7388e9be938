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
  func judge(_ writer: CheckWriter) throws(GateError) -> (Check, UpdateResult)? {
    guard !model.scenarios.isEmpty else { return nil }
    let outcomes = try replay()
    let scenarios = outcomes.map { ScenarioResult($0.outcome, replay: command($0.file, $0.outcome.scenario)) }
    let bad = scenarios.filter { !$0.passed }
    let first = bad.first.map { "\($0.place): \($0.name): \($0.problems.joined(separator: "; "))" }
    let check = writer.holds(
      "update", scenarios.isEmpty ? .undecided : bad.isEmpty ? .pass : .fail,
      expected: "every scenario ends as it says",
      found: "\(scenarios.count - bad.count) of \(scenarios.count) scenarios",
      message: first
        ?? "\(ReportText.count(scenarios.count, "update scenario")) with the candidate's bytes ended as they say.",
      reproduce: bad.first?.replay ?? command(model.scenarios.joined(separator: " "), nil))
    return (check, UpdateResult(target: target.name, scenarios: scenarios))
  }

  /// The wrong devices, each hunted with the built-in rehearsals: can these checks fail?
  static func kills() -> [UpdateKill] {
    KillTable.make(seed: 1).rows.map { row in
      UpdateKill(
        name: row.name, mistake: row.mistake, invariant: row.invariant, killed: row.killed,
        evidence: row.evidence)
    }
  }

  private func command(_ files: String, _ scenario: String?) -> String {
    let one = scenario.map { " --scenario \($0)" } ?? ""
    return "assay ota replay \(files)\(one) --model \(model.candidate) --target \(target.name)"
  }

  private func replay() throws(GateError) -> [(file: String, outcome: Outcome)] {
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
    var outcomes: [(file: String, outcome: Outcome)] = []
    for path in model.scenarios {
      for scenario in try Self.read(path) {
        guard let outcome = scenario.replay(subject, keepsTimeline: false) else {
          throw GateError(.unusable, "\(path): a slot of \(slot) bytes is not a multiple of 64 KiB")
        }
        outcomes.append((path, outcome))
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

  static func read(_ path: String) throws(GateError) -> [Rehearsal] {
    do {
      return try ScenarioReader.rehearsals(try FileBytes.read(path, limit: YAML.Limits().bytes), file: path)
    } catch { throw GateError(.unusable, "\(error)") }
  }

  static func roundedUp(_ bytes: Int) -> Int {
    max(1, (bytes + slotAlignment - 1) / slotAlignment) * slotAlignment
  }
}

extension ScenarioResult {
  init(_ outcome: Outcome, replay: String) {
    func seconds(_ microseconds: Int64) -> Double { Double(microseconds / 1000) / 1000 }
    self.init(
      name: outcome.scenario, catalogue: outcome.catalogue, place: outcome.place, passed: outcome.passed,
      states: zip(outcome.chain, outcome.chainMicroseconds).map {
        StateSpan(state: $0, seconds: seconds($1))
      },
      resetSeconds: outcome.resetMicroseconds.map(seconds), log: outcome.log, serves: outcome.serves,
      seconds: seconds(outcome.microseconds),
      problems: outcome.violations.map(\.description) + outcome.differences,
      replay: outcome.passed ? nil : replay)
  }
}
