import AssayModel

/// Agreement between a control-flow operator and the subgraphs it enters: values are copied by
/// bytes, so counts, types and sizes must be equal on both sides.
enum ControlFlow {
  static func checkCallOnce(_ context: OperatorContext, target: Int) throws(ModelError) {
    let entered = try subgraph(target, context)
    try context.require(
      entered.inputs.isEmpty && entered.outputs.isEmpty, "the subgraph called once has inputs or outputs")
  }

  static func checkIf(_ context: OperatorContext, branches: [Int]) throws(ModelError) {
    let condition = try context.input(0)
    try context.require(
      condition.type == .bool && condition.elementCount == 1, "the condition is not one bool")
    for branch in branches {
      let entered = try subgraph(branch, context)
      let arguments = try (1..<context.inputCount).map { position throws(ModelError) in
        try context.input(position)
      }
      try agree(context, arguments, entered, entered.inputs, "inputs of branch \(branch)")
      try agree(context, try outputs(context), entered, entered.outputs, "outputs of branch \(branch)")
    }
  }

  static func checkWhile(_ context: OperatorContext, condition: Int, body: Int) throws(ModelError) {
    let state = try (0..<context.inputCount).map { position throws(ModelError) in try context.input(position)
    }
    let test = try subgraph(condition, context)
    let loop = try subgraph(body, context)
    try agree(context, state, test, test.inputs, "inputs of the condition")
    try agree(context, state, loop, loop.inputs, "inputs of the body")
    try agree(context, state, loop, loop.outputs, "outputs of the body")
    try agree(context, state, graphOf(context), context.op.outputs, "outputs of the loop")
    let decision = test.outputs.first.map { test.tensors[$0] }
    try context.require(
      test.outputs.count == 1 && decision?.type == .bool && decision?.elementCount == 1,
      "the condition's output is not one bool")
  }

  private static func graphOf(_ context: OperatorContext) -> Subgraph {
    context.graph.subgraphs[context.subgraph]
  }

  private static func outputs(_ context: OperatorContext) throws(ModelError) -> [Tensor] {
    try (0..<context.outputCount).map { position throws(ModelError) in try context.output(position) }
  }

  private static func subgraph(_ index: Int, _ context: OperatorContext) throws(ModelError) -> Subgraph {
    try context.require(
      context.graph.subgraphs.indices.contains(index), "enters subgraph \(index), which does not exist")
    return context.graph.subgraphs[index]
  }

  private static func agree(
    _ context: OperatorContext, _ outer: [Tensor], _ inner: Subgraph, _ indices: [Int], _ what: String
  ) throws(ModelError) {
    try context.require(
      outer.count == indices.count, "\(indices.count) \(what) where the operator has \(outer.count)")
    for (position, (left, index)) in zip(outer, indices).enumerated() {
      let right = inner.tensors[index]
      try context.require(
        left.type == right.type && left.byteCount == right.byteCount,
        "\(what): \(position) is \(right.type) \(right.shape), the operator's is \(left.type) \(left.shape)")
    }
  }
}
