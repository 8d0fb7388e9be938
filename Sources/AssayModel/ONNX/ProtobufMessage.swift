/// One message of a protobuf file: fields in file order, every length checked against the bytes.
///
/// Nothing in the file is trusted. Nothing is copied; visiting fields draws on a budget, so that a
/// small file cannot claim more work than its bytes, and messages nest only as deep as callers ask.
struct ProtobufMessage {
  let bytes: [UInt8]
  let range: Range<Int>
  private let budget: FieldBudget

  enum Value {
    case number(UInt64)
    case bytes(Range<Int>)
  }

  struct Field {
    var number: Int
    var value: Value
    var position: Int
  }

  /// The whole file as one message.
  init(_ bytes: [UInt8], limits: ModelLimits) {
    self.bytes = bytes
    range = bytes.indices
    budget = FieldBudget(limits)
  }

  private init(_ parent: ProtobufMessage, _ range: Range<Int>) {
    bytes = parent.bytes
    self.range = range
    budget = parent.budget
  }

  /// - Throws: `malformed` for a cut or unknown wire type, `limit` when too many fields were visited.
  func fields() throws(ModelError) -> [Field] {
    var fields: [Field] = []
    var position = range.lowerBound
    while position < range.upperBound {
      let start = position
      let key = try varint(&position)
      try budget.spendField(at: start)
      guard key >> 3 > 0, key >> 3 < 1 << 29 else { throw malformed(start, "field number \(key >> 3)") }
      fields.append(
        Field(number: Int(key >> 3), value: try value(wireType: key & 7, &position), position: start))
    }
    return fields
  }

  /// A field that is a message of its own.
  func message(_ field: Field, _ name: StaticString) throws(ModelError) -> ProtobufMessage {
    ProtobufMessage(self, try content(field, name))
  }

  /// Where the bytes of a field lie.
  func content(_ field: Field, _ name: StaticString) throws(ModelError) -> Range<Int> {
    guard case .bytes(let range) = field.value else { throw malformed(field.position, "\(name) is a number") }
    return range
  }

  func text(_ field: Field, _ name: StaticString, limit: Int) throws(ModelError) -> String {
    let content = try content(field, name)
    guard content.count <= limit else {
      throw ModelError(
        .limit, at: field.position, "\(name) of \(content.count) bytes is longer than \(limit)")
    }
    return PrintableName.text(bytes[content], limit: limit)
  }

  func int(_ field: Field, _ name: StaticString) throws(ModelError) -> Int {
    guard case .number(let value) = field.value else {
      throw malformed(field.position, "\(name) is not a number")
    }
    return Int(Int64(bitPattern: value))
  }

  /// Integers of a repeated field: packed, or one by one.
  func ints(_ field: Field, _ name: StaticString, limit: Int) throws(ModelError) -> [Int] {
    guard case .bytes(let content) = field.value else { return [try int(field, name)] }
    var values: [Int] = []
    var position = content.lowerBound
    let inside = ProtobufMessage(self, content)
    while position < content.upperBound {
      values.append(Int(Int64(bitPattern: try inside.varint(&position))))
      guard values.count <= limit else {
        throw ModelError(.limit, at: field.position, "\(name): more than \(limit)")
      }
    }
    try budget.spend(values.count, at: field.position)
    return values
  }

  /// Floats of a repeated field: packed, or one by one.
  func floats(_ field: Field, _ name: StaticString, limit: Int) throws(ModelError) -> [Float] {
    switch field.value {
    case .number(let bits): return [Float(bitPattern: UInt32(truncatingIfNeeded: bits))]
    case .bytes(let content):
      guard content.count % 4 == 0, content.count / 4 <= limit else {
        throw malformed(field.position, "\(name): \(content.count) bytes of floats")
      }
      try budget.spend(content.count / 4, at: field.position)
      return stride(from: content.lowerBound, to: content.upperBound, by: 4).map { start in
        Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
      }
    }
  }

  // MARK: Wire format

  private func varint(_ position: inout Int) throws(ModelError) -> UInt64 {
    let start = position
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < range.upperBound else { throw malformed(start, "a number is cut off") }
      let byte = bytes[position]
      position += 1
      guard shift < 63 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw malformed(start, "a number of more than 64 bits")
  }

  private func value(wireType: UInt64, _ position: inout Int) throws(ModelError) -> Value {
    switch wireType {
    case 0: return .number(try varint(&position))
    case 1: return .number(try fixed(8, &position))
    case 5: return .number(try fixed(4, &position))
    case 2:
      let start = position
      let count = try varint(&position)
      guard count <= UInt64(range.upperBound - position) else {
        throw malformed(start, "\(count) bytes end beyond their message of \(range.count)")
      }
      let content = position..<position + Int(count)
      position = content.upperBound
      return .bytes(content)
    default: throw malformed(position, "wire type \(wireType)")
    }
  }

  private func fixed(_ count: Int, _ position: inout Int) throws(ModelError) -> UInt64 {
    guard range.upperBound - position >= count else { throw malformed(position, "a number is cut off") }
    defer { position += count }
    return (0..<count).reduce(0) { $0 | UInt64(bytes[position + $1]) << UInt64(8 * $1) }
  }

  func malformed(_ position: Int, _ message: String) -> ModelError {
    ModelError(.malformed, at: position, "protobuf: \(message)")
  }
}

/// Counts fields and elements down over one reading of a file.
private final class FieldBudget {
  private let limits: ModelLimits
  private var fields = 0
  private var elements = 0

  init(_ limits: ModelLimits) { self.limits = limits }

  func spendField(at position: Int) throws(ModelError) {
    fields += 1
    guard fields <= limits.flatTables else {
      throw ModelError(.limit, at: position, "more than \(limits.flatTables) fields")
    }
  }

  func spend(_ count: Int, at position: Int) throws(ModelError) {
    elements += count
    guard elements <= limits.flatElements else {
      throw ModelError(.limit, at: position, "lists have more than \(limits.flatElements) elements together")
    }
  }
}
