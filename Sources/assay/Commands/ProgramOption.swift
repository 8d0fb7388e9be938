import AssayGate
import AssayModel
import AssayRecording
import AssayRuntime

/// `--method` and `--data` of verbs that read ExecuTorch programs.
let programOptions: [OptionSpecification] = [
  .value("method", "NAME", "the method of an ExecuTorch program (default forward)"),
  .value("data", "F.ptd", "external weights of an ExecuTorch program"),
]

extension Invocation {
  /// The model at `position`, at the shapes of a recording where its inputs are dynamic.
  func model(
    at position: Int = 0, kernels: KernelSelection = .fast, fittedTo recording: String? = nil
  ) throws -> LoadedModel {
    let options = ReadingOptions(method: value("method") ?? "forward")
    let model = try loading { () throws(GateError) in
      try LoadedModel(path: positionals[position], kernels: kernels, options: options, weights: value("data"))
    }
    guard let recording, model.graph.method?.isDynamic == true else { return model }
    let shapes = try ModelRecording.open(recording)
    return try loading { () throws(GateError) in try model.fitted(to: shapes) }
  }
}
