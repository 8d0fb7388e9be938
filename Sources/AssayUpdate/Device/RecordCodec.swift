internal import AssayFiles

/// The record as bytes: little-endian fields, then a CRC-32 over *everything* before it.
///
///     'A' 'O' version 'R' | sequence u32 | length u16 | fields ... | crc u32
///
/// Header and checksum are the same in every version: a firmware that does not know a version still
/// sees that there is a whole record, and how new it is. It must not guess what the record says, and
/// must not overwrite it while it is the newest one. The sequence number orders the two copies. 0xFFFFFFFF is what erased flash reads, so it is
/// never used; after it comes 0, and the comparison is circular.
enum RecordCodec {
  static let version = UInt8(ascii: "1")
  static let headerBytes = 10
  static let checksumBytes = 4
  static let limitBytes = FlashGeometry.sectorBytes

  /// The sequence number after `sequence`.
  static func next(after sequence: UInt32) -> UInt32 {
    let next = sequence &+ 1
    return next == .max ? 0 : next
  }

  /// True when `a` was written after `b`, also across the wrap.
  static func isNewer(_ a: UInt32, than b: UInt32) -> Bool { a != b && a &- b < 1 << 31 }

  static func encode(_ record: DeviceRecord, sequence: UInt32) -> [UInt8] {
    var fields = ByteWriter()
    write(record, to: &fields)
    return frame(fields.bytes, sequence: sequence, version: version)
  }

  /// Header and checksum around the fields of any version.
  static func frame(_ fields: [UInt8], sequence: UInt32, version: UInt8) -> [UInt8] {
    var bytes = ByteWriter()
    bytes.reserve(headerBytes + fields.count + checksumBytes)
    bytes.raw([UInt8(ascii: "A"), UInt8(ascii: "O"), version, UInt8(ascii: "R")])
    bytes.u32(sequence)
    bytes.u16(UInt16(truncatingIfNeeded: fields.count))
    bytes.raw(fields)
    bytes.u32(CRC32.value(of: bytes.bytes))
    return bytes.bytes
  }

  /// The record in a sector; nil when it is erased, torn, of another version, or anything but a whole
  /// record.
  ///
  /// - Parameter accepts: has the last word on whether the checksum is right.
  static func decode(
    _ sector: [UInt8], flaws: DeviceFlaws = [], accepts: (Bool) -> Bool = { $0 }
  ) -> (record: DeviceRecord, sequence: UInt32)? {
    guard let header = Header(sector) else { return nil }
    guard header.version == version || flaws.contains(.readsUnknownRecord) else { return nil }
    guard accepts(header.isWhole(sector)) || flaws.contains(.recordChecksumIgnored) else { return nil }
    var fields = ByteReader(Array(sector[headerBytes..<header.end]))
    guard let record = readRecord(&fields) else { return nil }
    return (record, header.sequence)
  }

  /// The sequence number of a whole record of a version that this firmware does not know.
  static func unknownSequence(_ sector: [UInt8]) -> UInt32? {
    guard let header = Header(sector), header.version != version, header.isWhole(sector) else { return nil }
    return header.sequence
  }

  /// What every version begins with.
  private struct Header {
    let version: UInt8
    let sequence: UInt32
    /// Where the fields end and the checksum stands.
    let end: Int

    init?(_ sector: [UInt8]) {
      var reader = ByteReader(sector)
      guard reader.u8() == UInt8(ascii: "A"), reader.u8() == UInt8(ascii: "O"), let version = reader.u8(),
        reader.u8() == UInt8(ascii: "R"), let sequence = reader.u32(), sequence != .max,
        let length = reader.u16().map(Int.init), headerBytes + length + checksumBytes <= sector.count
      else { return nil }
      self.version = version
      self.sequence = sequence
      end = headerBytes + length
    }

    func isWhole(_ sector: [UInt8]) -> Bool {
      var trailer = ByteReader(Array(sector[end..<end + checksumBytes]))
      var checksum = CRC32()
      checksum.update(sector.span.extracting(0..<end))
      return trailer.u32() == checksum.value
    }
  }
}

// Fields in the order of the format.
extension RecordCodec {
  private static func write(_ record: DeviceRecord, to out: inout ByteWriter) {
    out.u8(record.phase.rawValue)
    out.u8(record.active?.rawValue ?? 0xFE)
    out.u8(record.candidate?.rawValue ?? 0xFE)
    for slot in SlotIndex.allCases { write(record[slot], to: &out) }
    out.version(record.floor)
    out.u32(record.assignment)
    out.u8(record.isSettled ? 1 : 0)
    out.text(record.manifestTag)
    write(record.download, to: &out)
    out.u8(UInt8(truncatingIfNeeded: record.quarantine.count))
    for digest in record.quarantine { out.raw(digest.bytes) }
    out.u8(UInt8(truncatingIfNeeded: record.reports.count))
    for report in record.reports { write(report, to: &out) }
    out.u32(record.nextReport)
  }

