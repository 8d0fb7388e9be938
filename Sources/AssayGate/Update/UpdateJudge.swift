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
  /// What the trial is held to, a firmware each.
  var trials: [TrialLimits]

  private static let slotAlignment = 64 << 10

  /// One check over all scenarios of the suite and over every power cut of the candidate's update;
  /// `nil` when the suite names no scenarios.
  func judge(_ writer: CheckWriter) throws(GateError) -> (Check, UpdateResult)? {
    guard !model.scenarios.isEmpty else { return nil }
    for trial in trials {
      if let refusal = trial.refusal { return refused(trial, refusal, writer) }
    }
    let image = candidate.graph.file
    let test = try selfTest(image)
    let outcomes = try replay(image, test)
    let explored = try explore(image, test)
    let scenarios = outcomes.map { ScenarioResult($0.outcome, replay: command($0.file, $0.outcome.scenario)) }
    let bad = scenarios.filter { !$0.passed }
    let isGood = bad.isEmpty && explored.problems.isEmpty
    let check = writer.holds(
      "update", scenarios.isEmpty ? .undecided : isGood ? .pass : .fail,
      expected: "every scenario ends as it says, and every power cut with a whole model",
      found:
        "\(scenarios.count - bad.count) of \(scenarios.count) scenarios, \(ReportText.count(explored.cuts, "power cut"))",
      message: isGood ? praise(outcomes.map(\.outcome), explored) : Self.complaint(bad, explored),
      reproduce: bad.first?.replay ?? (explored.problems.isEmpty ? replayAll : explored.command))
    return (check, UpdateResult(target: target.name, scenarios: scenarios, exploration: explored))
  }

  /// A candidate that no device would confirm: replaying scenarios would say the same of each of them.
  private func refused(
    _ trial: TrialLimits, _ refusal: (reason: Reason, words: String), _ writer: CheckWriter
  ) -> (Check, UpdateResult) {
    let words = "\(refusal.reason.rawValue) on \(trial.firmware): \(refusal.words)"
    let check = writer.holds(
      "update", .fail, expected: "the trial on the device confirms the candidate", found: words,
      message:
        "A device held to these budgets rolls the candidate back after its trial; no scenario was replayed.",
      reproduce: trial.command(refusal.reason))
    return (check, UpdateResult(target: target.name, scenarios: [], refusal: words))
  }

  private func praise(_ outcomes: [Outcome], _ explored: UpdateExploration) -> String {
    var text =
      "\(ReportText.count(outcomes.count, "update scenario")) with the candidate's bytes ended as they say; "
      + "\(ReportText.count(explored.cuts, "power cut")) left a whole model."
    let unmet = outcomes.filter { !$0.unmet.isEmpty }
    if let first = unmet.first {
      text +=
        " In \(unmet.count) of them what was to go wrong never did with these bytes, so they show nothing of "
        + "it: \(first.place): \(first.scenario): \(first.unmet[0])."
    }
    let unknown = trials.first { !$0.untested.isEmpty }
    guard let unknown else { return text }
    return "\(text) Not known on \(unknown.firmware), and so no part of the trial: "
      + "\(unknown.untested.joined(separator: " and "))."
  }

  /// What the first few did, a line each.
  private static func complaint(_ bad: [ScenarioResult], _ explored: UpdateExploration) -> String {
    let shown =
      explored.problems.prefix(1)
      + bad.prefix(4).map { "\($0.place): \($0.name): \($0.problems.first ?? "")" }
    let more =
      bad.count > 4 ? ["and \(ReportText.count(bad.count - 4, "more scenario"))"] : []
    return (shown + more).joined(separator: "\n")
  }

  /// The wrong devices, each hunted with the built-in rehearsals: can these checks fail?
  static func kills() -> [UpdateKill] {
    KillTable.make(seed: 1).rows.map { row in
      UpdateKill(
        name: row.name, mistake: row.mistake, invariant: row.invariant, killed: row.killed,
        evidence: row.evidence)
    }
  }

  private var replayAll: String { command(model.scenarios.joined(separator: " "), nil) }

  private func command(_ files: String, _ scenario: String?) -> String {
    let one = scenario.map { " --scenario \($0)" } ?? ""
    return "assay ota replay \(files)\(one) --model \(model.candidate) --target \(target.name)"
  }

  /// Cuts power at every flash operation of the candidate's update, trial and rollback, in every way.
  private func explore(_ image: [UInt8], _ test: GoldenSelfTest) throws(GateError) -> UpdateExploration {
    var payload = Payload(image: image, slotBytes: slotBytes(image), seed: 1) { test.result(of: $0) }
    payload.arenaLimitBytes = arenaLimit(test)
    payload.latencyLimitMicroseconds = max(payload.latencyLimitMicroseconds, slowestMicroseconds)
    do {
      let report = try Exploration.explore(payload)
      return UpdateExploration(
        operations: report.operations, cuts: report.cases + report.secondCuts,
        problems: report.findings.map(\.description),
        command: "assay ota explore --model \(model.candidate) --target \(target.name)")
    } catch { throw GateError(.unusable, "\(model.candidate): \(error)") }
  }

  private func slotBytes(_ image: [UInt8]) -> Int {
    target.partitions.modelSlotBytes ?? Self.roundedUp(image.count)
  }

  /// The candidate's own limits were judged above; here they must only not stand in its way, and
  /// scenarios' made-up images claim as much as a good one.
  private func arenaLimit(_ test: GoldenSelfTest) -> Int {
    (trials.compactMap(\.arenaBytes) + [test.arenaBytes, Subject().arenaLimitBytes]).max() ?? 0
  }

  private func replay(
    _ image: [UInt8], _ test: GoldenSelfTest
  ) throws(GateError) -> [(file: String, outcome: Outcome)] {
    let slot = slotBytes(image)
    var subject = Subject(image: image, slotBytes: slot) { test.result(of: $0) }
    subject.arenaLimitBytes = arenaLimit(test)
    subject.latencyLimitMicroseconds = max(subject.latencyLimitMicroseconds, slowestMicroseconds)
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

  /// The candidate's latency on its slowest firmware; 0 where none is known.
  private var slowestMicroseconds: Int64 { trials.compactMap(\.latencyMicroseconds).max() ?? 0 }

  private func selfTest(_ image: [UInt8]) throws(GateError) -> GoldenSelfTest {
    // A release whose structures are not modelled has no arena either: its own check says so.
    let library = (try? target.runtime.kernelLibrary()) ?? .reference
    return try GoldenSelfTest(image, seed: 1, library: library, latencyMicroseconds: slowestMicroseconds)
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
