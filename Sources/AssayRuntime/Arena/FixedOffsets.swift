import AssayModel

/// Offsets that the model file fixes itself (`OfflineMemoryAllocation` metadata).
extension Graph {
  /// The fixed offset of tensor `position`, counted through all subgraphs; `nil` leaves it to the
  /// planner.
  func fixedOffset(_ position: Int) -> Int? {
    guard let offlineOffsets, offlineOffsets.indices.contains(position), offlineOffsets[position] != -1
    else { return nil }
    return Int(offlineOffsets[position])
  }

  /// The runtime takes these offsets on trust; here they come from an untrusted file.
  func checkFixedOffsets() throws(ModelError) {
    guard let offlineOffsets else { return }
    let place = "OfflineMemoryAllocation"
    let tensors = subgraphs.reduce(0) { $0 + $1.tensors.count }
    guard offlineOffsets.count == tensors else {
      throw ModelError(.invalid, in: place, "\(offlineOffsets.count) offsets for \(tensors) tensors")
    }
    for (position, offset) in offlineOffsets.enumerated() where offset != -1 {
      guard offset >= 0 else {
        throw ModelError(.invalid, in: place, "offset \(offset) of tensor \(position) is negative")
      }
      guard Int(offset).isMultiple(of: DeviceStructures.bufferAlignment) else {
        throw ModelError(
          .invalid, in: place, "offset \(offset) of tensor \(position) is not a multiple of 16")
      }
    }
  }
}
