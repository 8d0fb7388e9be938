import AssayDocument
import AssayGate
import AssayMeasure
import AssayModel
import AssayRuntime

/// What `arena` says about an ExecuTorch method on one target.
struct MethodMemoryView {
  let model: LoadedModel
  let target: Target
  let memory: ExecuTorchMemory

  private var facts: ArenaFacts { ArenaFacts(memory, graph: model.graph) }

  var json: JSONValue {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["target"] = .string(target.name)
    object["minimumBytes"] = .integer(memory.minimumBytes)
    object["plannedBytes"] = .integer(memory.plannedBytes)
    object["methodBytes"] = .integer(memory.methodBytes)
    object["inputBytes"] = .integer(memory.inputBytes)
    object["temporaryBytes"] = .integer(memory.temporaryBytes)
    object["findings"] = .array(memory.findings.map { .string($0) })
    object["peakStep"] = .integer(memory.peakStep)
    object["steps"] = .array(
      facts.steps.map { step in
        var row = JSONObject()
        row["layer"] = .string(step.layer)
        row["tensorBytes"] = .integer(step.tensorBytes)
        row["extentBytes"] = .integer(step.extentBytes)
        return .object(row)
      })
    return .object(object)
  }

  func print(_ console: inout Console) {
    console.print(
      "\(Paint.bold(model.path, console)) on \(target.name), method \(model.graph.method?.name ?? "")")
    console.print("  memory         \(ReportWords.bytes(memory.minimumBytes)) = planned + method + inputs")
    console.print("  planned        \(ReportWords.bytes(memory.plannedBytes)), fixed by the program")
    console.print(
      "  loaded method  \(ReportWords.bytes(memory.methodBytes)) (within 4 bytes of a 32-bit build, not measured on a chip)"
    )
    console.print("  inputs         \(ReportWords.bytes(memory.inputBytes))")
    console.print(
      "  temporary      up to \(ReportWords.bytes(memory.temporaryBytes)) while loading, none while running")
    for finding in memory.findings { console.print(Paint.yellow("  \(finding)", console)) }
    drawSteps(&console)
  }

  private func drawSteps(_ console: inout Console) {
    console.print(Paint.bold("planned memory over time (# live tensors)", console))
    let steps = facts.steps
    let most = max(steps.map(\.tensorBytes).max() ?? 1, 1)
    let room = max(console.width - 52, 10)
    let shown = console.verbose ? steps : Array(steps.prefix(60))
    for (index, step) in shown.enumerated() {
      let bar = String(repeating: "#", count: step.tensorBytes * room / most)
      let mark = index == memory.peakStep ? Paint.bold("<- peak", console) : ""
      let size = ReportWords.bytes(step.tensorBytes).leftPadded(to: 11)
      console.print("  \(String(step.layer.prefix(30)).padded(to: 30)) \(size) \(bar) \(mark)".trimmedRight)
    }
    if shown.count < steps.count {
      console.print("  ... \(steps.count - shown.count) more steps (-v shows all)")
    }
  }
}
