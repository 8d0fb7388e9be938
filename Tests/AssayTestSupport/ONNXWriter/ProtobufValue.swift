/// A field of a protobuf message, for files that tests make: as free to be wrong as the format.
public struct ProtobufField: Sendable, Hashable {
  public indirect enum Value: Sendable, Hashable {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes([UInt8])
    case message([ProtobufField])
  }

  public var number: Int
  public var value: Value

  public init(_ number: Int, _ value: Value) {
    self.number = number
    self.value = value
  }

  public static func int(_ number: Int, _ value: Int) -> ProtobufField {
    ProtobufField(number, .varint(UInt64(bitPattern: Int64(value))))
  }

  public static func float(_ number: Int, _ value: Float) -> ProtobufField {
    ProtobufField(number, .fixed32(value.bitPattern))
  }

  public static func text(_ number: Int, _ value: String) -> ProtobufField {
    ProtobufField(number, .bytes(Array(value.utf8)))
  }

  public static func message(_ number: Int, _ fields: [ProtobufField]) -> ProtobufField {
    ProtobufField(number, .message(fields))
  }

  /// The fields of a message, for changes in place.
  public var fields: [ProtobufField] {
    get { if case .message(let fields) = value { fields } else { [] } }
    set { value = .message(newValue) }
  }
}

/// Writes protobuf messages; the same fields always become the same bytes.
public enum ProtobufWriter {
  public static func bytes(_ fields: [ProtobufField]) -> [UInt8] {
    var bytes: [UInt8] = []
    for field in fields { write(field, to: &bytes) }
    return bytes
  }

  public static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private static func write(_ field: ProtobufField, to bytes: inout [UInt8]) {
    func key(_ wire: UInt64) -> [UInt8] {
      varint(UInt64(truncatingIfNeeded: field.number) << 3 | wire)
    }
    switch field.value {
    case .varint(let value): bytes += key(0) + varint(value)
    case .fixed64(let value): bytes += key(1) + littleEndian(value)
    case .fixed32(let value): bytes += key(5) + littleEndian(value)
    case .bytes(let content): bytes += key(2) + varint(UInt64(content.count)) + content
    case .message(let fields):
      let content = self.bytes(fields)
      bytes += key(2) + varint(UInt64(content.count)) + content
    }
  }
}
