import AssayBaseline

/// Puts judgements in words: every check of every report is written here.
struct CheckWriter: Sendable {
  /// `digits/digits-v2/esp32s3-n16r8`.
  var prefix: String

  /// A rule that holds or does not, without a budget.
  func holds(
    _ code: String, _ verdict: Verdict, expected: String, found: String, message: String,
    layer: String? = nil, reproduce: String
  ) -> Check {
    var check = Check(
      code: code, id: "\(prefix)/\(code)", verdict: verdict, expected: expected, found: found,
      isHard: Rulebook.rule(code)?.isHard ?? true)
    check.message = message
    check.layer = layer
    check.reproduce = reproduce
    return check
  }

  /// A measurement held against a budget row.
  func budgeted(
    _ code: String, _ observation: Observation, _ budget: BudgetLimit, layer: String? = nil, reproduce: String
  ) -> Check {
    let judgement = Judge.judge(observation, budget.limit)
    let unit = Rulebook.rule(code)?.unit ?? .real
    var check = Check(
      code: code, id: "\(prefix)/\(code)", verdict: judgement.verdict,
      expected: Self.expected(budget.limit, unit), found: Self.found(judgement, budget.limit, unit),
      isHard: Rulebook.rule(code)?.isHard ?? true)
    check.headroom = judgement.headroom.map { Self.headroom($0, budget.limit, unit) }
    check.usage = judgement.usage
    check.budget = budget.source
    if judgement.verdict != .pass {
      check.passingTolerance = judgement.passing.map { Self.tolerance($0, budget.limit, unit) }
      check.layer = layer
    }
    check.message = Self.message(code, check, judgement)
    check.reproduce = reproduce
    return check
  }

  /// A budget that the gate needs and nobody wrote.
  func missingBudget(_ code: String, row: String, reproduce: String) -> Check {
    var check = holds(
      code, .undecided, expected: "a budget row", found: "none",
      message: "no budget for this suite, model and target; add to baselines/budgets: \(row)",
      reproduce: reproduce)
    check.isHard = false
    return check
  }

  // MARK: Words

  private static func message(_ code: String, _ check: Check, _ judgement: Judgement) -> String {
    let title = Rulebook.rule(code)?.title ?? code
    let note = judgement.note.map { " (\($0))" } ?? ""
    switch judgement.verdict {
    case .pass: return "\(title): \(check.found), within \(check.expected)\(note)"
    case .fail: return "\(title): \(check.found), expected \(check.expected)\(note)"
    default: return "\(title) could not be decided\(note)"
    }
  }

  static func text(_ value: Double, _ unit: Rule.Unit) -> String {
    switch unit {
    case .bytes: Int(exactly: value.rounded()).map(ReportText.bytes) ?? ReportText.number(value)
    case .milliseconds: "\(ReportText.number(value)) ms"
    case .share: value.isFinite ? ReportText.percent(value) : ReportText.number(value)
    case .decibels:
      value.isFinite ? "\(ReportText.fixed(value, places: 2)) dB" : "\(ReportText.number(value)) dB"
    case .real, .none: ReportText.number(value, places: 6)
    }
  }

  private static func expected(_ limit: Limit, _ unit: Rule.Unit) -> String {
    switch limit {
    case .atMost(let bound): "at most \(text(bound, unit))"
    case .atLeast(let bound): "at least \(text(bound, unit))"
    case .margin(let margin): "a drop below \(points(margin, unit))"
    }
  }

  /// Differences of shares are points, so that nobody reads 2 % as relative.
  private static func points(_ value: Double, _ unit: Rule.Unit) -> String {
    unit == .share ? "\(ReportText.fixed(value * 100, places: 2)) points" : text(value, unit)
  }

  private static func found(_ judgement: Judgement, _ limit: Limit, _ unit: Rule.Unit) -> String {
    guard let found = judgement.found else { return judgement.note ?? "nothing" }
    guard case .margin(let margin) = limit else { return text(found, unit) }
    let bound = judgement.headroom.map { ", at worst \(points($0 - margin, unit)) (one-sided 95 %)" } ?? ""
    return "a change of \(points(found, unit))\(bound)"
  }

  private static func headroom(_ value: Double, _ limit: Limit, _ unit: Rule.Unit) -> String {
    switch limit {
    case .atMost(let bound):
      let share = bound > 0 && value.isFinite ? " (\(ReportText.percent(value / bound, places: 1)))" : ""
      return text(value, unit) + share
    case .atLeast, .margin: return points(value, unit)
    }
  }

  /// The limit that would pass, as a budget row has it: what is printed is never on the wrong side of
  /// what was found.
  static func tolerance(_ value: Double, _ limit: Limit, _ unit: Rule.Unit) -> String {
    switch limit {
    case .atMost: "max: \(text(printable(value, unit, .up), unit))"
    case .atLeast: "min: \(text(printable(value, unit, .down), unit))"
    case .margin: "margin: above \(points(printable(value, unit, .up), unit))"
    }
  }

  /// The next value in a direction that ``text(_:_:)`` prints without rounding.
  private static func printable(_ value: Double, _ unit: Rule.Unit, _ rule: FloatingPointRoundingRule)
    -> Double
  {
    guard value.isFinite, value != 0 else { return value }
    let steps: Double
    switch unit {
    case .bytes: return value.rounded(rule)
    case .share: steps = 1e4
    case .decibels: steps = 1e2
    case .milliseconds, .real, .none:
      if value.magnitude >= 1e9 || value.magnitude < 0.001 {
        let step = ReportText.step(value, digits: 3)
        return (value / step).rounded(rule) * step
      }
      steps = unit == .milliseconds ? 1e3 : 1e6
    }
    return (value * steps).rounded(rule) / steps
  }
}

/// A budget row as the judge needs it.
struct BudgetLimit: Sendable, Hashable {
  var limit: Limit
  /// `baselines/budgets/digits.yaml:12`.
  var source: String
}
