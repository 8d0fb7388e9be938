public import AssayModel

/// The affine map of one tensor with a single scale: codes to real values and back.
public struct CodeMap: Sendable, Hashable {
  public let scale: Float
  public let zeroPoint: Int32
  /// Codes of the tensor's type, -128...127 for int8.
  public let range: ClosedRange<Int32>

  /// - Returns: `nil` for per-channel scales (weights are not compared here), types without codes
  ///   of up to 32 bits, and scales that are not finite and above 0.
  public init?(_ quantization: Quantization, type: ElementType) {
    guard quantization.scales.count == 1, let zeroPoint = quantization.zeroPoints.first,
      let codes = type.codeRange, let scale = quantization.scales.first, scale.isFinite, scale > 0
    else { return nil }
    self.scale = scale
    self.zeroPoint = zeroPoint
    range = Int32(codes.lowerBound)...Int32(codes.upperBound)
  }

  /// As DEQUANTIZE computes: one float product of the scale and the exact difference.
  public func real(_ code: Int32) -> Float { scale * Float(Int64(code) - Int64(zeroPoint)) }

  /// As QUANTIZE computes: quotient in float, rounded half away from zero, offset, clamped.
  ///
  /// - Returns: `nil` for NaN; infinities go to the ends.
  public func code(_ real: Float) -> Int32? {
    guard !real.isNaN else { return nil }
    let steps = Double((real / scale).rounded(.toNearestOrAwayFromZero)) + Double(zeroPoint)
    return Int32(min(Double(range.upperBound), max(Double(range.lowerBound), steps)))
  }
}
