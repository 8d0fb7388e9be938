import AssayBaseline
import AssayFiles
import AssayMeasure

/// The main job: reads suites, measures, judges against the baselines, and says what happened.
///
/// Budgets are read once before anything is measured and the run is written once at the end;
/// everything between is a function of the files named in ``Run/inputs``.
public struct Gate: Sendable {
  let options: GateOptions

  public init(_ options: GateOptions) { self.options = options }

  /// Judges everything; never throws, because a run that could not decide is a result too.
  public func run() -> Run { runLookingBack().run }

  /// The run and, by the ids of checks that did not pass, since when they do not.
  public func runLookingBack() -> (run: Run, since: [String: String]) {
    var since: [String: String] = [:]
    var run = Run(assayVersion: options.version, startedAt: Timestamp.now())
    if !options.overrides.isEmpty { run.overrides = options.overrides }
    var outcome = GateOutcome()
    do throws(GateError) {
      let plan = try GatePlan(options, startedAt: run.startedAt)
      run.plannedCases = plan.caseCount
      run.inputs = plan.inputs
      judge(plan, &run, &outcome)
      run.settle(outcome)
      since = (try? LookingBack.words(run, plan.store)) ?? [:]
      try record(run, plan)
    } catch {
      outcome.add(error, &run)
      run.settle(outcome)
    }
    return (run, since)
  }

  private func judge(_ plan: GatePlan, _ run: inout Run, _ outcome: inout GateOutcome) {
    for planned in plan.suites {
      var result = SuiteResult(
        name: planned.suite.name, file: planned.suite.file, summary: planned.suite.summary, models: [])
      for entry in planned.models {
        do throws(GateError) {
          let judge = ModelJudge(
            suite: planned.suite, model: entry.model, targets: entry.targets, plan: plan)
          let judged = try judge.judge(kernels: options.kernels)
          result.models.append(judged.result)
          run.canaries += judged.canaries
          // One file may be candidate of one model and reference of another, or both of one.
          for input in judged.inputs where !run.inputs.contains(input) { run.inputs.append(input) }
          run.judgedCases += entry.model.isComparisonOnly ? 1 : judged.result.targets.count
        } catch {
          outcome.add(
            GateError(error.code, "\(planned.suite.name)/\(entry.model.name): \(error.message)"), &run)
        }
      }
      run.suites.append(result)
    }
    if plan.suites.contains(where: { $0.suite.models.contains { !$0.scenarios.isEmpty } }) {
      run.updateKills = UpdateJudge.kills()
    }
    for idle in plan.idleBudgets { outcome.add(GateError(.unusable, idle), &run) }
    for lapsed in plan.expiredWaivers { outcome.add(GateError(.undecided, lapsed), &run) }
  }

  private func record(_ run: Run, _ plan: GatePlan) throws(GateError) {
    do { try plan.store.append(RunRecord(run, plan)) } catch { throw GatePlan.gateError(error) }
  }
}

extension Run {
  /// Decides verdict and exit code from the checks, the canaries, completeness, and what went wrong
  /// outside of them.
  mutating func settle(_ earlier: GateOutcome) {
    var outcome = earlier
    for check in checks where check.waived == nil { outcome.add(check.verdict) }
    for problem in brokenness {
      if problems.contains(problem) {
        outcome.add(.undecided)
      } else {
        outcome.add(GateError(.undecided, problem), &self)
      }
    }
    // A complete run with something judged is the only way to pass.
    if checks.isEmpty || plannedCases < 1 || judgedCases != plannedCases { outcome.add(.undecided) }
    verdict = outcome.verdict
    exitCode = outcome.exitCode
  }
}

extension Run {
  /// What was wrong on purpose and passed all the same: then nothing this gate says can be trusted.
  private var brokenness: [String] {
    canaries.filter { !$0.caught }.map { "the gate is broken: canary \"\($0.change)\" of \($0.check) passed" }
      + (updateKills ?? []).filter { !$0.killed }.map {
        "the gate is broken: no rehearsal notices a device that \($0.mistake) (\($0.name))"
      }
  }
}

/// The worst of everything that happened, in exit-code order: 2 before 1 before 3 before 0.
struct GateOutcome: Sendable {
  private var verdicts: Set<Verdict> = []

  mutating func add(_ verdict: Verdict) { verdicts.insert(verdict) }

  mutating func add(_ error: GateError, _ run: inout Run) {
    run.problems += error.message.split(separator: "\n").map(String.init)
    switch error.code {
    case .unusable: add(.unusable)
    case .undecided: add(.undecided)
    case .failed: add(.fail)
    }
  }

  var verdict: Verdict {
    if verdicts.contains(.unusable) { return .unusable }
    if verdicts.contains(.fail) { return .fail }
    if verdicts.contains(.undecided) || verdicts.isEmpty { return .undecided }
    return .pass
  }

  var exitCode: Int {
    switch verdict {
    case .pass: 0
    case .fail: 1
    case .unusable: 2
    case .undecided: 3
    }
  }
}
