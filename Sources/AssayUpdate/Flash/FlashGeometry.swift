/// Where things are on the simulated flash chip, in bytes from its start.
///
///     | firmware | slot 0 | slot 1 | record 0 | record 1 | other data |
///
/// Slots begin on 64 KiB boundaries, because the ESP32-S3 maps flash into its data cache in pages
/// of that size. The device may write the slots and the two record sectors and nothing else.
public struct FlashGeometry: Sendable, Equatable {
  /// The smallest erasable unit, in bytes.
  public static let sectorBytes = 4096
  /// The largest unit of one program operation, in bytes; it never crosses its own boundary.
  public static let pageBytes = 256
  /// The alignment of a mapped slot, in bytes.
  public static let slotAlignmentBytes = 65536
  /// Size limit of one slot, in bytes: half of the largest flash of an ESP32-S3 module (32 MiB).
  public static let largestSlotBytes = 16 << 20

  /// Size of each of the two model slots, in bytes.
  public let slotBytes: Int

  /// Nil unless `slotBytes` is a positive multiple of 64 KiB within the limit.
  public init?(slotBytes: Int) {
    guard slotBytes > 0, slotBytes <= Self.largestSlotBytes, slotBytes % Self.slotAlignmentBytes == 0
    else { return nil }
    self.slotBytes = slotBytes
  }

  /// The smallest geometry whose slot holds `imageBytes`; nil above the limit.
  public init?(fitting imageBytes: Int) {
    guard imageBytes <= Self.largestSlotBytes else { return nil }
    let aligned = (max(1, imageBytes) + Self.slotAlignmentBytes - 1) / Self.slotAlignmentBytes
    self.init(slotBytes: aligned * Self.slotAlignmentBytes)
  }

  /// Sectors of one slot.
  public var slotSectors: Int { slotBytes / Self.sectorBytes }

  /// Sectors of the whole chip.
  public var sectorCount: Int { firstRecordSector + 2 + Self.otherSectors }

  /// First sector of a slot.
  public func firstSector(of slot: SlotIndex) -> Int {
    Self.firmwareSectors + slot.number * slotSectors
  }

  /// The sectors of a slot.
  public func sectors(of slot: SlotIndex) -> Range<Int> {
    let first = firstSector(of: slot)
    return first..<first + slotSectors
  }

  /// First byte of a slot.
  public func address(of slot: SlotIndex) -> Int { firstSector(of: slot) * Self.sectorBytes }

  /// The sector that holds one of the two copies of the device's record.
  public func recordSector(_ copy: RecordCopy) -> Int { firstRecordSector + copy.number }

  /// What a sector is for.
  public func region(ofSector sector: Int) -> FlashRegion {
    for slot in SlotIndex.allCases where sectors(of: slot).contains(sector) { return .slot(slot) }
    for copy in RecordCopy.allCases where recordSector(copy) == sector { return .record(copy) }
    return .outside
  }

  /// True when an operation stays on the chip and inside one sector.
  func contains(_ operation: FlashOperation) -> Bool {
    operation.address >= 0 && operation.count > 0 && operation.sector < sectorCount
      && operation.offset + operation.count <= Self.sectorBytes
  }

  private var firstRecordSector: Int { Self.firmwareSectors + 2 * slotSectors }

  private static let firmwareSectors = 16
  private static let otherSectors = 4
}

/// One of the two model slots.
public enum SlotIndex: UInt8, Sendable, CaseIterable {
  case zero = 0
  case one = 1

  public var other: SlotIndex { self == .zero ? .one : .zero }
  var number: Int { Int(rawValue) }
}

/// One of the two sectors that hold the device's record in turn.
public enum RecordCopy: UInt8, Sendable, CaseIterable {
  case zero = 0
  case one = 1

  public var other: RecordCopy { self == .zero ? .one : .zero }
  var number: Int { Int(rawValue) }
}

/// What a sector of the flash chip is for.
public enum FlashRegion: Sendable, Equatable {
  case slot(SlotIndex)
  case record(RecordCopy)
  /// Firmware, network settings, certificates: never touched by a model update.
  case outside
}

/// How long flash operations take, in microseconds of virtual time.
public struct FlashTimings: Sendable, Equatable {
  public var sectorEraseMicroseconds: Int64
  public var pageProgramMicroseconds: Int64

  /// ESP-IDF's emulation of the module's flash: 37 ms per 4 KiB erase, 6.4 ms per 4 KiB written.
  public static let espIDF = FlashTimings(sectorEraseMicroseconds: 37_000, pageProgramMicroseconds: 400)
}
