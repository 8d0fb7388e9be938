import AssayKernels
import AssayModel

/// TRANSPOSE_CONV: float32, int8 and int16 activations with int8 filters.
///
/// Input 0, the output's shape, is not read: the device's runtime goes by the shape that the output
/// tensor has in the file.
enum TransposeConvolution {
  static func prepare(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .transposeConv(let options) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    let operands = try LinearOperands(context, at: .transposeConv, int16Biases: [.int16, .int64])
    guard operands.filter.type != .int4 else { throw context.missing("int4 filter: TFLite Micro refuses it") }
    let shape = try shape(operands, options)
    try operands.requireBias(shape.output_channels)
    switch operands.arithmetic {
    case .float32: return float32(shape, try operands.floatRange(options.activation))
    case .int8: return try int8(operands, shape, options.activation)
    case .int16: return try int16(operands, shape, options.activation)
    }
  }

  private static func float32(_ shape: ak_transpose_conv_shape, _ range: ak_float_range) -> PreparedOperator {
    PreparedOperator { memory in
      var (shape, range) = (shape, range)
      unsafe ak_transpose_conv_f32(
        &shape, &range, memory.input(2, as: Float.self), memory.input(1, as: Float.self),
        memory.optionalInput(3, as: Float.self), memory.output(0, as: Float.self))
    }
  }

  private static func int8(
    _ operands: LinearOperands, _ shape: ak_transpose_conv_shape, _ activation: FusedActivation
  ) throws(ModelError) -> PreparedOperator {
    let quantization = try operands.quantization(activation)
    let multipliers = try operands.multipliers(channels: shape.output_channels)
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_transpose_conv_s8(
        &shape, &quantization, multipliers, memory.input(2, as: Int8.self), memory.input(1, as: Int8.self),
        memory.optionalInput(3, as: Int32.self), memory.output(0, as: Int8.self))
    }
  }

  private static func int16(
    _ operands: LinearOperands, _ shape: ak_transpose_conv_shape, _ activation: FusedActivation
  ) throws(ModelError) -> PreparedOperator {
    let quantization = try operands.quantization(activation)
    let multipliers = try operands.multipliers(channels: shape.output_channels)
    let widened = try widenedBias(operands)
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      let input = unsafe memory.input(2, as: Int16.self)
      let filter = unsafe memory.input(1, as: Int8.self)
      let output = unsafe memory.output(0, as: Int16.self)
      if let widened {
        unsafe ak_transpose_conv_s16_acc64(&shape, &quantization, multipliers, input, filter, widened, output)
      } else {
        unsafe ak_transpose_conv_s16_acc64(
          &shape, &quantization, multipliers, input, filter, memory.optionalInput(3, as: Int64.self), output)
      }
    }
  }

  /// An int16 bias in 64 bits; `nil` where there is no bias or it is 64 bits wide already.
  private static func widenedBias(_ operands: LinearOperands) throws(ModelError) -> [Int64]? {
    guard operands.bias?.type == .int16 else { return nil }
    guard let bytes = operands.context.constantBytes(operands.positions.bias) else {
      throw operands.context.missing("int16 bias that is not constant")
    }
    return stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { start in
      Int64(Int16(bitPattern: UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8))
    }
  }

  /// A transposed convolution is shaped as the convolution that would undo it.
  private static func shape(
    _ operands: LinearOperands, _ options: TransposeConvOptions
  ) throws(ModelError) -> ak_transpose_conv_shape {
    let (context, input, filter, output) = (
      operands.context, operands.input, operands.filter, operands.output
    )
    try context.require(input, "input", rank: 4)
    try context.require(filter, "filter", rank: 4)
    try context.require(output, "output", rank: 4)
    try context.require(
      input.shape[0] >= 1 && output.shape[0] == input.shape[0],
      "output has \(output.shape[0]) batches, the input \(input.shape[0])")
    try context.require(
      input.shape[3] >= 1 && filter.shape[3] == input.shape[3],
      "filter has \(filter.shape[3]) channels, the input \(input.shape[3])")
    try context.require(
      output.shape[3] >= 1 && filter.shape[0] == output.shape[3],
      "filter has \(filter.shape[0]) outputs, the output \(output.shape[3]) channels")
    let vertical = WindowAxis(input: output.shape[1], window: filter.shape[1], stride: options.strideHeight)
    let horizontal = WindowAxis(input: output.shape[2], window: filter.shape[2], stride: options.strideWidth)
    return ak_transpose_conv_shape(
      batches: input.shape[0],
      input_height: input.shape[1], input_width: input.shape[2], input_channels: input.shape[3],
      filter_height: filter.shape[1], filter_width: filter.shape[2],
      output_height: output.shape[1], output_width: output.shape[2], output_channels: output.shape[3],
      stride_height: options.strideHeight, stride_width: options.strideWidth,
      padding_top: try context.padding(
        of: vertical, options.padding, output: input.shape[1], "undone height"),
      padding_left: try context.padding(
        of: horizontal, options.padding, output: input.shape[2], "undone width"))
  }
}
