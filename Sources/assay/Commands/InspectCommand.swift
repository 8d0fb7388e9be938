import AssayDocument
import AssayGate
import AssayMeasure
import AssayModel
import AssayRuntime

let inspectCommand = CommandSpecification(
  name: "inspect", arguments: "MODEL [--target ID]", positionals: 1...1,
  summary: "operators, tensors, quantisation, and what the runtime would refuse and why",
  options: targetOptions + programOptions, example: "assay inspect model.tflite --target esp32s3-n16r8"
) { invocation, console in
  let target = try invocation.target()
  let model = try invocation.model()
  let inspection = Inspection(
    model, target: target, refusals: Refusals.all(model.graph, target),
    defects: knownDefects(model, target))
  if invocation.wantsJSON {
    console.print(inspection.json.text())
  } else {
    inspection.print(&console)
  }
  return inspection.refusals.isEmpty ? .done : .failed
}

/// Layers that the target's esp-nn is known to compute otherwise, one sentence each; why that is unknown
/// where its kernels were never executed.
private func knownDefects(_ model: LoadedModel, _ target: Target?) -> [String] {
  guard let runtime = target?.runtime, runtime.name == .tflm, model.graph.format == .tflite else { return [] }
  let reported = BoardAgreement.reportedFindings(in: model.graph, runtime: runtime).map(\.message)
  do { return try BoardAgreement(runtime: runtime).findings(in: model.graph).map(\.message) } catch {
    return reported + [error.description]
  }
}

/// What `inspect` says about a model.
struct Inspection {
  let model: LoadedModel
  let summary: ModelSummary
  let target: Target?
  let refusals: [Refusals.Finding]
  let defects: [String]

  init(
    _ model: LoadedModel, target: Target?, refusals: [Refusals.Finding], defects: [String] = []
  ) {
    self.model = model
    summary = ModelSummary(model)
    self.target = target
    self.refusals = refusals
    self.defects = defects
  }

  var json: JSONValue {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["path"] = .string(model.path)
    object["sha256"] = .string(model.sha256)
    object["format"] = .string(model.graph.format.rawValue)
    object["bytes"] = .integer(model.graph.file.count)
    object["constantBytes"] = .integer(summary.constantBytes)
    object["quantization"] = .string(summary.quantization)
    object["quantizedLayers"] = .integer(summary.quantizedLayers)
    object["floatLayers"] = .integer(summary.floatLayers)
    object["memoryBytes"] = summary.memoryBytes(target?.runtime).map { JSONValue.integer($0) } ?? .null
    object["memory"] = .string(summary.memory(target?.runtime))
    object["memoryFindings"] = .array(summary.memoryFindings.map { .string($0) })
    object["operators"] = .array(
      summary.operators.map { item in
        var row = JSONObject()
        row["name"] = .string(item.name)
        row["count"] = .integer(item.count)
        row["dtypes"] = .array(item.types.map { .string($0) })
        return .object(row)
      })
    if let method = model.graph.method {
      object["method"] = .string(method.name)
      object["methods"] = .array(method.methodNames.map { .string($0) })
    }
    object["inputs"] = .array(model.inputs.map(tensorJSON))
    object["outputs"] = .array(model.outputs.map(tensorJSON))
    object["refusals"] = .array(
      refusals.map { finding in
        var row = JSONObject()
        row["layer"] = .string(finding.layer)
        row["reason"] = .string(finding.reason)
        return .object(row)
      })
    object["knownDefects"] = .array(defects.map { .string($0) })
    object["missingKernels"] = .array(
      model.program.missing.map { missing in
        var row = JSONObject()
        row["layer"] = .string(missing.layer)
        row["reason"] = .string(missing.reason)
        return .object(row)
      })
    return .object(object)
  }

