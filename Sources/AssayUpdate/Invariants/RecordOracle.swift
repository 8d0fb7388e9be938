internal import AssayFiles

/// What the two record sectors say, read without the device's help.
struct RecordOracle {
  struct Entry: Equatable {
    let record: DeviceRecord
    let sequence: UInt32
  }

  private var copies: [Entry?] = [nil, nil]
  /// Sequence numbers of whole records in a version that nobody here can read.
  private var unknown: [UInt32?] = [nil, nil]

  init() {}

  init(_ flash: Flash) {
    for copy in RecordCopy.allCases { update(copy, flash) }
  }

  /// Reads one sector again.
  mutating func update(_ copy: RecordCopy, _ flash: Flash) {
    let sector = flash.sectors[flash.geometry.recordSector(copy)]
    copies[copy.number] = Self.entry(sector)
    unknown[copy.number] = copies[copy.number] == nil ? RecordCodec.unknownSequence(sector) : nil
  }

  /// The sector whose record decides the next boot; nil when neither holds a whole one.
  var live: RecordCopy? {
    switch (sequence(0), sequence(1)) {
    case (nil, nil): nil
    case (.some, nil): .zero
    case (nil, .some): .one
    case (.some(let zero), .some(let one)): Self.isLater(one, than: zero) ? .one : .zero
    }
  }

  private func sequence(_ copy: Int) -> UInt32? { copies[copy]?.sequence ?? unknown[copy] }

  /// True when number `a` was written after `b`, with the wrap from 2^32 - 1 to 0: RFC 1982, written
  /// out again, so that a device that compares otherwise is noticed.
  static func isLater(_ a: UInt32, than b: UInt32) -> Bool {
    let ahead = (Int64(a) - Int64(b) + 1 << 32) % (1 << 32)
    return ahead > 0 && ahead < 1 << 31
  }

  /// The record that decides the next boot; nil as well when it is one that nobody here can read.
  var best: Entry? { live.flatMap { copies[$0.number] } }

  /// A whole record: the checksum is computed here, over every byte before it.
  private static func entry(_ sector: [UInt8]) -> Entry? {
    guard sector[0] == 0x41, sector[1] == 0x4F, sector[2] == 0x31, sector[3] == 0x52 else { return nil }
    let checked = RecordCodec.headerBytes + Int(sector[8]) + Int(sector[9]) << 8
    guard checked + RecordCodec.checksumBytes <= sector.count else { return nil }
    var checksum = CRC32()
    checksum.update(sector.span.extracting(0..<checked))
    let stored = (0..<4).reduce(UInt32(0)) { $0 | UInt32(sector[checked + $1]) << (8 * UInt32($1)) }
    guard stored == checksum.value, let (record, sequence) = RecordCodec.decode(sector) else { return nil }
    return Entry(record: record, sequence: sequence)
  }
}
