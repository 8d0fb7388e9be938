import AssayKernels
import AssayModel

/// `aten::addmm`, `mm`, `bmm` and `linear`.
enum PortableMatMul {
  static let kernels: [String: Preparation] = [
    "aten::addmm.out": addmm, "aten::mm.out": product, "aten::bmm.out": product, "aten::linear.out": linear,
  ]

  private static func addmm(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (bias, a, b, output) = (
      try call.floats(0), try call.floats(1), try call.floats(2), try call.floatOutput()
    )
    guard let strides = StridedWalk.broadcast(bias, to: output.shape) else {
      throw context.invalid("bias \(bias.shape) for output \(output.shape)")
    }
    let (beta, alpha) = (try call.number(3, default: 1), try call.number(4, default: 1))
    let product = try matrices(context, a, b, output)
    return prepare(
      product, a, b, output, bias: (bias, strides.suffix(2).first ?? 0, strides.last ?? 0),
      alpha: Float(alpha), beta: Float(beta))
  }

  private static func product(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (a, b, output) = (try call.floats(0), try call.floats(1), try call.floatOutput())
    return prepare(try matrices(context, a, b, output), a, b, output)
  }

  private static func linear(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, weights, bias, output) = (
      try call.floats(0), try call.floats(1), try call.optionalFloats(2), try call.floatOutput()
    )
    try context.require(
      input.isDense && output.isDense && weights.shape.count == 2, "a linear layer over \(input.shape)")
    let (depth, columns) = (weights.shape[1], weights.shape[0])
    try context.require(
      input.shape.last == depth && output.shape == input.shape.dropLast() + [columns]
        && bias.map { $0.shape == [columns] } ?? true,
      "output \(output.shape) for input \(input.shape) and weights \(weights.shape)")
    var matrices = Matrices(batches: 1, aBatch: 0, bBatch: 0, outBatch: 0)
    matrices.product = ak_portable_product(
      rows: depth == 0 ? 0 : input.count / depth, depth: depth, columns: columns, a_row: depth, a_depth: 1,
      b_depth: weights.strides[1], b_column: weights.strides[0], out_row: columns, out_column: 1, bias_row: 0,
      bias_column: 0, alpha: 1, beta: 1)
    return prepare(matrices, input, weights, output, bias: bias.map { ($0, 0, 1) })
  }

  /// A product repeated over batches.
  struct Matrices: Sendable {
    var batches: Int
    var aBatch: Int
    var bBatch: Int
    var outBatch: Int
    var product = ak_portable_product()
  }

  static func matrices(
    _ context: OperatorContext, _ a: Operand, _ b: Operand, _ output: Operand
  ) throws(ModelError) -> Matrices {
    let rank = a.shape.count
    try context.require(
      (2...3).contains(rank) && b.shape.count == rank, "product of \(a.shape) and \(b.shape)")
    let (row, column) = (rank - 2, rank - 1)
    try context.require(
      a.shape[column] == b.shape[row] && (rank == 2 || a.shape[0] == b.shape[0])
        && output.shape == a.shape.dropLast() + [b.shape[column]],
      "output \(output.shape) for \(a.shape) x \(b.shape)")
    var matrices = Matrices(
      batches: rank == 3 ? a.shape[0] : 1, aBatch: rank == 3 ? a.strides[0] : 0,
      bBatch: rank == 3 ? b.strides[0] : 0,
      outBatch: rank == 3 ? output.strides[0] : 0)
    matrices.product = ak_portable_product(
      rows: a.shape[row], depth: a.shape[column], columns: b.shape[column], a_row: a.strides[row],
      a_depth: a.strides[column], b_depth: b.strides[row], b_column: b.strides[column],
      out_row: output.strides[row],
      out_column: output.strides[column], bias_row: 0, bias_column: 0, alpha: 1, beta: 1)
    return matrices
  }

  static func prepare(
    _ matrices: Matrices, _ a: Operand, _ b: Operand, _ output: Operand,
    bias: (operand: Operand, row: Int, column: Int)? = nil, alpha: Float = 1, beta: Float = 1
  ) -> PreparedOperator {
    var product = matrices.product
    product.bias_row = bias?.row ?? 0
    product.bias_column = bias?.column ?? 0
    product.alpha = alpha
    product.beta = beta
    let position = bias?.operand.position
    return PreparedOperator { [product] memory in
      var product = product
      let start = unsafe position.map { unsafe memory.input($0, as: Float.self) }
      for batch in 0..<matrices.batches {
        unsafe ak_portable_matmul_f32(
          &product, memory.input(a.position, as: Float.self) + batch * matrices.aBatch,
          memory.input(b.position, as: Float.self) + batch * matrices.bBatch, start,
          memory.output(output.position, as: Float.self) + batch * matrices.outBatch)
      }
    }
  }
}
