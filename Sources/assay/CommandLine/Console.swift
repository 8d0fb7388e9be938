import AssayFiles

/// Results on standard output, diagnostics on standard error; both counted, so that a closed pipe
/// or a full disk never ends in exit code 0.
struct Console {
  /// Whether standard output is a terminal that may be coloured.
  let colours: Bool
  /// Columns to wrap at.
  let width: Int
  var quiet = false
  var verbose = false
  private(set) var lost = false
  private var pending = ""

  init(environment: [String: String]) {
    let terminal = StandardStream.output.isTerminal
    colours = terminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    width = environment["COLUMNS"].flatMap(Int.init).map { min(max($0, 40), 200) } ?? 80
  }

  /// A line of the result.
  mutating func print(_ line: String = "") {
    pending += line
    pending += "\n"
    if pending.utf8.count > 1 << 16 { flush() }
  }

  /// A line for a person on standard error.
  mutating func diagnose(_ line: String) {
    flush()
    do { try StandardStream.error.write(line + "\n") } catch { lost = true }
  }

  mutating func flush() {
    guard !pending.isEmpty else { return }
    do { try StandardStream.output.write(pending) } catch { lost = true }
    pending = ""
  }
}

/// Terminal colours; plain text where they are off.
enum Paint: String {
  case red = "31", green = "32", yellow = "33", bold = "1", dim = "2"

  func callAsFunction(_ text: String, _ console: Console) -> String {
    console.colours ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}
