import AssayKernels
import AssayModel

/// DEPTHWISE_CONV_2D as releases of ESP-NN compute it on the ESP32-S3.
enum BoardDepthwise {
  private struct Prepared {
    let shape: ak_depthwise_conv2d_shape
    let quantization: ak_linear_quantization
    let multipliers: [QuantizedMultiplier]

    init(_ context: OperatorContext, lanes: Int, is3x3: Bool) throws(ModelError) {
      guard case .depthwiseConv2D(let options) = context.op.options else {
        throw context.invalid("attributes are missing")
      }
      let operands = try LinearOperands(context, int16Biases: [])
      shape = try DepthwiseConvolution.shape(operands, options)
      try operands.requireBias(shape.input_channels)
      try context.require(
        operands.filter.type == .int8 && shape.depth_multiplier == 1
          && shape.input_channels.isMultiple(of: lanes) && shape.dilation_height == 1
          && shape.dilation_width == 1
          && (!is3x3 || (shape.filter_height == 3 && shape.filter_width == 3)),
        "this layer runs in another kernel")
      quantization = try operands.quantization(options.window.activation)
      multipliers = try operands.multipliers(channels: shape.input_channels)
    }
  }

  /// Rule F.
  static func wholeInput(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let layer = try Prepared(context, lanes: 16, is3x3: true)
    let (shape, quantization, multipliers) = (layer.shape, layer.quantization, layer.multipliers)
    let height = CheckedSize(shape.output_height) * CheckedSize(shape.stride_height) + 2
    let width = CheckedSize(shape.output_width) * CheckedSize(shape.stride_width) + 2
    let bytes = try ((height * width + 10) * CheckedSize(shape.input_channels) + 16).bytes(in: context.place)
    try context.require(
      shape.output_height * shape.stride_height + 2 >= shape.input_height
        && shape.output_width * shape.stride_width + 2 >= shape.input_width,
      "this layer runs in another kernel")
    var prepared = PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_board_depthwise_s8_whole_input(
        &shape, &quantization, multipliers, memory.input(0, as: Int8.self), memory.input(1, as: Int8.self),
        memory.optionalInput(2, as: Int32.self), memory.output(0, as: Int8.self),
        memory.plannedScratch.assumingMemoryBound(to: Int8.self))
    }
    prepared.reach = try ArenaReach(context, scratchBytes: bytes, writesScratch: true)
    return prepared
  }

  /// Rule G of 1.1.2.
  static func widenedInput(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let layer = try Prepared(context, lanes: 16, is3x3: true)
    let (shape, quantization, multipliers) = (layer.shape, layer.quantization, layer.multipliers)
    let pixels = CheckedSize(shape.input_height) * CheckedSize(shape.input_width) + 9
    let bytes = try (2 * (pixels * CheckedSize(shape.input_channels) + 16)).bytes(in: context.place)
    var prepared = PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_board_depthwise_s8_widened(
        &shape, &quantization, multipliers, memory.input(0, as: Int8.self), memory.input(1, as: Int8.self),
        memory.optionalInput(2, as: Int32.self), memory.output(0, as: Int8.self),
        memory.plannedScratch.assumingMemoryBound(to: Int8.self))
    }
    prepared.reach = try ArenaReach(context, scratchBytes: bytes, writesScratch: true)
    return prepared
  }

  /// Rule K.
  static func codedPadding(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let layer = try Prepared(context, lanes: 8, is3x3: false)
    let (shape, quantization, multipliers) = (layer.shape, layer.quantization, layer.multipliers)
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_board_depthwise_s8_coded_padding(
        &shape, &quantization, multipliers, memory.input(0, as: Int8.self), memory.input(1, as: Int8.self),
        memory.optionalInput(2, as: Int32.self), memory.output(0, as: Int8.self))
    }
  }
}
