internal import Glibc

/// Which bytes a file held: the digest that a verdict names.
public struct FileDigest: Sendable, Hashable {
  /// SHA-256 in lower-case hexadecimal digits.
  public var sha256: String
  public var byteCount: Int

  init(sha256: String, byteCount: Int) {
    self.sha256 = sha256
    self.byteCount = byteCount
  }

  public init(of bytes: [UInt8]) {
    sha256 = SHA256.hex(of: bytes)
    byteCount = bytes.count
  }

  /// Reads the regular file at `path` piece by piece, whatever its size.
  public init(ofFile path: String) throws(FileError) {
    let file = try FileDescriptor(opening: path, flags: O_RDONLY, action: "read")
    guard try file.status(of: path).st_mode & S_IFMT == S_IFREG else {
      throw FileError(.wrongKind, path: path, "not a regular file")
    }
    var hash = SHA256()
    var total = 0
    while true {
      let piece = try file.readSome(path: path)
      if piece.isEmpty { break }
      hash.update(piece)
      total += piece.count
    }
    sha256 = Hexadecimal.text(hash.finish())
    byteCount = total
  }
}
