import AssayMeasure

/// This run's own measurements made worse on purpose, through the same judge and budget rows.
enum Canaries {
  static func of(
    _ code: String, _ limit: BudgetLimit, _ observation: Observation?, prefix: String
  ) -> [Canary] {
    let unit = Rulebook.rule(code)?.unit ?? .real
    let writer = CheckWriter(prefix: prefix)
    return worse(limit.limit, unit, observation).map { change, observation in
      let check = writer.budgeted(code, observation, limit, reproduce: "")
      return Canary(check: check.id, change: "\(code): \(change)", caught: check.verdict == .fail)
    }
  }

  private static func worse(_ limit: Limit, _ unit: Rule.Unit, _ observation: Observation?) -> [(
    String, Observation
  )] {
    switch limit {
    case .atMost(let bound):
      let above = unit == .bytes ? bound + 1 : bound.nextUp
      return [
        (unit == .bytes ? "budget + 1 byte" : "just above the budget", .number(above)),
        ("NaN", .number(.nan)),
      ]
    case .atLeast(let bound):
      return [("just below the budget", .number(bound.nextDown)), ("NaN", .number(.nan))]
    case .margin(let margin): return [("a drop of the whole margin", dropped(observation, margin))]
    }
  }

  /// The same pairs with enough right answers turned wrong that the drop reaches the margin.
  private static func dropped(_ observation: Observation?, _ margin: Double) -> Observation {
    guard case .paired(let outcomes)? = observation, outcomes.pairs > 0 else {
      return .comparison { judged in
        NonInferiority(
          difference: -margin, lowerBound: -margin, margin: judged, standardError: 0.01, recordings: 100)
      }
    }
    var worse = outcomes
    let needed = Int((margin * Double(outcomes.pairs)).rounded(.up)) + (outcomes.gains - outcomes.losses)
    // A candidate far ahead has to lose what only it gets right first.
    let lost = min(max(0, needed), worse.gains)
    worse.gains -= lost
    worse.bothWrong += lost
    let turned = min(max(0, needed - lost), worse.bothRight)
    worse.bothRight -= turned
    worse.losses += turned
    guard Double(worse.losses - worse.gains) < margin * Double(worse.pairs) else { return .paired(worse) }
    // The other model is so bad that no candidate could drop by that much: judged on made-up pairs.
    return .paired(PairedOutcomes(bothRight: 0, bothWrong: 0, gains: 0, losses: outcomes.pairs))
  }
}
