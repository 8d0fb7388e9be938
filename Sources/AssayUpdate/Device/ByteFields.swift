/// Little-endian fields appended to an array.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }
  mutating func u8(_ value: UInt8) { bytes.append(value) }

  mutating func u16(_ value: UInt16) {
    bytes.append(UInt8(truncatingIfNeeded: value))
    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
  }

  mutating func u32(_ value: UInt32) {
    u16(UInt16(truncatingIfNeeded: value))
    u16(UInt16(truncatingIfNeeded: value >> 16))
  }

  mutating func raw(_ values: [UInt8]) { bytes += values }

  /// A length byte and at most `DeviceRecord.tagLimitBytes` bytes; longer text is left out whole.
  mutating func text(_ value: String) {
    let utf8 = Array(value.utf8)
    guard utf8.count <= DeviceRecord.tagLimitBytes else { return u8(0) }
    u8(UInt8(utf8.count))
    raw(utf8)
  }

  mutating func version(_ value: ModelVersion) {
    u16(value.major)
    u16(value.minor)
    u16(value.patch)
  }
}

/// Little-endian fields taken from an array; nil past its end.
struct ByteReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func u8() -> UInt8? { take(1)?.first }

  mutating func u16() -> UInt16? {
    guard let part = take(2) else { return nil }
    return part.reversed().reduce(0) { $0 << 8 | UInt16($1) }
  }

  mutating func u32() -> UInt32? {
    guard let part = take(4) else { return nil }
    return part.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func digest() -> ImageDigest? { take(32).flatMap { ImageDigest(bytes: $0) } }

  mutating func text() -> String? {
    guard let count = u8(), Int(count) <= DeviceRecord.tagLimitBytes, let part = take(Int(count))
    else { return nil }
    return String(decoding: part, as: UTF8.self)
  }

  mutating func version() -> ModelVersion? {
    guard let major = u16(), let minor = u16(), let patch = u16() else { return nil }
    return ModelVersion(major, minor, patch)
  }

  private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count <= bytes.count - position else { return nil }
    defer { position += count }
    return bytes[position..<position + count]
  }
}
