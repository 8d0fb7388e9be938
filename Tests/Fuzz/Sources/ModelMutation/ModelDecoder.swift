public import AssayTestSupport

/// Takes a well-formed `.tflite` file apart into tables that can be changed and written again.
///
/// A damaged file gives `nil`, and so does one with more tables than any good one.
public struct ModelDecoder {
  private let bytes: [UInt8]
  private var tablesLeft = 20_000

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The tables of a file, `nil` when something in it does not fit.
  public static func decode(_ bytes: [UInt8]) -> FlatTableValue? {
    var decoder = ModelDecoder(bytes)
    guard let root = decoder.word(0) else { return nil }
    return decoder.table(root, .model)
  }

  private mutating func table(_ position: Int, _ kind: TableKind) -> FlatTableValue? {
    tablesLeft -= 1
    guard tablesLeft >= 0, let distance = word(position) else { return nil }
    let vtable = position - Int(Int32(truncatingIfNeeded: distance))
    guard let vtableSize = half(vtable), let inlineSize = half(vtable + 2) else { return nil }
    let offsets = stride(from: 4, to: vtableSize, by: 2).map { half(vtable + $0) ?? 0 }
    let ends = offsets.filter { $0 > 0 } + [inlineSize]
    let optionsType = kind == .operation ? scalarByte(position, offsets, slot: 3) : 0
    var table = FlatTableValue()
    for (slot, offset) in offsets.enumerated() where offset > 0 {
      let width = (ends.filter { $0 > offset }.min() ?? inlineSize) - offset
      guard let field = kind.field(slot, optionsType: optionsType, width: width) else { continue }
      guard let value = value(position + offset, field) else { return nil }
      table.fields[slot] = value
    }
    return table
  }

  private func scalarByte(_ position: Int, _ offsets: [Int], slot: Int) -> UInt8 {
    guard slot < offsets.count, offsets[slot] > 0, bytes.indices.contains(position + offsets[slot]) else {
      return 0
    }
    return bytes[position + offsets[slot]]
  }

  private mutating func value(_ position: Int, _ field: FieldKind) -> FlatValue? {
    switch field {
    case .scalar8: return integer(position, as: UInt8.self).map { .uint8($0) }
    case .scalar32: return integer(position, as: Int32.self).map { .int32($0) }
    case .scalar64: return integer(position, as: UInt64.self).map { .uint64($0) }
    default:
      guard let offset = word(position) else { return nil }
      return target(position + offset, field)
    }
  }

  private mutating func target(_ position: Int, _ field: FieldKind) -> FlatValue? {
    switch field {
    case .table(let kind): table(position, kind).map { .table($0) }
    case .tables(let kind): tables(position, kind)
    case .string: elements(position, as: UInt8.self).map { .string($0) }
    case .bytes: elements(position, as: UInt8.self).map { .bytes($0) }
    case .int32s: elements(position, as: Int32.self).map { .int32s($0) }
    case .int64s: elements(position, as: Int64.self).map { .int64s($0) }
    default: elements(position, as: UInt32.self).map { .floats($0.map { Float(bitPattern: $0) }) }
    }
  }

  private mutating func tables(_ position: Int, _ kind: TableKind) -> FlatValue? {
    guard let count = word(position), count <= bytes.count / 4 else { return nil }
    var tables: [FlatTableValue] = []
    for slot in (0..<count).map({ position + 4 + 4 * $0 }) {
      guard let offset = word(slot), let table = table(slot + offset, kind) else { return nil }
      tables.append(table)
    }
    return .tables(tables)
  }

  private func elements<Element: FixedWidthInteger>(_ position: Int, as type: Element.Type) -> [Element]? {
    let size = Element.bitWidth / 8
    guard let count = word(position), count <= (bytes.count - position - 4) / size else { return nil }
    return (0..<count).compactMap { integer(position + 4 + $0 * size, as: type) }
  }

  private func word(_ position: Int) -> Int? { integer(position, as: UInt32.self).map { Int($0) } }
  private func half(_ position: Int) -> Int? { integer(position, as: UInt16.self).map { Int($0) } }

  private func integer<Integer: FixedWidthInteger>(_ position: Int, as type: Integer.Type) -> Integer? {
    let size = Integer.bitWidth / 8
    guard position >= 0, position <= bytes.count - size else { return nil }
    return (0..<size).reduce(Integer.zero) {
      $0 | Integer(truncatingIfNeeded: bytes[position + $1]) << Integer(8 * $1)
    }
  }
}
