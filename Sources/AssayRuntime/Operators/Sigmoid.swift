import AssayKernels
import AssayModel

/// LOGISTIC and TANH, which on codes are computed in fixed point.
extension Activation {
  static func logistic(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try UnaryOperands(context)
    switch operands.type {
    case .float32: return operands.map(AK_LOGISTIC)
    case .int8:
      let quantization = try operands.sigmoidQuantization()
      try context.require(
        quantization.out_zero_point == -128,
        "output has zero point \(quantization.out_zero_point), TFLite Micro computes with -128 only")
      return unsafe operands.lookUp(quantization, ak_logistic_s8)
    case .int16:
      let quantization = try operands.tableQuantization(exactShifts: 0...0)
      return unsafe operands.map(quantization, ak_logistic_s16)
    default: throw operands.missingType()
    }
  }

  static func tanh(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try UnaryOperands(context)
    switch operands.type {
    case .float32: return operands.map(AK_TANH)
    case .int8: return unsafe operands.lookUp(try operands.sigmoidQuantization(), ak_tanh_s8)
    case .int16:
      let quantization = try operands.tableQuantization(exactShifts: 0...1)
      return unsafe operands.map(quantization, ak_tanh_s16)
    default: throw operands.missingType()
    }
  }
}

extension UnaryOperands {
  /// Codes to Q4.27, and from where on the function is saturated.
  fileprivate func sigmoidQuantization() throws(ModelError) -> ak_map_quantization {
    var result = try quantization()
    result.scale = try context.multiplier(Double(try scales().source) * 0x1p27, "input scale times 2^27")
    let radius = 15 * 0x1p27 / Double(sign: .plus, exponent: Int(result.scale.shift), significand: 1)
    result.range_radius = Int32(min(radius.rounded(.down), 0x1p31 - 1))
    return result
  }

  /// How int16 codes reach the sigmoid table: by a shift for scales that are powers of two, else by a
  /// factor of 15 bits.
  fileprivate func tableQuantization(exactShifts: ClosedRange<Int>) throws(ModelError) -> ak_map_quantization
  {
    var result = try quantization()
    try context.require(
      result.in_zero_point == 0 && result.out_zero_point == 0, "int16 with a zero point other than 0")
    let (source, target) = try scales()
    try context.require(target.nearestPowerOfTwo == -15, "output has scale \(target), expected 2^-15")
    if let exponent = source.nearestPowerOfTwo, exactShifts.contains(12 + exponent) {
      result.scale = ak_multiplier(mantissa: 0, shift: Int32(12 + exponent))
      return result
    }
    var factor = Double(source) * 4096 * 3
    var shift: Int32 = 0
    while factor <= 32767.0 / 2, shift <= 30 {
      shift += 1
      factor *= 2
    }
    try context.require((1..<32768).contains(factor), "input scale \(source) is out of the table's range")
    result.scale = ak_multiplier(mantissa: Int32(factor), shift: shift)
    return result
  }
}

extension Float {
  /// The exponent when this is a power of two to a thousandth of an octave, as the device's runtime
  /// judges it.
  fileprivate var nearestPowerOfTwo: Int? {
    if significand < 1.000_693_4 { return Int(exponent) }
    return significand > 1.998_613_7 ? Int(exponent) + 1 : nil
  }
}
