import AssayBaseline
import AssayDocument
import AssayFiles
import AssayGate
import AssayMeasure

let latencyCommand = CommandSpecification(
  name: "latency", arguments: "MODEL --target ID", positionals: 1...1,
  summary: "per-layer estimate on the board: path taken and why, interval, provenance",
  options: targetOptions + [
    .value("sweep", "FIELDS", "table alternatives: cpu.clock,runtime.esp_nn=1.1.2/1.2.3")
  ],
  example: "assay latency model.tflite --target esp32s3-n16r8 --sweep cpu.clock,runtime.esp_nn"
) { invocation, console in
  let target = try invocation.requiredTarget(of: "latency")
  let model = try loading { () throws(GateError) in try LoadedModel(path: invocation.positionals[0]) }
  if let fields = invocation.value("sweep") { return try sweep(fields, model, invocation, &console) }
  let profiles = try invocation.deviceProfiles()
  let result: ProfiledLatency.Result
  do {
    result = try ProfiledLatency(profiles, version: Version.current)
      .estimate(model.graph, sha256: model.sha256, on: target)
  } catch { throw CommandFailure(.undecided, "\(error)") }
  let view = LatencyView(
    model: model, target: target, estimate: result.estimate, deviceNotes: result.deviceNotes)
  if invocation.wantsJSON { console.print(view.json.text()) } else { view.print(&console) }
  return .done
}

extension Invocation {
  /// What boards measured; none where there is no database yet, which looking does not make.
  func deviceProfiles() throws -> [DeviceProfileRecord] {
    let path = ProjectFolder.database(value("baselines") ?? ProjectFolder.baselines)
    guard Folder.holdsFile(path) else { return [] }
    return try BaselineSession.answering { try BaselineStore(path).deviceProfiles() }
  }
}

private func sweep(
  _ fields: String, _ model: LoadedModel, _ invocation: Invocation, _ console: inout Console
) throws -> ExitCode {
  let library = try invocation.targetLibrary()
  let name = try invocation.required("target", of: "latency")
  let sets = invocation.all("set")
  let profiled = ProfiledLatency(try invocation.deviceProfiles(), version: Version.current)
  let rows = try LatencySweep(fields).rows(
    resolve: { overrides throws(DocumentErrors) in
      try library.resolve(name, overrides: sets + overrides)
    },
    estimate: { target throws(UnmodelledLatency) in
      try profiled.estimate(model.graph, sha256: model.sha256, on: target).estimate
    })
  if invocation.wantsJSON {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["rows"] = .array(rows.map(\.json))
    console.print(JSONValue.object(object).text())
    return .done
  }
  for row in rows {
    var parts = [row.range.map { LatencyView.text($0) } ?? row.reason ?? "not estimated"]
    if let provenance = row.provenance { parts.append(provenance.rawValue) }
    if row.range != nil, let reason = row.reason { parts.append(reason) }
    console.print(
      "  \(row.overrides.joined(separator: " ").padded(to: 44)) \(parts.joined(separator: "  "))")
  }
  return .done
}

extension LatencySweep.Row {
  fileprivate var json: JSONValue {
    var object = JSONObject()
    object["overrides"] = .array(overrides.map { .string($0) })
    object.set("milliseconds", range?.milliseconds, reason: reason ?? "not estimated")
    if let range {
      object["lowMilliseconds"] = .number(range.lowMilliseconds)
      object["highMilliseconds"] = .number(range.highMilliseconds)
    }
    if let provenance { object["provenance"] = .string(provenance.rawValue) }
    return .object(object)
  }
}

/// What `latency` says about a model on one target.
struct LatencyView {
  let model: LoadedModel
  let target: Target
  let estimate: LatencyEstimate
  let deviceNotes: [String]

  private var notes: [String] { estimate.notes + deviceNotes }

