import AssayKernels
import AssayModel

/// DEPTHWISE_CONV_2D with any multiplier: float32, int8 and int16 activations; int8 and int4 filters.
enum DepthwiseConvolution {
  static func prepare(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .depthwiseConv2D(let options) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    let operands = try LinearOperands(context, int16Biases: [.int64])
    let shape = try shape(operands, options)
    try operands.requireBias(operands.output.shape[3])
    let activation = options.window.activation
    switch operands.arithmetic {
    case .float32: return float32(operands, shape, try operands.floatRange(activation))
    case .int8: return try int8(operands, shape, activation)
    case .int16: return try int16(operands, shape, activation)
    }
  }

  private static func float32(
    _ operands: LinearOperands, _ shape: ak_depthwise_conv2d_shape, _ range: ak_float_range
  ) -> PreparedOperator {
    if let packed = PackedFloatDepthwiseConvolution(operands, shape, range) { return packed.prepared }
    return PreparedOperator { memory in
      var (shape, range) = (shape, range)
      unsafe ak_depthwise_conv2d_f32(
        &shape, &range, memory.input(0, as: Float.self), memory.input(1, as: Float.self),
        memory.optionalInput(2, as: Float.self), memory.output(0, as: Float.self))
    }
  }

  private static func int8(
    _ operands: LinearOperands, _ shape: ak_depthwise_conv2d_shape, _ activation: FusedActivation
  ) throws(ModelError) -> PreparedOperator {
    let quantization = try operands.quantization(activation)
    let multipliers = try operands.multipliers(channels: operands.output.shape[3])
    let filter = try EightBitFilter(operands)
    if let packed = PackedDepthwiseConvolution(operands, shape, quantization, multipliers, filter) {
      return packed.prepared
    }
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe filter.withPointer(memory) { filter in
        unsafe ak_depthwise_conv2d_s8(
          &shape, &quantization, multipliers, memory.input(0, as: Int8.self), filter,
          memory.optionalInput(2, as: Int32.self), memory.output(0, as: Int8.self))
      }
    }
  }

  private static func int16(
    _ operands: LinearOperands, _ shape: ak_depthwise_conv2d_shape, _ activation: FusedActivation
  ) throws(ModelError) -> PreparedOperator {
    let quantization = try operands.quantization(activation)
    let multipliers = try operands.multipliers(channels: operands.output.shape[3])
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_depthwise_conv2d_s16_acc64(
        &shape, &quantization, multipliers, memory.input(0, as: Int16.self), memory.input(1, as: Int8.self),
        memory.optionalInput(2, as: Int64.self), memory.output(0, as: Int16.self))
    }
  }

  /// Checks every dimension against every other and works out the padding.
  static func shape(
    _ operands: LinearOperands, _ options: DepthwiseConv2DOptions
  ) throws(ModelError) -> ak_depthwise_conv2d_shape {
    let window = try ConvolutionWindow(operands, options.window)
    let (context, input, filter, output) = (
      operands.context, operands.input, operands.filter, operands.output
    )
    let (channels, outputs) = (input.shape[3], filter.shape[3])
    try context.require(
      filter.shape[0] == 1, "filter has \(filter.shape[0]) as its first dimension, expected 1")
    try context.require(
      channels >= 1 && outputs >= 1 && outputs % channels == 0,
      "input has \(channels) channels, the filter \(outputs)")
    try context.require(
      output.shape[3] == outputs, "output has \(output.shape[3]) channels, the filter \(outputs)")
    // TFLite Micro computes with the stored multiplier: one that contradicts the shapes reads
    // outside its tensors there.
    try context.require(
      options.depthMultiplier == outputs / channels,
      "depth multiplier is \(options.depthMultiplier), the shapes give \(outputs / channels)")
    return ak_depthwise_conv2d_shape(
      batches: input.shape[0],
      input_height: input.shape[1], input_width: input.shape[2], input_channels: channels,
      filter_height: filter.shape[1], filter_width: filter.shape[2], depth_multiplier: outputs / channels,
      output_height: output.shape[1], output_width: output.shape[2],
      stride_height: options.window.strideHeight, stride_width: options.window.strideWidth,
      dilation_height: options.window.dilationHeight, dilation_width: options.window.dilationWidth,
      padding_top: window.top, padding_left: window.left)
  }
}
