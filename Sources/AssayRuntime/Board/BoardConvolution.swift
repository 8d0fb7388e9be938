import AssayKernels
import AssayModel

/// CONV_2D as releases of ESP-NN compute it on the ESP32-S3.
enum BoardConvolution {
  private struct Prepared {
    let shape: ak_conv2d_shape
    let quantization: ak_linear_quantization
    let multipliers: [QuantizedMultiplier]

    init(_ context: OperatorContext) throws(ModelError) {
      guard case .conv2D(let options) = context.op.options else {
        throw context.invalid("attributes are missing")
      }
      let operands = try LinearOperands(context, int16Biases: [])
      shape = try Convolution.conv2DShape(operands, options)
      try operands.requireBias(shape.output_channels)
      try context.require(
        operands.filter.type == .int8 && shape.filter_channels == shape.input_channels,
        "a grouped or int4 filter runs elsewhere")
      quantization = try operands.quantization(options.activation)
      multipliers = try operands.multipliers(channels: shape.output_channels)
    }
  }

  /// Rules A and A2.
  static func shortPadding(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let layer = try Prepared(context)
    let (shape, quantization, multipliers) = (layer.shape, layer.quantization, layer.multipliers)
    let copied = try copiedFilter(context, shape).bytes(in: context.place)
    var prepared = PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_board_conv2d_s8_short_padding(
        &shape, &quantization, multipliers, memory.input(0, as: Int8.self), memory.input(1, as: Int8.self),
        memory.optionalInput(2, as: Int32.self), memory.output(0, as: Int8.self),
        memory.plannedScratch.assumingMemoryBound(to: Int8.self), copied)
    }
    prepared.reach = try reach(context, shape, copied)
    return prepared
  }

  /// Rows of the filter are copied when they are no multiple of 16, all of it when it lies misaligned.
  private static func copiedFilter(_ context: OperatorContext, _ shape: ak_conv2d_shape) -> CheckedSize {
    let row = CheckedSize(shape.filter_width) * CheckedSize(shape.input_channels)
    let rows = CheckedSize(shape.filter_height) * CheckedSize(shape.output_channels)
    if !row.isMultiple(of: 16) { return row.roundedUp(to: 16) * rows }
    let start = context.optionalInput(1)?.constant?.bytes.lowerBound ?? 0
    return start % 16 == 0 ? 0 : row * rows
  }

  private static func reach(
    _ context: OperatorContext, _ shape: ak_conv2d_shape, _ copied: Int
  ) throws(ModelError) -> ArenaReach {
    let height = CheckedSize(shape.input_height) + 2 * CheckedSize(shape.padding_top)
    let width = CheckedSize(shape.input_width) + 2 * CheckedSize(shape.padding_left)
    let padded = height * width * CheckedSize(shape.input_channels)
    // One window's height of rows is more than any window hangs over.
    let overrun =
      (CheckedSize(shape.filter_height) + CheckedSize(shape.stride_height) + 1) * (width + 1)
      * CheckedSize(shape.input_channels)
    let corrections = 4 * CheckedSize(shape.output_channels)
    let whole = CheckedSize(copied) + padded + corrections + overrun
    return try ArenaReach(
      context, scratchBytes: try whole.bytes(in: context.place),
      overrunBytes: try overrun.bytes(in: context.place), writesScratch: true)
  }

  /// Rule B.
  static func clobberedPixel(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let layer = try Prepared(context)
    let (shape, quantization, multipliers) = (layer.shape, layer.quantization, layer.multipliers)
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_board_conv2d_s8_clobbered_pixel(
        &shape, &quantization, multipliers, memory.input(0, as: Int8.self), memory.input(1, as: Int8.self),
        memory.optionalInput(2, as: Int32.self), memory.output(0, as: Int8.self))
    }
  }
}
