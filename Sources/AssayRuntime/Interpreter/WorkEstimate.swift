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
    let elements = (context.op.inputs.compactMap { $0 } + context.op.outputs)
      .reduce(0) { Self.sum($0, tensor($1).elementCount) }
    return Self.sum(Self.product(elements, Self.elementWeight), products)
  }

  private var products: Int {
    switch context.op.options {
    case .conv2D: Self.product(outputs, weights(1) / max(dimension(1, 0), 1))
    case .depthwiseConv2D: Self.product(outputs, weights(1) / max(dimension(1, 3), 1))
    case .transposeConv: Self.product(weights(2) / max(dimension(2, 3), 1), weights(1))
    case .fullyConnected: Self.product(outputs, weights(1) / max(dimension(1, 0), 1))
    case .batchMatMul(let adjointX, _):
      Self.product(outputs, dimension(0, rank(0) - (adjointX ? 2 : 1)))
    case .pool2D(let pool):
      Self.product(
        outputs,
        Self.product(min(pool.filterHeight, dimension(0, 1)), min(pool.filterWidth, dimension(0, 2))))
    case .unidirectionalSequenceLSTM: Self.product(weights(0) / max(dimension(0, rank(0) - 1), 1), allWeights)
    case .svdf: Self.product(max(dimension(0, 0), 1), allWeights)
    default: 0
    }
  }

  /// Elements of all outputs.
  private var outputs: Int { context.op.outputs.reduce(0) { Self.sum($0, tensor($1).elementCount) } }

  /// Elements of every input but the first.
  private var allWeights: Int {
    context.op.inputs.indices.dropFirst().reduce(0) { Self.sum($0, weights($1)) }
  }

  private func weights(_ input: Int) -> Int { context.optionalInput(input)?.elementCount ?? 0 }

  private func rank(_ input: Int) -> Int { context.optionalInput(input)?.shape.count ?? 0 }

  private func dimension(_ input: Int, _ axis: Int) -> Int {
    guard let shape = context.optionalInput(input)?.shape, shape.indices.contains(axis) else { return 1 }
    return shape[axis]
  }

  private func tensor(_ index: Int) -> Tensor { context.graph.subgraphs[context.subgraph].tensors[index] }

  private static func product(_ a: Int, _ b: Int) -> Int {
    let (value, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : value
  }

  static func sum(_ a: Int, _ b: Int) -> Int {
    let (value, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : value
  }
}
