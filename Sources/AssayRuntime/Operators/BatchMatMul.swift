import AssayKernels
import AssayModel

/// BATCH_MATMUL on float32, int8 and int16, with broadcasting and transposed operands.
enum BatchMatMul {
  static func prepare(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .batchMatMul(let adjointX, let adjointY) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    try context.require(context.inputCount == 2, "has \(context.inputCount) inputs, expected 2")
    try context.require(context.outputCount == 1, "has \(context.outputCount) outputs, expected 1")
    let (left, right, output) = (try context.input(0), try context.input(1), try context.output(0))
    guard left.type == right.type || left.type != .float32 else {
      throw context.missing("hybrid model: TFLite Micro cannot run it")
    }
    try context.require(right, "right operand", type: left.type)
    try context.require(output, "output", type: left.type)
    let shape = try shape(context, left, right, output, adjointX: adjointX, adjointY: adjointY)
    switch left.type {
    case .float32: return float32(shape)
    case .int8: return try int8(context, shape, left, right, output)
    case .int16: return try int16(context, shape, left, right, output)
    default: throw context.missing("BATCH_MATMUL on \(left.type.rawValue)")
    }
  }

  private static func float32(_ shape: ak_batch_matmul_shape) -> PreparedOperator {
    PreparedOperator { memory in
      var shape = shape
      unsafe ak_batch_matmul_f32(
        &shape, memory.input(0, as: Float.self), memory.input(1, as: Float.self),
        memory.output(0, as: Float.self))
    }
  }

  private static func int8(
    _ context: OperatorContext, _ shape: ak_batch_matmul_shape, _ left: Tensor, _ right: Tensor,
    _ output: Tensor
  ) throws(ModelError) -> PreparedOperator {
    let (quantization, multiplier) = try scaling(context, left, right, output)
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_batch_matmul_s8(
        &shape, &quantization, multiplier, memory.input(0, as: Int8.self), memory.input(1, as: Int8.self),
        memory.output(0, as: Int8.self))
    }
  }

  private static func int16(
    _ context: OperatorContext, _ shape: ak_batch_matmul_shape, _ left: Tensor, _ right: Tensor,
    _ output: Tensor
  ) throws(ModelError) -> PreparedOperator {
    let (quantization, multiplier) = try scaling(context, left, right, output)
    try context.require(
      quantization.input_zero_point == 0 && quantization.filter_zero_point == 0
        && quantization.output_zero_point == 0, "int16 operands need zero point 0")
    try context.require(multiplier.shift <= 14, "left scale times right scale over output scale is too large")
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_batch_matmul_s16(
        &shape, &quantization, multiplier, memory.input(0, as: Int16.self), memory.input(1, as: Int16.self),
        memory.output(0, as: Int16.self))
    }
  }

  /// As FULLY_CONNECTED per tensor.
  private static func scaling(
    _ context: OperatorContext, _ left: Tensor, _ right: Tensor, _ output: Tensor
  ) throws(ModelError) -> (ak_linear_quantization, QuantizedMultiplier) {
    let (x, y) = (try context.perTensor(left, "left operand"), try context.perTensor(right, "right operand"))
    let target = try context.perTensor(output, "output")
    let range = try context.quantizedRange(of: .none, type: output.type, target)
    let quantization = ak_linear_quantization(
      input_zero_point: x.zeroPoint, filter_zero_point: y.zeroPoint, output_zero_point: target.zeroPoint,
      activation_min: range.lower, activation_max: range.upper)
    let real = Double(x.scale) * Double(y.scale) / Double(target.scale)
    return (quantization, try context.multiplier(real, "left scale times right scale over output scale"))
  }
}

// MARK: - Shapes

extension BatchMatMul {
  /// Ranks that the device's runtime takes.
  private static let ranks = 2...5

  private static func shape(
    _ context: OperatorContext, _ left: Tensor, _ right: Tensor, _ output: Tensor, adjointX: Bool,
    adjointY: Bool
  ) throws(ModelError) -> ak_batch_matmul_shape {
    for (tensor, role) in [(left, "left operand"), (right, "right operand")] {
      try context.require(
        ranks.contains(tensor.shape.count), "\(role) has \(tensor.shape.count) dimensions, expected 2 to 5")
      try context.require(tensor.shape.allSatisfy { $0 >= 1 }, "\(role) has shape \(tensor.shape)")
    }
    let (x, y) = (Operand(left.shape, transposed: adjointX), Operand(right.shape, transposed: adjointY))
    try context.require(
      x.columns == y.rows, "left operand has \(x.columns) columns, the right \(y.rows) rows")
    var batches: [Int] = []
    for axis in 0..<3 {
      let (a, b) = (x.batches[axis], y.batches[axis])
      try context.require(a == b || a == 1 || b == 1, "leading dimensions \(a) and \(b) do not broadcast")
      batches.append(max(a, b))
    }
    let rank = max(left.shape.count, right.shape.count)
    try context.require(output, "output", shape: batches.suffix(rank - 2) + [x.rows, y.columns])
    return ak_batch_matmul_shape(
      batches: (batches[0], batches[1], batches[2]), rows: x.rows, depth: x.columns, columns: y.columns,
      left: x.strides, right: y.strides)
  }

  /// One operand, brought to three leading dimensions.
  private struct Operand {
    let batches: [Int]
    let rows: Int
    let columns: Int
    let strides: ak_matrix_strides

    init(_ shape: [Int], transposed: Bool) {
      let full = Array(repeating: 1, count: 5 - shape.count) + shape
      batches = Array(full[0..<3])
      (rows, columns) = transposed ? (full[4], full[3]) : (full[3], full[4])
      let matrix = full[3] * full[4]
      // A dimension of 1 is broadcast: its stride must not move.
      strides = ak_matrix_strides(
        batch: (
          full[0] == 1 ? 0 : full[1] * full[2] * matrix, full[1] == 1 ? 0 : full[2] * matrix,
          full[2] == 1 ? 0 : matrix
        ),
        row: transposed ? 1 : full[4], column: transposed ? full[4] : 1)
    }
  }
}
