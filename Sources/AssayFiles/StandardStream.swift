internal import Glibc

/// Standard output and error, with every failure reported.
public enum StandardStream: Int32, Sendable {
  case output = 1
  case error = 2

  /// Writes `text` as UTF-8.
  ///
  /// - Throws: a ``FileError`` for a closed pipe or full disk. The process must ignore `SIGPIPE`,
  ///   see ``ignoreBrokenPipes()``.
  public func write(_ text: String) throws(FileError) {
    let name = self == .output ? "standard output" : "standard error"
    try FileDescriptor.writeAll(Array(text.utf8).span, to: rawValue, path: name)
  }

  /// Whether a person is looking: the stream is a terminal.
  public var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Makes a write to a closed pipe an error instead of a signal; once, at the start of `main`.
  public static func ignoreBrokenPipes() {
    _ = signal(SIGPIPE, SIG_IGN)
  }
}
