import AssayDocument
import AssayFiles
import Glibc

/// Finds the verb, parses its words, runs it, and turns whatever happens into an exit code.
enum CommandLineTool {
  static func run(_ arguments: [String]) -> ExitCode {
    var console = Console(environment: environment())
    let code = dispatch(arguments, &console)
    console.flush()
    // Output that never arrived is not a result: never 0.
    return console.lost ? code.combined(with: .undecided) : code
  }

  private static func dispatch(_ arguments: [String], _ console: inout Console) -> ExitCode {
    do {
      guard let first = arguments.first, first != "--help", first != "-h", first != "help" else {
        return help(Array(arguments.dropFirst()), &console, asked: !arguments.isEmpty)
      }
      if first == "--version" {
        console.print("assay \(Version.current)")
        return .done
      }
      let (command, words) = try find(arguments)
      let invocation = try Invocation(words, for: command)
      if invocation.has("help") {
        console.print(Help.page(of: command))
        return .done
      }
      console.quiet = invocation.has("quiet")
      console.verbose = invocation.has("verbose")
      return try command.run(invocation, &console)
    } catch {
      let failure = error as? CommandFailure ?? CommandFailure(.unusable, "\(error)")
      for line in failure.message.split(separator: "\n") { console.diagnose("assay: \(line)") }
      return failure.code
    }
  }

  private static func help(_ words: [String], _ console: inout Console, asked: Bool) -> ExitCode {
    let name = words.joined(separator: " ")
    if let command = commandTable.first(where: { $0.name == name }) {
      console.print(Help.page(of: command))
      return .done
    }
    guard asked else {
      console.diagnose(Help.overview())
      return .unusable
    }
    console.print(Help.overview())
    return .done
  }

  /// The longest verb that the words start with: `target import` before `target`.
  private static func find(_ arguments: [String]) throws(CommandFailure) -> (
    CommandSpecification, ArraySlice<String>
  ) {
    for length in [2, 1] where arguments.count >= length {
      let name = arguments.prefix(length).joined(separator: " ")
      if let command = commandTable.first(where: { $0.name == name }) {
        return (command, arguments.dropFirst(length))
      }
    }
    let group = commandTable.map(\.name).filter { $0.hasPrefix(arguments[0] + " ") }
    guard group.isEmpty else { throw .usage("usage: assay \(group.joined(separator: " | "))") }
    let hint = Suggestion.hint(for: arguments[0], in: commandTable.map(\.name))
    throw .usage("unknown command \"\(arguments[0])\"\(hint)")
  }

  static func environment() -> [String: String] {
    var values: [String: String] = [:]
    for name in ["NO_COLOR", "TERM", "COLUMNS", "CI", "ASSAY_BASELINES", "USER"] {
      if let value = unsafe getenv(name) { values[name] = unsafe String(cString: value) }
    }
    return values
  }
}

enum Version {
  static let current = "0.1.0"
}
