import AssayModel

/// Which resource variable an operator means: the runtime compares container and name of the
/// VAR_HANDLE that its first input comes from.
enum ResourceName: Hashable {
  case named(container: String, name: String)
  /// A handle that no VAR_HANDLE of its subgraph makes.
  case handle(subgraph: Int, tensor: Int)

  init(_ context: OperatorContext) throws(ModelError) {
    guard let tensor = context.op.inputs.first.flatMap(\.self) else {
      throw context.invalid("input 0 is missing")
    }
    let source = context.graph.subgraphs[context.subgraph].operators.first {
      $0.code.builtin == .varHandle && $0.outputs.first == tensor
    }
    if case .varHandle(let container, let name)? = source?.options {
      self = .named(container: container, name: name)
    } else {
      self = .handle(subgraph: context.subgraph, tensor: tensor)
    }
  }
}
