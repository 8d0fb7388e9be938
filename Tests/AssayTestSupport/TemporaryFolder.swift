internal import Glibc
internal import AssayFiles

/// A folder of one test, deleted with everything in it when the value goes away.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    let name = "assay-test-\(getpid())-\(UInt64.random(in: .min ... .max))"
    path = Path.join(parent, name)
    try Folder.create(path)
  }

  deinit { Self.delete(path) }

  /// The path of `name` inside the folder.
  public func callAsFunction(_ name: String) -> String { Path.join(path, name) }

  /// Writes a file, with the folders it needs, and gives its path.
  @discardableResult
  public func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  /// Writes a file, with the folders it needs, and gives its path.
  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = self(name)
    try Folder.create(Path.parent(path))
    try FileBytes.write(bytes, to: path)
    return path
  }

  /// Makes a symbolic link inside the folder.
  public func link(from name: String, to target: String) throws {
    guard unsafe symlink(target, self(name)) == 0 else {
      throw FileError(.notFound, path: self(name), "cannot be linked")
    }
  }

  private static func delete(_ folder: String) {
    for entry in (try? Folder.list(folder)) ?? [] {
      let path = Path.join(folder, entry.name)
      if entry.kind == .folder { delete(path) } else { unsafe _ = unlink(path) }
    }
    unsafe _ = rmdir(folder)
  }
}
