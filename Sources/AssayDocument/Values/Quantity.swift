/// Numbers and units from text, exactly: no rounding, no trap, no `nan`.
enum Quantity {
  enum Problem: Error { case form, unit(String), range }

  static let byteUnits: [(name: String, factor: Int)] = [
    ("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
    ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000),
  ]
  static let frequencyUnits: [(name: String, factor: Int)] = [
    ("Hz", 1), ("kHz", 1_000), ("MHz", 1_000_000), ("GHz", 1_000_000_000),
  ]
  static let timeUnits: [(name: String, factor: Int)] = [
    ("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
    ("min", 60_000_000_000), ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
  ]

  /// Decimal with a sign, or `0x` hexadecimal.
  static func wholeNumber(_ text: String) -> Int? {
    if text.hasPrefix("0x") { return hexadecimal(text.dropFirst(2)) }
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    return digits.utf8.allSatisfy(isDigit) ? Int(text) : nil
  }

  /// What `Double` reads, without its `nan`, `inf` and hexadecimal forms.
  static func finiteNumber(_ text: String) -> Double? {
    let allowed = text.utf8.allSatisfy { isDigit($0) || "+-.eE".utf8.contains($0) }
    guard allowed, let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// `12.5 ms` in the units' base, when that is a whole number of it and not negative.
  ///
  /// - Parameter bareFactor: the factor of a number without unit; `nil` if it needs one.
  static func parse(
    _ text: String, units: [(name: String, factor: Int)], bareFactor: Int?
  ) -> Result<Int, Problem> {
    if text.hasPrefix("0x") {
      guard let bareFactor, let value = hexadecimal(text.dropFirst(2)) else { return .failure(.form) }
      return scaled(value, bareFactor, decimals: 0)
    }
    let whole = text.prefix { isDigit($0) }
    var rest = text[whole.endIndex...]
    var decimals = rest.prefix(0)
    if rest.utf8.first == UInt8(ascii: ".") {
      decimals = rest.dropFirst().prefix { isDigit($0) }
      guard !decimals.isEmpty else { return .failure(.form) }
      rest = rest[decimals.endIndex...]
    }
    guard !whole.isEmpty, decimals.utf8.count <= 9 else { return .failure(.form) }
    guard let digits = Int(whole + decimals) else { return .failure(.range) }
    let unit = trimmed(rest)
    guard let factor = unit.isEmpty ? bareFactor : units.first(where: { $0.name == unit })?.factor else {
      return .failure(.unit(unit))
    }
    return scaled(digits, factor, decimals: decimals.utf8.count)
  }

  /// `digits * factor / 10^decimals`.
  private static func scaled(_ digits: Int, _ factor: Int, decimals: Int) -> Result<Int, Problem> {
    let divisor = (0..<decimals).reduce(1) { power, _ in power * 10 }
    let (product, overflow) = digits.multipliedReportingOverflow(by: factor)
    guard !overflow, product % divisor == 0 else { return .failure(.range) }
    return .success(product / divisor)
  }

  static func trimmed(_ text: some StringProtocol) -> String {
    let start = text.drop { $0 == " " }
    return String(start.reversed().drop { $0 == " " }.reversed())
  }

  private static func hexadecimal(_ digits: Substring) -> Int? {
    guard digits.utf8.first != UInt8(ascii: "-"), digits.utf8.first != UInt8(ascii: "+") else { return nil }
    return Int(digits, radix: 16)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isWholeNumber }
}
