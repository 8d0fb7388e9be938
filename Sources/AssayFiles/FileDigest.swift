internal import Glibc

/// Which bytes a file held: the digest that a verdict names.
public struct FileDigest: Sendable, Hashable {
  /// SHA-256 in lower-case hexadecimal digits.
  public var sha256: String
  public var byteCount: Int

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

extension FileDescriptor {
  /// Up to a mebibyte; empty at the end of the file.
  fileprivate func readSome(path: String) throws(FileError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, filled in
      repeat {
        let count = unsafe read(number, buffer.baseAddress, buffer.count)
        failure = count < 0 ? errno : 0
        filled = max(0, count)
      } while failure == EINTR
    }
    guard failure == 0 else { throw .system(failure, path: path, "read") }
    return bytes
  }
}
