extension DocumentValue {
  /// Text as written, quotes or not; a missing value is an error, an empty quoted one is not.
  public func string() throws(DocumentErrors) -> String {
    guard case .scalar(let text, _) = content, !isNull else { throw mismatch("text") }
    return text
  }

  /// `true` or `false`; YAML 1.1's `yes`, `on` and `y` are refused.
  public func bool() throws(DocumentErrors) -> Bool {
    guard case .scalar(let text, _) = content, let value = Bool(text) else {
      throw mismatch("true or false")
    }
    return value
  }

  /// A whole number, decimal or `0x` hexadecimal, inside `range`.
  public func integer(in range: ClosedRange<Int> = .min ... .max) throws(DocumentErrors) -> Int {
    guard case .scalar(let text, _) = content, let value = Quantity.wholeNumber(text) else {
      throw mismatch("a whole number")
    }
    guard range.contains(value) else {
      throw error("\(value) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    return value
  }

  /// A finite number inside `range`.
  public func number(
    in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
  ) throws(DocumentErrors) -> Double {
    guard case .scalar(let text, _) = content, let value = Quantity.finiteNumber(text) else {
      throw mismatch("a finite number")
    }
    guard range.contains(value) else {
      throw error("\(value) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    return value
  }

  /// A share: `0.02`, `2 %` or, for differences of percentages, `2 points`; from 0 to 1.
  public func fraction() throws(DocumentErrors) -> Double {
    guard case .scalar(let text, _) = content else { throw mismatch("a number or percentage") }
    let suffix = ["%", "points", "point"].first { text.hasSuffix($0) }
    let digits = Quantity.trimmed(text.dropLast(suffix?.count ?? 0))
    guard let value = Quantity.finiteNumber(digits) else { throw mismatch("a number or percentage") }
    let share = suffix == nil ? value : value / 100
    guard 0 <= share, share <= 1 else { throw error("\(text) is not between 0 and 1 (100 %)") }
    return share
  }

  /// A finite number with `unit` behind it, or without: `3 LSB`, `30 dB`, `3`.
  public func number(in unit: String) throws(DocumentErrors) -> Double {
    guard case .scalar(let text, _) = content else { throw mismatch("a number of \(unit)") }
    let digits = text.hasSuffix(unit) ? Quantity.trimmed(text.dropLast(unit.count)) : text
    guard let value = Quantity.finiteNumber(digits) else { throw mismatch("a number of \(unit)") }
    return value
  }

  /// One of the words of an enumeration.
  public func choice<Choice>(_ type: Choice.Type = Choice.self) throws(DocumentErrors) -> Choice
  where Choice: RawRepresentable<String> & CaseIterable {
    let text = try string()
    if let value = Choice(rawValue: text) { return value }
    throw unknown(text, allowed: Choice.allCases.map(\.rawValue))
  }

  /// One of the words of `allowed`.
  public func choice(of allowed: [String]) throws(DocumentErrors) -> String {
    let text = try string()
    guard allowed.contains(text) else { throw unknown(text, allowed: allowed) }
    return text
  }

  private func unknown(_ text: String, allowed: [String]) -> DocumentErrors {
    error("unknown value \(shown)\(Suggestion.hint(for: text, in: allowed))")
  }
}

extension DocumentValue {
  /// Bytes, 0 or more: `20000`, `20000 B`, `32 KiB`, `1.5 MiB`, `4 MB`, `0x10000`.
  ///
  /// `KiB` and its kin are powers of 1024, `kB` and its kin of 1000; `KB` could be either and is
  /// refused. A fraction of a byte is refused.
  public func byteCount() throws(DocumentErrors) -> Int {
    try quantity(Quantity.byteUnits, "a size such as 32 KiB or 20000", bare: 1)
  }

  /// A frequency in Hz: `240 MHz`, `240MHz`, `32768 Hz`. The unit is never left out.
  public func hertz() throws(DocumentErrors) -> Int {
    try quantity(Quantity.frequencyUnits, "a frequency such as 240 MHz", bare: nil)
  }

  /// A time in nanoseconds: `12.5 ms`, `30 s`, `250 us`, `14 d`. The unit is never left out.
  public func nanoseconds() throws(DocumentErrors) -> Int {
    try quantity(Quantity.timeUnits, "a time such as 12.5 ms", bare: nil)
  }

  /// A time in milliseconds, written as for ``nanoseconds()``.
  public func milliseconds() throws(DocumentErrors) -> Double { Double(try nanoseconds()) / 1e6 }

  private func quantity(
    _ units: [(name: String, factor: Int)], _ expected: String, bare: Int?
  ) throws(DocumentErrors) -> Int {
    guard case .scalar(let text, _) = content else { throw mismatch(expected) }
    switch Quantity.parse(text, units: units, bareFactor: bare) {
    case .success(let value): return value
    case .failure(.form): throw mismatch(expected)
    case .failure(.unit(let unit)):
      let names = units.map(\.name).joined(separator: ", ")
      throw error(
        unit.isEmpty ? "\(shown) needs a unit: \(names)" : "unknown unit \"\(unit)\"; allowed: \(names)")
    case .failure(.range): throw error("\(shown) is not a whole number of \(units[0].name) in range")
    }
  }
}
