/// What one element of a recorded array is. The raw values are the names a model's tensors use.
public enum RecordedType: String, Sendable, Hashable, CaseIterable {
  case bool
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case float16, float32, float64
  /// NumPy's `U`: UTF-32 code points, padded with zeros.
  case unicode
  /// NumPy's `S`: bytes, padded with zeros.
  case bytes

  /// Bytes of one element; `nil` for texts, whose width each array chooses.
  public var byteSize: Int? {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    case .unicode, .bytes: nil
    }
  }

  public var isFloat: Bool { self == .float16 || self == .float32 || self == .float64 }
  public var isText: Bool { byteSize == nil }

  /// NumPy's kind letter.
  var kind: Character {
    switch self {
    case .bool: "b"
    case .int8, .int16, .int32, .int64: "i"
    case .uint8, .uint16, .uint32, .uint64: "u"
    case .float16, .float32, .float64: "f"
    case .unicode: "U"
    case .bytes: "S"
    }
  }
}
