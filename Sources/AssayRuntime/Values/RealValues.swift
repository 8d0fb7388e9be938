public import AssayModel

/// Between a tensor's bytes and the real values they stand for.
public enum RealValues {
  /// The real values of a tensor: floats as they are, codes as `scale * (code - zeroPoint)` in
  /// float32 as DEQUANTIZE computes them, plain integers and bools as numbers.
  ///
  /// - Parameter bytes: exactly the tensor's `byteCount`, little-endian, `int4` unpacked.
  /// - Returns: `nil` for types without a real value (strings, handles, complex numbers).
  public static func decode(_ bytes: Span<UInt8>, of tensor: Tensor) -> [Float]? {
    guard let size = tensor.type.byteSize else { return nil }
    let count = bytes.count / size
    switch tensor.type {
    case .float32:
      return (0..<count).map { Float(bitPattern: UInt32(truncatingIfNeeded: word(bytes, $0 * 4, 4))) }
    case .float64:
      return (0..<count).map { Float(Double(bitPattern: UInt64(bitPattern: word(bytes, $0 * 8, 8)))) }
    case .float16:
      return (0..<count).map {
        Float(Float16(bitPattern: UInt16(truncatingIfNeeded: word(bytes, $0 * 2, 2))))
      }
    case .int4, .int8: return affine(count, tensor) { Int64(Int8(bitPattern: bytes[$0])) }
    case .uint8, .bool: return affine(count, tensor) { Int64(bytes[$0]) }
    case .int16: return affine(count, tensor) { Int64(Int16(truncatingIfNeeded: word(bytes, $0 * 2, 2))) }
    case .uint16: return affine(count, tensor) { Int64(UInt16(truncatingIfNeeded: word(bytes, $0 * 2, 2))) }
    case .int32: return affine(count, tensor) { Int64(Int32(truncatingIfNeeded: word(bytes, $0 * 4, 4))) }
    case .uint32: return affine(count, tensor) { Int64(UInt32(truncatingIfNeeded: word(bytes, $0 * 4, 4))) }
    case .int64: return affine(count, tensor) { word(bytes, $0 * 8, 8) }
    default: return nil
    }
  }

  /// Bytes of a tensor that hold `values` as closely as its type can.
  ///
  /// Codes follow the QUANTIZE rule: `round_half_away(x / scale) + zeroPoint` with the division in
  /// float32, clamped to the type's range.
  /// - Returns: `nil` when the tensor cannot hold real values, a value is not finite and the type
  ///   is an integer, or the count differs.
  public static func encode(_ values: [Float], as tensor: Tensor) -> [UInt8]? {
    guard values.count == tensor.elementCount else { return nil }
    if tensor.type == .float32 {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(values.count * 4)
      for value in values { append(Int64(value.bitPattern), 4, to: &bytes) }
      return bytes
    }
    guard let range = tensor.type.codeRange, let size = tensor.type.byteSize else { return nil }
    let scale = tensor.quantization?.scale ?? 1
    let zero = Int(tensor.quantization?.zeroPoint ?? 0)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * size)
    for value in values {
      guard value.isFinite else { return nil }
      let code = (value / scale).rounded(.toNearestOrAwayFromZero)
      let limited = min(max(Double(code), -2_147_483_648), 2_147_483_647)
      append(Int64(min(max(Int(limited) + zero, range.lowerBound), range.upperBound)), size, to: &bytes)
    }
    return bytes
  }

  private static func affine(_ count: Int, _ tensor: Tensor, _ code: (Int) -> Int64) -> [Float] {
    guard let quantization = tensor.quantization else { return (0..<count).map { Float(code($0)) } }
    guard quantization.isPerChannel else {
      let scale = quantization.scale
      let zero = Int64(quantization.zeroPoint)
      return (0..<count).map { scale * Float(code($0) - zero) }
    }
    // A 1-D bias may carry the axis of its 4-D weights: it has one axis only.
    let axis = quantization.dimension < tensor.shape.count ? quantization.dimension : 0
    let inner = tensor.shape.dropFirst(axis + 1).reduce(1, *)
    return (0..<count).map { index in
      let channel = index / max(inner, 1) % quantization.scales.count
      return quantization.scales[channel] * Float(code(index) - Int64(quantization.zeroPoints[channel]))
    }
  }

  private static func word(_ bytes: Span<UInt8>, _ offset: Int, _ size: Int) -> Int64 {
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
    return Int64(bitPattern: value)
  }

  private static func append(_ value: Int64, _ size: Int, to bytes: inout [UInt8]) {
    for index in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> Int64(8 * index))) }
  }
}
