/// Reads JSON strictly: RFC 8259, UTF-8, unique names, finite numbers, nothing after the value.
public enum JSON {
  /// What a text may be at most.
  public struct Limits: Sendable {
    public var bytes = 64 << 20
    public var depth = 64
    public var values = 4_000_000

    public init() {}
  }

  /// The value that `bytes` are.
  ///
  /// - Parameter file: the name that the error carries, with line and column.
  public static func parse(
    _ bytes: [UInt8], file: String, limits: Limits = Limits()
  ) throws(DocumentErrors) -> JSONValue {
    guard bytes.count <= limits.bytes else {
      throw DocumentErrors(
        DocumentLocation(file: file), "\(bytes.count) bytes, above the limit of \(limits.bytes)")
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw DocumentErrors(DocumentLocation(file: file), "not UTF-8 text")
    }
    var parser = JSONParser(bytes: bytes, file: file, limits: limits)
    return try parser.document()
  }
}

/// Recursive descent, as deep as the limit.
struct JSONParser {
  let bytes: [UInt8]
  let file: String
  let limits: JSON.Limits
  var position = 0
  private var values = 0

  init(bytes: [UInt8], file: String, limits: JSON.Limits) {
    self.bytes = bytes
    self.file = file
    self.limits = limits
  }

  mutating func document() throws(DocumentErrors) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw error("text after the value") }
    return value
  }

  private mutating func value(depth: Int) throws(DocumentErrors) -> JSONValue {
    skipSpace()
    values += 1
    guard values <= limits.values else { throw error("more than \(limits.values) values") }
    guard depth < limits.depth else { throw error("nested deeper than \(limits.depth) levels") }
    switch peek {
    case UInt8(ascii: "{"): return .object(try object(depth))
    case UInt8(ascii: "["): return .array(try array(depth))
    case UInt8(ascii: "\""): return .string(try string())
    case .some(UInt8(ascii: "-")), .some(48...57): return try number()
    default: return try word()
    }
  }

  private mutating func object(_ depth: Int) throws(DocumentErrors) -> JSONObject {
    var object = JSONObject()
    position += 1
    if try ends(with: "}", first: true) { return object }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("expected a name in quotes") }
      let start = position
      let name = try string()
      guard object[name] == nil else { throw error("duplicate name \"\(name)\"", at: start) }
      skipSpace()
      guard take(":") else { throw error("expected a colon") }
      object[name] = try value(depth: depth + 1)
    } while try !ends(with: "}", first: false)
    return object
  }

  private mutating func array(_ depth: Int) throws(DocumentErrors) -> [JSONValue] {
    var elements: [JSONValue] = []
    position += 1
    if try ends(with: "]", first: true) { return elements }
    repeat { elements.append(try value(depth: depth + 1)) } while try !ends(with: "]", first: false)
    return elements
  }

  /// Whether the list closes here; otherwise a comma is taken, unless nothing was read yet.
  private mutating func ends(with close: Unicode.Scalar, first: Bool) throws(DocumentErrors) -> Bool {
    skipSpace()
    if take(close) { return true }
    guard first || take(",") else { throw error("expected a comma or \"\(close)\"") }
    return false
  }

  private mutating func word() throws(DocumentErrors) -> JSONValue {
    let words: [(String, JSONValue)] = [("true", true), ("false", false), ("null", nil)]
    for (text, value) in words where bytes[position...].starts(with: text.utf8) {
      position += text.utf8.count
      return value
    }
    throw error(position == bytes.count ? "the text ends here, a value is missing" : "not a JSON value")
  }
}

// Characters, spaces and places.
extension JSONParser {
  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  mutating func skipSpace() {
    while let byte = peek, byte == 32 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
  }

  /// An error here, or at `place`, with line and column counted only now.
  func error(_ message: String, at place: Int? = nil) -> DocumentErrors {
    let before = bytes[..<(place ?? position)]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let column = String(decoding: before[lineStart...], as: UTF8.self).count + 1
    return DocumentErrors(DocumentLocation(file: file, line: line, column: column), message)
  }
}
