import Glibc

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
  private var pending: [UInt8] = []

  init(environment: [String: String]) {
    let terminal = isatty(STDOUT_FILENO) == 1
    colours = terminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    width = environment["COLUMNS"].flatMap(Int.init).map { min(max($0, 40), 200) } ?? 80
  }

  /// A line of the result.
  mutating func print(_ line: String = "") {
    pending += Array(line.utf8)
    pending.append(0x0A)
    if pending.count > 1 << 16 { flush() }
  }

  /// Bytes of the result, as they are.
  mutating func write(_ bytes: [UInt8]) {
    pending += bytes
    if pending.count > 1 << 16 { flush() }
  }

  /// A line for a person on standard error.
  mutating func diagnose(_ line: String) {
    flush()
    lost = !Self.writeAll(Array((line + "\n").utf8), to: STDERR_FILENO) || lost
  }

  mutating func flush() {
    guard !pending.isEmpty else { return }
    lost = !Self.writeAll(pending, to: STDOUT_FILENO) || lost
    pending = []
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var start = 0
    while start < bytes.count {
      let written = unsafe bytes[start...].withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return false }
      start += written
    }
    return true
  }
}

/// Terminal colours; plain text where they are off.
enum Paint: String {
  case red = "31", green = "32", yellow = "33", bold = "1", dim = "2"

  func callAsFunction(_ text: String, _ console: Console) -> String {
    console.colours ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}
