internal import AssayFiles
internal import Glibc

/// Moments as text in UTC, whatever the machine's time zone and locale.
public enum Timestamp {
  /// `2026-11-21T09:30:00Z`.
  public static func now() -> String {
    var seconds = time(nil)
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    let date = unsafe [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
    let clock = unsafe [Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)]
    return date.map(twoDigits).joined(separator: "-") + "T" + clock.map(twoDigits).joined(separator: ":")
      + "Z"
  }

  /// The day of a moment: `2026-11-21`.
  public static func day(of moment: String) -> String { String(moment.prefix(10)) }

  /// A name for a run that starts at `moment`: sorts by time, and differs between processes.
  public static func runID(startingAt moment: String) -> String {
    let digits = moment.filter { $0 != "-" && $0 != ":" }
    let suffix = (0..<4).map { _ in UInt8.random(in: .min ... .max) }
    return "\(digits)-\(Hexadecimal.text(suffix))"
  }

  /// Whether `text` is a day of the calendar: `2026-02-29` is none.
  static func isDay(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 == 45 || (48...57).contains($0) }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
