import AssayMeasure
import Testing

@testable import AssayGate

@Suite struct `The judge` {
  @Test(arguments: [
    (100.0, Limit.atMost(100), Verdict.pass), (100.5, .atMost(100), .fail), (.nan, .atMost(100), .fail),
    (.infinity, .atMost(100), .fail), (0.98, .atLeast(0.98), .pass), (0.979, .atLeast(0.98), .fail),
    (.nan, .atLeast(0.98), .fail), (-.infinity, .atLeast(0), .fail),
  ])
  func `passes a number only inside its limit`(found: Double, limit: Limit, expected: Verdict) {
    #expect(Judge.judge(.number(found), limit).verdict == expected)
  }

  @Test(arguments: [
    (PairedOutcomes(bothRight: 890, bothWrong: 5, gains: 2, losses: 2), 0.02, Verdict.pass),
    (PairedOutcomes(bothRight: 860, bothWrong: 5, gains: 2, losses: 32), 0.02, .fail),
    (PairedOutcomes(bothRight: 18, bothWrong: 0, gains: 1, losses: 1), 0.02, .undecided),
    (PairedOutcomes(bothRight: 0, bothWrong: 0, gains: 0, losses: 0), 0.02, .undecided),
  ])
  func `tells a drop, no drop and too few recordings apart`(
    outcomes: PairedOutcomes, margin: Double, expected: Verdict
  ) {
    #expect(Judge.judge(.paired(outcomes), .margin(margin)).verdict == expected)
  }

  @Test func `never passes what was not measured or is of another kind`() {
    #expect(Judge.judge(.absent("no recordings"), .atMost(1)).verdict == .undecided)
    #expect(Judge.judge(.number(0), .margin(0.1)).verdict == .undecided)
  }

  @Test func `gives the tolerance that would just have passed`() {
    let judged = Judge.judge(.number(120), .atMost(100))
    #expect(judged.passing == 120 && judged.headroom == -20)
    #expect(Judge.judge(.number(120), .atMost(judged.passing ?? 0)).verdict == .pass)
  }
}

@Suite struct `Known-bad measurements` {
  @Test(arguments: [
    ("arena", Limit.atMost(20000)), ("top1", .atLeast(0.98)), ("drop-vs-baseline", .margin(0.02)),
    ("output-sqnr", .atLeast(20)), ("latency", .atMost(12.5)),
  ])
  func `of every kind of budget are caught`(code: String, limit: Limit) {
    let outcomes = PairedOutcomes(bothRight: 890, bothWrong: 5, gains: 2, losses: 2)
    let canaries = Canaries.of(
      code, BudgetLimit(limit: limit, source: "b.yaml:1"), .paired(outcomes), prefix: "s/m/t")
    #expect(!canaries.isEmpty)
    let missed = canaries.filter { !$0.caught }
    #expect(missed.isEmpty)
  }

  @Test(arguments: [
    // A candidate far ahead of the other model, one far behind, and another that never is right.
    PairedOutcomes(bothRight: 20, bothWrong: 5, gains: 870, losses: 5),
    PairedOutcomes(bothRight: 20, bothWrong: 5, gains: 5, losses: 870),
    PairedOutcomes(bothRight: 0, bothWrong: 100, gains: 800, losses: 0),
    PairedOutcomes(bothRight: 1, bothWrong: 0, gains: 0, losses: 0),
  ])
  func `of a drop are caught however the two models compare`(outcomes: PairedOutcomes) {
    for margin in [0.001, 0.02, 0.5, 0.99] {
      let canaries = Canaries.of(
        "drop-vs-baseline", BudgetLimit(limit: .margin(margin), source: "b.yaml:1"), .paired(outcomes),
        prefix: "s/m/t")
      #expect(canaries.map(\.caught) == [true])
    }
  }

  @Test func `pass when the budget cannot fail, which the gate must notice`() {
    let canaries = Canaries.of(
      "arena", BudgetLimit(limit: .atMost(.infinity), source: "b.yaml:1"), nil, prefix: "s/m/t")
    let missed = canaries.filter { !$0.caught }
    #expect(!missed.isEmpty)
  }
}

@Suite struct `The outcome of a run` {
  @Test(arguments: [
    ([Verdict.pass], 0), ([.pass, .undecided], 3), ([.undecided, .fail], 1),
    ([.fail, .unusable, .undecided], 2), ([], 3),
  ])
  func `takes unusable before failed before undecided, and nothing checked is not a pass`(
    verdicts: [Verdict], exitCode: Int
  ) {
    var outcome = GateOutcome()
    for verdict in verdicts { outcome.add(verdict) }
    #expect(outcome.exitCode == exitCode)
  }
}
