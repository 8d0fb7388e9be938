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
  ],
  example: "assay bench model.tflite --kernels reference"
) { invocation, console in
  let kernels: KernelSelection = invocation.value("kernels") == "reference" ? .reference : .fast
  let milliseconds = try invocation.integer("milliseconds", in: 1...600_000) ?? 500
  let threads = try invocation.integer("threads", in: 1...1024) ?? 1
  let timing = try loading { () throws(GateError) in
    let model = try LoadedModel(path: invocation.positionals[0], kernels: kernels)
    return try HostTiming(model, milliseconds: milliseconds, threads: threads)
  }
  guard invocation.wantsJSON else {
    let nanoseconds = Int(timing.nanosecondsPerInference.rounded())
    console.print(
      "\(nanoseconds) ns per inference, \(timing.inferences) inferences, threads: \(timing.threads)")
    return .done
  }
  var object = JSONObject()
  object["schemaVersion"] = 1
  object["nanosecondsPerInference"] = .number(timing.nanosecondsPerInference)
  object["inferences"] = .integer(timing.inferences)
  object["threads"] = .integer(timing.threads)
  object["arenaBytes"] = .integer(timing.arenaBytes)
  object["packedBytes"] = .integer(timing.packedBytes)
  object["scratchBytes"] = .integer(timing.scratchBytes)
  console.print(JSONValue.object(object).text())
  return .done
}
