/// Takes a well-formed ONNX file apart into fields that can be changed and written again. Written
/// apart from the reader, which is what is being tested.
public enum ONNXDecoder {
  /// Messages by what they are, with the fields that are messages of their own.
  private indirect enum Kind {
    case model, graph, node, attribute, tensor, value, type, tensorType, shape, leaf

    func member(_ number: Int) -> Kind? {
      switch (self, number) {
      case (.model, 7), (.attribute, 6): .graph
      case (.model, 8), (.tensor, 13), (.shape, 1): .leaf
      case (.graph, 1): .node
      case (.graph, 5), (.attribute, 5): .tensor
      case (.graph, 11), (.graph, 12), (.graph, 13): .value
      case (.node, 5): .attribute
      case (.value, 2): .type
      case (.type, 1): .tensorType
      case (.tensorType, 2): .shape
      default: nil
      }
    }
  }

  /// - Returns: `nil` for bytes that are not protobuf.
  public static func decode(_ bytes: [UInt8]) -> [ProtobufField]? { fields(bytes[...], .model) }

  private static func fields(_ bytes: ArraySlice<UInt8>, _ kind: Kind) -> [ProtobufField]? {
    var rest = bytes
    var fields: [ProtobufField] = []
    while !rest.isEmpty {
      guard let key = varint(&rest) else { return nil }
      let number = Int(truncatingIfNeeded: key >> 3)
      switch key & 7 {
      case 0:
        guard let value = varint(&rest) else { return nil }
        fields.append(ProtobufField(number, .varint(value)))
      case 1, 5:
        let size = key & 7 == 1 ? 8 : 4
        guard rest.count >= size else { return nil }
        let bits = rest.prefix(size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        fields.append(
          ProtobufField(number, size == 8 ? .fixed64(bits) : .fixed32(UInt32(truncatingIfNeeded: bits))))
        rest = rest.dropFirst(size)
      case 2:
        guard let count = varint(&rest), count <= UInt64(rest.count) else { return nil }
        let content = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        if let member = kind.member(number), let inner = Self.fields(content, member) {
          fields.append(.message(number, inner))
        } else {
          fields.append(ProtobufField(number, .bytes(Array(content))))
        }
      default: return nil
      }
    }
    return fields
  }

  private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
