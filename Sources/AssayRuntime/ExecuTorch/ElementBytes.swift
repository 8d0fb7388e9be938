import AssayModel

/// The bytes of a number as an element.
enum ElementBytes {
  /// - Returns: `nil` when the type cannot hold it.
  static func of(_ value: Double, _ type: ElementType) -> [UInt8]? {
    switch type {
    case .float32: return bytes(UInt64(Float(value).bitPattern), 4)
    case .float64: return bytes(value.bitPattern, 8)
    case .bool: return [value != 0 ? 1 : 0]
    case .int64: return Int64(exactly: value).map { bytes(UInt64(bitPattern: $0), 8) }
    default:
      guard let range = type.codeRange, let size = type.byteSize, let code = Int(exactly: value),
        range.contains(code)
      else { return nil }
      return bytes(UInt64(bitPattern: Int64(code)), size)
    }
  }

  private static func bytes(_ bits: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
  }
}
