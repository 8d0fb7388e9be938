// What an operation leaves behind when power fails while it runs.
//
// Cutting only *between* operations never shows a record whose checksum covers too little: in
// 529 of 80,000 simulated cuts with a random subset of bits, ESP-IDF's otadata (its CRC covers
// only the sequence number) made an unconfirmed image bootable without monitoring.

extension Flash {
  /// Applies the part of `operation` that happened before power failed.
  ///
  /// `data[source...]` is what a program operation was to write.
  mutating func tear(
    _ operation: FlashOperation, from data: [UInt8], at source: Int, mode: TearMode,
    random: inout SeededRandom
  ) {
    guard mode != .before, !isDefective(sector: operation.sector) else { return }
    switch operation.kind {
    case .program: tearProgram(operation, from: data, at: source, mode: mode, random: &random)
    case .erase: tearErase(sector: operation.sector, mode: mode, random: &random)
    }
  }

  private mutating func tearProgram(
    _ operation: FlashOperation, from data: [UInt8], at source: Int, mode: TearMode,
    random: inout SeededRandom
  ) {
    var content = sectors[operation.sector]
    let done = mode == .prefix ? random.below(operation.count) : operation.count
    let density = random.within(1...15)
    for index in 0..<done {
      let keep = mode == .prefix ? 0 : ~random.bits(sixteenths: density)
      content[operation.offset + index] &= data[source + index] | keep
    }
    if mode == .disturbed { disturb(&content, random: &random) }
    leave(content, sector: operation.sector)
  }

  private mutating func tearErase(sector: Int, mode: TearMode, random: inout SeededRandom) {
    var content = sectors[sector]
    var weak = [UInt8](repeating: 0, count: content.count)
    let done = mode == .prefix ? random.within(1...content.count - 1) : content.count
    // 16: the sector reads blank, and is not.
    let density = mode == .disturbed ? 15 : random.within(1...16)
    for index in 0..<done {
      let raised = mode == .prefix ? 0xFF : random.bits(sixteenths: density)
      // A bit that was 0 and reads 1 after half an erase may be 0 again tomorrow.
      if mode != .prefix { weak[index] = raised & ~content[index] & random.bits(sixteenths: 4) }
      content[index] |= raised
    }
    if mode == .disturbed { disturb(&content, random: &random) }
    countErase(of: sector)
    leave(content, sector: sector)
    if mode != .prefix { weaken(sector: sector, mask: weak, bootsLeft: random.below(2)) }
  }

  /// Clears a few bits anywhere in the sector.
  private func disturb(_ content: inout [UInt8], random: inout SeededRandom) {
    for _ in 0..<random.within(1...32) {
      content[random.below(content.count)] &= ~(1 << UInt8(random.below(8)))
    }
  }
}

extension SeededRandom {
  /// Eight bits, each 1 with probability `sixteenths` / 16.
  mutating func bits(sixteenths: Int) -> UInt8 {
    let draw = next()
    var bits: UInt8 = 0
    for index in 0..<8 where Int(draw >> (8 * UInt64(index)) & 15) < sixteenths { bits |= 1 << UInt8(index) }
    return bits
  }
}
