internal import Glibc

/// Why a file or folder could not be read or written: one line that starts with the path.
///
///     suites/digits/suite.yaml: no such file
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What class of problem it is; the set may grow.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// Nothing is there.
    case notFound
    /// The system refuses: permissions, a read-only file system.
    case denied
    /// Something is there, but a folder, pipe, socket or device instead of what was asked for.
    case wrongKind
    /// Above a limit of this program.
    case tooLarge
    /// The disk or quota is full.
    case full
    /// The path itself is unusable: empty, with a zero byte, too long, outside its folder.
    case badPath
    /// It is already there.
    case exists
    /// The reader of a pipe has gone.
    case closed
    /// Anything else the system reports.
    case system
  }

  public var code: Code
  public var path: String
  public var message: String

  public init(_ code: Code, path: String, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  public var description: String { PrintableText.line("\(path): \(message)") }
}

extension FileError {
  /// The error for a system call that set `errno` to `number` while doing `action` ("read").
  ///
  /// Own texts instead of `strerror`: that one follows the locale.
  package static func system(_ number: Int32, path: String, _ action: String) -> FileError {
    let (code, text): (Code, String) =
      switch number {
      case ENOENT: (.notFound, "no such file or folder")
      case ENOTDIR: (.notFound, "a part of the path is not a folder")
      case EACCES, EPERM: (.denied, "cannot \(action): permission denied")
      case EROFS: (.denied, "cannot \(action): read-only file system")
      case EISDIR: (.wrongKind, "cannot \(action): it is a folder")
      case ENXIO, ENODEV: (.wrongKind, "cannot \(action): not a regular file")
      case ENOSPC, EDQUOT: (.full, "cannot \(action): no space left on the disk")
      case EFBIG: (.full, "cannot \(action): file size limit reached")
      case ENAMETOOLONG: (.badPath, "name too long")
      case ELOOP: (.badPath, "too many symbolic links")
      case EEXIST, ENOTEMPTY: (.exists, "cannot \(action): it exists")
      case EPIPE: (.closed, "cannot \(action): the reader has gone")
      default: (.system, "cannot \(action): system error \(number)")
      }
    return FileError(code, path: path, text)
  }
}
