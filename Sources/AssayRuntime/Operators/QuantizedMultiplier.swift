import AssayKernels
import AssayModel

/// A real factor as the device's runtime keeps it: a 31-bit mantissa and a power of two.
typealias QuantizedMultiplier = ak_multiplier

extension ak_multiplier {
  /// The fixed-point form of `real`: mantissa rounded half away from zero to 31 bits.
  ///
  /// Factors below 2^-32 become zero. Source: TensorFlow Lite Micro's `QuantizeMultiplier`.
  ///
  /// - Parameter real: a ratio of scales, computed in double precision unless an operator's
  ///   rule says that its products are single.
  /// - Returns: `nil` for what the kernels cannot take: not finite, or 2^30 and above.
  init?(real: Double) {
    guard real.isFinite else { return nil }
    guard real != 0 else {
      self.init(mantissa: 0, shift: 0)
      return
    }
    // `significand` is in [1, 2) where the C library's frexp gives [1/2, 1).
    var shift = real.exponent + 1
    let fraction = (real.sign == .minus ? -real.significand : real.significand) / 2
    var mantissa = (fraction * 0x1p31).rounded(.toNearestOrAwayFromZero)
    if mantissa.magnitude == 0x1p31 {
      mantissa /= 2
      shift += 1
    }
    guard shift <= 30 else { return nil }
    self = shift < -31 ? Self(mantissa: 0, shift: 0) : Self(mantissa: Int32(mantissa), shift: Int32(shift))
  }
}

extension OperatorContext {
  /// The fixed-point form of a ratio of scales, or an error that names the layer and `what`.
  func multiplier(_ real: Double, _ what: String) throws(ModelError) -> QuantizedMultiplier {
    guard let multiplier = QuantizedMultiplier(real: real) else {
      throw invalid("\(what) \(real) is not a factor between 2^-32 and 2^30")
    }
    return multiplier
  }
}
