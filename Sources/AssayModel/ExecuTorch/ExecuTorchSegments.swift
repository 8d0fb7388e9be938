/// Where the data behind a program's FlatBuffer lies: the extended header and the list of segments.
///
/// Every range is checked against the file in 64 bits before it is used.
struct ExecuTorchSegments {
  /// Bytes of the FlatBuffer; data follows it.
  let programByteCount: Int
  private let base: Int
  private let fileByteCount: Int
  private var segments: [Range<Int>] = []

  /// Reads the extended header at byte 8 of a program, which older exporters leave out.
  init(header file: [UInt8], limits: ModelLimits) throws(ModelError) {
    let buffer = FlatBuffer(file, limits: limits)
    fileByteCount = file.count
    guard file.count >= 12, Array(file[8..<12]) == Array("eh00".utf8) else {
      programByteCount = file.count
      base = 0
      return
    }
    let length = try buffer.integer(at: 12, as: UInt32.self, "extended header")
    guard length == 24 || length == 32 else {
      let code: ModelError.Code = length > 32 ? .unsupported : .malformed
      throw ModelError(code, at: 12, "an extended header of \(length) bytes; 24 and 32 are known")
    }
    let program = try buffer.integer(at: 16, as: UInt64.self, "program size")
    let segmentBase = try buffer.integer(at: 24, as: UInt64.self, "segment base")
    guard program >= 8, program <= UInt64(file.count) else {
      throw ModelError(.malformed, at: 16, "a program of \(program) bytes in a file of \(file.count)")
    }
    guard segmentBase <= UInt64(file.count), segmentBase == 0 || segmentBase >= program else {
      throw ModelError(
        .malformed, at: 24, "segments start at \(segmentBase): inside the program, or outside the file")
    }
    programByteCount = Int(program)
    base = Int(segmentBase)
    guard length == 32 else { return }
    let data = try buffer.integer(at: 32, as: UInt64.self, "segment data size")
    guard data <= UInt64(file.count - base) else {
      throw ModelError(.malformed, at: 32, "\(data) bytes of segments at \(base) end beyond the file")
    }
  }

  /// Segments of a file whose data starts at `base`.
  init(base: Int, fileByteCount: Int) {
    programByteCount = fileByteCount
    self.base = base
    self.fileByteCount = fileByteCount
  }

  mutating func read(_ tables: FlatTables) throws(ModelError) {
    for index in 0..<tables.count {
      let table = try tables.table(index)
      let offset: UInt64 = try table.integer(ExecuTorchSchema.Segment.offset)
      let size: UInt64 = try table.integer(ExecuTorchSchema.Segment.size)
      let room = UInt64(fileByteCount - base)
      guard offset <= room, size <= room - offset else {
        throw ModelError(
          .malformed, at: table.position,
          "segment \(index): \(size) bytes at \(base) + \(offset) end beyond the file of \(fileByteCount) bytes"
        )
      }
      segments.append(base + Int(offset)..<base + Int(offset) + Int(size))
    }
  }

  /// The bytes of a segment.
  func bytes(of segment: Int, at position: Int) throws(ModelError) -> Range<Int> {
    guard segments.indices.contains(segment) else {
      throw ModelError(.malformed, at: position, "segment \(segment) of \(segments.count) does not exist")
    }
    return segments[segment]
  }

  /// `count` bytes at `offset` in a segment.
  func bytes(
    _ count: Int, at offset: UInt64, in segment: Int, table position: Int
  ) throws(ModelError) -> Range<Int> {
    let all = try bytes(of: segment, at: position)
    guard offset <= UInt64(all.count), count <= all.count - Int(offset) else {
      throw ModelError(
        .malformed, at: position,
        "\(count) bytes at \(offset) end beyond segment \(segment) of \(all.count) bytes")
    }
    return all.lowerBound + Int(offset)..<all.lowerBound + Int(offset) + count
  }
}
