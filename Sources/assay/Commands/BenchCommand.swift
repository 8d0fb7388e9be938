import AssayDocument
import AssayGate
import AssayRuntime

let benchCommand = CommandSpecification(
  name: "bench", arguments: "MODEL", positionals: 1...1,
  summary: "time per inference on this machine (the board's is `assay latency`)",
  options: [
    .value("kernels", "reference|fast", "same results, different speed", choices: ["reference", "fast"]),
    .value("milliseconds", "N", "how long to measure (default 500)"),
    .value("threads", "N", "interpreters at once (default 1)"),
    .value("batch", "N|auto", "samples of one invocation (default 1; auto: as many as a gate takes)"),
    .flag("layers", "every operator by itself, and what the core reaches at best"),
  ],
  example: "assay bench model.tflite --kernels reference"
) { invocation, console in
  let kernels: KernelSelection = invocation.value("kernels") == "reference" ? .reference : .fast
  let milliseconds = try invocation.integer("milliseconds", in: 1...600_000) ?? 500
  let model = try loading { () throws(GateError) in
    try LoadedModel(path: invocation.positionals[0], kernels: kernels)
  }
  if invocation.has("layers") {
    try printLayers(model, milliseconds, invocation, &console)
  } else {
    try printTiming(model, milliseconds, invocation, &console)
  }
  return .done
}

private func printTiming(
  _ model: LoadedModel, _ milliseconds: Int, _ invocation: Invocation, _ console: inout Console
) throws {
  let threads = try invocation.integer("threads", in: 1...1024) ?? 1
  let batch = invocation.value("batch") == "auto" ? nil : try invocation.integer("batch", in: 1...4096) ?? 1
  let timing = try loading { () throws(GateError) in
    try HostTiming(model, milliseconds: milliseconds, threads: threads, batch: batch)
  }
  guard invocation.wantsJSON else {
    let nanoseconds = Int(timing.nanosecondsPerInference.rounded())
    let together = timing.batch > 1 ? ", \(timing.batch) at once" : ""
    return console.print(
      "\(nanoseconds) ns per inference, \(timing.inferences) inferences\(together), threads: \(timing.threads)"
    )
  }
  var object = JSONObject()
  object["schemaVersion"] = 1
  object["nanosecondsPerInference"] = .number(timing.nanosecondsPerInference)
  object["inferences"] = .integer(timing.inferences)
  object["threads"] = .integer(timing.threads)
  object["batch"] = .integer(timing.batch)
  object["arenaBytes"] = .integer(timing.arenaBytes)
  object["packedBytes"] = .integer(timing.packedBytes)
  object["scratchBytes"] = .integer(timing.scratchBytes)
  console.print(JSONValue.object(object).text())
}

private func printLayers(
  _ model: LoadedModel, _ milliseconds: Int, _ invocation: Invocation, _ console: inout Console
) throws {
  let layers = try loading { () throws(GateError) in
    try LayerTiming.measure(model, milliseconds: milliseconds)
  }
  let peak = CorePeak()
  guard invocation.wantsJSON else {
    let total = layers.reduce(0) { $0 + $1.nanoseconds }
    console.print("layer operator                         ns  share  products per ns")
    for layer in layers { console.print(line(layer, total)) }
    return console.print(
      "at best: \(Int(peak.int8.rounded())) int8 products per ns, \(Int(peak.float32.rounded())) float32")
  }
  var object = JSONObject()
  object["schemaVersion"] = 1
  object["peakInt8"] = .number(peak.int8)
  object["peakFloat32"] = .number(peak.float32)
  object["layers"] = .array(
    layers.map { layer in
      var row = JSONObject()
      row["index"] = .integer(layer.layer.index)
      row["operator"] = .string(layer.name)
      row["nanoseconds"] = .number(layer.nanoseconds)
      row["products"] = .integer(layer.products)
      return .object(row)
    })
  console.print(JSONValue.object(object).text())
}

private func line(_ layer: LayerTiming, _ total: Double) -> String {
  let share = Int((layer.nanoseconds / total * 100).rounded())
  let rate = layer.products > 0 ? "\(Int((Double(layer.products) / layer.nanoseconds).rounded()))" : ""
  return "\(layer.layer.index)".padded(to: 6) + layer.name.padded(to: 28)
    + "\(Int(layer.nanoseconds.rounded()))".leftPadded(to: 7) + "\(share) %".leftPadded(to: 7)
    + rate.leftPadded(to: 17)
}
