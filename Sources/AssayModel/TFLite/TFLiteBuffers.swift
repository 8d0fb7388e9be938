/// The model's buffers: where the bytes of constants are.
struct TFLiteBuffers {
  /// One buffer: its bytes in the file, and whether they lie outside the FlatBuffer itself.
  struct Contents {
    var bytes: Range<Int>
    var isOutside: Bool
  }

  /// By buffer index; `nil` for the empty buffers of computed tensors.
  let contents: [Contents?]

  init(_ model: FlatTable, limits: ModelLimits) throws(ModelError) {
    guard model.has(TFLiteSchema.Model.buffers) else {
      throw ModelError(.malformed, at: model.position, "the model has no buffers")
    }
    // Tensors, and metadata beside them, name buffers; more than this nobody could refer to.
    let tables = try model.tables(TFLiteSchema.Model.buffers).limited(to: 2 * limits.tensors)
    var contents: [Contents?] = []
    contents.reserveCapacity(tables.count)
    for index in 0..<tables.count {
      do throws(ModelError) {
        contents.append(try Self.contents(of: tables.table(index)))
      } catch {
        throw error.placed(in: "buffer \(index)")
      }
    }
    self.contents = contents
  }

  private static func contents(of table: FlatTable) throws(ModelError) -> Contents? {
    if let bytes = try table.bytes(TFLiteSchema.Buffer.data), !bytes.isEmpty {
      return Contents(bytes: bytes, isOutside: false)
    }
    let offset: UInt64 = try table.integer(TFLiteSchema.Buffer.offset)
    let size: UInt64 = try table.integer(TFLiteSchema.Buffer.size)
    // The exporter writes offset 1 as a placeholder before it knows the real one.
    guard offset > 1 else { return nil }
    let file = UInt64(table.buffer.bytes.count)
    guard offset <= file, size <= file - offset else {
      throw ModelError(
        .malformed, at: table.position,
        "\(size) bytes at \(offset) end beyond the file of \(file) bytes")
    }
    guard size > 0 else { return nil }
    return Contents(bytes: Int(offset)..<Int(offset + size), isOutside: true)
  }
}
