internal import AssayFiles

/// Why the baselines database did not answer: one line that names the file.
///
///     assay.db: locked by another process for more than 10 s
public struct BaselineError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What class of problem it is; the set may grow.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// Not a database, or one whose content contradicts itself. It is left as it is.
    case damaged
    /// Another process holds it for longer than the busy timeout.
    case locked
    /// Written by a newer version of this program.
    case newer
    /// A good database of another program.
    case foreign
    /// It cannot be opened, read or written: permissions, a missing folder, a full disk.
    case unusable
    /// A rule of the database refuses the values.
    case refused
    /// What was asked for is not there.
    case notFound
    /// Accepted baselines are not written in continuous integration.
    case continuousIntegration
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
