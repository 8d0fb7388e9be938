import AssayModel

/// A named buffer that READ_VARIABLE and ASSIGN_VARIABLE share between subgraphs and invocations.
struct ResourceVariable: Sendable {
  var name: String
  var byteCount: Int
}

/// Which resource each handle tensor names, settled before anything runs.
struct ResourceTable: Sendable {
  private(set) var variables: [ResourceVariable] = []
  /// Resource by subgraph and handle tensor.
  private var handles: [[Int: Int]] = []

  /// - Throws: when assignments to one variable disagree about its size.
  init(_ graph: Graph) throws(ModelError) {
    var byName: [String: Int] = [:]
    for subgraph in graph.subgraphs {
      var row: [Int: Int] = [:]
      for op in subgraph.operators {
        guard op.code.builtin == .varHandle, case .varHandle(let container, let name) = op.options,
          let output = op.outputs.first
        else { continue }
        let key = "\(container.utf8.count):\(container)\(name)"
        let resource = byName[key] ?? variables.count
        if resource == variables.count {
          byName[key] = resource
          variables.append(ResourceVariable(name: name, byteCount: 0))
        }
        row[output] = resource
      }
      handles.append(row)
    }
    try settleSizes(graph)
  }

  private mutating func settleSizes(_ graph: Graph) throws(ModelError) {
    for subgraph in graph.subgraphs.indices {
      for index in graph.subgraphs[subgraph].operators.indices {
        let context = OperatorContext(graph: graph, subgraph: subgraph, index: index)
        guard context.op.code.builtin == .assignVariable else { continue }
        let resource = try handle(context)
        let bytes = try context.input(1).byteCount
        let known = variables[resource].byteCount
        try context.require(
          known == 0 || known == bytes,
          "variable \"\(variables[resource].name)\" is assigned \(bytes) bytes here and \(known) elsewhere")
        variables[resource].byteCount = bytes
      }
    }
  }

  private func handle(_ context: OperatorContext) throws(ModelError) -> Int {
    guard context.inputCount >= 1, let tensor = context.op.inputs[0],
      let resource = handles[context.subgraph][tensor]
    else { throw context.missing("the variable's handle does not come from a VAR_HANDLE of this subgraph") }
    return resource
  }

  func checkedRead(_ context: OperatorContext) throws(ModelError) -> Int {
    let resource = try handle(context)
    let bytes = try context.output(0).byteCount
    let variable = variables[resource]
    try context.require(
      bytes == variable.byteCount,
      "reads \(bytes) bytes of variable \"\(variable.name)\", which holds \(variable.byteCount)")
    return resource
  }

  func checkedAssign(_ context: OperatorContext) throws(ModelError) -> Int { try handle(context) }
}
