extension JSONValue {
  /// The value as JSON text that ends with a newline.
  ///
  /// Doubles are written with the fewest digits that read back as the same value.
  ///
  /// - Parameters:
  ///   - isPretty: one member or element a line, indented by two spaces.
  ///   - escapesMarkup: `<`, `>` and `&` as `\u003c` and so on, for text inside an HTML script.
  public func text(isPretty: Bool = true, escapesMarkup: Bool = false) -> String {
    var writer = JSONWriter(isPretty: isPretty, escapesMarkup: escapesMarkup)
    writer.write(self, depth: 0)
    return String(decoding: writer.bytes + [UInt8(ascii: "\n")], as: UTF8.self)
  }
}

private struct JSONWriter {
  let isPretty: Bool
  let escapesMarkup: Bool
  var bytes: [UInt8] = []

  init(isPretty: Bool, escapesMarkup: Bool) {
    self.isPretty = isPretty
    self.escapesMarkup = escapesMarkup
  }

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: put("null")
    case .bool(let value): put(value ? "true" : "false")
    case .integer(let value): put(String(value))
    case .number(let value): put(value.isFinite ? value.description : "null")
    case .string(let value): write(value)
    case .array(let elements):
      list("[", "]", elements, depth) { writer, element in writer.write(element, depth: depth + 1) }
    case .object(let object):
      list("{", "}", object.members, depth) { writer, member in
        writer.write(member.name)
        writer.put(writer.isPretty ? ": " : ":")
        writer.write(member.value, depth: depth + 1)
      }
    }
  }

  private mutating func list<Item>(
    _ open: String, _ close: String, _ items: [Item], _ depth: Int,
    _ write: (inout JSONWriter, Item) -> Void
  ) {
    put(open)
    for (index, item) in items.enumerated() {
      if index > 0 { put(",") }
      newLine(depth + 1)
      write(&self, item)
    }
    if !items.isEmpty { newLine(depth) }
    put(close)
  }

  private mutating func newLine(_ depth: Int) {
    guard isPretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  private mutating func write(_ text: String) {
    put("\"")
    for byte in text.utf8 { write(byte) }
    put("\"")
  }

  private mutating func write(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): put("\\\"")
    case UInt8(ascii: "\\"): put("\\\\")
    case UInt8(ascii: "\n"): put("\\n")
    case UInt8(ascii: "\r"): put("\\r")
    case UInt8(ascii: "\t"): put("\\t")
    case 0..<32, 127: escape(byte)
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
      if escapesMarkup { escape(byte) } else { bytes.append(byte) }
    default: bytes.append(byte)
    }
  }

  private mutating func escape(_ byte: UInt8) {
    let digits = String(byte, radix: 16)
    put(digits.utf8.count == 1 ? "\\u000\(digits)" : "\\u00\(digits)")
  }

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
