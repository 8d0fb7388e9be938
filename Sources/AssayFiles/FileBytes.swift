internal import Glibc

/// Whole files as byte arrays: read once, or replaced all at once.
public enum FileBytes {
  /// Reads the regular file at `path` into one array.
  ///
  ///     let model = try FileBytes.read("kws.tflite", limit: 64 << 20)
  ///
  /// Pipes, sockets and devices are refused without waiting for them. The file is copied, not
  /// mapped: a mapped file that somebody truncates kills the process.
  ///
  /// - Parameter limit: bytes above which the file is refused before anything is allocated.
  public static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let file = try FileDescriptor(opening: path, flags: O_RDONLY, action: "read")
    let facts = try file.status(of: path)
    try checkRegular(facts, path: path)
    let size = Int(facts.st_size)
    guard size <= limit else {
      throw FileError(.tooLarge, path: path, "\(size) bytes, above the limit of \(limit)")
    }
    return try readAll(file, size: size, path: path)
  }

  /// Reads the file at `path` as UTF-8 text; anything else is refused.
  public static func readText(_ path: String, limit: Int) throws(FileError) -> String {
    guard let text = String(validating: try read(path, limit: limit), as: UTF8.self) else {
      throw FileError(.wrongKind, path: path, "not UTF-8 text")
    }
    return text
  }

  private static func checkRegular(_ facts: stat, path: String) throws(FileError) {
    switch facts.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw FileError(.wrongKind, path: path, "it is a folder, not a file")
    default: throw FileError(.wrongKind, path: path, "not a regular file")
    }
  }

  private static func readAll(
    _ file: borrowing FileDescriptor, size: Int, path: String
  ) throws(FileError) -> [UInt8] {
    let number = file.number
    var failure: Int32 = 0
    // One byte more than the size: a file that grew meanwhile is noticed.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, filled in
      while filled <= size {
        let rest = unsafe UnsafeMutableRawBufferPointer(buffer)[filled..<(size + 1)]
        let part = unsafe UnsafeMutableRawBufferPointer(rebasing: rest)
        let count = unsafe Glibc.read(number, part.baseAddress, part.count)
        if count == 0 { return }
        if count > 0 { filled += count } else if errno != EINTR { failure = errno; return }
      }
    }
    guard failure == 0 else { throw .system(failure, path: path, "read") }
    guard bytes.count == size else {
      throw FileError(.system, path: path, "changed while it was read")
    }
    return bytes
  }
}
