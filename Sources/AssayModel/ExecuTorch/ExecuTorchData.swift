/// Where constants of a program are: in a segment, inline in the FlatBuffer, by name in the program or
/// in a file of external weights.
struct ExecuTorchData {
  typealias Schema = ExecuTorchSchema.Program

  private struct SubSegments {
    var segment: Int
    var offsets: [UInt64]
    var position: Int
  }

  private let segments: ExecuTorchSegments
  private let external: ExternalTensors?
  private let inline: FlatTables
  private var constants: SubSegments?
  private var mutables: [SubSegments] = []
  private var named: [String: Int] = [:]

  init(
    _ root: FlatTable, segments: ExecuTorchSegments, external: ExternalTensors?, limits: ModelLimits
  ) throws(ModelError) {
    self.segments = segments
    self.external = external
    inline = try root.tables(Schema.constantBuffer).limited(to: limits.tensors)
    if let table = try root.table(Schema.constantSegment) {
      constants = try Self.subSegments(table, limits)
    }
    let tables = try root.tables(Schema.mutableSegments).limited(to: limits.subgraphs)
    for index in 0..<tables.count { mutables.append(try Self.subSegments(tables.table(index), limits)) }
    let entries = try root.tables(Schema.namedData).limited(to: limits.tensors)
    for index in 0..<entries.count {
      let entry = try entries.table(index)
      let segment: UInt32 = try entry.integer(ExecuTorchSchema.NamedData.segment)
      named[try entry.shownText(ExecuTorchSchema.NamedData.key, limits)] = Int(segment)
    }
  }

  private static func subSegments(_ table: FlatTable, _ limits: ModelLimits) throws(ModelError) -> SubSegments
  {
    let segment: UInt32 = try table.integer(ExecuTorchSchema.SubSegments.segment)
    let offsets = try table.integers(
      ExecuTorchSchema.SubSegments.offsets, as: UInt64.self, limit: limits.tensors)
    return SubSegments(segment: Int(segment), offsets: offsets ?? [], position: table.position)
  }

  /// Constant `index`, `count` bytes long.
  func constant(_ index: Int, byteCount count: Int, at position: Int) throws(ModelError) -> ConstantRange {
    if let constants, !constants.offsets.isEmpty {
      return try range(constants, index, count, at: position, "constant")
    }
    guard index < inline.count else {
      throw ModelError(.malformed, at: position, "constant \(index) of \(inline.count) does not exist")
    }
    guard let bytes = try inline.table(index).bytes(ExecuTorchSchema.Buffer.storage), bytes.count >= count
    else {
      throw ModelError(.malformed, at: position, "constant \(index) is shorter than \(count) bytes")
    }
    return ConstantRange(bytes: bytes.prefix(count))
  }

  /// What a mutable buffer starts with.
  func initialValue(
    segment: UInt64, _ index: Int, byteCount count: Int, at position: Int
  ) throws(ModelError) -> ConstantRange {
    guard segment < UInt64(mutables.count) else {
      throw ModelError(
        .malformed, at: position, "mutable segment \(segment) of \(mutables.count) does not exist")
    }
    return try range(mutables[Int(segment)], index, count, at: position, "initial value")
  }

  private func range(
    _ group: SubSegments, _ index: Int, _ count: Int, at position: Int, _ what: String
  ) throws(ModelError) -> ConstantRange {
    guard group.offsets.indices.contains(index) else {
      throw ModelError(
        .malformed, at: position, "\(what) \(index) of \(group.offsets.count) does not exist")
    }
    return ConstantRange(
      bytes: try segments.bytes(count, at: group.offsets[index], in: group.segment, table: position))
  }

  /// A weight by its name, in the program's own named data or in the external file.
  func named(
    _ name: String, _ type: ElementType, _ shape: [Int], byteCount count: Int, at position: Int
  ) throws(ModelError) -> ConstantRange {
    if let segment = named[name] {
      return ConstantRange(bytes: try segments.bytes(count, at: 0, in: segment, table: position))
    }
    guard let external else {
      throw ModelError(
        .invalid, at: position, "weight \"\(name)\" lies in another file: give its .ptd with --data")
    }
    return try external.constant(name, type, shape, byteCount: count)
  }
}

