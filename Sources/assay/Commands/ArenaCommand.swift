import AssayDocument
import AssayGate
import AssayMeasure
import AssayModel
import AssayRuntime

let arenaCommand = CommandSpecification(
  name: "arena", arguments: "MODEL --target ID", positionals: 1...1,
  summary: "minimum and used arena, split and drawn over time, what-if",
  options: targetOptions + programOptions,
  example: "assay arena model.tflite --target esp32s3-n16r8 --set runtime.esp_nn=1.1.2"
) { invocation, console in
  let target = try invocation.requiredTarget(of: "arena")
  let model = try invocation.model()
  if let memory = ExecuTorchMemory(model.graph) {
    let view = MethodMemoryView(model: model, target: target, memory: memory)
    if invocation.wantsJSON { console.print(view.json.text()) } else { view.print(&console) }
    return .done
  }
  guard model.graph.format == .tflite else {
    throw CommandFailure.usage(
      "\(model.path): \(model.graph.format.rawValue) does not run on the board and has no arena")
  }
  let library: KernelLibrary
  do { library = try target.runtime.kernelLibrary() } catch { throw CommandFailure(.undecided, "\(error)") }
  let plan = try MemoryPlan(
    model.graph, ArenaConfiguration(library: library, resourceVariables: target.runtime.resourceVariables))
  let view = ArenaView(model: model, target: target, plan: plan)
  if invocation.wantsJSON {
    console.print(view.json.text())
  } else {
    view.print(&console)
  }
  return plan.unmodelledOperators.isEmpty ? .done : .undecided
}

/// What `arena` says about a model on one target.
struct ArenaView {
  let model: LoadedModel
  let target: Target
  let plan: MemoryPlan

  var json: JSONValue {
    let facts = ArenaFacts(plan, graph: model.graph)
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["target"] = .string(target.name)
    object["espNN"] = .string(plan.configuration.library.rawValue)
    object["minimumBytes"] = .integer(plan.minimumBytes)
    object["usedBytes"] = .integer(plan.usedBytes)
    object["headBytes"] = .integer(plan.headBytes)
    object["tailBytes"] = .integer(plan.tailBytes)
    object["scratchBytes"] = .integer(plan.scratchBytes)
    object["decidedBy"] = .string(facts.decidedBy)
    object["peakStep"] = .integer(facts.peakStep)
    object["steps"] = .array(
      facts.steps.map { step in
        var row = JSONObject()
        row["layer"] = .string(step.layer)
        row["tensorBytes"] = .integer(step.tensorBytes)
        row["scratchBytes"] = .integer(step.scratchBytes)
        return .object(row)
      })
    object["tail"] = .array(facts.tail.map(item))
    object["peak"] = .array(facts.peak.map(item))
    object["unmodelled"] = .array(plan.unmodelledOperators.map { .string("\($0.place): \($0.reason)") })
    return .object(object)
  }

  private func item(_ item: ArenaItem) -> JSONValue {
    var row = JSONObject()
    row["name"] = .string(item.name)
    row["bytes"] = .integer(item.bytes)
    return .object(row)
  }

  // MARK: Text

  func print(_ console: inout Console) {
    let facts = ArenaFacts(plan, graph: model.graph)
    console.print("\(Paint.bold(model.path, console)) on \(target.name), \(plan.configuration.library.title)")
    console.print("  minimum arena  \(ReportWords.bytes(plan.minimumBytes)), set by \(facts.decidedBy)")
    console.print(
      "  used           \(ReportWords.bytes(plan.usedBytes)) = head \(ReportWords.bytes(plan.headBytes)) + tail \(ReportWords.bytes(plan.tailBytes))"
    )
    console.print(
      "  scratch        \(ReportWords.bytes(plan.scratchBytes)) of kernel scratch is planned inside the head")
    console.print(
      "  reserve        \(ReportWords.bytes(plan.minimumBytes + 15)) unless the arena's base is 16-byte aligned"
    )
    drawSteps(facts, &console)
    console.print(Paint.bold("alive at the peak", console))
    for item in facts.peak.prefix(8) {
      console.print("  \(ReportWords.bytes(item.bytes).leftPadded(to: 12))  \(item.name)")
    }
    console.print(Paint.bold("tail by cause", console))
    for item in facts.tail {
      console.print("  \(ReportWords.bytes(item.bytes).leftPadded(to: 12))  \(item.name)")
    }
    for unmodelled in plan.unmodelledOperators {
      console.print(Paint.yellow("not modelled: \(unmodelled.place): \(unmodelled.reason)", console))
    }
    whatIf(&console)
  }

  private func drawSteps(_ facts: ArenaFacts, _ console: inout Console) {
    console.print(Paint.bold("head over time (# tensors, + scratch)", console))
    let most = max(facts.steps.map { $0.tensorBytes + $0.scratchBytes }.max() ?? 1, 1)
    let room = max(console.width - 52, 10)
    let shown = console.verbose ? facts.steps : Array(facts.steps.prefix(60))
    for (index, step) in shown.enumerated() {
      let tensors = step.tensorBytes * room / most
      let bar =
        String(repeating: "#", count: tensors)
        + String(repeating: "+", count: step.scratchBytes * room / most)
      let mark = index == facts.peakStep ? Paint.bold("<- peak", console) : ""
      console.print(
        "  \(String(step.layer.prefix(30)).padded(to: 30)) \(ReportWords.bytes(step.tensorBytes + step.scratchBytes).leftPadded(to: 11)) \(bar) \(mark)"
          .trimmedRight)
    }
    if shown.count < facts.steps.count {
      console.print("  ... \(facts.steps.count - shown.count) more steps (-v shows all)")
    }
  }

  private func whatIf(_ console: inout Console) {
    console.print(Paint.bold("what if", console))
    for library in KernelLibrary.allCases {
      let configuration = ArenaConfiguration(
        library: library, resourceVariables: plan.configuration.resourceVariables)
      guard let other = try? MemoryPlan(model.graph, configuration) else { continue }
      let change = other.minimumBytes - plan.minimumBytes
      let sign = change > 0 ? "+" : ""
      let note = library == plan.configuration.library ? "this target" : "\(sign)\(change) B"
      console.print(
        "  \(library.title.padded(to: 34)) \(ReportWords.bytes(other.minimumBytes).leftPadded(to: 12))  \(note)"
      )
    }
  }
}

extension String {
  func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
