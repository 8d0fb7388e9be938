import AssayModel
import AssayRuntime

/// A model prepared for several samples at once, where that pays: the same numbers for each of them.
struct BatchedModel: Sendable {
  let program: Program
  let samples: Int
  private let outputs: [Tensor]

  /// - Parameter samples: how many at once; `nil` for as many as pay.
  /// - Returns: `nil` where it does not pay, or samples cannot be kept apart.
  init?(_ model: LoadedModel, samples: Int? = nil) {
    // What a board's kernel computes can depend on where things lie in its arena.
    if case .board = model.program.kernels { return nil }
    let count = samples ?? BatchedGraph.samples(for: model.program.graph)
    guard let graph = BatchedGraph.make(model.program.graph, samples: count),
      let program = try? Program(graph, kernels: model.program.kernels), program.missing.isEmpty
    else { return nil }
    self.program = program
    self.samples = count
    outputs = model.outputs
  }

  func interpreter(of model: LoadedModel) throws(GateError) -> Interpreter {
    let plan = try? MemoryPlan(program.graph, ArenaConfiguration(library: .reference))
    do throws(RunError) {
      return try Interpreter(program, placement: plan?.placement ?? .preserveAll(program.graph))
    } catch { throw GateError(.unusable, "\(model.path): \(error)") }
  }

  /// Bytes by output, samples one after the other; the last batch is filled up with its last sample.
  ///
  /// - Returns: `nil` when anything is wrong: run one by one, the samples say which and what.
  func run(_ model: LoadedModel, _ fed: ArraySlice<FedSample>) -> [[UInt8]]? {
    guard var interpreter = try? interpreter(of: model) else { return nil }
    var results = outputs.map { _ in [UInt8]() }
    var start = fed.startIndex
    while start < fed.endIndex {
      let end = min(start + samples, fed.endIndex)
      do throws(RunError) {
        try feed(fed[start..<end], &interpreter)
        try interpreter.invoke()
      } catch { return nil }
      for (index, tensor) in outputs.enumerated() {
        results[index] += interpreter.output(index).prefix((end - start) * tensor.byteCount)
      }
      start = end
    }
    return results
  }

  private func feed(_ fed: ArraySlice<FedSample>, _ interpreter: inout Interpreter) throws(RunError) {
    guard let last = fed.last else { return }
    for input in last.inputs.indices {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(samples * last.inputs[input].count)
      for sample in fed { bytes += sample.inputs[input] }
      for _ in fed.count..<samples { bytes += last.inputs[input] }
      try interpreter.setInput(input, bytes.span)
    }
  }
}
