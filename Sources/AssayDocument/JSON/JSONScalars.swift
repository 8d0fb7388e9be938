// Numbers and strings of JSON, by the grammar of RFC 8259.
extension JSONParser {
  mutating func number() throws(DocumentErrors) -> JSONValue {
    let start = position
    _ = take("-")
    if !take("0") { try digits() }
    var isWhole = true
    if take(".") {
      isWhole = false
      try digits()
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw error("the number \(text.prefix(40)) is out of range", at: start)
    }
    return .number(value)
  }

  private mutating func digits() throws(DocumentErrors) {
    guard let first = peek, (48...57).contains(first) else { throw error("expected a digit") }
    while let byte = peek, (48...57).contains(byte) { position += 1 }
  }

  mutating func string() throws(DocumentErrors) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<32: throw error("a control character in a string", at: position - 1)
      default: text.append(byte)
      }
    }
    throw error("a string without its closing quote")
  }

  private mutating func escape(into text: inout [UInt8]) throws(DocumentErrors) {
    guard let byte = peek else { throw error("a string without its closing quote") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar()).utf8)
    default: throw error("unknown escape in a string", at: position - 1)
    }
  }

  /// The character of `\uXXXX`, or of the two such that are a surrogate pair.
  private mutating func scalar() throws(DocumentErrors) -> Character {
    let start = position
    let high = try codeUnit()
    if let scalar = Unicode.Scalar(high) { return Character(scalar) }
    guard (0xD800..<0xDC00).contains(high), take("\\"), take("u") else {
      throw error("half a surrogate pair in a string", at: start)
    }
    let low = try codeUnit()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw error("half a surrogate pair in a string", at: start) }
    return Character(scalar)
  }

  private mutating func codeUnit() throws(DocumentErrors) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    let isHexadecimal = digits.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || isLetter($0) }
    guard digits.count == 4, isHexadecimal,
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw error("expected four hexadecimal digits") }
    position += 4
    return value
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }
}