  var json: JSONValue {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["target"] = .string(target.name)
    object["milliseconds"] = .number(estimate.range.milliseconds)
    object["lowMilliseconds"] = .number(estimate.range.lowMilliseconds)
    object["highMilliseconds"] = .number(estimate.range.highMilliseconds)
    object["provenance"] = .string(estimate.provenance.rawValue)
    object["clockHertz"] = .integer(estimate.clockHertz)
    object["layers"] = .array(estimate.layers.map(layerJSON))
    object["notes"] = .array(notes.map { .string($0) })
    if let energy = EnergyEstimate(estimate.range, on: target) {
      object["millijoules"] = .number(energy.millijoules)
      object["energyLabel"] = .string(EnergyEstimate.label)
    }
    return .object(object)
  }

  private func layerJSON(_ layer: LayerLatency) -> JSONValue {
    var row = JSONObject()
    row["layer"] = .string(layer.place)
    row["operator"] = .string(layer.operatorName)
    row["path"] = .string(layer.path.rawValue)
    row["reason"] = .string(layer.reason)
    row["cycles"] = .number(layer.cycles)
    row["milliseconds"] = .number(layer.range.milliseconds)
    row["lowMilliseconds"] = .number(layer.range.lowMilliseconds)
    row["highMilliseconds"] = .number(layer.range.highMilliseconds)
    row["provenance"] = .string(layer.provenance.rawValue)
    if let instructions = layer.instructions { row["instructions"] = .number(instructions) }
    row["memoryNanoseconds"] = .number(layer.memoryNanoseconds)
    return .object(row)
  }

  static func text(_ range: LatencyRange) -> String {
    func short(_ value: Double) -> String { ReportWords.milliseconds(value) }
    return
      "\(short(range.milliseconds)) (\(short(range.lowMilliseconds)) to \(short(range.highMilliseconds)))"
  }

  private var provenance: String {
    estimate.provenance == .measured
      ? "measured on a board" : "\(estimate.provenance.rawValue); an estimate, not a measurement"
  }

  func print(_ console: inout Console) {
    console.print("\(Paint.bold(model.path, console)) on \(target.name)")
    console.print("  \(LatencyView.text(estimate.range)), \(provenance)")
    console.print(Paint.bold("layers: share, cumulative, time, path", console))
    var cumulative = 0.0
    for (layer, share) in zip(estimate.layers, estimate.shares) {
      cumulative += share
      console.print(line(layer, share, cumulative, console))
      if console.verbose { console.print("        \(layer.reason)") }
    }
    for sentence in LatencyExplanation(estimate).sentences {
      for line in TerminalReport.wrapped(sentence, console.width, indent: 0) { console.print(line) }
    }
    for note in notes { console.print("note: \(note)") }
    if let energy = EnergyEstimate(estimate.range, on: target) {
      console.print("  energy \(ReportWords.number(energy.millijoules)) mJ; \(EnergyEstimate.label)")
    }
  }

  /// `cortex_m::quantized_conv2d.out` as `quantized_conv2d`: the path names the library.
  private static func short(_ name: String) -> Substring {
    let parts = name.split(separator: ":")
    guard parts.count == 2, name.contains("::"), let kernel = parts.last else { return name[...] }
    return kernel.split(separator: ".").first ?? kernel
  }

  private func line(_ layer: LayerLatency, _ share: Double, _ cumulative: Double, _ console: Console)
    -> String
  {
    let cells = Int((share * 12).rounded())
    let bar = String(repeating: "#", count: cells) + String(repeating: ".", count: 12 - min(cells, 12))
    let painted = layer.path.family == .s3 ? Paint.green(bar, console) : Paint.yellow(bar, console)
    let name = String("\(layer.index) \(Self.short(layer.operatorName))".prefix(22)).padded(to: 22)
    return
      "  \(name) \(painted) \(ReportWords.percent(share).leftPadded(to: 8)) \(ReportWords.percent(cumulative).leftPadded(to: 8)) \(ReportWords.milliseconds(layer.range.milliseconds).leftPadded(to: 11))  \(layer.path.title)"
  }
}
