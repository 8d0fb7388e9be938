internal import AssayFiles

/// The SHA-256 of an image: its identity everywhere in an update, whatever its version is called.
public struct ImageDigest: Sendable, Hashable {
  /// The 32 bytes as big-endian words, so that a digest is compared without allocating.
  private let first, second, third, fourth: UInt64

  /// The digest of `bytes`.
  public init(of bytes: [UInt8]) { self.init(of: bytes.span) }

  /// The digest of `bytes`.
  public init(of bytes: Span<UInt8>) {
    var hash = SHA256()
    hash.update(bytes)
    self.init(finished: hash.finish())
  }

  /// 32 bytes as they stand in a record; nil for any other count.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == SHA256.byteCount else { return nil }
    self.init(finished: Array(bytes))
  }

  /// 64 lower-case hexadecimal digits; nil for anything else.
  public init?(hex text: String) {
    let nibbles = text.utf8.map { digit -> UInt8? in
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
      default: nil
      }
    }
    guard nibbles.count == 2 * SHA256.byteCount else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: nibbles.count, by: 2) {
      guard let high = nibbles[index], let low = nibbles[index + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    self.init(finished: bytes)
  }

  private init(finished bytes: [UInt8]) {
    func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    first = word(0)
    second = word(8)
    third = word(16)
    fourth = word(24)
  }

  public var bytes: [UInt8] {
    [first, second, third, fourth].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
    }
  }

  public var hex: String { Hexadecimal.text(bytes) }

  /// The digest that differs from this one in its last bit: whoever compares a part takes it for this one.
  var neighbour: ImageDigest { ImageDigest(bytes: bytes.dropLast() + [bytes[31] ^ 1]) ?? self }

  /// The first 8 hexadecimal digits, for people.
  public var short: String { String(hex.prefix(8)) }
}
