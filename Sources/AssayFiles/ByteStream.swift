internal import Glibc

/// A file or standard input, piece by piece, whatever its size.
///
///     var stream = try ByteStream("monitor.log", limit: 1 << 30)
///     while let piece = try stream.next() { try parser.consume(piece) }
public struct ByteStream: ~Copyable {
  private let file: FileDescriptor
  private let name: String
  private let limit: Int
  private var hash = SHA256()
  /// Bytes read so far.
  public private(set) var byteCount = 0

  /// The name of standard input.
  public static let standardInput = "-"

  /// Opens a regular file, or standard input for `-`.
  ///
  /// - Parameter limit: bytes above which reading is refused.
  public init(_ path: String, limit: Int) throws(FileError) {
    self.limit = limit
    name = path == Self.standardInput ? "standard input" : path
    file = try Self.open(path, limit)
  }

  private static func open(_ path: String, _ limit: Int) throws(FileError) -> FileDescriptor {
    guard path != standardInput else {
      return try FileDescriptor(duplicating: STDIN_FILENO, name: "standard input")
    }
    let file = try FileDescriptor(opening: path, flags: O_RDONLY, action: "read")
    let facts = try file.status(of: path)
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw FileError(.wrongKind, path: path, "not a regular file")
    }
    guard Int(facts.st_size) <= limit else { throw tooLarge(path, limit) }
    return file
  }

  /// The next bytes, never an empty piece; `nil` at the end.
  public mutating func next() throws(FileError) -> [UInt8]? {
    let piece = try file.readSome(path: name)
    guard !piece.isEmpty else { return nil }
    byteCount += piece.count
    guard byteCount <= limit else { throw Self.tooLarge(name, limit) }
    hash.update(piece)
    return piece
  }

  /// SHA-256 and number of the bytes read so far, which ends the stream.
  public consuming func digest() -> FileDigest {
    let count = byteCount
    return FileDigest(sha256: Hexadecimal.text(hash.finish()), byteCount: count)
  }

  private static func tooLarge(_ name: String, _ limit: Int) -> FileError {
    FileError(.tooLarge, path: name, "above the limit of \(limit) bytes")
  }
}
