public import AssayMeasure
public import AssayModel
import AssayRuntime

/// Judges one model on one firmware: memory, operators, slot, lock, latency.
struct TargetJudge: Sendable {
  var suite: Suite
  var model: SuiteModel
  var measurement: Measurement
  var variant: TargetVariant
  /// The target with its own runtime, and what its build files say; `nil` where it names none or
  /// another firmware of it was compared already.
  var build: (target: Target, facts: BuildFacts)?
  var budgets: [String: BudgetLimit]
  var accepted: AcceptedRuntime?
  var latency: ProfiledLatency
  /// The recordings on the firmwares' own kernels; `nil` without recordings or without a defect.
  var prediction: BoardPrediction?

  /// The runtime that the accepted arena was measured with.
  struct AcceptedRuntime: Sendable, Hashable {
    var runtime: String
    var bytes: Int
  }

  var name: String { variant.name }
  var writer: CheckWriter { CheckWriter(prefix: "\(suite.name)/\(model.name)/\(name)") }
  var graph: Graph { measurement.candidate.graph }
  private var arenaCommand: String { "assay arena \(onTarget)" }

  /// The candidate, its method and the firmware, as verbs take them.
  private var onTarget: String {
    var words = "\(model.candidate)"
    if graph.method != nil, model.methods.candidate != "forward" {
      words += " --method \(model.methods.candidate)"
    }
    words += " --target \(variant.target.name)"
    guard variant.target.runtime.name == .tflm else { return words }
    return words + " --set runtime.esp_nn=\(variant.target.runtime.espNN ?? "none")"
  }

  func judge() -> TargetResult {
    var result = TargetResult(
      name: name, target: variant.target.name, firmware: variant.firmware,
      profileSHA256: variant.target.sha256, runtime: Self.runtimeText(variant.target.runtime))
    result.flashBytes = graph.file.count
    judgeOperators(&result)
    judgeArena(&result)
    judgeFlash(&result)
    judgeLock(&result)
    judgeLatency(&result)
    judgeAgreement(&result)
    return result
  }

  static func runtimeText(_ runtime: RuntimeProfile) -> String {
    if runtime.name == .executorch {
      let kernels = runtime.kernels.map(\.rawValue).joined(separator: "+")
      return "executorch \(runtime.executorch.map { "\($0)" } ?? "unknown"), kernels \(kernels)"
    }
    var parts = [runtime.espNN.map { "esp-nn \($0)" } ?? "reference kernels"]
    if let version = runtime.espTFLiteMicro { parts.append("esp-tflite-micro \(version)") }
    return parts.joined(separator: ", ")
  }

  // MARK: Operators

  private func judgeOperators(_ result: inout TargetResult) {
    let found = Refusals.all(graph, variant.target)
    let command = "assay inspect \(model.candidate) --target \(variant.target.name)"
    guard let first = found.first else {
      result.checks.append(
        writer.holds(
          "operators", .pass, expected: "operators that the firmware runs", found: "all run",
          message: "Every operator, type and version runs on this firmware.", reproduce: command))
      if variant.target.runtime.operators == nil {
        result.notes.append(
          "runtime.operators is not stated: whether the firmware registers every operator was not checked")
      }
      return
    }
    let more = found.count > 1 ? " and \(found.count - 1) more" : ""
    result.checks.append(
      writer.holds(
        "operators", .fail, expected: "operators that the firmware runs",
        found: "\(ReportText.count(found.count, "refusal"))",
        message: "The board's runtime would refuse this model: \(first.layer): \(first.reason)\(more)",
        layer: first.layer, reproduce: command))
  }

  // MARK: Arena

  private func judgeArena(_ result: inout TargetResult) {
    if let memory = ExecuTorchMemory(graph) {
      result.notes += memory.findings
      var facts = ArenaFacts(memory, graph: graph)
      if case .atMost(let bound)? = budgets["arena"]?.limit { facts.budgetBytes = Int(exactly: bound) }
      result.arena = facts
      return addArenaChecks(facts, nil, &result)
    }
    guard graph.format == .tflite else {
      return result.checks.append(undecidedArena("\(graph.format.rawValue) does not run on the board"))
    }
    let plan: MemoryPlan
    do {
      let library = try variant.target.runtime.kernelLibrary()
      let configuration = ArenaConfiguration(
        library: library, resourceVariables: variant.target.runtime.resourceVariables)
      plan = try MemoryPlan(graph, configuration)
    } catch let error as UnmodelledKernelLibrary {
      return result.checks.append(undecidedArena("\(error)"))
    } catch {
      return result.checks.append(
        writer.holds(
          "arena", .fail, expected: "a plan", found: "none", message: "No arena can be planned: \(error)",
          reproduce: arenaCommand))
    }
    var facts = ArenaFacts(plan, graph: graph)
    facts.alignmentBytes = model.arena.isAligned ? 0 : 15
    if case .atMost(let bound)? = budgets["arena"]?.limit { facts.budgetBytes = Int(exactly: bound) }
    result.arena = facts
    if let unmodelled = plan.unmodelledOperators.first {
      return result.checks.append(
        undecidedArena("\(unmodelled.place): \(unmodelled.reason) (\(plan.unmodelledOperators.count) in all)")
      )
    }
    addArenaChecks(facts, plan, &result)
  }

