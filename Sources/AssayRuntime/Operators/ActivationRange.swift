import AssayModel

/// The range a kernel clamps its result to: a fused activation in the units of the output.
struct ActivationRange<Value: Comparable & Sendable>: Sendable {
  var lower: Value
  var upper: Value
}

extension OperatorContext {
  /// The range of a fused activation in codes of a quantised output.
  ///
  /// `TANH` and `SIGN_BIT` are refused: the device's runtime would silently compute without them.
  func quantizedRange(
    of activation: FusedActivation, type: ElementType, _ quantization: Quantization
  ) throws(ModelError) -> ActivationRange<Int32> {
    guard let codes = type.codeRange else { throw missing("fused activation on \(type.rawValue)") }
    let full = ActivationRange(lower: Int32(codes.lowerBound), upper: Int32(codes.upperBound))
    let real = try realRange(of: activation)
    let lower = try code(of: real.lower, quantization, within: full)
    let upper = try code(of: real.upper, quantization, within: full)
    return ActivationRange(lower: lower, upper: upper)
  }

  /// The range of a fused activation in real values, as float kernels clamp.
  ///
  /// Without an activation the ends are the largest finite floats, not infinities: the device's
  /// runtime clamps an overflowing sum to them.
  func realRange(of activation: FusedActivation) throws(ModelError) -> ActivationRange<Float> {
    switch activation {
    case .none:
      ActivationRange(lower: -.greatestFiniteMagnitude, upper: .greatestFiniteMagnitude)
    case .relu: ActivationRange(lower: 0, upper: .greatestFiniteMagnitude)
    case .reluN1To1: ActivationRange(lower: -1, upper: 1)
    case .relu6: ActivationRange(lower: 0, upper: 6)
    case .tanh, .signBit:
      throw missing("fused activation \(activation.rawValue): TFLite Micro ignores it here")
    }
  }

  /// `zeroPoint + round(real / scale)` in single precision, half away from zero, held inside `full`.
  private func code(
    of real: Float, _ quantization: Quantization, within full: ActivationRange<Int32>
  ) throws(ModelError) -> Int32 {
    if real == -.greatestFiniteMagnitude { return full.lower }
    if real == .greatestFiniteMagnitude { return full.upper }
    let steps = (real / quantization.scale).rounded(.toNearestOrAwayFromZero)
    guard abs(steps) < 0x1p31 else {
      throw invalid("output scale \(quantization.scale) is too small for its activation")
    }
    let code = Int64(quantization.zeroPoint) + Int64(steps)
    return Int32(max(Int64(full.lower), min(Int64(full.upper), code)))
  }
}
