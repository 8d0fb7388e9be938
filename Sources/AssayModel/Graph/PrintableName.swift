/// Names from untrusted files, made safe to print in a terminal, a log line or a report.
enum PrintableName {
  /// The bytes as text: what is not printable UTF-8 becomes `\x1b` or `\u{202e}`, a backslash is
  /// doubled (so that different names stay different), and the rest after `limit` bytes is cut.
  static func text(_ bytes: ArraySlice<UInt8>, limit: Int) -> String {
    let kept = bytes.prefix(limit)
    // Almost every name is plain ASCII, which needs no second look.
    if kept.count == bytes.count, kept.allSatisfy({ (0x20..<0x7f).contains($0) && $0 != 0x5c }) {
      return String(decoding: kept, as: UTF8.self)
    }
    return escaped(kept) + (kept.count < bytes.count ? "..." : "")
  }

  private static func escaped(_ bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    var rest = bytes
    while let first = rest.first {
      if let (scalar, length) = scalar(at: rest) {
        text += escaped(scalar)
        rest = rest.dropFirst(length)
      } else {
        text += "\\x\(hexadecimal(UInt32(first), digits: 2))"
        rest = rest.dropFirst()
      }
    }
    return text
  }

  /// The well-formed UTF-8 scalar at the start of `bytes`, and how many bytes it takes.
  private static func scalar(at bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
    var decoder = UTF8()
    var iterator = bytes.prefix(4).makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    return (scalar, UTF8.width(scalar))
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    if scalar == "\\" { return "\\\\" }
    switch scalar.properties.generalCategory {
    case .control where scalar.value < 0x80: return "\\x\(hexadecimal(scalar.value, digits: 2))"
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
      return "\\u{\(hexadecimal(scalar.value, digits: 4))}"
    default: return String(scalar)
    }
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