  private func undecidedArena(_ reason: String) -> Check {
    writer.holds(
      "arena", .undecided, expected: "an arena to the byte", found: "unknown",
      message: "The arena could not be computed: \(reason)", reproduce: arenaCommand)
  }

  private func addArenaChecks(_ facts: ArenaFacts, _ plan: MemoryPlan?, _ result: inout TargetResult) {
    let needed = facts.minimumBytes + facts.alignmentBytes
    let largest = facts.peak.first.map {
      "\(facts.steps[facts.peakStep].layer); largest alive: \($0.name), \(ReportText.bytes($0.bytes))"
    }
    if let row = budgets["arena"] {
      let budget = withinChip(row)
      var check = writer.budgeted(
        "arena", .number(Double(needed)), budget, layer: largest, reproduce: arenaCommand)
      if check.verdict == .fail { check.message += cause(result) }
      if budget != row, check.verdict == .fail {
        check.message += "; its row allows more than the memory of the board"
        check.passingTolerance = nil
      }
      result.checks.append(check)
    } else {
      result.checks.append(
        writer.missingBudget(
          "arena",
          row:
            "{suite: \(suite.name), model: \(model.name), target: \(variant.target.name), check: arena, max: \(needed) B}",
          reproduce: arenaCommand))
    }
    guard let declared = model.arena.declaredBytes else { return }
    let limit = BudgetLimit(limit: .atMost(Double(declared)), source: "\(model.location)")
    var check = writer.budgeted(
      "declared-arena", .number(Double(needed)), limit, layer: largest, reproduce: arenaCommand)
    if check.verdict == .fail {
      check.message += (plan.map { startFailure($0, declared) } ?? "") + cause(result)
    }
    result.checks.append(check)
  }

  /// A row above what the chip has is held to what the chip has.
  private func withinChip(_ budget: BudgetLimit) -> BudgetLimit {
    let target = variant.target
    let isOutside =
      target.placement.arena == .psram || target.runtime.name == .executorch && target.psram != nil
    let memory = isOutside ? target.psram?.sizeBytes ?? 0 : Self.internalMemoryBytes
    guard case .atMost(let bound) = budget.limit, bound > Double(memory) else { return budget }
    return BudgetLimit(limit: .atMost(Double(memory)), source: budget.source)
  }

  /// All of an ESP32-S3's SRAM; what a firmware leaves free of it is less.
  private static let internalMemoryBytes = 512 << 10

  /// What the board's log would say.
  private func startFailure(_ plan: MemoryPlan, _ declared: Int) -> String {
    guard let failure = plan.startFailure(declaredBytes: declared) else { return "" }
    guard let line = failure.logLine else {
      return ". The board would not start the model: \(ReportText.bytes(failure.missingBytes)) missing"
    }
    return ". The board would log \"\(line)\" and not start the model"
  }

  /// Names the runtime as the cause where it is not the one the accepted value was measured with.
  private func cause(_ result: TargetResult) -> String {
    guard let accepted, accepted.runtime != result.runtime else { return "" }
    return ". Accepted were \(ReportText.bytes(accepted.bytes)) with \(accepted.runtime); this firmware has "
      + "\(result.runtime): the changed runtime is the likely cause"
  }

  // MARK: Flash, lock, latency

  private func judgeFlash(_ result: inout TargetResult) {
    let bytes = Double(graph.file.count)
    let command = "assay inspect \(model.candidate) --target \(variant.target.name)"
    if let budget = budgets["flash"] {
      result.checks.append(writer.budgeted("flash", .number(bytes), budget, reproduce: command))
    }
    guard let slot = variant.target.partitions.modelSlotBytes else {
      result.notes.append(
        "partitions.model_slot is not stated: whether the model fits its slot was not checked")
      return
    }
    let limit = BudgetLimit(limit: .atMost(Double(slot)), source: "target \(variant.target.name)")
    result.checks.append(writer.budgeted("slot", .number(bytes), limit, reproduce: command))
  }

