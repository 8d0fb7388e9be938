internal import Glibc

/// Folders: what is in them, and making them.
public enum Folder {
  /// One thing in a folder, not followed when it is a link.
  public struct Entry: Sendable, Hashable {
    public enum Kind: Sendable, Hashable { case file, folder, link, other }
    public var name: String
    public var kind: Kind
  }

  /// Everything in the folder at `path` except `.` and `..`, sorted by the bytes of the names.
  ///
  /// - Parameter limit: entries above which the folder is refused.
  public static func list(_ path: String, limit: Int = 100_000) throws(FileError) -> [Entry] {
    try Path.check(path)
    guard let stream = unsafe opendir(path) else { throw .system(errno, path: path, "list") }
    defer { unsafe closedir(stream) }
    var entries: [Entry] = []
    while true {
      errno = 0
      guard let found = unsafe readdir(stream) else { break }
      let name = unsafe Self.name(of: found)
      if name == "." || name == ".." { continue }
      guard entries.count < limit else {
        throw FileError(.tooLarge, path: path, "more than \(limit) entries")
      }
      entries.append(Entry(name: name, kind: kind(of: Path.join(path, name))))
    }
    guard errno == 0 else { throw .system(errno, path: path, "list") }
    return entries.sorted { Path.precedes($0.name, $1.name) }
  }

  /// Whether a folder is at `path` (links followed).
  public static func exists(_ path: String) -> Bool { mode(of: path, followed: true) == S_IFDIR }

  /// Whether a regular file is at `path` (links followed).
  public static func holdsFile(_ path: String) -> Bool { mode(of: path, followed: true) == S_IFREG }

  /// Makes the folder at `path` and those above it that are missing; one that is there is fine.
  public static func create(_ path: String) throws(FileError) {
    try Path.check(path)
    if exists(path) { return }
    let parent = Path.parent(path)
    if parent != path, !exists(parent) { try create(parent) }
    if unsafe mkdir(path, 0o777) == 0 { return }
    let failure = errno
    // Another process may have made it in between.
    guard failure == EEXIST, exists(path) else { throw .system(failure, path: path, "make the folder") }
  }

  private static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
    unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  private static func kind(of path: String) -> Entry.Kind {
    switch mode(of: path, followed: false) {
    case S_IFREG: .file
    case S_IFDIR: .folder
    case S_IFLNK: .link
    default: .other
    }
  }

  private static func mode(of path: String, followed: Bool) -> mode_t? {
    guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
    var facts = stat()
    let result = unsafe followed ? stat(path, &facts) : lstat(path, &facts)
    return result == 0 ? facts.st_mode & S_IFMT : nil
  }
}
