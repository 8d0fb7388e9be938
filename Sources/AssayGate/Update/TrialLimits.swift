import AssayUpdate

/// What the trial on a device holds the candidate to: the gate's own budgets, on one firmware.
struct TrialLimits: Sendable, Hashable {
  /// `esp32s3-n16r8/fw-2.3`.
  var firmware: String
  /// Arena the candidate needs there, in bytes; `nil` when it is not known.
  var arenaBytes: Int?
  var arenaLimitBytes: Int?
  /// The end of the latency's interval that decides; `nil` when it is not known.
  var latencyMicroseconds: Int64?
  var latencyLimitMicroseconds: Int64?
  /// False where operators that nobody can price leave a lower bound only: it can refuse, not confirm.
  private var isLatencyDecided = true
  /// What shows the arena and the latency by themselves.
  private var commands: [Reason: String] = [:]

  /// - Parameter latencyMilliseconds: the budget, where it is an absolute one.
  init(_ facts: TargetResult, latencyMilliseconds limit: Double?, end: LatencyEnd) {
    firmware = facts.name
    arenaBytes = facts.arena?.minimumBytes
    arenaLimitBytes = Self.isWaived("arena", facts) ? nil : facts.arena?.budgetBytes
    let found = end == .upper ? facts.latency?.highMilliseconds : facts.latency?.milliseconds
    latencyMicroseconds = found.flatMap { Self.microseconds($0) }
    isLatencyDecided = !facts.checks.contains { $0.code == "latency" && $0.verdict == .undecided }
    latencyLimitMicroseconds =
      Self.isWaived("latency", facts) ? nil : limit.flatMap { Self.microseconds($0) }
    for check in facts.checks {
      if check.code == "arena" { commands[.selfTestArena] = check.reproduce }
      if check.code == "latency" { commands[.selfTestLatency] = check.reproduce }
    }
  }

  /// The command line that shows what a refusal rests on.
  func command(_ reason: Reason) -> String { commands[reason] ?? "" }

  private static func isWaived(_ code: String, _ facts: TargetResult) -> Bool {
    facts.checks.contains { $0.code == code && $0.waived != nil }
  }

  private static func microseconds(_ milliseconds: Double) -> Int64? {
    Int64(exactly: (milliseconds * 1000).rounded(.up))
  }

  /// Why a device held to these limits rolls the candidate back; `nil` when its trial passes.
  var refusal: (reason: Reason, words: String)? {
    if let arenaBytes, let arenaLimitBytes, arenaBytes > arenaLimitBytes {
      return (
        .selfTestArena,
        "needs \(ReportText.bytes(arenaBytes)) of at most \(ReportText.bytes(arenaLimitBytes))"
      )
    }
    if let latencyMicroseconds, let latencyLimitMicroseconds, latencyMicroseconds > latencyLimitMicroseconds {
      let (found, limit) = (Double(latencyMicroseconds) / 1000, Double(latencyLimitMicroseconds) / 1000)
      return (
        .selfTestLatency, "takes \(ReportText.number(found)) ms of at most \(ReportText.number(limit)) ms"
      )
    }
    return nil
  }

  /// What the trial could not test, in words.
  var untested: [String] {
    (arenaBytes == nil ? ["arena"] : [])
      + (latencyMicroseconds == nil || !isLatencyDecided ? ["latency"] : [])
  }
}
