import AssayDocument

/// A parsed command line: positionals and options, all of them known to the verb.
struct Invocation: Sendable {
  var positionals: [String] = []
  private var values: [String: [String]] = [:]
  private var flags: Set<String> = []

  /// - Throws: `CommandFailure` with exit code 2 and, for a misspelt option, a suggestion.
  init(_ words: ArraySlice<String>, for command: CommandSpecification) throws(CommandFailure) {
    var words = words
    let options = command.options + commonOptions
    while let word = words.popFirst() {
      if word == "--" {
        positionals += words
        break
      }
      guard word.hasPrefix("-"), word.utf8.count > 1 else {
        positionals.append(word)
        continue
      }
      try option(word, &words, options, command)
    }
    if flags.contains("help") { return }
    guard command.positionals.contains(positionals.count) else {
      throw .usage("usage: assay \(command.name) \(command.arguments)".trimmedRight)
    }
  }

  private mutating func option(
    _ word: String, _ words: inout ArraySlice<String>, _ options: [OptionSpecification],
    _ command: CommandSpecification
  ) throws(CommandFailure) {
    let long = ["-q": "--quiet", "-v": "--verbose", "-h": "--help"][word] ?? word
    let parts = long.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0].drop { $0 == "-" })
    guard long.hasPrefix("--"), let option = options.first(where: { $0.name == name }) else {
      let hint = Suggestion.nearest(to: name, in: options.map(\.name)).map { "; did you mean --\($0)?" } ?? ""
      throw .usage("assay \(command.name): unknown option \(word)\(hint)")
    }
    guard option.value != nil else {
      guard parts.count == 1 else { throw .usage("assay \(command.name): --\(name) takes no value") }
      flags.insert(name)
      return
    }
    guard let value = parts.count == 2 ? String(parts[1]) : words.popFirst() else {
      throw .usage("assay \(command.name): --\(name) needs a value: \(option.value ?? "")")
    }
    guard option.choices.isEmpty || option.choices.contains(value) else {
      throw .usage(
        "assay \(command.name): --\(name) is one of \(option.choices.joined(separator: ", ")), not \"\(value)\""
      )
    }
    guard option.repeats || values[name] == nil else {
      throw .usage("assay \(command.name): --\(name) is given twice")
    }
    values[name, default: []].append(value)
  }

  func has(_ flag: String) -> Bool { flags.contains(flag) }
  func value(_ option: String) -> String? { values[option]?.last }
  func all(_ option: String) -> [String] { values[option] ?? [] }
  var wantsJSON: Bool { value("format") == "json" }

  /// The value of an option that the verb cannot do without.
  func required(_ option: String, of command: String) throws(CommandFailure) -> String {
    guard let value = value(option) else { throw .usage("assay \(command): --\(option) is missing") }
    return value
  }

  /// A whole number in a range.
  func integer(_ option: String, in range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
    guard let text = value(option) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .usage(
        "--\(option) is a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
    }
    return number
  }
}

extension String {
  var trimmedRight: String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
