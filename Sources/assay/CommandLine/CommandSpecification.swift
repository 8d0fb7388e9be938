/// One verb of the command line. The table of these drives parsing, help, the man page and the
/// shell completions, so that they cannot disagree.
struct CommandSpecification: Sendable {
  /// `gate`, or two words: `target import`.
  var name: String
  /// `[SUITE...]` as help shows it.
  var arguments: String
  var positionals: ClosedRange<Int>
  var summary: String
  var options: [OptionSpecification]
  var example: String
  var run: @Sendable (Invocation, inout Console) throws -> ExitCode
}

/// One `--option` of a verb.
struct OptionSpecification: Sendable, Hashable {
  var name: String
  /// What the value is called in help; `nil` for a switch.
  var value: String?
  var repeats = false
  /// The only values allowed, where the set is closed.
  var choices: [String] = []
  var help: String

  static func value(
    _ name: String, _ value: String, _ help: String, repeats: Bool = false, choices: [String] = []
  ) -> OptionSpecification {
    OptionSpecification(name: name, value: value, repeats: repeats, choices: choices, help: help)
  }

  static func flag(_ name: String, _ help: String) -> OptionSpecification {
    OptionSpecification(name: name, value: nil, help: help)
  }
}

/// Options that every verb takes.
let commonOptions: [OptionSpecification] = [
  .value("format", "text|json", "how to print the result", choices: ["text", "json"]),
  .flag("quiet", "say less (-q)"),
  .flag("verbose", "say more (-v)"),
  .flag("help", "explain the command (-h)"),
]
