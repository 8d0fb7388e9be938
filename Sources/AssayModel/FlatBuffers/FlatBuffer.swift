/// Bounds-checked access to the bytes of a FlatBuffers file.
///
/// Nothing in the file is trusted: every offset, alignment, vtable and vector length is checked
/// against the bytes before it is followed, and visiting tables draws on a budget because several
/// offsets may lead to one table. Nothing is copied but the scalars that are asked for.
struct FlatBuffer {
  let bytes: [UInt8]
  /// Whether fields must lie inside the size that their table's vtable states. ExecuTorch's exporter
  /// states sizes that are too small, and its runtime does not look at them.
  let checksTableSizes: Bool
  private let budget: ReadingBudget

  init(_ bytes: [UInt8], limits: ModelLimits, checksTableSizes: Bool = true) {
    self.bytes = bytes
    self.checksTableSizes = checksTableSizes
    self.budget = ReadingBudget(limits)
  }

  /// Accounts for `count` elements that are about to be copied out of the file.
  func spend(elements count: Int, at position: Int) throws(ModelError) {
    try budget.spend(elements: count, at: position)
  }

  /// The four characters at byte 4 that name the schema, or `nil` when the file is too short.
  static func identifier(of bytes: [UInt8]) -> String? {
    guard bytes.count >= 8 else { return nil }
    return String(decoding: bytes[4..<8], as: UTF8.self)
  }

  /// The table that the first four bytes lead to.
  func root() throws(ModelError) -> FlatTable {
    let target = try follow(0, "root table")
    return try table(at: target, depth: 1, "root table")
  }

  /// Enters the table at `position`, `depth` tables below the root.
  func table(at position: Int, depth: Int, _ name: StaticString) throws(ModelError) -> FlatTable {
    try budget.spend(depth: depth, at: position)
    return try FlatTable(in: self, at: position, depth: depth, name)
  }

  /// A little-endian integer at `position`, naturally aligned and inside the file.
  func integer<Integer: FixedWidthInteger>(
    at position: Int, as type: Integer.Type, _ name: StaticString
  ) throws(ModelError) -> Integer {
    let size = Integer.bitWidth / 8
    try check(position, count: 1, size: size, name)
    return loaded(at: position)
  }

  /// Checks that `count` elements of `size` bytes lie at `position`, aligned to their size.
  func check(_ position: Int, count: Int, size: Int, _ name: StaticString) throws(ModelError) {
    guard position >= 0, position <= bytes.count, count <= (bytes.count - position) / size else {
      // A field may be said to lie behind the end: the place is then the end.
      throw ModelError(
        .malformed, at: min(max(position, 0), bytes.count),
        "\(name): \(count) x \(size) bytes end beyond the file of \(bytes.count) bytes")
    }
    guard position % size == 0 else {
      throw ModelError(.malformed, at: position, "\(name): not aligned to \(size) bytes")
    }
  }

  /// An integer whose position was checked before.
  func loaded<Integer: FixedWidthInteger>(at position: Int) -> Integer {
    var value = Integer.zero
    for byte in 0..<Integer.bitWidth / 8 {
      value |= Integer(truncatingIfNeeded: bytes[position + byte]) << Integer(8 * byte)
    }
    return value
  }

  /// Where the unsigned 32-bit offset at `position` leads; it counts from its own position.
  func follow(_ position: Int, _ name: StaticString) throws(ModelError) -> Int {
    let offset = try integer(at: position, as: UInt32.self, name)
    let target = position + Int(offset)
    // Offset 0 would make the offset its own target; the verifier of FlatBuffers refuses it too.
    guard offset != 0, target <= bytes.count - 4 else {
      throw ModelError(.malformed, at: position, "\(name): offset \(offset) leads out of the file")
    }
    return target
  }
}

/// Counts tables and elements down over one reading of a file.
///
/// A class, because tables are entered from many places of one single-threaded reading.
private final class ReadingBudget {
  private let limits: ModelLimits
  private var tables = 0
  private var elements = 0

  init(_ limits: ModelLimits) { self.limits = limits }

  func spend(depth: Int, at position: Int) throws(ModelError) {
    tables += 1
    guard tables <= limits.flatTables else {
      throw ModelError(.limit, at: position, "more than \(limits.flatTables) tables are visited")
    }
    guard depth <= limits.flatDepth else {
      throw ModelError(.limit, at: position, "tables are nested more than \(limits.flatDepth) deep")
    }
  }

  func spend(elements count: Int, at position: Int) throws(ModelError) {
    // Both are at most the size of a file here, so the sum cannot wrap.
    elements += count
    guard elements <= limits.flatElements else {
      throw ModelError(
        .limit, at: position, "vectors and names have more than \(limits.flatElements) elements together")
    }
  }
}
