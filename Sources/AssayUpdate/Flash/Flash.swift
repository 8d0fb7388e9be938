/// A NOR flash chip: erase sets 4 KiB to 0xFF, program only clears bits.
///
/// A value: a copy shares every sector with its original until one of them writes it, so that
/// forking the whole chip at each operation of a 1 MiB update costs microseconds.
public struct Flash: Sendable {
  public let geometry: FlashGeometry
  var sectors: [[UInt8]]
  /// Erases of each sector since manufacture. NOR flash of these modules is rated for 100,000.
  public private(set) var erases: [UInt32]
  /// Bits that read 1 now and will read 0 later, per sector: an erase that power interrupted.
  private var weakBits: [Int: WeakBits] = [:]
  private var defects: [Int: SectorDefect] = [:]

  private struct WeakBits {
    let mask: [UInt8]
    /// Power-ups they survive.
    var bootsLeft: Int
  }

  static let erasedSector = [UInt8](repeating: 0xFF, count: FlashGeometry.sectorBytes)

  /// An erased chip.
  public init(geometry: FlashGeometry) {
    self.geometry = geometry
    sectors = Array(repeating: Self.erasedSector, count: geometry.sectorCount)
    erases = Array(repeating: 0, count: geometry.sectorCount)
  }

  /// The bytes of a range that may cross sectors.
  public func read(at address: Int, count: Int) throws(FlashFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    var position = address
    while bytes.count < count {
      let sector = position / FlashGeometry.sectorBytes
      let offset = position % FlashGeometry.sectorBytes
      let part = min(count - bytes.count, FlashGeometry.sectorBytes - offset)
      guard defects[sector] != .readError else { throw .readFailed(sector: sector) }
      bytes += sectors[sector][offset..<offset + part]
      position += part
    }
    return bytes
  }

  /// Erases one sector.
  mutating func erase(sector: Int) throws(FlashFailure) {
    switch defects[sector] {
    case .eraseError: throw .eraseFailed(sector: sector)
    case .silentErase: return
    default: break
    }
    sectors[sector] = Self.erasedSector
    erases[sector] += 1
    if !weakBits.isEmpty { weakBits[sector] = nil }
  }

  /// Clears the bits of `data[source]` that are 0, from `operation.address` on, inside one page.
  ///
  /// Returns false when a bit that should become 1 was 0: somebody programs what is not erased.
  mutating func program(
    _ operation: FlashOperation, from data: [UInt8], at source: Int
  ) throws(FlashFailure) -> Bool {
    switch defects[operation.sector] {
    case .programError: throw .programFailed(sector: operation.sector)
    case .silentProgram: return true
    default: break
    }
    return clearBits(of: operation, from: data, at: source)
  }

  private mutating func clearBits(of operation: FlashOperation, from data: [UInt8], at source: Int) -> Bool {
    let new = data.span.extracting(source..<source + operation.count)
    let offset = operation.offset
    var sector = sectors[operation.sector].mutableSpan
    var missed: UInt8 = 0
    for index in 0..<operation.count {
      let cleared = sector[offset + index] & new[index]
      missed |= cleared ^ new[index]
      sector[offset + index] = cleared
    }
    return missed == 0
  }
}

// What faults do to the chip.
extension Flash {
  /// Gives a sector a defect, or cures it.
  public mutating func setDefect(_ defect: SectorDefect?, sector: Int) { defects[sector] = defect }

  /// True when the sector cannot keep what is written to it.
  public func isDefective(sector: Int) -> Bool { defects[sector] != nil }

  /// True when any sector is defective.
  public var hasDefects: Bool { !defects.isEmpty }

  /// True when reading the sector fails.
  public func isUnreadable(sector: Int) -> Bool { !defects.isEmpty && defects[sector] == .readError }

  /// Replaces one byte whatever it was: bit rot, or a pattern put there by a test.
  public mutating func overwrite(at address: Int, with byte: UInt8) {
    sectors[address / FlashGeometry.sectorBytes][address % FlashGeometry.sectorBytes] = byte
  }

  /// Changes one bit of a sector, as flash does over the years.
  mutating func rot(sector: Int) { sectors[sector][11] ^= 0x10 }

  /// Puts a whole image into a slot as the factory does: no operations, no wear.
  public mutating func preload(_ image: [UInt8], slot: SlotIndex) {
    for (sector, content) in zip(geometry.sectors(of: slot), Self.sectors(of: image)) {
      sectors[sector] = content
    }
  }

  /// Puts a record into a record sector as the factory does.
  mutating func preload(record: DeviceRecord, copy: RecordCopy, sequence: UInt32) {
    let bytes = RecordCodec.encode(record, sequence: sequence)
    sectors[geometry.recordSector(copy)] = bytes + Self.erasedSector[bytes.count...]
  }

  /// Replaces a sector's content by what an interrupted operation left.
  mutating func leave(_ content: [UInt8], sector: Int) {
    sectors[sector] = content
    weakBits[sector] = nil
  }

  /// True when every byte reads 0xFF, which a torn erase may do as well.
  func isBlank(sector: Int) -> Bool { sectors[sector] == Self.erasedSector }

  /// True when the sector was not wholly erased since power interrupted an erase.
  func isWeak(sector: Int) -> Bool { weakBits[sector] != nil }

  /// An erase that power interrupted wears the sector like a whole one.
  mutating func countErase(of sector: Int) { erases[sector] += 1 }

  /// Power comes back: weak bits give way, at once or the next time.
  mutating func settleWeakBits() {
    for (sector, weak) in weakBits {
      guard weak.bootsLeft <= 0 else { weakBits[sector]?.bootsLeft -= 1; continue }
      for index in weak.mask.indices { sectors[sector][index] &= ~weak.mask[index] }
      weakBits[sector] = nil
    }
  }

  /// Marks bits of a sector as reading 1 now and 0 after this many more power-ups.
  public mutating func weaken(sector: Int, mask: [UInt8], bootsLeft: Int = 0) {
    weakBits[sector] = WeakBits(mask: mask, bootsLeft: bootsLeft)
  }
}
