/// Checks what has to hold between the parts of a graph, whatever format it came from.
///
/// After it, every operator has the operands it needs, everything read was written before, nothing
/// is written twice, and following subgraph calls ends.
struct GraphValidator {
  let graph: Graph
  let limits: ModelLimits

  func validate() throws(ModelError) {
    for index in graph.subgraphs.indices {
      try validateInputs(of: index)
      try validateOperators(of: index)
    }
    try SubgraphCalls(graph: graph, limits: limits).validate()
    try validateMainOutputs()
  }

  private func validateInputs(of index: Int) throws(ModelError) {
    let subgraph = graph.subgraphs[index]
    var seen: Set<Int> = []
    for input in subgraph.inputs {
      let tensor = subgraph.tensors[input]
      let place = "subgraph \(index), input tensor \(input)"
      guard seen.insert(input).inserted else { throw ModelError(.invalid, in: place, "is an input twice") }
      guard tensor.constant == nil else { throw ModelError(.invalid, in: place, "is a constant") }
      guard !tensor.isVariable else { throw ModelError(.invalid, in: place, "is a variable") }
      guard index > 0 || tensor.elementCount > 0 else {
        throw ModelError(.invalid, in: place, "has no elements: shape \(tensor.shape)")
      }
    }
  }

  private func validateOperators(of index: Int) throws(ModelError) {
    var order = WriteOrder(graph.subgraphs[index])
    for step in graph.subgraphs[index].operators.indices {
      let operands = OperandCheck(graph: graph, subgraph: index, step: step)
      try operands.validate()
      do throws(ModelError) {
        try order.run(operands.op)
      } catch {
        throw error.placed(in: operands.place, at: operands.op.fileOffset)
      }
    }
    for output in graph.subgraphs[index].outputs where !order.isAvailable(output) {
      throw ModelError(.invalid, in: "subgraph \(index), output tensor \(output)", "is never written")
    }
  }

  /// A model that hands out its input or a constant computes nothing: a defect, not a result.
  private func validateMainOutputs() throws(ModelError) {
    let main = graph.main
    guard !main.outputs.isEmpty else { throw ModelError(.invalid, in: "subgraph 0", "has no outputs") }
    for output in main.outputs {
      let place = "subgraph 0, output tensor \(output)"
      guard !main.inputs.contains(output) else {
        throw ModelError(.invalid, in: place, "is an input of the model")
      }
      guard main.tensors[output].constant == nil else {
        throw ModelError(.invalid, in: place, "is a constant")
      }
      guard main.tensors[output].elementCount > 0 else {
        throw ModelError(.invalid, in: place, "has no elements: shape \(main.tensors[output].shape)")
      }
    }
  }
}

/// Which tensors hold a value, operator by operator.
private struct WriteOrder {
  private let tensors: [Tensor]
  private var available: [Bool]

  init(_ subgraph: Subgraph) {
    tensors = subgraph.tensors
    // Tensors without elements have no value to wait for.
    available = subgraph.tensors.map { $0.constant != nil || $0.isVariable || $0.elementCount == 0 }
    for input in subgraph.inputs { available[input] = true }
  }

  func isAvailable(_ tensor: Int) -> Bool { available[tensor] }

  /// Checks the operator's inputs, then takes its outputs as written.
  mutating func run(_ op: Operator) throws(ModelError) {
    for case .some(let input) in op.inputs where !available[input] {
      throw ModelError(.invalid, "reads tensor \(input)\(named(input)), which nothing has written yet")
    }
    for output in op.outputs {
      guard !available[output] || tensors[output].elementCount == 0 && !tensors[output].isVariable else {
        throw ModelError(.invalid, "writes tensor \(output)\(named(output)), which has a value already")
      }
      available[output] = true
    }
  }

  private func named(_ tensor: Int) -> String {
    tensors[tensor].name.isEmpty ? "" : " (\"\(tensors[tensor].name.prefix(80))\")"
  }
}
