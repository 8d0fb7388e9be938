/// CRC-32 as in ZIP, PNG and the ESP32's ROM with its usual initial value: polynomial 0xEDB88320,
/// reflected, complemented before and after.
public struct CRC32: Sendable, Hashable {
  private var register: UInt32 = 0xFFFF_FFFF

  public init() {}

  public mutating func update(_ bytes: Span<UInt8>) {
    for index in bytes.indices {
      register = register >> 8 ^ Self.table[Int((register ^ UInt32(bytes[index])) & 0xFF)]
    }
  }

  /// The checksum of everything so far.
  public var value: UInt32 { ~register }

  /// The checksum of `bytes`.
  public static func value(of bytes: [UInt8]) -> UInt32 {
    var checksum = CRC32()
    checksum.update(bytes.span)
    return checksum.value
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
}
