/// One table of a FlatBuffers file: fields are found through its vtable, absent ones have defaults.
struct FlatTable {
  /// Byte offset of the table in the file.
  let position: Int
  let buffer: FlatBuffer
  private let vtable: Int
  private let vtableSize: Int
  private let inlineSize: Int
  private let depth: Int

  init(in buffer: FlatBuffer, at position: Int, depth: Int, _ name: StaticString) throws(ModelError) {
    let distance = try buffer.integer(at: position, as: Int32.self, name)
    let vtable = position - Int(distance)
    guard buffer.bytes.indices.contains(vtable) else {
      throw ModelError(.malformed, at: position, "\(name): its vtable lies outside the file")
    }
    let vtableSize = Int(try buffer.integer(at: vtable, as: UInt16.self, name))
    guard vtableSize >= 4, vtableSize % 2 == 0 else {
      throw ModelError(.malformed, at: vtable, "\(name): vtable of \(vtableSize) bytes")
    }
    try buffer.check(vtable, count: vtableSize / 2, size: 2, name)
    let inlineSize = Int(try buffer.integer(at: vtable + 2, as: UInt16.self, name))
    guard inlineSize >= 4, inlineSize <= buffer.bytes.count - position else {
      throw ModelError(.malformed, at: vtable + 2, "\(name): table of \(inlineSize) bytes")
    }
    self.position = position
    self.buffer = buffer
    self.vtable = vtable
    self.vtableSize = vtableSize
    self.inlineSize = inlineSize
    self.depth = depth
  }

  /// Where a field of `size` bytes is, `nil` when the table leaves it out.
  func offset(of field: FlatField, size: Int) throws(ModelError) -> Int? {
    guard field.vtableOffset + 2 <= vtableSize else { return nil }
    let offset = Int(try buffer.integer(at: vtable + field.vtableOffset, as: UInt16.self, field.name))
    guard offset != 0 else { return nil }
    guard offset >= 4, offset + size <= inlineSize || !buffer.checksTableSizes else {
      throw ModelError(
        .malformed, at: vtable + field.vtableOffset,
        "\(field.name): field at \(offset) is outside its table of \(inlineSize) bytes")
    }
    return position + offset
  }

  /// Whether the table carries the field at all.
  func has(_ field: FlatField) -> Bool {
    guard field.vtableOffset + 2 <= vtableSize else { return false }
    let offset: UInt16 = buffer.loaded(at: vtable + field.vtableOffset)
    return offset != 0
  }
}

// MARK: - Scalars

extension FlatTable {
  /// An integer field, or the schema's default.
  func integer<Integer: FixedWidthInteger>(
    _ field: FlatField, default value: Integer = 0
  ) throws(ModelError) -> Integer {
    guard let offset = try offset(of: field, size: Integer.bitWidth / 8) else { return value }
    return try buffer.integer(at: offset, as: Integer.self, field.name)
  }

  /// A 32-bit integer field as `Int`.
  func int(_ field: FlatField, default value: Int32 = 0) throws(ModelError) -> Int {
    Int(try integer(field, default: value))
  }

  func bool(_ field: FlatField, default value: Bool = false) throws(ModelError) -> Bool {
    try integer(field, default: UInt8(value ? 1 : 0)) != 0
  }

  func float(_ field: FlatField, default value: Float = 0) throws(ModelError) -> Float {
    Float(bitPattern: try integer(field, default: value.bitPattern))
  }
}

// MARK: - What offsets lead to

extension FlatTable {
  /// The target of an offset field, `nil` when absent.
  func target(of field: FlatField) throws(ModelError) -> Int? {
    guard let offset = try offset(of: field, size: 4) else { return nil }
    return try buffer.follow(offset, field.name)
  }

  func table(_ field: FlatField) throws(ModelError) -> FlatTable? {
    guard let target = try target(of: field) else { return nil }
    return try buffer.table(at: target, depth: depth + 1, field.name)
  }

  /// A union: the type of its member from one field, the member's table from another.
  ///
  /// - Returns: `nil` for the member NONE or an absent table.
  func union(
    _ type: FlatField, _ value: FlatField
  ) throws(ModelError) -> (type: UInt8, table: FlatTable?) {
    let type: UInt8 = try integer(type)
    guard type != 0 else { return (0, nil) }
    return (type, try table(value))
  }

  /// A vector of tables; empty when absent.
  func tables(_ field: FlatField) throws(ModelError) -> FlatTables {
    guard let start = try vector(field, elementSize: 4) else {
      return FlatTables(buffer: buffer, start: 0, count: 0, depth: depth, name: field.name)
    }
    return FlatTables(
      buffer: buffer, start: start.lowerBound, count: start.count / 4, depth: depth, name: field.name)
  }

  /// A vector of integers; `nil` when absent.
  ///
  /// - Throws: `limit` when there are more than `limit` elements.
  func integers<Integer: FixedWidthInteger>(
    _ field: FlatField, as type: Integer.Type, limit: Int
  ) throws(ModelError) -> [Integer]? {
    let size = Integer.bitWidth / 8
    guard let range = try vector(field, elementSize: size) else { return nil }
    let count = range.count / size
    guard count <= limit else {
      throw ModelError(
        .limit, at: range.lowerBound - 4, "\(field.name): \(count) elements are more than \(limit)")
    }
    try buffer.spend(elements: count, at: range.lowerBound)
    return (0..<count).map { buffer.loaded(at: range.lowerBound + $0 * size) }
  }

  /// A vector of floats; `nil` when absent.
  func floats(_ field: FlatField, limit: Int) throws(ModelError) -> [Float]? {
    try integers(field, as: UInt32.self, limit: limit)?.map { Float(bitPattern: $0) }
  }

  /// Where the bytes of a byte vector are; `nil` when absent.
  func bytes(_ field: FlatField) throws(ModelError) -> Range<Int>? {
    try vector(field, elementSize: 1)
  }

  /// Where the bytes of a string are, its terminating NUL checked and left out; `nil` when absent.
  func string(_ field: FlatField) throws(ModelError) -> Range<Int>? {
    guard let range = try vector(field, elementSize: 1) else { return nil }
    guard range.upperBound < buffer.bytes.count, buffer.bytes[range.upperBound] == 0 else {
      throw ModelError(.malformed, at: range.upperBound, "\(field.name): string without its terminator")
    }
    try buffer.spend(elements: range.count, at: range.lowerBound)
    return range
  }

  /// The bytes of a vector's elements, all inside the file and aligned to their size.
  private func vector(_ field: FlatField, elementSize: Int) throws(ModelError) -> Range<Int>? {
    guard let target = try target(of: field) else { return nil }
    let count = Int(try buffer.integer(at: target, as: UInt32.self, field.name))
    let start = target + 4
    try buffer.check(start, count: count, size: elementSize, field.name)
    return start..<start + count * elementSize
  }
}
