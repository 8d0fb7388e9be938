import AssayKernels
import AssayModel

/// FULLY_CONNECTED: float32, int8 with one scale or one per output, int16 activations; int4 filters.
enum FullyConnected {
  static func prepare(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .fullyConnected(let options) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    guard !options.shuffledWeights else {
      throw context.missing("shuffled weights: TFLite Micro refuses them")
    }
    let operands = try LinearOperands(context, int16Biases: [.int32, .int64])
    let shape = try shape(operands)
    try operands.requireBias(shape.outputs)
    switch operands.arithmetic {
    case .float32: return float32(operands, shape, try operands.floatRange(options.activation))
    case .int8 where operands.filter.quantization?.isPerChannel == true:
      return try perChannel(operands, shape, options.activation)
    case .int8: return try int8(operands, shape, options.activation)
    case .int16(let wideSums): return try int16(operands, shape, options.activation, wideSums: wideSums)
    }
  }

  private static func float32(
    _ operands: LinearOperands, _ shape: ak_fully_connected_shape, _ range: ak_float_range
  ) -> PreparedOperator {
    if let packed = PackedFloatConvolution(operands, convolution(shape), range) { return packed.prepared }
    return PreparedOperator { memory in
      var (shape, range) = (shape, range)
      unsafe ak_fully_connected_f32(
        &shape, &range, memory.input(0, as: Float.self), memory.input(1, as: Float.self),
        memory.optionalInput(2, as: Float.self), memory.output(0, as: Float.self))
    }
  }

  private static func int8(
    _ operands: LinearOperands, _ shape: ak_fully_connected_shape, _ activation: FusedActivation
  ) throws(ModelError) -> PreparedOperator {
    let (quantization, multiplier) = try perTensor(operands, activation)
    let filter = try EightBitFilter(operands)
    if quantization.filter_zero_point == 0,
      let packed = PackedConvolution(
        operands, convolution(shape), quantization,
        Array(repeating: multiplier, count: shape.outputs), filter)
    {
      return packed.prepared
    }
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe filter.withPointer(memory) { filter in
        unsafe ak_fully_connected_s8(
          &shape, &quantization, multiplier, memory.input(0, as: Int8.self), filter,
          memory.optionalInput(2, as: Int32.self), memory.output(0, as: Int8.self))
      }
    }
  }

  private static func perChannel(
    _ operands: LinearOperands, _ shape: ak_fully_connected_shape, _ activation: FusedActivation
  ) throws(ModelError) -> PreparedOperator {
    guard operands.filter.type == .int8 else {
      throw operands.context.missing("per-channel int4 filter: TFLite Micro refuses it")
    }
    let quantization = try operands.quantization(activation)
    let multipliers = try operands.multipliers(channels: shape.outputs)
    let filter = try EightBitFilter(operands)
    if let packed = PackedConvolution(operands, convolution(shape), quantization, multipliers, filter) {
      return packed.prepared
    }
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_fully_connected_per_channel_s8(
        &shape, &quantization, multipliers, memory.input(0, as: Int8.self), memory.input(1, as: Int8.self),
        memory.optionalInput(2, as: Int32.self), memory.output(0, as: Int8.self))
    }
  }

  private static func int16(
    _ operands: LinearOperands, _ shape: ak_fully_connected_shape, _ activation: FusedActivation,
    wideSums: Bool
  ) throws(ModelError) -> PreparedOperator {
    let (quantization, multipliers) = try int16Scaling(operands, shape, activation)
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      let input = unsafe memory.input(0, as: Int16.self)
      let filter = unsafe memory.input(1, as: Int8.self)
      let output = unsafe memory.output(0, as: Int16.self)
      if wideSums {
        unsafe ak_fully_connected_s16_acc64(
          &shape, &quantization, multipliers, input, filter, memory.optionalInput(2, as: Int64.self), output)
      } else {
        unsafe ak_fully_connected_s16_acc32(
          &shape, &quantization, multipliers, input, filter, memory.optionalInput(2, as: Int32.self), output)
      }
    }
  }

  private static func int16Scaling(
    _ operands: LinearOperands, _ shape: ak_fully_connected_shape, _ activation: FusedActivation
  ) throws(ModelError) -> (ak_linear_quantization, [QuantizedMultiplier]) {
    if operands.filter.quantization?.isPerChannel == true {
      return (try operands.quantization(activation), try operands.multipliers(channels: shape.outputs))
    }
    let (quantization, multiplier) = try perTensor(operands, activation)
    return (quantization, Array(repeating: multiplier, count: shape.outputs))
  }

  /// Zero points, clamp and multiplier where the filter has one scale.
  ///
  /// The product of the two scales is double precision (older releases of TFLite Micro multiplied in
  /// single, which now and then moves a code by one), and a bias whose scale is not that product is
  /// refused, as there.
  static func perTensor(
    _ operands: LinearOperands, _ activation: FusedActivation
  ) throws(ModelError) -> (ak_linear_quantization, QuantizedMultiplier) {
    let context = operands.context
    let source = try context.perTensor(operands.input, "input").scale
    let filter = try context.perTensor(operands.filter, "filter")
    let target = Double(try context.perTensor(operands.output, "output").scale)
    let product = Double(source) * Double(filter.scale)
    if let bias = operands.bias {
      let scale = Double(bias.quantization?.scale ?? 0)
      try context.require(
        abs(product - scale) / target <= 0.02,
        "bias scale \(scale) is not input scale times filter scale, \(product)")
    }
    var quantization = try operands.quantization(activation)
    quantization.filter_zero_point = filter.zeroPoint
    return (quantization, try operands.multiplier(product / target))
  }

  private static func convolution(_ shape: ak_fully_connected_shape) -> ak_conv2d_shape {
    var shape = shape
    return unsafe ak_fully_connected_as_conv2d(&shape)
  }

  /// Rows of the input are as long as the filter's, however the input is shaped.
  static func shape(_ operands: LinearOperands) throws(ModelError) -> ak_fully_connected_shape {
    let (context, filter, output) = (operands.context, operands.filter, operands.output)
    try context.require(filter, "filter", rank: 2)
    let (outputs, depth) = (filter.shape[0], filter.shape[1])
    try context.require(outputs >= 1 && depth >= 1, "filter has shape \(filter.shape)")
    try context.require(
      output.shape.last == outputs, "output has shape \(output.shape), the filter \(outputs) outputs")
    let batches = output.elementCount / outputs
    let (needed, overflow) = batches.multipliedReportingOverflow(by: depth)
    try context.require(
      batches >= 1 && !overflow && operands.input.elementCount == needed,
      "input has \(operands.input.elementCount) elements, \(batches) rows of \(depth) are needed")
    return ak_fully_connected_shape(batches: batches, depth: depth, outputs: outputs)
  }
}
