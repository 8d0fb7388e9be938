/// Reads the `OfflineMemoryAllocation` table: arena offsets that the model's exporter fixed.
struct TFLiteOfflinePlan {
  typealias Schema = TFLiteSchema.Metadata

  static let name = "OfflineMemoryAllocation"

  let buffers: TFLiteBuffers
  let limits: ModelLimits

  /// Offsets of all tensors of all subgraphs; `nil` when the model has no such table.
  func offsets(_ model: FlatTable, tensors: [Tensor]) throws(ModelError) -> [Int32]? {
    let entries = try model.tables(TFLiteSchema.Model.metadata).limited(to: limits.tensors)
    var found: [Int32]?
    for index in 0..<entries.count {
      do throws(ModelError) {
        let entry = try entries.table(index)
        guard try isOfflinePlan(entry) else { continue }
        guard found == nil else {
          throw ModelError(.invalid, at: entry.position, "a second \(Self.name)")
        }
        found = try words(entry)
        try check(found ?? [], against: tensors, at: entry.position)
      } catch {
        throw error.placed(in: "metadata \(index)")
      }
    }
    return found
  }

  private func isOfflinePlan(_ entry: FlatTable) throws(ModelError) -> Bool {
    guard let range = try entry.string(Schema.name) else { return false }
    return entry.buffer.bytes[range].elementsEqual(Self.name.utf8)
  }

  /// The offsets behind the table's version, subgraph and count.
  private func words(_ entry: FlatTable) throws(ModelError) -> [Int32] {
    let index = Int(try entry.integer(Schema.buffer, default: UInt32.zero))
    guard buffers.contents.indices.contains(index), let bytes = buffers.contents[index]?.bytes else {
      throw ModelError(.invalid, at: entry.position, "\(Self.name): buffer \(index) is empty or missing")
    }
    guard bytes.count >= 12, bytes.count % 4 == 0 else {
      throw ModelError(.invalid, at: bytes.lowerBound, "\(Self.name): \(bytes.count) bytes")
    }
    let words: [Int32] = stride(from: bytes.lowerBound, to: bytes.upperBound, by: 4).map {
      entry.buffer.loaded(at: $0)
    }
    guard words[0] == 1 else {
      throw ModelError(.unsupported, at: bytes.lowerBound, "\(Self.name): version \(words[0]) is not 1")
    }
    guard Int(words[2]) == words.count - 3 else {
      throw ModelError(
        .invalid, at: bytes.lowerBound + 8,
        "\(Self.name): \(words[2]) offsets are announced, \(words.count - 3) are there")
    }
    return Array(words[3...])
  }

  private func check(
    _ offsets: [Int32], against tensors: [Tensor], at position: Int
  ) throws(ModelError) {
    guard offsets.count == tensors.count else {
      throw ModelError(
        .invalid, at: position, "\(Self.name): \(offsets.count) offsets for \(tensors.count) tensors")
    }
    for (index, (offset, tensor)) in zip(offsets, tensors).enumerated() where offset != -1 {
      // The arena aligns every tensor to 16 bytes, and kernels rely on it.
      guard offset >= 0, offset % 16 == 0 else {
        throw ModelError(
          .invalid, at: position, "\(Self.name): offset \(offset) of tensor \(index) is not a multiple of 16")
      }
      guard Int(offset) + tensor.byteCount <= limits.activationBytes else {
        throw ModelError(
          .limit, at: position, "\(Self.name): tensor \(index) ends beyond \(limits.activationBytes) bytes")
      }
    }
  }
}
