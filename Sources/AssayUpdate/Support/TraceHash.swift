/// A 64-bit hash of everything that happened in a run, in order.
///
/// Two runs of one seed must end with the same value (invariant I14). It is not a digest of
/// untrusted content: images are compared by SHA-256.
public struct TraceHash: Sendable, Equatable {
  public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  public mutating func mix(_ word: UInt64) {
    value ^= word
    value &*= 0x9FB2_1C65_1E98_DF25
    value ^= value >> 32
  }

  public mutating func mix(_ number: Int) { mix(UInt64(bitPattern: Int64(number))) }

  public mutating func mix(_ text: String) {
    for byte in text.utf8 { mix(UInt64(byte)) }
    mix(UInt64(0xFF))
  }

  /// 16 lower-case hexadecimal digits.
  public var hex: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
