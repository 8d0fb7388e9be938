internal import AssayFiles

/// The record as bytes: little-endian fields, then a CRC-32 over *everything* before it.
///
///     magic u32 | sequence u32 | length u16 | fields ... | crc u32
///
/// The sequence number orders the two copies. 0xFFFFFFFF is what erased flash reads, so it is
/// never used; after it comes 0, and the comparison is circular.
enum RecordCodec {
  static let magic: UInt32 = 0x5231_4F41
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
    var bytes = ByteWriter()
    bytes.reserve(headerBytes + fields.bytes.count + checksumBytes)
    bytes.u32(magic)
    bytes.u32(sequence)
    bytes.u16(UInt16(truncatingIfNeeded: fields.bytes.count))
    bytes.raw(fields.bytes)
    bytes.u32(CRC32.value(of: bytes.bytes))
    return bytes.bytes
  }

  /// The record in a sector; nil when it is erased, torn, or anything but a whole record.
  static func decode(_ sector: [UInt8], flaws: DeviceFlaws = []) -> (record: DeviceRecord, sequence: UInt32)?
  {
    var reader = ByteReader(sector)
    guard reader.u32() == magic, let sequence = reader.u32(), sequence != .max,
      let length = reader.u16().map(Int.init), headerBytes + length + checksumBytes <= sector.count
    else { return nil }
    let checked = Array(sector[..<(headerBytes + length)])
    var trailer = ByteReader(Array(sector[(headerBytes + length)...]))
    guard trailer.u32() == CRC32.value(of: checked) || flaws.contains(.recordChecksumIgnored) else {
      return nil
    }
    guard let record = readRecord(&reader) else { return nil }
    return (record, sequence)
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
