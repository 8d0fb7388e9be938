/// Numbers that break things.
public enum TroubleNumbers {
  static let int64s: [Int64] = [
    0, 1, -1, 2, 3, -2, 4, 5, 7, 8, 15, 16, 17, 31, 32, 127, 128, -128, 255, 256, 1000, 32767, 32768, 65535,
    65536, 1 << 24, 1 << 30, 1 << 31, 1 << 32, 1 << 62, .max, .min, .max - 1, .min + 1, -100_000,
  ]

  static let doubles: [Double] = [
    0, -0.0, 1, -1, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, 1e-38, 1e-46, 3.4e38, 1e300, 1e-30,
    1e30, 1e-7, -0.5,
  ]

  /// Half of them extreme, half small.
  public static func integer(_ random: inout SeededGenerator) -> Int64 {
    Bool.random(using: &random)
      ? int64s[Int.random(in: int64s.indices, using: &random)] : Int64.random(in: -4...12, using: &random)
  }

  /// A number near another one, or any.
  public static func integer(near number: Int64, _ random: inout SeededGenerator) -> Int64 {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: number &+ 1
    case 1: number &- 1
    default: integer(&random)
    }
  }

  public static func double(_ random: inout SeededGenerator) -> Double {
    doubles[Int.random(in: doubles.indices, using: &random)]
  }

  /// Flips, overwrites, moves, loses or cuts off bytes, whatever they mean.
  public static func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    guard bytes.count > 8 else { return }
    let place = Int.random(in: bytes.indices, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 3:
      let word = place / 4 * 4
      guard word + 4 <= bytes.count else { return }
      bytes.replaceSubrange(
        word..<word + 4, with: littleEndian(Int32(truncatingIfNeeded: integer(&random))))
    case 4: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
    default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...16, using: &random)))
    }
  }
}
