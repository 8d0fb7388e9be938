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
    object["poolBytes"] = .integer(RunnerPool.methodBytes(target))
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
      "  loaded method  \(ReportWords.bytes(memory.methodBytes)) (within 4 bytes of a 32-bit build, never a chip)"
    )
    console.print("  inputs         \(ReportWords.bytes(memory.inputBytes))")
    console.print(
      "  temporary      up to \(ReportWords.bytes(memory.temporaryBytes)) while loading, none while running")
    let pool = RunnerPool.methodBytes(target)
    console.print(
      "  pool           \(ReportWords.bytes(pool)) by default in the ESP32 runner: \(ReportWords.percent(Double(memory.minimumBytes) / Double(pool))) used"
    )
    for finding in memory.findings {
      for line in TerminalReport.wrapped(finding, console.width, indent: 2) {
        console.print(Paint.yellow(line, console))
      }
    }
    drawSteps(&console)
    console.print(Paint.bold("alive at the peak", console))
    for item in facts.peak.prefix(8) {
      console.print("  \(ReportWords.bytes(item.bytes).leftPadded(to: 12))  \(item.name)")
    }
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