  private func judgeLock(_ result: inout TargetResult) {
    guard let build else { return }
    let found = build.target.disagreements(with: build.facts)
    let command = "assay target show \(variant.target.name)"
    result.checks.append(
      writer.holds(
        "target-lock", found.isEmpty ? .pass : .fail, expected: "the target as the build has it",
        found: found.isEmpty ? "no difference" : ReportText.count(found.count, "difference"),
        message: found.isEmpty
          ? "The target agrees with its build files." : found.map(\.description).joined(separator: "; "),
        reproduce: command))
  }

  private func judgeLatency(_ result: inout TargetResult) {
    let command = "assay latency \(onTarget)"
    var observation: Observation
    do {
      let found = try latency.estimate(graph, sha256: measurement.candidate.sha256, on: variant.target)
      let estimate = found.estimate
      result.latency = LatencyFacts(estimate)
      result.notes += found.deviceNotes + energyNote(estimate)
      let judged = model.latencyEnd == .upper ? estimate.range.highMilliseconds : estimate.range.milliseconds
      observation = estimate.unpriced.isEmpty ? .number(judged) : .absent(Self.bound(estimate))
    } catch {
      result.latency = LatencyFacts(provenance: "not estimated", reason: "\(error)")
      observation = .absent("\(error)")
    }
    guard let budget = budgets["latency"] else { return }
    var check = writer.budgeted("latency", observation, budget, reproduce: command)
    if [.pass, .fail].contains(check.verdict), let latency = result.latency {
      let end = model.latencyEnd == .upper ? "the upper end of the interval" : "the estimate itself"
      check.message += "; \(end) decided (\(latency.provenance))"
    }
    result.checks.append(check)
  }

  /// Why an estimate with layers of unknown cost decides nothing.
  private static func bound(_ estimate: LatencyEstimate) -> String {
    let names = estimate.unpriced.prefix(3).map(\.place).joined(separator: ", ")
    return "more than \(ReportText.number(estimate.range.milliseconds)) ms; no cost is known for \(names)"
  }

  private func energyNote(_ estimate: LatencyEstimate) -> [String] {
    guard let energy = EnergyEstimate(estimate.range, on: variant.target) else { return [] }
    let millijoules = [energy.millijoules, energy.lowMillijoules, energy.highMillijoules].map {
      ReportText.number($0)
    }
    return [
      "energy of one inference \(millijoules[0]) mJ (\(millijoules[1]) to \(millijoules[2])); \(EnergyEstimate.label)"
    ]
  }
}

extension LatencyFacts {
  init(_ estimate: LatencyEstimate) {
    self.init(provenance: estimate.provenance.rawValue, reason: estimate.notes.first)
    milliseconds = estimate.range.milliseconds
    lowMilliseconds = estimate.range.lowMilliseconds
    highMilliseconds = estimate.range.highMilliseconds
  }
}

extension TargetVariant {
  /// `esp32s3-n16r8`, or `esp32s3-n16r8/fw-2.3` for a fielded firmware.
  var name: String { firmware.map { "\(target.name)/\($0)" } ?? target.name }
}

/// What the firmware of a target would refuse about a model, layer by layer.
public enum Refusals {
  public struct Finding: Sendable, Hashable {
    public var layer: String
    public var reason: String
  }

  /// What TFLite Micro refuses, and what the firmware's own operator set lacks where the target
  /// states it.
  public static func all(_ graph: Graph, _ target: Target?) -> [Finding] {
    let operators = target?.runtime.operators
    let firmware = operators.map { set in
      { (name: String, version: Int) in set.refusal(of: name, version: version) }
    }
    if let finding = foreign(graph, target) { return [finding] }
    if graph.format == .pte {
      let kernels = target?.runtime.kernels ?? [.portable]
      return ExecuTorchSupport.refusals(
        graph,
        kernels: ExecuTorchSupport.Kernels(
          portable: kernels.contains(.portable), quantized: kernels.contains(.quantized),
          cortexM: kernels.contains(.cortexM)), firmware: firmware
      ).map { Finding(layer: $0.layer, reason: $0.reason) }
    }
    return DeviceSupport.refusals(graph, firmware: firmware).map {
      Finding(layer: $0.layer, reason: $0.reason)
    }
  }

  /// A model that the target's runtime does not read at all.
  private static func foreign(_ graph: Graph, _ target: Target?) -> Finding? {
    switch (graph.format, target?.runtime.name) {
    case (.onnx, _):
      Finding(
        layer: "model", reason: "ONNX does not run on the board: it serves as reference and for comparison")
    case (.pte, .tflm?):
      Finding(layer: "program", reason: "an ExecuTorch program; this target runs TensorFlow Lite Micro")
    case (.tflite, .executorch?):
      Finding(layer: "model", reason: "a TensorFlow Lite model; this target runs ExecuTorch")
    default: nil
    }
  }
}
