import AssayBaseline
import AssayMeasure
import AssayModel
import AssayRuntime

/// Judges one model of a suite: what holds everywhere, then every target and firmware.
struct ModelJudge {
  var suite: Suite
  var model: SuiteModel
  var targets: [GatePlan.PlannedTarget]
  var plan: GatePlan

  struct Judged {
    var result: ModelResult
    var canaries: [Canary]
    var inputs: [InputDigest]
  }

  func judge(kernels: KernelSelection) throws(GateError) -> Judged {
    let measurement = try Measurer(model: model, kernels: kernels).measure()
    var result = measurement.result
    result.collapse = measurement.collapse.map { "\($0.place): \($0.message)" }
    result.checks = modelChecks(measurement)
    var canaries = modelCanaries(measurement)
    var budgetsSeen: Set<String> = []
    let prediction = try boardPrediction(measurement)
    if model.isComparisonOnly {
      result.checks += comparison(measurement, &canaries)
      result.notes = (result.notes ?? []) + [Self.comparisonNote(measurement.candidate)]
    }
    for planned in targets {
      let budgets = limits(planned.target, measurement)
      for (code, limit) in budgets.sorted(by: { $0.key < $1.key }) {
        canaries += Canaries.of(
          code, limit, measurement.observations[code], prefix: "\(prefix)/\(planned.target.name)")
      }
      result.checks += qualityChecks(measurement, planned.target.name, budgets, &budgetsSeen)
      for (index, variant) in planned.variants.enumerated() {
        let build = index == 0 ? planned.build.map { (planned.target, $0) } : nil
        let judge = TargetJudge(
          suite: suite, model: model, measurement: measurement, variant: variant, build: build,
          budgets: budgets, accepted: accepted(variant), latency: plan.latency,
          prediction: prediction)
        var facts = judge.judge()
        for check in facts.checks.indices { excuse(&facts.checks[check], target: facts.target) }
        result.targets.append(facts)
      }
      if let (check, update) = try judgeUpdate(measurement, planned.target, result, budgets) {
        result.checks.append(check)
        result.updates = (result.updates ?? []) + [update]
      }
    }
    for index in result.checks.indices { excuse(&result.checks[index], target: BaselineKey.any) }
    return Judged(result: result, canaries: canaries, inputs: measurement.digests)
  }

  /// Ready to run the recordings on firmwares' own kernels, where any of them has a known defect.
  private func boardPrediction(_ measurement: Measurement) throws(GateError) -> BoardPrediction? {
    let graph = measurement.candidate.graph
    let isNeeded = targets.flatMap(\.variants).contains { variant in
      let agreement = try? BoardAgreement(runtime: variant.target.runtime)
      return agreement.map { !$0.findings(in: graph).isEmpty } ?? false
    }
    guard isNeeded, let recordings = model.recordings else { return nil }
    return try BoardPrediction(
      measurement.candidate, recordings: recordings, metric: model.metric,
      permutation: model.permutations.candidate)
  }

  /// The suite's update scenarios, once per target: the device keeps one slot size whatever firmware
  /// it has.
  private func judgeUpdate(
    _ measurement: Measurement, _ target: Target, _ result: ModelResult, _ budgets: [String: BudgetLimit]
  ) throws(GateError) -> (Check, UpdateResult)? {
    var latencyMilliseconds: Double?
    if case .atMost(let limit) = budgets["latency"]?.limit { latencyMilliseconds = limit }
    let trials = result.targets.filter { $0.target == target.name }.map {
      TrialLimits($0, latencyMilliseconds: latencyMilliseconds, end: model.latencyEnd)
    }
    let judge = UpdateJudge(
      model: model, candidate: measurement.candidate, target: target, trials: trials)
    return try judge.judge(CheckWriter(prefix: "\(prefix)/\(target.name)"))
  }

  private var prefix: String { "\(suite.name)/\(model.name)" }
  private var writer: CheckWriter { CheckWriter(prefix: prefix) }
  private var gateCommand: String { suite.command }

  private func key(_ target: String) -> BaselineKey {
    BaselineKey(suite: suite.name, model: model.name, target: target)
  }

  /// Rows for a target, and what holds for a bundled program where nobody wrote one.
  private func limits(_ target: Target, _ measurement: Measurement) -> [String: BudgetLimit] {
    var limits = rows(target.name)
    if measurement.observations["recorded-outputs"] != nil, limits["recorded-outputs"] == nil {
      limits["recorded-outputs"] = BudgetLimit(limit: .atMost(1), source: "the rule recorded-outputs")
    }
    if suite.isBundle, limits["arena"] == nil { limits["arena"] = RunnerPool.limit(target) }
    return limits
  }