  private static func write(_ content: DeviceRecord.Content?, to out: inout ByteWriter) {
    guard let content else { return out.u8(0) }
    out.u8(1)
    out.raw(content.digest.bytes)
    out.u32(content.sizeBytes)
    out.version(content.version)
    out.u32(content.assignment)
    out.u16(content.confirmSeconds)
  }

  private static func write(_ download: DeviceRecord.Download?, to out: inout ByteWriter) {
    guard let download else { return out.u8(0) }
    out.u8(1)
    out.raw(download.digest.bytes)
    out.text(download.tag)
    out.u32(download.sectorsDone)
    out.u8(download.failures)
  }

  private static func write(_ report: Report, to out: inout ByteWriter) {
    out.u32(report.assignment)
    out.u32(report.sequence)
    out.u8(report.status.code)
    out.u8(report.reason.code)
    out.u8(report.running == nil ? 0 : 1)
    if let running = report.running { out.raw(running.bytes) }
  }

  private static func readRecord(_ bytes: inout ByteReader) -> DeviceRecord? {
    var record = DeviceRecord()
    guard let phase = bytes.u8().flatMap(DeviceRecord.Phase.init), let active = bytes.u8(),
      let candidate = bytes.u8(), let zero = readContent(&bytes), let one = readContent(&bytes),
      let floor = bytes.version(), let assignment = bytes.u32(), let settled = bytes.u8(),
      let tag = bytes.text(), let download = readDownload(&bytes), let quarantine = readQuarantine(&bytes),
      let reports = readReports(&bytes), let nextReport = bytes.u32()
    else { return nil }
    record.phase = phase
    record.active = SlotIndex(rawValue: active)
    record.candidate = SlotIndex(rawValue: candidate)
    record.slotZero = zero.value
    record.slotOne = one.value
    record.floor = floor
    record.assignment = assignment
    record.isSettled = settled == 1
    record.manifestTag = tag
    record.download = download.value
    record.quarantine = quarantine
    record.reports = reports
    record.nextReport = nextReport
    return record
  }

  /// A field that may be absent, once it has been read.
  private struct Optionally<Value> { let value: Value? }

  private static func readContent(_ bytes: inout ByteReader) -> Optionally<DeviceRecord.Content>? {
    guard let marker = bytes.u8() else { return nil }
    guard marker != 0 else { return Optionally(value: nil) }
    guard let digest = bytes.digest(), let size = bytes.u32(), let version = bytes.version(),
      let assignment = bytes.u32(), let seconds = bytes.u16()
    else { return nil }
    return Optionally(
      value: DeviceRecord.Content(
        digest: digest, sizeBytes: size, version: version, assignment: assignment,
        confirmSeconds: seconds))
  }

  private static func readDownload(_ bytes: inout ByteReader) -> Optionally<DeviceRecord.Download>? {
    guard let marker = bytes.u8() else { return nil }
    guard marker != 0 else { return Optionally(value: nil) }
    guard let digest = bytes.digest(), let tag = bytes.text(), let done = bytes.u32(),
      let failures = bytes.u8()
    else { return nil }
    return Optionally(
      value: DeviceRecord.Download(digest: digest, tag: tag, sectorsDone: done, failures: failures))
  }

  private static func readQuarantine(_ bytes: inout ByteReader) -> [ImageDigest]? {
    guard let count = bytes.u8(), Int(count) <= DeviceRecord.quarantineLimit else { return nil }
    var digests: [ImageDigest] = []
    for _ in 0..<count {
      guard let digest = bytes.digest() else { return nil }
      digests.append(digest)
    }
    return digests
  }

  private static func readReports(_ bytes: inout ByteReader) -> [Report]? {
    guard let count = bytes.u8(), Int(count) <= DeviceRecord.reportLimit else { return nil }
    var reports: [Report] = []
    for _ in 0..<count {
      guard let report = readReport(&bytes) else { return nil }
      reports.append(report)
    }
    return reports
  }

  private static func readReport(_ bytes: inout ByteReader) -> Report? {
    guard let assignment = bytes.u32(), let sequence = bytes.u32(), let status = bytes.u8(),
      Int(status) < Report.Status.allCases.count, let reason = bytes.u8().flatMap(Reason.init(code:)),
      let marker = bytes.u8()
    else { return nil }
    var running: ImageDigest?
    if marker != 0 {
      guard let digest = bytes.digest() else { return nil }
      running = digest
    }
    return Report(
      assignment: assignment, sequence: sequence, status: Report.Status.allCases[Int(status)],
      reason: reason, running: running)
  }
}
