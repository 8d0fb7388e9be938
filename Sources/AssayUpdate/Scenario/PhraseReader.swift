internal import AssayDocument

/// Words of a phrase such as `artifact 1-3 status 503 retry 30 s`, with their places.
struct PhraseReader {
  private let words: [(text: String, column: Int)]
  private var position = 0
  private let location: DocumentLocation
  private let length: Int

  init(_ value: DocumentValue) throws(DocumentErrors) {
    let text = try value.string()
    location = value.location
    var isQuoted = false
    if case .scalar(_, isPlain: false) = value.content { isQuoted = true }
    var words: [(String, Int)] = []
    var column = isQuoted ? 1 : 0
    for part in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !part.isEmpty { words.append((String(part), column)) }
      column += part.count + 1
    }
    self.words = words
    length = max(0, column - 1)
  }

  var isAtEnd: Bool { position == words.count }

  /// The next word, without taking it.
  var next: String? { isAtEnd ? nil : words[position].text }

  /// An error at the word that was taken last, or at the next one.
  func error(_ message: String, atNext: Bool = false) -> DocumentErrors {
    let index = atNext ? position : max(0, position - 1)
    var place = location
    place.column += index < words.count ? words[index].column : length
    return DocumentErrors(place, message)
  }

  mutating func word(_ expected: String) throws(DocumentErrors) -> String {
    guard !isAtEnd else { throw error("expected \(expected) here", atNext: true) }
    position += 1
    return words[position - 1].text
  }

  /// Takes the next word when it is this one.
  mutating func accept(_ text: String) -> Bool {
    guard next == text else { return false }
    position += 1
    return true
  }

  mutating func integer(_ expected: String, in range: ClosedRange<Int>) throws(DocumentErrors) -> Int {
    let text = try word(expected)
    guard let number = Int(text), String(number) == text || text == "+\(number)" else {
      throw error("expected \(expected), found \"\(text)\"")
    }
    guard range.contains(number) else {
      throw error("\(number) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    return number
  }

  /// `30 s`, `5 min`, `2 h`, `3 d`; in seconds.
  mutating func seconds(_ expected: String) throws(DocumentErrors) -> Int {
    let number = try integer(expected, in: 0...4_294_967_296)
    let unit = try word("s, min, h or d")
    guard let factor = ["s": 1, "min": 60, "h": 3600, "d": 86_400][unit] else {
      throw error("unknown unit \"\(unit)\"; allowed: s, min, h, d")
    }
    return number * factor
  }

  /// `3`, `3-5` or `3-` (from the third on).
  mutating func occurrences() throws(DocumentErrors) -> ClosedRange<Int> {
    let text = try word("which requests, such as 1, 2-4 or 3-")
    let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = Int(parts[0]), (1...1_000_000).contains(first) else {
      throw error("expected which requests, such as 1, 2-4 or 3-, found \"\(text)\"")
    }
    guard parts.count == 2 else { return first...first }
    if parts[1].isEmpty { return first...1_000_000 }
    guard let last = Int(parts[1]), last >= first, last <= 1_000_000 else {
      throw error("expected which requests, such as 1, 2-4 or 3-, found \"\(text)\"")
    }
    return first...last
  }

  mutating func choice<Choice>(_ type: Choice.Type, _ expected: String) throws(DocumentErrors) -> Choice
  where Choice: RawRepresentable<String> & CaseIterable {
    let text = try word(expected)
    if let value = Choice(rawValue: text) { return value }
    throw unknown(text, expected, Choice.allCases.map(\.rawValue))
  }

  func unknown(_ text: String, _ expected: String, _ allowed: [String]) -> DocumentErrors {
    let hint = Suggestion.hint(for: text, in: allowed)
    return error("unknown \(expected) \"\(text)\"\(hint)")
  }

  func finish() throws(DocumentErrors) {
    if let next { throw error("unexpected \"\(next)\"", atNext: true) }
  }
}
