public import AssayMeasure

/// What a budget row demands of a measurement.
public enum Limit: Sendable, Hashable {
  case atMost(Double)
  case atLeast(Double)
  /// The candidate may be worse by less than this, shown on paired recordings.
  case margin(Double)
}

/// What was measured, in the unit of its limit.
public enum Observation: Sendable {
  case number(Double)
  /// Right and wrong answers of candidate and other model on the same recordings.
  case paired(PairedOutcomes)
  /// A paired comparison of a continuous figure, to be judged at any margin.
  case comparison(@Sendable (Double) -> NonInferiority?)
  /// Nothing to judge, and why.
  case absent(String)
}

/// The answer to one check, before it is put in words.
public struct Judgement: Sendable, Hashable {
  public var verdict: Verdict
  /// What was found: the number, or the observed difference.
  public var found: Double?
  /// Distance inside the limit; negative when it is broken.
  public var headroom: Double?
  /// Found as a share of the limit.
  public var usage: Double?
  /// The limit that would just pass.
  public var passing: Double?
  public var note: String?
}

/// The one function that decides. Canaries go through it too.
public enum Judge {
  public static func judge(_ observation: Observation, _ limit: Limit) -> Judgement {
    switch (observation, limit) {
    case (.absent(let reason), _): Judgement(verdict: .undecided, note: reason)
    case (.number(let found), .atMost(let bound)): ceiling(found, bound)
    case (.number(let found), .atLeast(let bound)): floor(found, bound)
    case (.paired(let outcomes), .margin(let margin)):
      nonInferiority(NonInferiority(outcomes, margin: margin))
    case (.comparison(let judge), .margin(let margin)): nonInferiority(judge(margin))
    default: Judgement(verdict: .undecided, note: "the budget is of another kind than the measurement")
    }
  }

  // Positive guards: a NaN fails by itself.
  private static func ceiling(_ found: Double, _ bound: Double) -> Judgement {
    let verdict: Verdict = found <= bound ? .pass : .fail
    return Judgement(
      verdict: verdict, found: found, headroom: bound - found,
      usage: bound > 0 && found.isFinite ? found / bound : nil, passing: found)
  }

  private static func floor(_ found: Double, _ bound: Double) -> Judgement {
    let verdict: Verdict = found >= bound ? .pass : .fail
    return Judgement(verdict: verdict, found: found, headroom: found - bound, passing: found)
  }

  private static func nonInferiority(_ result: NonInferiority?) -> Judgement {
    guard let result else { return Judgement(verdict: .undecided, note: "no paired recordings to compare") }
    let verdict: Verdict
    var note: String?
    switch result.verdict {
    case .pass: verdict = .pass
    case .fail: verdict = .fail
    case .undecided(let recordings):
      verdict = .undecided
      note = "too few recordings to tell: about \(recordings) would decide"
    }
    // The smallest margin that passes lies just above what the lower bound still allows.
    return Judgement(
      verdict: verdict, found: result.difference, headroom: result.headroom,
      usage: result.margin > 0 ? max(0, -result.lowerBound) / result.margin : nil,
      passing: max(0, -result.lowerBound), note: note)
  }
}