/// Weights outside the program: a `.ptd` file (FlatTensor).
struct ExternalTensors {
  private struct Entry {
    var segment: Int
    var type: ElementType?
    var shape: [Int]
    var position: Int
  }

  private let segments: ExecuTorchSegments
  private var entries: [String: Entry] = [:]

  init(_ bytes: [UInt8], limits: ModelLimits) throws(ModelError) {
    do throws(ModelError) {
      try self.init(checking: bytes, limits)
    } catch { throw error.placed(in: "external weights (.ptd)") }
  }

  private init(checking bytes: [UInt8], _ limits: ModelLimits) throws(ModelError) {
    guard FlatBuffer.identifier(of: bytes) == ExecuTorchSchema.tensors else {
      throw ModelError(.notAModel, at: 4, "the identifier \(ExecuTorchSchema.tensors) is missing")
    }
    let buffer = FlatBuffer(bytes, limits: limits, checksTableSizes: false)
    guard bytes.count >= 48, Array(bytes[8..<12]) == Array("FH01".utf8) else {
      throw ModelError(.malformed, at: 8, "the header FH01 is missing")
    }
    let base = try buffer.integer(at: 32, as: UInt64.self, "segment base")
    guard base <= UInt64(bytes.count) else {
      throw ModelError(.malformed, at: 32, "segments start at \(base), beyond the file")
    }
    var segments = ExecuTorchSegments(base: Int(base), fileByteCount: bytes.count)
    let root = try buffer.root()
    try segments.read(root.tables(ExecuTorchSchema.FlatTensors.segments).limited(to: limits.tensors))
    self.segments = segments
    let tables = try root.tables(ExecuTorchSchema.FlatTensors.namedData).limited(to: limits.tensors)
    for index in 0..<tables.count {
      let table = try tables.table(index)
      let segment: UInt32 = try table.integer(ExecuTorchSchema.NamedData.segment)
      let name = try table.shownText(ExecuTorchSchema.NamedData.key, limits)
      entries[name] = try Self.entry(table, Int(segment), limits)
    }
  }

  private static func entry(
    _ table: FlatTable, _ segment: Int, _ limits: ModelLimits
  ) throws(ModelError) -> Entry {
    var entry = Entry(segment: segment, type: nil, shape: [], position: table.position)
    guard let layout = try table.table(ExecuTorchSchema.NamedData.layout) else { return entry }
    entry.type = ExecuTorchSchema.elementType(try layout.integer(ExecuTorchSchema.TensorLayout.type))
    let sizes = try layout.integers(ExecuTorchSchema.TensorLayout.sizes, as: Int32.self, limit: limits.rank)
    entry.shape = (sizes ?? []).map { Int($0) }
    return entry
  }

  /// The range of a weight, in the graph's second storage buffer.
  func constant(
    _ name: String, _ type: ElementType, _ shape: [Int], byteCount count: Int
  ) throws(ModelError) -> ConstantRange {
    guard let entry = entries[name] else {
      throw ModelError(.invalid, in: "external weights (.ptd)", "no weight \"\(name)\"")
    }
    guard entry.type == nil || entry.type == type && entry.shape == shape else {
      throw ModelError(
        .invalid, at: entry.position, in: "external weights (.ptd)",
        "\"\(name)\" is \(entry.type?.rawValue ?? "?") \(entry.shape), the program takes \(type.rawValue) \(shape)"
      )
    }
    do throws(ModelError) {
      return ConstantRange(
        buffer: 1, bytes: try segments.bytes(count, at: 0, in: entry.segment, table: entry.position))
    } catch { throw error.placed(in: "external weights (.ptd), \"\(name)\"") }
  }
}
