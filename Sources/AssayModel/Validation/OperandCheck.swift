/// Checks one operator against what its kind demands of operand counts and attributes.
struct OperandCheck {
  let graph: Graph
  let subgraph: Int
  let step: Int

  var op: Operator { graph.subgraphs[subgraph].operators[step] }
  var place: String { "subgraph \(subgraph), operator \(step) (\(op.code.name))" }

  func validate() throws(ModelError) {
    guard case .builtin(let builtin) = op.code, let rule = OperandRule.of(builtin) else { return }
    try checkCounts(rule)
    try checkPresence(rule)
    try checkElements(rule)
    try checkAttributes()
  }

  private func checkCounts(_ rule: OperandRule) throws(ModelError) {
    guard rule.inputs.contains(op.inputs.count) else {
      throw invalid("\(op.inputs.count) inputs instead of \(words(rule.inputs))")
    }
    guard rule.outputs.contains(op.outputs.count) else {
      throw invalid("\(op.outputs.count) outputs instead of \(words(rule.outputs))")
    }
  }

  private func checkPresence(_ rule: OperandRule) throws(ModelError) {
    for (position, input) in op.inputs.enumerated() where input == nil {
      guard rule.optionalInputs.contains(position) else {
        throw invalid("input \(position) is left out, and is not optional")
      }
    }
  }

  private func checkElements(_ rule: OperandRule) throws(ModelError) {
    for (position, input) in op.inputs.enumerated() {
      guard let input, tensor(input).elementCount == 0, !rule.emptyInputs.contains(position) else { continue }
      throw invalid("input \(position) has no elements: shape \(tensor(input).shape)")
    }
    for (position, output) in op.outputs.enumerated()
    where tensor(output).elementCount == 0 && !rule.allowsEmptyOutputs {
      throw invalid("output \(position) has no elements: shape \(tensor(output).shape)")
    }
  }

  /// Attributes that repeat what the operands say must agree with them.
  private func checkAttributes() throws(ModelError) {
    switch op.options {
    case .pack(_, let count): try require(count, "values_count", op.inputs.count, "inputs")
    case .unpack(_, let count): try require(count, "num", op.outputs.count, "outputs")
    case .split(let count), .splitV(let count):
      try require(count, "num_splits", op.outputs.count, "outputs")
    case .depthwiseConv2D(let options): try checkDepthMultiplier(options.depthMultiplier)
    default: break
    }
  }

  private func require(
    _ stored: Int, _ name: String, _ found: Int, _ what: String
  ) throws(ModelError) {
    guard stored == found else { throw invalid("\(name) \(stored), but \(found) \(what)") }
  }

  /// The device's runtime takes the multiplier from the file and would run over a smaller filter.
  private func checkDepthMultiplier(_ multiplier: Int) throws(ModelError) {
    guard let input = op.inputs[0].map({ tensor($0).shape }),
      let filter = op.inputs[1].map({ tensor($0).shape }),
      input.count == 4, filter.count == 4
    else { return }
    guard input[3] * multiplier == filter[3] else {
      throw invalid("depth multiplier \(multiplier) x \(input[3]) channels are not \(filter[3]) filters")
    }
  }

  private func tensor(_ index: Int) -> Tensor { graph.subgraphs[subgraph].tensors[index] }

  private func words(_ range: ClosedRange<Int>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }

  private func invalid(_ message: String) -> ModelError {
    ModelError(.invalid, at: op.fileOffset, in: place, message)
  }
}
