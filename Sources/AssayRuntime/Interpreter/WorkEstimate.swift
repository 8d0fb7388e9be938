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
      ProductCount.product(elements, Self.elementWeight), ProductCount(context.op, in: subgraph).value)
  }

  static func sum(_ a: Int, _ b: Int) -> Int { ProductCount.sum(a, b) }
}
