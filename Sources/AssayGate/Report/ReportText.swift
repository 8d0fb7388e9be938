/// Formatting shared by every report: fixed, locale-free, short.
enum ReportText {
  /// `57,248 B`.
  static func bytes(_ count: Int) -> String { "\(grouped(count)) B" }

  /// `57,248`.
  static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (position, digit) in digits.enumerated() {
      if position > 0 && (digits.count - position) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }

  /// A number with at most `places` decimals and no trailing zeros; small ones in significant digits.
  static func number(_ value: Double, places: Int = 3) -> String {
    guard value.isFinite else { return value.isNaN ? "not a number" : (value < 0 ? "-infinite" : "infinite") }
    if value != 0 && value.magnitude < 0.001 || value.magnitude >= 1e9 { return scientific(value) }
    return fixed(value, places: places, trim: true)
  }

  /// `90.11 %`.
  static func percent(_ share: Double, places: Int = 2) -> String {
    share.isFinite ? "\(fixed(share * 100, places: places, trim: false)) %" : "undefined"
  }

  /// `places` decimals, rounded half away from zero.
  static func fixed(_ value: Double, places: Int, trim: Bool = false) -> String {
    let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
    let scaled = (value * scale).rounded()
    guard scaled.isFinite, scaled.magnitude < 1e18 else { return scientific(value) }
    let digits = String(Int(scaled.magnitude))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    var text = String(padded.dropLast(places))
    var fraction = padded.suffix(places)
    if trim { while fraction.last == "0" { fraction.removeLast() } }
    if !fraction.isEmpty { text += "." + fraction }
    return scaled < 0 ? "-" + text : text
  }

  /// The value of the last of so many significant digits.
  static func step(_ value: Double, digits: Int) -> Double {
    guard value != 0, value.isFinite else { return 1 }
    var step = 1.0
    while value.magnitude / step >= 10 { step *= 10 }
    while value.magnitude / step < 1 { step /= 10 }
    return (1..<digits).reduce(step) { step, _ in step / 10 }
  }

  /// Three significant digits: `3.91e-05`.
  static func scientific(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "0" }
    var exponent = 0
    var mantissa = value.magnitude
    while mantissa >= 10 { mantissa /= 10; exponent += 1 }
    while mantissa < 1 { mantissa *= 10; exponent -= 1 }
    return "\(value < 0 ? "-" : "")\(fixed(mantissa, places: 2))e\(exponent)"
  }

  /// Text between tags or in attributes of XML and HTML; characters XML 1.0 forbids become `?`.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0x7F || (0xFFFE...0xFFFF).contains(scalar.value):
        result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// `1 layer`, `3 layers`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }
}