  private func rows(_ target: String) -> [String: BudgetLimit] {
    var limits: [String: BudgetLimit] = [:]
    for budget in plan.baselines.budgets(for: key(target)) {
      let limit: Limit =
        switch budget.rule {
        case .max: .atMost(budget.value)
        case .min: .atLeast(budget.value)
        case .margin: .margin(budget.value)
        }
      limits[budget.check] = BudgetLimit(limit: limit, source: "\(budget.location)")
    }
    return limits
  }

  private func accepted(_ variant: TargetVariant) -> TargetJudge.AcceptedRuntime? {
    let own = plan.baselines.accepted("arena", for: key(variant.name))
    // A firmware that nothing was accepted on yet is compared with an older one of the same target.
    let older = plan.baselines.accepted.first { value in
      value.metric == "arena" && value.key.suite == suite.name && value.key.model == model.name
        && value.key.target.split(separator: "/").first.map(String.init) == variant.target.name
    }
    return (own ?? older).map { value in
      TargetJudge.AcceptedRuntime(
        runtime: RuntimeWords.text(value.runtime), bytes: Int(exactly: value.value.rounded()) ?? 0)
    }
  }

  // MARK: Checks without a target

  private func modelChecks(_ measurement: Measurement) -> [Check] {
    var checks: [Check] = []
    let differences = ContractCheck.differences(model.contract, measurement.candidate, labels: model.labels)
    if model.contract != IOContract() || !model.labels.isEmpty {
      checks.append(
        writer.holds(
          "io", differences.isEmpty ? .pass : .fail, expected: "the firmware's inputs and outputs",
          found: differences.isEmpty ? "as expected" : ReportText.count(differences.count, "difference"),
          message: differences.isEmpty
            ? "Inputs and outputs are those the firmware was compiled for."
            : differences.joined(separator: "; "),
          reproduce: "assay inspect \(model.candidate)"))
    }
    guard model.recordings != nil || measurement.recorded != nil else { return checks }
    if let reason = measurement.notRun {
      checks.append(
        writer.holds(
          "finite", .undecided, expected: "finite outputs", found: "no outputs",
          message: "The recordings were not run: \(reason)", reproduce: gateCommand))
      return checks
    }
    checks.append(finiteCheck(measurement.nonFinite))
    if model.recordings != nil { checks.append(collapseCheck(measurement)) }
    return checks
  }

  private func finiteCheck(_ count: Int) -> Check {
    writer.holds(
      "finite", count == 0 ? .pass : .fail, expected: "finite outputs",
      found: ReportText.count(count, "value") + " not finite",
      message: count == 0
        ? "Every output is a finite number." : "\(ReportText.count(count, "output value")) NaN or infinite.",
      reproduce: model.recordings.map { "assay run \(model.candidate) --inputs \($0) --output outputs.npz" }
        ?? gateCommand)
  }

  /// Dead channels happen in sound networks; everything else that collapsed fails.
  private func collapseCheck(_ measurement: Measurement) -> Check {
    let findings = measurement.collapse.filter { $0.kind != .deadChannels }
    let first = findings.first
    return writer.holds(
      "collapse", findings.isEmpty ? .pass : .fail, expected: "outputs and layers that use their range",
      found: ReportText.count(findings.count, "finding"),
      message: first.map { "\($0.place): \($0.message)" }
        ?? (measurement.result.layerDrift.isEmpty
          ? "No output has collapsed; layers are not looked at without a reference."
          : "No output or layer has collapsed."),
      layer: first?.place, reproduce: gateCommand)
  }

  private func modelCanaries(_ measurement: Measurement) -> [Canary] {
    guard model.recordings != nil || measurement.recorded != nil else { return [] }
    let check = finiteCheck(measurement.nonFinite + 1)
    return [Canary(check: check.id, change: "one output is NaN", caught: check.verdict == .fail)]
  }

  // MARK: Budgeted quality

  /// Accuracy and drift do not depend on the firmware: judged once per target, and once in all
  /// where the same budget row holds for several targets.
  private func qualityChecks(
    _ measurement: Measurement, _ target: String, _ budgets: [String: BudgetLimit], _ seen: inout Set<String>
  ) -> [Check] {
    let codes = Rulebook.qualityCodes
    var checks: [Check] = []
    for code in codes {
      guard let budget = budgets[code], seen.insert("\(code) \(budget.source)").inserted else { continue }
      let observation = measurement.observations[code] ?? .absent(measurement.notRun ?? absence(code))
      let isWildcard =
        targets.count <= 1 || targets.allSatisfy { limits($0.target, measurement)[code] == budget }
      let writer = CheckWriter(prefix: isWildcard ? prefix : "\(prefix)/\(target)")
      let layer = measurement.result.layerAtFault ?? measurement.layerAddingMost
      var check = writer.budgeted(code, observation, budget, layer: layer, reproduce: command(code))
      if code == "recorded-outputs", let recorded = measurement.recorded {
        check.message = RecordedWords.message(recorded.facts, isWithin: recorded.worst <= 1)
      }
      checks.append(check)
    }
    if model.recordings != nil, !codes.contains(where: { $0 != "recorded-outputs" && budgets[$0] != nil }) {
      let writer = CheckWriter(prefix: "\(prefix)/\(target)")
      let code = model.metric == .none ? "output-rmse" : Self.figure(model.metric)
      checks.append(
        writer.missingBudget(
          code,
          row: "{suite: \(suite.name), model: \(model.name), target: \(target), check: \(code), "
            + "\(proposal(code, measurement))}",
          reproduce: gateCommand))
    }
    return checks
  }