  private func tensorJSON(_ tensor: Tensor) -> JSONValue {
    var row = JSONObject()
    row["name"] = .string(tensor.name)
    row["dtype"] = .string(tensor.type.rawValue)
    row["shape"] = .array(tensor.shape.map { .integer($0) })
    if let quantization = tensor.quantization {
      row["scale"] = .number(Double(quantization.scale))
      row["zeroPoint"] = .integer(Int(quantization.zeroPoint))
    }
    return .object(row)
  }

  // MARK: Text

  func print(_ console: inout Console) {
    let graph = model.graph
    console.print(Paint.bold(model.path, console))
    console.print(
      "  \(graph.format.rawValue), \(ReportWords.bytes(graph.file.count)), sha256 \(model.sha256)")
    if !graph.modelDescription.isEmpty { console.print("  \(graph.modelDescription)") }
    if let method = model.graph.method {
      console.print("  method \(method.name) of \(method.methodNames.joined(separator: ", "))")
    }
    console.print("  constants     \(ReportWords.bytes(summary.constantBytes))")
    console.print("  quantisation  \(summary.quantization)")
    for text in ["memory        \(summary.memory(target?.runtime))"] + summary.memoryFindings {
      for line in TerminalReport.wrapped(text, console.width, indent: 2) { console.print(line) }
    }
    for (title, tensors) in [("inputs", model.inputs), ("outputs", model.outputs)] {
      console.print(Paint.bold(title, console))
      for tensor in tensors { console.print("  \(line(tensor))") }
    }
    console.print(Paint.bold("operators", console))
    let nameWidth = min(summary.operators.map(\.name.count).max() ?? 0, 44)
    for item in summary.operators {
      let name = item.name.padded(to: nameWidth)
      console.print("  \("\(item.count)".padded(to: 5)) \(name) \(item.types.joined(separator: ", "))")
    }
    if console.verbose { printTensors(&console) }
    printFindings(&console)
    for defect in defects {
      for line in TerminalReport.wrapped(defect, console.width, indent: 0) { console.print(line) }
    }
  }

  private func line(_ tensor: Tensor) -> String {
    var text = "\(tensor.type.rawValue) \(tensor.shape)  \(tensor.name)"
    if let quantization = tensor.quantization {
      text +=
        quantization.isPerChannel
        ? "  \(quantization.scales.count) scales"
        : "  scale \(quantization.scale), zero point \(quantization.zeroPoint)"
    }
    return text
  }

  private func printTensors(_ console: inout Console) {
    for (number, subgraph) in model.graph.subgraphs.enumerated() {
      console.print(Paint.bold("tensors of subgraph \(number)", console))
      for (index, tensor) in subgraph.tensors.enumerated() {
        let kind = tensor.constant != nil ? "constant" : tensor.isVariable ? "variable" : ""
        console.print("  \("\(index)".padded(to: 5)) \(kind.padded(to: 9)) \(line(tensor))")
      }
    }
  }

  private func printFindings(_ console: inout Console) {
    if refusals.isEmpty {
      console.print(
        model.graph.format == .pte ? "ExecuTorch runs every operator." : "TFLite Micro runs every operator.")
    } else {
      console.print(Paint.red("the board's runtime would refuse this model", console))
      for group in Refusals.grouped(refusals) {
        guard group.count > 1 else {
          console.print("  \(group.first): \(group.reason)")
          continue
        }
        let text = "\(group.count) layers, first \(group.first): \(group.reason)"
        for line in TerminalReport.wrapped(text, console.width, indent: 2) { console.print(line) }
      }
    }
    let missing = model.program.missing
    guard !missing.isEmpty else { return }
    console.print(
      Paint.yellow("no kernel here: what has to be run (accuracy, drift, outputs) is lost to", console))
    console.print(Paint.yellow("a suite; contract, flash and a known arena are judged", console))
    let names = Dictionary(grouping: missing, by: \.reason)
    for (reason, layers) in names.sorted(by: { $0.key < $1.key }) {
      console.print("  \(layers.count) x \(reason), first at \(layers[0].layer)")
    }
  }
}
