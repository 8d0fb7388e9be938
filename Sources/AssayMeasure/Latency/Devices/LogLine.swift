/// One line of a serial monitor, without colours, and small readers for what stands in it.
struct LogLine {
  let text: String

  /// Drops escape sequences (`ESC [ ... letter`) and carriage returns.
  init(_ raw: String) {
    var kept = String.UnicodeScalarView()
    var scalars = raw.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      if scalar == "\u{1B}" {
        while let inside = scalars.next(), !("A"..."Z").contains(inside), !("a"..."z").contains(inside) {}
      } else if scalar != "\r" {
        kept.append(scalar)
      }
    }
    text = String(kept)
  }

  /// What follows `marker`; `nil` when the line does not hold it.
  func after(_ marker: String) -> Substring? { text.range(of: marker).map { text[$0.upperBound...] } }

  /// The word that ends where `marker` begins, without what a monitor glued in front of it
  /// (`[14:02:11]CONV_2D`, `14:02:11.123CONV_2D`).
  func word(before marker: String) -> String? {
    guard let range = text.range(of: marker) else { return nil }
    let word = text[..<range.lowerBound].reversed().prefix { character in
      character.isASCII && (character.isLetter || character.isNumber || "_:.".contains(character))
    }
    let plain = String(word.reversed()).drop { !$0.isLetter }
    return plain.isEmpty ? nil : String(plain)
  }

  /// The number right after `marker`, spaces and an optional colon skipped.
  func number(after marker: String) -> Double? { after(marker).flatMap(Self.number) }

  /// A number at the start of a text: digits, sign, fraction; nothing else, never `nan`.
  static func number(_ text: Substring) -> Double? {
    let start = text.drop { $0 == " " || $0 == ":" || $0 == "\t" || $0 == "\"" }
    let digits = start.prefix { ("0"..."9").contains($0) || $0 == "." || $0 == "-" }
    guard digits.utf8.count <= 20, let value = Double(digits), value.isFinite else { return nil }
    return value
  }

  static func bytes(_ text: Substring) -> Int? {
    guard let value = number(text), value >= 0, value <= 1e12 else { return nil }
    return Int(value)
  }

  /// Comma-separated fields without quotes and spaces around them.
  var fields: [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { field in
      let inner = field.drop { $0 == " " || $0 == "\"" }
      return String(inner.reversed().drop { $0 == " " || $0 == "\"" }.reversed())
    }
  }
}

extension String {
  /// The first occurrence of a text, byte by byte.
  fileprivate func range(of needle: String) -> Range<Index>? {
    let pattern = Array(needle.utf8)
    let bytes = utf8
    guard let head = pattern.first else { return nil }
    var start = bytes.startIndex
    while let candidate = bytes[start...].firstIndex(of: head) {
      if bytes[candidate...].starts(with: pattern) {
        return candidate..<bytes.index(candidate, offsetBy: pattern.count)
      }
      start = bytes.index(after: candidate)
    }
    return nil
  }
}
