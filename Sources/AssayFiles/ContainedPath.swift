internal import Glibc

extension Path {
  /// How far a contained path may use links.
  public enum Links: Sendable {
    /// Symbolic links are followed, as long as they end inside the folder.
    case followedInside
    /// No symbolic link in any part, and the file has no second (hard) link.
    case refused
  }

  /// The path of `relative`, a path from an untrusted file, when it stays inside `folder`.
  ///
  /// Absolute paths, `..`, empty parts and links that lead out are refused. The file must exist.
  /// Whoever can change the folder meanwhile can still swap the file: this guards against hostile
  /// *documents*, not against hostile users of the machine.
  public static func contained(
    _ relative: String, inside folder: String, links: Links = .followedInside
  ) throws(FileError) -> String {
    try check(relative)
    let parts = relative.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != ".." }) else {
      throw FileError(.badPath, path: relative, "must be a relative path inside \(folder)")
    }
    let path = join(folder, relative)
    switch links {
    case .followedInside: try checkDestination(path, inside: folder, shown: relative)
    case .refused: try checkUnlinked(parts, inside: folder)
    }
    return path
  }

  /// The absolute path without links, `.` or `..`.
  public static func canonical(_ path: String) throws(FileError) -> String {
    try check(path)
    guard let resolved = unsafe realpath(path, nil) else { throw .system(errno, path: path, "read") }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  private static func checkDestination(
    _ path: String, inside folder: String, shown: String
  ) throws(FileError) {
    let root = try canonical(folder)
    let prefix = root == "/" ? root : root + "/"
    guard try canonical(path).utf8.starts(with: prefix.utf8) else {
      throw FileError(.badPath, path: shown, "a link leads outside \(folder)")
    }
  }

  private static func checkUnlinked(_ parts: [Substring], inside folder: String) throws(FileError) {
    var path = folder
    for part in parts {
      path = join(path, String(part))
      var facts = stat()
      guard unsafe lstat(path, &facts) == 0 else { throw .system(errno, path: path, "read") }
      let kind = facts.st_mode & S_IFMT
      guard kind != S_IFLNK, kind == S_IFDIR || facts.st_nlink == 1 else {
        throw FileError(.badPath, path: path, "links are not allowed here")
      }
    }
  }
}
