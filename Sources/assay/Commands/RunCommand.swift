import AssayDocument
import AssayFiles
import AssayGate
import AssayMeasure
import AssayModel
import AssayRecording
import AssayRuntime

let runCommand = CommandSpecification(
  name: "run", arguments: "MODEL (--inputs IN.npz | --zeros) --output OUT.npz", positionals: 1...1,
  summary: "outputs for recorded inputs",
  options: [
    .value("inputs", "IN.npz", "recorded inputs in_0, in_1, ..., each [N] + the tensor's shape"),
    .flag("zeros", "run one sample of zero codes instead"),
    .value("output", "OUT.npz", "where out_0, out_1, ... are written"),
    .value(
      "kernels", "reference|fast|board",
      "reference, fast: the same results at different speed; board: what the target's esp-nn computes",
      choices: ["reference", "fast", "board"]), threadsOption,
  ] + programOptions + targetOptions,
  example: "assay run model.tflite --inputs heldout.npz --output outputs.npz"
) { invocation, console in
  let output = try invocation.required("output", of: "run")
  let model = try loadedModel(invocation)
  let feed = try sampleFeed(invocation, model)
  let run = try Parallel.limited(to: try invocation.threads()) {
    try loading { () throws(GateError) in try ModelRun(model, feed) }
  }
  var recording = Recording()
  for (index, tensor) in run.tensors.enumerated() {
    guard let type = RecordedType(rawValue: tensor.type.rawValue) else {
      throw CommandFailure.usage(
        "\(model.path): output \(index) is \(tensor.type), which a recording cannot hold")
    }
    let description = ArrayDescription(name: "out_\(index)", type: type, shape: [run.count] + tensor.shape)
    recording.append(try RecordedArray(description, bytes: run.outputs[index]))
  }
  let knowledge = try loading { () throws(GateError) in try BoardKnowledge(model, feed, run) }
  if let knowledge, knowledge.unknownSamples > 0 { try mark(knowledge, run, in: &recording) }
  try FileBytes.write(try recording.encoded(), to: output)
  warnOfRefusals(model, &console)
  if knowledge != nil { try warnOfDefects(model, invocation, &console) }
  report(run, knowledge, to: output, invocation, &console)
  return .done
}

/// Numbers of a model that no board would run are still numbers, but not the board's.
private func warnOfRefusals(_ model: LoadedModel, _ console: inout Console) {
  guard !console.quiet, model.graph.format == .tflite else { return }
  let refusals = Refusals.all(model.graph, nil)
  guard let first = refusals.first else { return }
  let rest = refusals.count > 1 ? " (and \(refusals.count - 1) more)" : ""
  console.diagnose(
    "assay run: warning: TFLite Micro would refuse \(model.path): \(first.layer): \(first.reason)\(rest)")
}

private func loadedModel(_ invocation: Invocation) throws -> LoadedModel {
  let kernels: KernelSelection = invocation.value("kernels") == "reference" ? .reference : .fast
  let model = try invocation.model(kernels: kernels, fittedTo: invocation.value("inputs"))
  guard invocation.value("kernels") == "board" else { return model }
  let target = try invocation.requiredTarget(of: "run")
  return try loading { () throws(GateError) in try model.onBoard(target.runtime) }
}

private func sampleFeed(_ invocation: Invocation, _ model: LoadedModel) throws -> SampleFeed {
  switch (invocation.value("inputs"), invocation.has("zeros")) {
  case (let path?, false):
    let recording = try ModelRecording.open(path)
    return try loading { () throws(GateError) in try SampleFeed(recording, model: model, matching: .exact) }
  case (nil, true): return SampleFeed(zerosFor: model)
  default: throw CommandFailure.usage("assay run: give either --inputs IN.npz or --zeros")
  }
}

/// `known_0`, `known_1`, ...: false where an element rests on memory that nobody can know.
private func mark(_ knowledge: BoardKnowledge, _ run: ModelRun, in recording: inout Recording) throws {
  for (index, flags) in knowledge.isKnown.enumerated() {
    let shape = [run.count] + run.tensors[index].shape
    recording.append(
      try RecordedArray(
        ArrayDescription(name: "known_\(index)", type: .bool, shape: shape), bytes: flags.map { $0 ? 1 : 0 }))
  }
}

/// Which layers computed something else than the reference.
private func warnOfDefects(_ model: LoadedModel, _ invocation: Invocation, _ console: inout Console) throws {
  guard !console.quiet, let runtime = try invocation.target()?.runtime else { return }
  for sentence in BoardKnowledge.sentences(model, runtime) {
    console.diagnose("assay run: note: \(sentence)")
  }
}

private func report(
  _ run: ModelRun, _ knowledge: BoardKnowledge?, to output: String, _ invocation: Invocation,
  _ console: inout Console
) {
  if invocation.wantsJSON {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["samples"] = .integer(run.count)
    object["output"] = .string(output)
    object["outputSha256"] = .string(run.digest)
    if let knowledge { object["unknownSamples"] = .integer(knowledge.unknownSamples) }
    console.print(JSONValue.object(object).text())
  } else if !console.quiet {
    console.print(
      "\(run.count) sample\(run.count == 1 ? "" : "s") -> \(output)  outputs sha256 \(run.digest.prefix(16))")
    if let knowledge, knowledge.unknownSamples > 0 {
      console.print(
        "\(knowledge.unknownSamples) rest on memory that nobody can know: known_0 marks their elements")
    }
  }
}

/// Runs `body`, turning what the gate's library says into an exit code.
func loading<Result>(_ body: () throws(GateError) -> Result) throws(CommandFailure) -> Result {
  do throws(GateError) { return try body() } catch {
    let code: ExitCode =
      switch error.code {
      case .unusable: .unusable
      case .undecided: .undecided
      case .failed: .failed
      }
    throw CommandFailure(code, error.message)
  }
}
