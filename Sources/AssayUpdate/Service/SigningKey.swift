internal import AssayFiles

/// A named key that signs manifests.
///
/// The rehearsal needs to know whether a device *checks* the signature, not how strong it is, so
/// the scheme is the smallest real one: HMAC-SHA-256 (RFC 2104) under a shared key.
public struct SigningKey: Sendable, Equatable {
  public let name: String
  private let secret: [UInt8]

  /// A key whose secret is derived from its name and a seed.
  public init(name: String, seed: UInt64 = 1) {
    self.name = name
    var random = SeededRandom(seed: seed, purpose: name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    secret = random.bytes(32)
  }

  /// A key of somebody else's service; nil unless the secret has 16 to 64 bytes in hexadecimal digits.
  public init?(name: String, hexadecimalSecret text: String) {
    let digits = Array(text.utf8)
    guard Manifest.isOpaqueName(name), digits.count.isMultiple(of: 2), (32...128).contains(digits.count)
    else {
      return nil
    }
    var secret: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
      guard let byte = UInt8(pair, radix: 16), !pair.hasPrefix("+") else { return nil }
      secret.append(byte)
    }
    self.name = name
    self.secret = secret
  }

  /// The secret in hexadecimal digits, for a client that has to verify manifests itself.
  public var hexadecimalSecret: String { Hexadecimal.text(secret) }

  static let scheme = "hmac-sha256"

  /// `hmac-sha256:NAME:64 hexadecimal digits`.
  public func signature(of text: String) -> String {
    "\(Self.scheme):\(name):\(Hexadecimal.text(authenticate(Array(text.utf8))))"
  }

  private func authenticate(_ message: [UInt8]) -> [UInt8] {
    let block = secret + [UInt8](repeating: 0, count: 64 - secret.count)
    var inner = SHA256()
    inner.update(block.map { $0 ^ 0x36 })
    inner.update(message)
    var outer = SHA256()
    outer.update(block.map { $0 ^ 0x5C })
    outer.update(inner.finish())
    return outer.finish()
  }
}

extension [SigningKey] {
  /// True when `signature` is made over `text` by one of these keys.
  func verifies(_ signature: String, of text: String) -> Bool {
    contains { $0.signature(of: text) == signature }
  }
}
