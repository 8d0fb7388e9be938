/// One allocation, filled with one byte, aligned to 64 bytes and freed with its owner.
///
/// Nothing above the interpreter sees its pointer.
@safe struct AlignedBuffer: ~Copyable {
  let base: UnsafeMutableRawPointer
  let byteCount: Int

  init(byteCount: Int, fill: UInt8 = 0) {
    self.byteCount = byteCount
    // At least one byte, so that an empty arena still has an address.
    unsafe base = .allocate(byteCount: max(byteCount, 1), alignment: 64)
    unsafe base.initializeMemory(as: UInt8.self, repeating: fill, count: max(byteCount, 1))
  }

  deinit { unsafe base.deallocate() }

  func fill(_ range: Range<Int>, with byte: UInt8) {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
    unsafe (base + range.lowerBound).initializeMemory(as: UInt8.self, repeating: byte, count: range.count)
  }
}
