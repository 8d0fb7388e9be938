import AssayKernels
import AssayModel

/// Functions of one element: activations and element-wise mathematics, on float32, int8 and int16.
enum Activation {
  static let operators: [BuiltinOperator: Preparation] = [
    .ceil: applying(AK_CEIL), .cos: applying(AK_COS), .exp: applying(AK_EXP), .floor: applying(AK_FLOOR),
    .log: applying(AK_LOG), .neg: applying(AK_NEG), .round: applying(AK_ROUND), .sin: applying(AK_SIN),
    .sqrt: applying(AK_SQRT), .square: applying(AK_SQUARE),
    .relu: relu, .relu6: relu6, .leakyRelu: leakyRelu, .logistic: logistic, .tanh: tanh,
    .hardSwish: hardSwish, .elu: elu, .abs: magnitude, .rsqrt: inverseSquareRoot,
  ]

  /// What exists on float32 only.
  private static func applying(_ function: ak_function) -> Preparation {
    { (context: OperatorContext) throws(ModelError) -> PreparedOperator in
      let operands = try UnaryOperands(context)
      guard operands.type == .float32 else { throw operands.missingType() }
      return operands.map(function)
    }
  }

  private static func relu(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try UnaryOperands(context)
    if operands.type == .float32 { return operands.map(AK_RELU) }
    var quantization = try operands.quantization()
    quantization.scale = try operands.ratio()
    quantization.min = quantization.out_zero_point
    return unsafe try operands.map(quantization, ak_rescale_s8, ak_rescale_s16)
  }

  /// RELU6 clamps codes of its input; it does not rescale.
  private static func relu6(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try UnaryOperands(context)
    if operands.type == .float32 { return operands.map(AK_RELU6) }
    var quantization = try operands.quantization()
    let range = try context.quantizedRange(
      of: .relu6, type: operands.type, try context.perTensor(operands.input, "input"))
    quantization.min = quantization.in_zero_point
    quantization.max = range.upper
    return unsafe try operands.map(quantization, ak_clamp_s8, ak_clamp_s16)
  }

  private static func leakyRelu(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try UnaryOperands(context)
    guard case .leakyRelu(let alpha) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    try context.require(alpha.isFinite, "alpha is \(alpha)")
    if operands.type == .float32 {
      let count = operands.count
      return PreparedOperator { memory in
        unsafe ak_leaky_relu_f32(
          alpha, memory.input(0, as: Float.self), memory.output(0, as: Float.self), count)
      }
    }
    let (source, target) = try operands.scales()
    var quantization = try operands.quantization()
    quantization.scale = try operands.ratio()
    quantization.negative_scale = try context.multiplier(
      Double(source) * Double(alpha) / Double(target), "scale ratio below zero")
    return unsafe try operands.map(quantization, ak_leaky_relu_s8, ak_leaky_relu_s16)
  }

  private static func magnitude(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try UnaryOperands(context)
    if operands.type == .float32 { return operands.map(AK_ABS) }
    var quantization = try operands.quantization()
    quantization.scale = try operands.ratio()
    return unsafe try operands.map(quantization, ak_abs_s8, ak_abs_s16)
  }

  private static func inverseSquareRoot(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try UnaryOperands(context)
    if operands.type == .float32 { return operands.map(AK_RSQRT) }
    let (source, target) = try operands.scales()
    var quantization = try operands.quantization()
    quantization.scale = try context.multiplier(
      1 / (Double(source).squareRoot() * Double(target)), "scale ratio")
    try context.require(
      quantization.scale.shift >= -11, "scales \(source) and \(target) leave no precision")
    let roots = unsafe try operands.map(quantization, ak_rsqrt_s8, ak_rsqrt_s16)
    let zeroPoint = quantization.in_zero_point
    if operands.type == .int8 { return operands.refusing({ (code: Int8) in code < zeroPoint }, then: roots) }
    return operands.refusing({ (code: Int16) in code < zeroPoint }, then: roots)
  }

  private static func hardSwish(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try UnaryOperands(context)
    if operands.type == .float32 { return operands.map(AK_HARD_SWISH) }
    guard operands.type == .int8 else { throw operands.missingType() }
    let (source, target) = try operands.scales()
    let fine: Float = (1.0 / 128.0) * source
    var quantization = try operands.quantization()
    quantization.scale = try context.multiplier(Double(fine) / Double(target), "scale ratio").narrowed
    quantization.negative_scale =
      try context.multiplier(Double(fine) / Double(3.0 / 32768.0 as Float), "scale ratio to 3").narrowed
    try context.require(
      quantization.scale.shift <= 0, "scale ratio \(fine / target) is not below 1: TFLite Micro refuses it")
    return unsafe operands.lookUp(quantization, ak_hard_swish_s8)
  }

  private static func elu(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try UnaryOperands(context)
    if operands.type == .float32 { return operands.map(AK_ELU) }
    guard operands.type == .int8 else { throw operands.missingType() }
    let (source, target) = try operands.scales()
    let quantization = try operands.quantization()
    let inverse = 1 / target
    return operands.lookUp { code in
      var real = source * Float(code - quantization.in_zero_point)
      if real < 0 {
        // The device's runtime tabulates exp(x) - 1 here, where float32 takes expm1.
        var exponential: Float = 0
        unsafe ak_map_f32(AK_EXP, &real, &exponential, 1)
        real = exponential - 1
      }
      let steps = (real * inverse).rounded(.toNearestOrAwayFromZero) + Float(quantization.out_zero_point)
      return Int32(max(-128, min(127, steps)))
    }
  }
}

extension ak_multiplier {
  /// The mantissa rounded to 16 bits, as HARD_SWISH multiplies.
  fileprivate var narrowed: ak_multiplier {
    let rounded = mantissa >= Int32.max - (1 << 15) ? Int32(Int16.max) : (mantissa + (1 << 15)) >> 16
    return ak_multiplier(mantissa: rounded, shift: shift)
  }
}
