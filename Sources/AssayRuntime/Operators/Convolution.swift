import AssayKernels
import AssayModel

/// CONV_2D: float32, int8 and int16 activations; int8 and int4 filters.
enum Convolution {
  static func prepareConv2D(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .conv2D(let options) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    let operands = try LinearOperands(context, int16Biases: [.int32, .int64])
    let shape = try conv2DShape(operands, options)
    try operands.requireBias(shape.output_channels)
    switch operands.arithmetic {
    case .float32: return float32(operands, shape, try operands.floatRange(options.activation))
    case .int8: return try int8(operands, shape, options.activation)
    case .int16(let wideSums): return try int16(operands, shape, options.activation, wideSums: wideSums)
    }
  }

  private static func float32(
    _ operands: LinearOperands, _ shape: ak_conv2d_shape, _ range: ak_float_range
  ) -> PreparedOperator {
    if let packed = PackedFloatConvolution(operands, shape, range) { return packed.prepared }
    return PreparedOperator { memory in
      var (shape, range) = (shape, range)
      unsafe ak_conv2d_f32(
        &shape, &range, memory.input(0, as: Float.self), memory.input(1, as: Float.self),
        memory.optionalInput(2, as: Float.self), memory.output(0, as: Float.self))
    }
  }

  private static func int8(
    _ operands: LinearOperands, _ shape: ak_conv2d_shape, _ activation: FusedActivation
  ) throws(ModelError) -> PreparedOperator {
    let quantization = try operands.quantization(activation)
    let multipliers = try operands.multipliers(channels: shape.output_channels)
    let filter = try EightBitFilter(operands)
    if let packed = PackedConvolution(operands, shape, quantization, multipliers, filter) {
      return packed.prepared
    }
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe filter.withPointer(memory) { filter in
        unsafe ak_conv2d_s8(
          &shape, &quantization, multipliers, memory.input(0, as: Int8.self), filter,
          memory.optionalInput(2, as: Int32.self), memory.output(0, as: Int8.self))
      }
    }
  }

  private static func int16(
    _ operands: LinearOperands, _ shape: ak_conv2d_shape, _ activation: FusedActivation, wideSums: Bool
  ) throws(ModelError) -> PreparedOperator {
    let quantization = try operands.quantization(activation)
    let multipliers = try operands.multipliers(channels: shape.output_channels)
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      let input = unsafe memory.input(0, as: Int16.self)
      let filter = unsafe memory.input(1, as: Int8.self)
      let output = unsafe memory.output(0, as: Int16.self)
      if wideSums {
        unsafe ak_conv2d_s16_acc64(
          &shape, &quantization, multipliers, input, filter, memory.optionalInput(2, as: Int64.self), output)
      } else {
        unsafe ak_conv2d_s16_acc32(
          &shape, &quantization, multipliers, input, filter, memory.optionalInput(2, as: Int32.self), output)
      }
    }
  }

  /// Checks every dimension against every other and works out the padding.
  static func conv2DShape(
    _ operands: LinearOperands, _ options: Conv2DOptions
  ) throws(ModelError) -> ak_conv2d_shape {
    let window = try ConvolutionWindow(operands, options)
    let (context, input, filter, output) = (
      operands.context, operands.input, operands.filter, operands.output
    )
    let (channels, filterChannels, outputs) = (input.shape[3], filter.shape[3], filter.shape[0])
    try context.require(
      channels >= 1 && filterChannels >= 1 && channels % filterChannels == 0,
      "input has \(channels) channels, the filter \(filterChannels)")
    try context.require(
      outputs >= 1 && outputs % (channels / filterChannels) == 0,
      "\(outputs) output channels do not divide into \(channels / filterChannels) groups")
    try context.require(
      output.shape[3] == outputs, "output has \(output.shape[3]) channels, the filter \(outputs)")
    return ak_conv2d_shape(
      batches: input.shape[0],
      input_height: input.shape[1], input_width: input.shape[2], input_channels: channels,
      filter_height: filter.shape[1], filter_width: filter.shape[2], filter_channels: filterChannels,
      output_height: output.shape[1], output_width: output.shape[2], output_channels: outputs,
      stride_height: options.strideHeight, stride_width: options.strideWidth,
      dilation_height: options.dilationHeight, dilation_width: options.dilationWidth,
      padding_top: window.top, padding_left: window.left)
  }
}

/// What both convolutions check alike: ranks, batches, and the window along both axes.
struct ConvolutionWindow {
  let top: Int
  let left: Int

  init(_ operands: LinearOperands, _ options: Conv2DOptions) throws(ModelError) {
    let (context, input, filter, output) = (
      operands.context, operands.input, operands.filter, operands.output
    )
    try context.require(input, "input", rank: 4)
    try context.require(filter, "filter", rank: 4)
    try context.require(output, "output", rank: 4)
    try context.require(
      input.shape[0] >= 1 && output.shape[0] == input.shape[0],
      "output has \(output.shape[0]) batches, the input \(input.shape[0])")
    let vertical = WindowAxis(
      input: input.shape[1], window: filter.shape[1], stride: options.strideHeight,
      dilation: options.dilationHeight)
    let horizontal = WindowAxis(
      input: input.shape[2], window: filter.shape[2], stride: options.strideWidth,
      dilation: options.dilationWidth)
    top = try context.padding(of: vertical, options.padding, output: output.shape[1], "height")
    left = try context.padding(of: horizontal, options.padding, output: output.shape[2], "width")
  }
}