  /// The limit that what was measured would just meet.
  private func proposal(_ code: String, _ measurement: Measurement) -> String {
    guard case .number(let found)? = measurement.observations[code], found.isFinite,
      let rule = Rulebook.rule(code)
    else { return "..." }
    switch rule.bound {
    case .atMost: return CheckWriter.tolerance(found, .atMost(found), rule.unit)
    case .atLeast: return CheckWriter.tolerance(found, .atLeast(found), rule.unit)
    case .margin, .none: return "..."
    }
  }

  /// Budgets of a model that is only compared: rows for any target.
  private func comparison(_ measurement: Measurement, _ canaries: inout [Canary]) -> [Check] {
    var seen: Set<String> = []
    let budgets = rows(BaselineKey.any)
    for (code, limit) in budgets.sorted(by: { $0.key < $1.key }) where measurement.observations[code] != nil {
      canaries += Canaries.of(code, limit, measurement.observations[code], prefix: prefix)
    }
    return qualityChecks(measurement, BaselineKey.any, budgets, &seen)
  }

  private static func comparisonNote(_ candidate: LoadedModel) -> String {
    candidate.graph.format == .onnx
      ? "ONNX does not run on a board: this model is compared with its reference, and nothing is judged about boards"
      : "only compared with its reference: nothing is judged about boards"
  }

  private static func figure(_ metric: AccuracyMetric) -> String {
    switch metric {
    case .top1: "top1"
    case .auc, .reconstructionAUC: "auc"
    case .meanError, .none: "mean-error"
    }
  }

  private func absence(_ code: String) -> String {
    switch code {
    case "drop-vs-baseline" where model.baseline == nil: "the suite names no baseline model"
    case "drop-vs-reference" where measurementIsFloat: "there is no reference to compare with"
    case "recorded-outputs": "the candidate records no cases"
    default: model.recordings == nil ? "the suite names no recordings" : "the suite's metric does not give it"
    }
  }

  private var measurementIsFloat: Bool { model.reference == nil }

  private func command(_ code: String) -> String {
    switch code {
    case "drop-vs-baseline":
      return comparing(model.baseline, model.permutations.baseline)
    case "top1", "auc", "balanced-accuracy", "worst-class-recall", "mean-error", "recorded-outputs":
      return gateCommand
    default: return comparing(model.reference, model.permutations.reference)
    }
  }

  /// The comparison of the candidate with another model, layouts as the suite declares them.
  private func comparing(_ other: String?, _ permutation: [Int]?) -> String {
    guard let other, let recordings = model.recordings else { return gateCommand }
    var command = "assay compare \(other) \(model.candidate) --inputs \(recordings)"
    func axes(_ list: [Int]) -> String { list.map { "\($0)" }.joined(separator: ",") }
    if let permutation { command += " --permute-input-a \(axes(permutation))" }
    if let own = model.permutations.candidate { command += " --permute-input \(axes(own))" }
    return command
  }

  // MARK: Waivers

  private func excuse(_ check: inout Check, target: String) {
    guard check.verdict == .fail, !check.isHard,
      let waiver = plan.baselines.waiver(of: check.code, for: key(target), on: plan.day)
    else { return }
    check.waived = "\(waiver.reason) (until \(waiver.lastDay), \(waiver.location))"
  }
}

extension Rulebook {
  /// Checks of accuracy and drift, in report order.
  static let qualityCodes = [
    "recorded-outputs", "top1", "balanced-accuracy", "worst-class-recall", "auc", "mean-error",
    "drop-vs-reference",
    "drop-vs-baseline", "output-rmse", "output-max", "output-sqnr", "agreement", "layer-drift",
  ]
}

extension Measurement {
  /// The layer that adds most error by itself: where to look when no layer is over tolerance.
  var layerAddingMost: String? {
    result.layerDrift.filter { ($0.own ?? 0) > 0 }.max { ($0.own ?? 0) < ($1.own ?? 0) }.map {
      "\($0.layer) (adds most by itself)"
    }
  }
}
