internal import AssayFiles

/// A gzip file (RFC 1952) whose data is stored, not compressed: every reader takes it, and writing it
/// needs no compressor.
enum GzipStream {
  private static let blockLimit = 65_535

  static func wrap(_ data: [UInt8]) -> [UInt8] {
    // Magic, deflate, no flags, no time, no hints, unknown system.
    var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
    var start = 0
    repeat {
      let end = min(start + blockLimit, data.count)
      bytes.append(end == data.count ? 1 : 0)
      let count = UInt16(end - start)
      bytes += littleEndian(UInt32(count), 2) + littleEndian(UInt32(~count), 2)
      bytes += data[start..<end]
      start = end
    } while start < data.count
    return bytes + littleEndian(CRC32.value(of: data), 4)
      + littleEndian(UInt32(truncatingIfNeeded: data.count), 4)
  }

  private static func littleEndian(_ value: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }
}
