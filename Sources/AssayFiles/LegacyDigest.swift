internal import CCrypto

/// Digests that protocols of others still ask for; never what Assay itself decides by.
public enum LegacyDigest: Sendable {
  case md5
  case sha1

  /// The digest in lower-case hexadecimal digits; nil where libcrypto refuses it (FIPS refuses MD5).
  public func hex(of bytes: [UInt8]) -> String? {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    let kind = unsafe self == .md5 ? EVP_md5() : EVP_sha1()
    let done = unsafe bytes.withUnsafeBytes { buffer in
      unsafe EVP_Digest(buffer.baseAddress, buffer.count, &digest, &count, kind, nil)
    }
    return done == 1 ? Hexadecimal.text(Array(digest.prefix(Int(count)))) : nil
  }
}
