import AssayUpdate
import Testing

@testable import AssayGate

struct TrialLimitsTests {
  private static func facts(arena: Int?, limit: Int?, high: Double?, waived: String? = nil) -> TargetResult {
    var facts = TargetResult(
      name: "board/fw-2", target: "board", firmware: "fw-2", profileSHA256: "", runtime: "")
    facts.arena = arena.map {
      var arena = ArenaFacts(minimumBytes: $0, usedBytes: $0, headBytes: $0, tailBytes: 0, scratchBytes: 0)
      arena.budgetBytes = limit
      return arena
    }
    facts.latency = LatencyFacts(provenance: "validated")
    facts.latency?.milliseconds = high.map { $0 / 2 }
    facts.latency?.highMilliseconds = high
    for code in ["arena", "latency"] {
      var check = Check(code: code, id: "s/m/board/\(code)", verdict: .fail, expected: "", found: "")
      check.reproduce = "assay \(code) m.tflite --target board --set runtime.esp_nn=1.1.2"
      if code == waived { check.waived = "known" }
      facts.checks.append(check)
    }
    return facts
  }

  struct Case: Sendable {
    var arena: Int?
    var limit: Int? = 8192
    var high = 5.0
    var end = LatencyEnd.upper
    var waived: String?
    var reason: Reason?
  }

  private static let cases = [
    Case(arena: 8192), Case(arena: 8193, reason: .selfTestArena), Case(arena: 8193, limit: nil),
    Case(arena: nil), Case(arena: 1, high: 5.001, reason: .selfTestLatency),
    Case(arena: 1, high: 9.9, end: .estimate),
    Case(arena: 1, high: 10.1, end: .estimate, reason: .selfTestLatency),
    Case(arena: 1, high: 50, waived: "latency"),
    Case(arena: 9000, high: 50, waived: "latency", reason: .selfTestArena),
    Case(arena: 9000, waived: "arena"),
  ]

  @Test(arguments: cases)
  func `a trial refuses what is over a budget that nobody waived`(_ row: Case) {
    let (arena, limit, high, end, waived, reason) = (
      row.arena, row.limit, row.high, row.end, row.waived, row.reason
    )
    let facts = Self.facts(arena: arena, limit: limit, high: high, waived: waived)
    let trial = TrialLimits(facts, latencyMilliseconds: 5, end: end)
    #expect(trial.refusal?.reason == reason)
    #expect(trial.command(.selfTestArena).hasPrefix("assay arena m.tflite"))
    #expect(trial.untested == (arena == nil ? ["arena"] : []))
  }

  @Test func `a latency that nobody knows is no part of the trial and is said to be none`() {
    let trial = TrialLimits(
      Self.facts(arena: 1, limit: 2, high: nil), latencyMilliseconds: 5, end: .upper)
    #expect(trial.refusal == nil && trial.untested == ["latency"])
  }

  @Test(arguments: [(4.0, nil), (6.0, Reason.selfTestLatency)])
  func `a lower bound of the latency can refuse and cannot confirm`(high: Double, reason: Reason?) {
    var facts = Self.facts(arena: 1, limit: 2, high: high)
    for index in facts.checks.indices { facts.checks[index].verdict = .undecided }
    let trial = TrialLimits(facts, latencyMilliseconds: 5, end: .upper)
    #expect(trial.refusal?.reason == reason && trial.untested == ["latency"])
  }
}
