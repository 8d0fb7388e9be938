/// Text from files and file names, made fit for one line of a terminal or a log.
public enum PrintableText {
  /// `text` with line ends, control characters and what changes the direction of writing as `\u{...}`.
  ///
  /// A hostile name could otherwise forge lines of a report or move the cursor over them.
  public static func line(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnprintable) else { return text }
    var line = ""
    for scalar in text.unicodeScalars {
      if isUnprintable(scalar) {
        line += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}
