/// Checks the calls between subgraphs: targets exist, operands agree, and calling ends.
struct SubgraphCalls {
  let graph: Graph
  let limits: ModelLimits

  /// What calling a subgraph leads to.
  private struct Extent {
    var depth: Int
    /// Operators when every call is written out.
    var operators: Int
  }

  func validate() throws(ModelError) {
    var extents: [Extent?] = Array(repeating: nil, count: graph.subgraphs.count)
    for index in graph.subgraphs.indices {
      var path: [Int] = []
      _ = try extent(of: index, &path, &extents)
    }
  }

  private func extent(
    of index: Int, _ path: inout [Int], _ extents: inout [Extent?]
  ) throws(ModelError) -> Extent {
    if let known = extents[index] { return known }
    path.append(index)
    var extent = Extent(depth: 1, operators: graph.subgraphs[index].operators.count)
    for step in graph.subgraphs[index].operators.indices {
      for target in try targets(of: index, step) {
        guard !path.contains(target) else {
          throw invalid(index, step, "calls subgraph \(target), which is running already")
        }
        let called = try self.extent(of: target, &path, &extents)
        extent.depth = max(extent.depth, 1 + called.depth)
        extent.operators += called.operators
        try check(extent, index, step)
      }
    }
    path.removeLast()
    extents[index] = extent
    return extent
  }

  private func check(_ extent: Extent, _ index: Int, _ step: Int) throws(ModelError) {
    guard extent.depth <= limits.callDepth else {
      throw limit(index, step, "subgraph calls are nested more than \(limits.callDepth) deep")
    }
    guard extent.operators <= limits.expandedOperators else {
      throw limit(index, step, "subgraph calls amount to more than \(limits.expandedOperators) operators")
    }
  }

  /// The subgraphs that an operator calls, their signatures checked against its operands.
  private func targets(of index: Int, _ step: Int) throws(ModelError) -> [Int] {
    let op = graph.subgraphs[index].operators[step]
    switch op.options {
    case .callOnce(let target):
      try check(index, step, target, inputs: [], outputs: [])
      return [target]
    case .ifElse(let then, let otherwise):
      let inputs = Array(op.inputs.dropFirst())
      try check(index, step, then, inputs: inputs, outputs: op.outputs)
      try check(index, step, otherwise, inputs: inputs, outputs: op.outputs)
      return [then, otherwise]
    case .whileLoop(let condition, let body):
      try check(index, step, condition, inputs: op.inputs, outputs: nil)
      try checkCondition(index, step, condition)
      try check(index, step, body, inputs: op.inputs, outputs: op.outputs)
      return [condition, body]
    default: return []
    }
  }

  private func check(
    _ index: Int, _ step: Int, _ target: Int, inputs: [Int?], outputs: [Int]?
  ) throws(ModelError) {
    guard graph.subgraphs.indices.contains(target) else {
      throw invalid(index, step, "calls subgraph \(target) of \(graph.subgraphs.count)")
    }
    let called = graph.subgraphs[target]
    try match(index, step, inputs, called, called.inputs, "inputs of subgraph \(target)")
    if let outputs {
      try match(index, step, outputs, called, called.outputs, "outputs of subgraph \(target)")
    }
  }

  /// Values are copied byte for byte between caller and called: types and sizes have to be the same.
  private func match(
    _ index: Int, _ step: Int, _ own: [Int?], _ called: Subgraph, _ theirs: [Int], _ what: String
  ) throws(ModelError) {
    guard own.count == theirs.count else {
      throw invalid(index, step, "\(own.count) operands for \(theirs.count) \(what)")
    }
    for (position, (mine, their)) in zip(own, theirs).enumerated() {
      guard let mine else { throw invalid(index, step, "operand \(position) is left out") }
      let (a, b) = (graph.subgraphs[index].tensors[mine], called.tensors[their])
      guard a.type == b.type, a.elementCount == b.elementCount else {
        throw invalid(
          index, step,
          "operand \(position) is \(a.type.rawValue) \(a.shape), the \(what) say \(b.type.rawValue) \(b.shape)"
        )
      }
    }
  }

  private func checkCondition(_ index: Int, _ step: Int, _ target: Int) throws(ModelError) {
    let called = graph.subgraphs[target]
    guard called.outputs.count == 1, called.tensors[called.outputs[0]].type == .bool,
      called.tensors[called.outputs[0]].elementCount == 1
    else {
      throw invalid(index, step, "condition subgraph \(target) does not put out one bool")
    }
  }

  private func invalid(_ index: Int, _ step: Int, _ message: String) -> ModelError {
    error(.invalid, index, step, message)
  }

  private func limit(_ index: Int, _ step: Int, _ message: String) -> ModelError {
    error(.limit, index, step, message)
  }

  private func error(
    _ code: ModelError.Code, _ index: Int, _ step: Int, _ message: String
  ) -> ModelError {
    let op = graph.subgraphs[index].operators[step]
    return ModelError(
      code, at: op.fileOffset, in: "subgraph \(index), operator \(step) (\(op.code.name))", message)
  }
}
