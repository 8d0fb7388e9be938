/// Writes FlatBuffers files front to back: every table behind its own vtable, children behind
/// their parents. The same value always becomes the same bytes.
public struct FlatWriter {
  private var bytes: [UInt8] = []
  private var sites: [FlatSite] = []

  /// The bytes of a file with `root` and a four-character identifier.
  ///
  /// - Parameter header: bytes between the identifier and the first table.
  public static func file(
    _ root: FlatTableValue, identifier: String, header: [UInt8] = []
  ) -> [UInt8] {
    fileAndSites(root, identifier: identifier, header: header).bytes
  }

  /// As `file`, with the places of the container's own numbers: what a fuzzer damages.
  public static func fileAndSites(
    _ root: FlatTableValue, identifier: String, header: [UInt8] = []
  ) -> (bytes: [UInt8], sites: [FlatSite]) {
    var writer = FlatWriter()
    writer.bytes = [0, 0, 0, 0] + Array(identifier.utf8.prefix(4)) + header
    let position = writer.write(root)
    writer.patch(0, with: UInt32(position))
    return (writer.bytes, writer.sites)
  }

  /// Writes a table and everything below it; gives its position.
  private mutating func write(_ table: FlatTableValue) -> Int {
    let layout = TableLayout(table)
    pad(to: 8, after: layout.vtable.count)
    let vtable = bytes.count
    bytes += layout.vtable
    let position = bytes.count
    sites += stride(from: vtable, to: position, by: 2).map { FlatSite(position: $0, size: 2) }
    append(UInt32(position - vtable))
    bytes += Array(repeating: 0, count: layout.inlineSize - 4)
    for (offset, value) in layout.fields { write(value, at: position + offset) }
    return position
  }

  /// Writes a field: a scalar in place, anything else behind everything so far.
  private mutating func write(_ value: FlatValue, at position: Int) {
    if let scalar = value.scalarBytes {
      bytes.replaceSubrange(position..<position + scalar.count, with: scalar)
      return
    }
    let target = writeTarget(value)
    patch(position, with: UInt32(target - position))
  }

  private mutating func writeTarget(_ value: FlatValue) -> Int {
    switch value {
    case .table(let table): return write(table)
    case .tables(let tables): return write(tables)
    case .string(let text): return write(vector: text + [0], count: text.count, alignment: 4)
    // Weights are aligned to 16 bytes, as the schema of TensorFlow Lite asks for.
    case .bytes(let content): return write(vector: content, count: content.count, alignment: 16)
    case .int32s(let numbers):
      return write(vector: numbers.flatMap(littleEndian), count: numbers.count, alignment: 4)
    case .int64s(let numbers):
      return write(vector: numbers.flatMap(littleEndian), count: numbers.count, alignment: 8)
    case .floats(let numbers):
      let words = numbers.flatMap { littleEndian($0.bitPattern) }
      return write(vector: words, count: numbers.count, alignment: 4)
    default: return bytes.count
    }
  }

  /// Writes the count and the elements, the latter aligned; gives the position of the count.
  private mutating func write(vector: [UInt8], count: Int, alignment: Int) -> Int {
    pad(to: alignment, after: 4)
    let position = bytes.count
    append(UInt32(count))
    bytes += vector
    return position
  }

  private mutating func write(_ tables: [FlatTableValue]) -> Int {
    let position = write(
      vector: Array(repeating: 0, count: 4 * tables.count), count: tables.count, alignment: 4)
    for (index, table) in tables.enumerated() {
      let slot = position + 4 + 4 * index
      patch(slot, with: UInt32(write(table) - slot))
    }
    return position
  }

  /// Pads so that what follows the next `count` bytes is aligned.
  private mutating func pad(to alignment: Int, after count: Int) {
    while (bytes.count + count) % alignment != 0 { bytes.append(0) }
  }

  private mutating func append(_ word: UInt32) {
    sites.append(FlatSite(position: bytes.count, size: 4))
    bytes += littleEndian(word)
  }

  private mutating func patch(_ position: Int, with word: UInt32) {
    sites.append(FlatSite(position: position, size: 4))
    bytes.replaceSubrange(position..<position + 4, with: littleEndian(word))
  }
}

/// Where a file keeps an offset, a vtable entry or the length of a vector.
public struct FlatSite: Sendable, Hashable {
  public let position: Int
  public let size: Int
}

/// Where the fields of a table go.
private struct TableLayout {
  var vtable: [UInt8]
  var inlineSize: Int
  var fields: [(offset: Int, value: FlatValue)] = []

  init(_ table: FlatTableValue) {
    let slots = (table.fields.keys.max() ?? -1) + 1
    var offsets = Array(repeating: UInt16(0), count: slots)
    var next = 4
    for slot in 0..<slots {
      guard let value = table.fields[slot] else { continue }
      let size = value.scalarBytes?.count ?? 4
      next = (next + size - 1) / size * size
      offsets[slot] = UInt16(next)
      fields.append((next, value))
      next += size
    }
    inlineSize = (next + 3) / 4 * 4
    let sizes = [UInt16(4 + 2 * slots), UInt16(inlineSize)]
    vtable = (sizes + offsets).flatMap(littleEndian)
  }
}

extension FlatValue {
  /// The bytes of a value that lies in its table; `nil` for what an offset leads to.
  fileprivate var scalarBytes: [UInt8]? {
    switch self {
    case .int8(let value): [UInt8(bitPattern: value)]
    case .uint8(let value): [value]
    case .bool(let value): [value ? 1 : 0]
    case .int32(let value): littleEndian(value)
    case .uint32(let value): littleEndian(value)
    case .uint64(let value): littleEndian(value)
    case .float(let value): littleEndian(value.bitPattern)
    default: nil
    }
  }
}

/// The bytes of an integer, least significant first.
public func littleEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
  (0..<Integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Integer(8 * $0)) }
}
