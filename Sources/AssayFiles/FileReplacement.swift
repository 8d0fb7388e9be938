internal import Glibc

extension FileBytes {
  /// Replaces the file at `path` by `bytes`: afterwards it is the old file or the new one, never a
  /// part, also when the disk is full or the machine loses power.
  ///
  /// Written beside it under another name, synced, renamed; then the folder is synced.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try write(bytes.span, to: path)
  }

  /// The text as UTF-8; see ``write(_:to:)-([UInt8],_)``.
  public static func write(_ text: String, to path: String) throws(FileError) {
    try write(Array(text.utf8).span, to: path)
  }

  /// See ``write(_:to:)-([UInt8],_)``.
  public static func write(_ bytes: Span<UInt8>, to path: String) throws(FileError) {
    try Path.check(path)
    guard !Path.name(path).isEmpty else { throw FileError(.badPath, path: path, "no file name") }
    let temporary = try writeTemporary(bytes, beside: path)
    guard unsafe rename(temporary, path) == 0 else {
      let failure = errno
      unsafe unlink(temporary)
      throw .system(failure, path: path, "write")
    }
    try synchronizeFolder(of: path)
  }

  /// Deletes the file at `path`; one that is not there is fine.
  public static func remove(_ path: String) throws(FileError) {
    try Path.check(path)
    guard unsafe unlink(path) == 0 || errno == ENOENT else {
      throw .system(errno, path: path, "delete")
    }
    try synchronizeFolder(of: path)
  }

  private static func synchronizeFolder(of path: String) throws(FileError) {
    let parent = Path.parent(path)
    let folder = try FileDescriptor(opening: parent, flags: O_RDONLY | O_DIRECTORY, action: "write")
    try folder.synchronize(path: parent)
  }

  /// The name of a complete, synced temporary file in the same folder as `path`.
  private static func writeTemporary(
    _ bytes: Span<UInt8>, beside path: String
  ) throws(FileError) -> String {
    // A killed process may have left a name behind, and process numbers come round again.
    for attempt in 0..<100 {
      let name = ".\(Path.name(path)).\(getpid())-\(attempt).tmp"
      let temporary = Path.join(Path.parent(path), name)
      do {
        try create(temporary, bytes)
        return temporary
      } catch  where error.code == .exists {
        continue
      } catch {
        throw FileError(error.code, path: path, error.message)
      }
    }
    throw FileError(.exists, path: path, "cannot write: too many temporary files beside it")
  }

  private static func create(_ path: String, _ bytes: Span<UInt8>) throws(FileError) {
    let file = try FileDescriptor(
      opening: path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o666, action: "write")
    do {
      try file.writeAll(bytes, path: path)
      try file.synchronize(path: path)
    } catch {
      unsafe unlink(path)
      throw error
    }
  }
}
