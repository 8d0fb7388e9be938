internal import CCrypto
internal import Glibc

/// SHA-256, by OpenSSL.
///
///     SHA256.hex(of: model)                // "e3b0c442..."
///     var hash = SHA256(); hash.update(a); hash.update(b); let digest = hash.finish()
@safe public struct SHA256: ~Copyable {
  private let context: OpaquePointer

  public init() {
    guard let made = unsafe EVP_MD_CTX_new() else { Self.unusable() }
    unsafe context = made
    guard unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { Self.unusable() }
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  public mutating func update(_ bytes: Span<UInt8>) {
    let done = unsafe bytes.withUnsafeBytes { buffer in
      unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
    }
    guard done == 1 else { Self.unusable() }
  }

  public mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

  /// The 32 bytes of the digest.
  public consuming func finish() -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, filled in
      var count: UInt32 = 0
      guard unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, &count) == 1 else { Self.unusable() }
      filled = Int(count)
    }
  }

  public static let byteCount = 32

  /// The digest of `bytes` in 64 lower-case hexadecimal digits.
  public static func hex(of bytes: Span<UInt8>) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return Hexadecimal.text(hash.finish())
  }

  /// The digest of `bytes` in 64 lower-case hexadecimal digits.
  public static func hex(of bytes: [UInt8]) -> String { hex(of: bytes.span) }

  /// The digest of the UTF-8 bytes of `text` in 64 lower-case hexadecimal digits.
  public static func hex(of text: String) -> String { hex(of: Array(text.utf8).span) }

  /// A machine whose libcrypto has no SHA-256 (a broken configuration file, no memory) can judge
  /// nothing: one line and exit 3, instead of a digest that means nothing.
  private static func unusable() -> Never {
    try? StandardStream.error.write("assay: libcrypto cannot compute SHA-256 on this machine\n")
    exit(3)
  }
}

/// Bytes as hexadecimal text.
public enum Hexadecimal {
  /// Two lower-case digits a byte.
  public static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }
}
