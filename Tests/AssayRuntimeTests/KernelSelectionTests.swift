import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

@Suite(.enabled(if: !ArenaRow.all.isEmpty, "the conformance fixtures are not beside this checkout"))
struct `Fast kernels on field models` {
  @Test(arguments: ArenaRow.all)
  func `give the bytes of the reference kernels, layer by layer`(_ model: ArenaRow) throws {
    let graph = try model.graph()
    let reference = try layers(graph, .reference)
    let fast = try layers(graph, .fast)
    #expect(reference.count == graph.main.operators.count)
    for (index, layer) in reference.enumerated() where fast[index] != layer {
      Issue.record("operator \(index) (\(graph.main.operators[index].code.name)) differs")
      break
    }
  }

  /// The outputs of every operator of the main subgraph for inputs drawn from a seed.
  private func layers(_ graph: Graph, _ kernels: KernelSelection) throws -> [[UInt8]] {
    let program = try Program(graph, kernels: kernels)
    var interpreter = try Interpreter(program, placement: .preserveAll(program.graph))
    var random = SeededGenerator(seed: 1)
    for (index, input) in graph.main.inputs.enumerated() {
      try interpreter.setInput(index, values(of: graph.main.tensors[input], &random).span)
    }
    var outputs: [[UInt8]] = []
    try interpreter.invoke { layer, view in
      guard layer.subgraph == 0 else { return }
      outputs.append(
        graph.main.operators[layer.index].outputs.flatMap { view.bytes(subgraph: 0, tensor: $0) })
    }
    return outputs
  }

  private func values(of tensor: Tensor, _ random: inout SeededGenerator) -> [UInt8] {
    guard tensor.type == .float32 else {
      return (0..<tensor.byteCount).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
    return (0..<tensor.byteCount / 4).flatMap { _ in
      let bits = Float.random(in: -4...4, using: &random).bitPattern
      return [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) }
    }
  }
}
