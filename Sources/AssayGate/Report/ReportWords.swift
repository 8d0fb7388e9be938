/// Number formats of the reports, for commands that print by themselves.
public enum ReportWords {
  /// `57,248 B`.
  public static func bytes(_ count: Int) -> String { ReportText.bytes(count) }
  /// At most six decimals, no trailing zeros.
  public static func number(_ value: Double) -> String { ReportText.number(value, places: 6) }
  /// `97.55 %`.
  public static func percent(_ share: Double) -> String { ReportText.percent(share) }
  /// `12.345 ms`, three decimals.
  public static func milliseconds(_ value: Double) -> String { "\(ReportText.fixed(value, places: 3)) ms" }
}
