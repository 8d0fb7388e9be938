/// Help texts, the man page and shell completions, all from the command table.
enum Help {
  static func overview() -> String {
    let width = commandTable.map(\.name.count).max() ?? 0
    var lines = [
      "usage: assay COMMAND [ARGUMENTS]", "", "The release gate for models that run on ESP32-S3 boards.", "",
    ]
    for command in commandTable {
      lines.append("  \(command.name.padded(to: width))  \(command.summary)")
    }
    lines += [
      "", "assay help COMMAND explains one. Exit codes: 0 pass, 1 failed, 2 unusable input,",
      "3 could not decide.",
    ]
    return lines.joined(separator: "\n")
  }

  static func page(of command: CommandSpecification) -> String {
    var lines = ["usage: assay \(command.name) \(command.arguments)".trimmedRight, "", command.summary, ""]
    let options = command.options + commonOptions
    let width = options.map { head($0).count }.max() ?? 0
    for option in options { lines.append("  \(head(option).padded(to: width))  \(option.help)") }
    return (lines + ["", "example: \(command.example)"]).joined(separator: "\n")
  }

  private static func head(_ option: OptionSpecification) -> String {
    option.value.map { "--\(option.name) \($0)" } ?? "--\(option.name)"
  }

  /// The man page, in troff.
  static func manual() -> String {
    var lines = [
      ".TH ASSAY 1", ".SH NAME", "assay \\- release gate for models on ESP32\\-S3 boards", ".SH SYNOPSIS",
      "assay COMMAND [ARGUMENTS]", ".SH COMMANDS",
    ]
    for command in commandTable {
      lines += [
        ".TP", ".B \(troff("assay \(command.name) \(command.arguments)".trimmedRight))",
        troff(command.summary),
      ]
      for option in command.options {
        lines += [".RS", ".TP", ".B \(troff(head(option)))", troff(option.help), ".RE"]
      }
    }
    lines += [
      ".SH EXIT STATUS", "0 done or passed; 1 judged and failed; 2 usage, configuration or unreadable input;",
      "3 could not decide. When several apply: 2 before 1 before 3.",
    ]
    return lines.joined(separator: "\n")
  }

  private static func troff(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("-", with: "\\-")
  }

  /// Completions for one shell.
  static func completions(for shell: String) -> String {
    let words = Set(commandTable.compactMap { $0.name.split(separator: " ").first.map(String.init) }).sorted()
    switch shell {
    case "fish":
      return commandTable.flatMap { command -> [String] in
        let verb = command.name.split(separator: " ")[0]
        let options = command.options.map { option in
          "complete -c assay -n '__fish_seen_subcommand_from \(verb)' -l \(option.name)\(option.value == nil ? "" : " -r")"
        }
        return ["complete -c assay -n __fish_use_subcommand -a \(verb)"] + options
      }.joined(separator: "\n")
    case "zsh":
      return "#compdef assay\nautoload -U +X bashcompinit && bashcompinit\n" + bash(words)
    default: return bash(words)
    }
  }

  private static func bash(_ words: [String]) -> String {
    var lines = [
      "_assay() {", "  local cur=${COMP_WORDS[COMP_CWORD]} options=", "  case ${COMP_WORDS[1]} in",
    ]
    for word in words {
      let commands = commandTable.filter { $0.name.split(separator: " ")[0] == word }
      let verbs = commands.compactMap { $0.name.split(separator: " ").dropFirst().first.map(String.init) }
      let options = Set((commands.flatMap(\.options) + commonOptions).map { "--\($0.name)" }).sorted()
      lines.append("    \(word)) options=\"\((verbs + options).joined(separator: " "))\" ;;")
    }
    lines += [
      "    *) options=\"\(words.joined(separator: " "))\" ;;", "  esac",
      "  COMPREPLY=($(compgen -f -W \"$options\" -- \"$cur\"))", "}", "complete -F _assay assay",
    ]
    return lines.joined(separator: "\n")
  }
}

extension String {
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
