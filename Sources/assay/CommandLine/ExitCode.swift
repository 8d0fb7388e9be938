/// How a command ends; other programs rely on these numbers.
enum ExitCode: Int32, Sendable {
  case done = 0
  /// Judged and failed.
  case failed = 1
  /// Usage, configuration, or an input that cannot be read as what it claims to be.
  case unusable = 2
  /// Could not decide, or the gate itself is broken.
  case undecided = 3

  /// The code that wins when several apply: 2 before 1 before 3 before 0.
  func combined(with other: ExitCode) -> ExitCode { rank >= other.rank ? self : other }

  private var rank: Int {
    switch self {
    case .done: 0
    case .undecided: 1
    case .failed: 2
    case .unusable: 3
    }
  }
}

/// What ends a command early: one line for stderr and the code to exit with.
struct CommandFailure: Error, Sendable {
  var code: ExitCode
  var message: String

  init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
  }

  static func usage(_ message: String) -> CommandFailure { CommandFailure(.unusable, message) }
}
