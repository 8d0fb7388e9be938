import AssayModel

/// How much an operator computes, from its shapes alone: the bound that keeps a small hostile file
/// from running for hours.
///
/// In multiply-accumulates; an element that is only read, written or put through a function counts
/// as several. Saturates instead of overflowing.
struct WorkEstimate {
  let context: OperatorContext

  /// An element of an operand weighs as much as this many multiply-accumulates: exponentials and
  /// scattered reads take some ten nanoseconds.
  static let elementWeight = 8

  var operations: Int {
    let subgraph = context.graph.subgraphs[context.subgraph]
    let elements = (context.op.inputs.compactMap { $0 } + context.op.outputs)
      .reduce(0) { Self.sum($0, subgraph.tensors[$1].elementCount) }
    return Self.sum(
      ProductCount.product(elements, Self.elementWeight),
      max(ProductCount(context.op, in: subgraph).value, visitedCells(in: subgraph)))
  }

  /// Cells that portable pools visit: all of each window, even those far outside of the image.
  private func visitedCells(in subgraph: Subgraph) -> Int {
    let call: (name: String, arguments: [OperatorArgument])? =
      switch context.op.options {
      case .arguments(let arguments): (context.op.code.name, arguments)
      case .kernelCall(let name, let arguments): (name, arguments)
      default: nil
      }
    guard let call, call.name.contains("pool"), case .ints(let window)? = call.arguments.dropFirst().first
    else { return 0 }
    let outputs = context.op.outputs.reduce(0) { Self.sum($0, subgraph.tensors[$1].elementCount) }
    let sides = window.count == 1 ? window + window : window
    return sides.reduce(outputs) { ProductCount.product($0, max($1, 1)) }
  }

  /// Operations of all operators of a graph without loops, branches or calls.
  static func total(_ graph: Graph) -> Int {
    graph.main.operators.indices.reduce(0) { total, index in
      sum(total, WorkEstimate(context: OperatorContext(graph: graph, subgraph: 0, index: index)).operations)
    }
  }

  static func sum(_ a: Int, _ b: Int) -> Int { ProductCount.sum(a, b) }
}
