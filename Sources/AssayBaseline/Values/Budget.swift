public import AssayDocument

/// In which unit a check's numbers are held, and how people write them.
public enum BudgetUnit: String, Sendable, Hashable, CaseIterable {
  /// Written `20000 B`, `32 KiB`, `20000`.
  case bytes = "B"
  /// Written `12.5 ms`, `2 s`.
  case milliseconds = "ms"
  /// From 0 to 1; written `0.95`, `95 %`, `2 points`.
  case share
  /// Steps of the quantised output; written `3 LSB`, `3`.
  case codes = "LSB"
  /// Written `30 dB`, `30`.
  case decibels = "dB"
  /// A plain number.
  case number = ""
}

/// A check that budgets can be written for.
public struct BudgetCheck: Sendable, Hashable {
  /// `arena`, `top1-drop-vs-baseline`.
  public var code: String
  public var unit: BudgetUnit
  /// The rules that make sense for it.
  public var rules: [Budget.Rule]
  /// Whether a failure may be excused for a while.
  public var isWaivable: Bool

  public init(_ code: String, _ unit: BudgetUnit, _ rules: [Budget.Rule], isWaivable: Bool = true) {
    self.code = code
    self.unit = unit
    self.rules = rules
    self.isWaivable = isWaivable
  }
}

/// A committed limit of one check.
public struct Budget: Sendable, Hashable {
  public enum Rule: String, Sendable, Hashable, CaseIterable {
    /// The measurement is at most the value.
    case max
    /// The measurement is at least the value.
    case min
    /// The measurement is worse than another one by less than the value.
    case margin
  }

  /// May hold ``BaselineKey/any``.
  public var key: BaselineKey
  public var check: String
  public var rule: Rule
  /// In ``unit``.
  public var value: Double
  public var unit: BudgetUnit
  public var note: String?
  /// Where it is written.
  public var location: DocumentLocation
}

/// A failure that is excused up to and including a day, with a reason.
public struct Waiver: Sendable, Hashable {
  /// May hold ``BaselineKey/any``.
  public var key: BaselineKey
  public var check: String
  public var reason: String
  /// `2026-12-31`, in UTC.
  public var lastDay: String
  public var grantedBy: String
  public var location: DocumentLocation
}
