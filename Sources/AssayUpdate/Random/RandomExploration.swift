/// Many drawn schedules, and what did not hold.
public struct RandomReport: Sendable, Equatable {
  public struct Finding: Sendable, Equatable {
    /// The schedule as drawn.
    public let line: String
    /// The shortest schedule found that breaks the same invariant.
    public let shrunk: String
    public let violation: Violation
  }

  public internal(set) var runs = 0
  public internal(set) var findings: [Finding] = []
  /// How often each class of fault happened, by name.
  public internal(set) var coverage: [(name: String, count: Int)] = []
  public internal(set) var traceHash = TraceHash()

  /// Classes of faults that never happened: with any of them the exploration proves too little.
  public var missing: [String] { coverage.filter { $0.count == 0 }.map(\.name) }

  public static func == (a: RandomReport, b: RandomReport) -> Bool {
    a.runs == b.runs && a.findings == b.findings && a.traceHash == b.traceHash
      && a.coverage.map(\.count) == b.coverage.map(\.count)
  }
}

/// Seeded random exploration: a phase of faults, then a phase in which the device must converge.
public enum RandomExploration {
  /// Runs `runs` schedules drawn from `seed`.
  public static func explore(seed: UInt64, runs: Int) -> RandomReport {
    explore(seed: seed, runs: runs, flaws: [])
  }

  static func explore(seed: UInt64, runs: Int, flaws: DeviceFlaws, findingLimit: Int = 5) -> RandomReport {
    var report = RandomReport()
    var counts: [String: Int] = [:]
    var random = SeededRandom(seed: seed, purpose: 0xF1E1D)
    let schedules = (0..<max(0, runs)).map { _ in Schedule.draw(seed: random.next() >> 16) }
    let outcomes = Workers.map(schedules.count) { schedules[$0].outcome(flaws: flaws) }
    for (schedule, outcome) in zip(schedules, outcomes) {
      guard let outcome else { continue }
      report.runs += 1
      for name in outcome.fired { counts[name, default: 0] += 1 }
      for name in schedule.classes { counts[name, default: 0] += 1 }
      for byte in outcome.traceHash.utf8 { report.traceHash.mix(UInt64(byte)) }
      guard let violation = outcome.violations.first, report.findings.count < findingLimit else { continue }
      let shrunk = schedule.shrunk(breaking: violation.invariant, flaws: flaws)
      report.findings.append(
        RandomReport.Finding(line: schedule.line, shrunk: shrunk.line, violation: violation))
    }
    report.coverage = classes.map { ($0, counts[$0, default: 0]) }
    return report
  }

  /// Every class of fault that must happen at least once.
  static let classes: [String] =
    TransportFailure.allCases.map(\.rawValue) + [
      "lose-response", "cut", "stall", "throttle", "flip", "status", "captive-portal", "ignore-range",
      "wrong-range", "replace-artifact", "splice-artifact", "wrong-artifact", "wrong-length", "wrong-body",
      "chunked", "redirect", "body", "tamper", "flood", "replay", "not-modified",
    ] + TearMode.allCases.map { "power \($0.rawValue)" }
    + SectorDefect.allCases.map { "flash \($0.rawValue)" }
    + ["flash rot", "flash restart"]
    + Scenario.SelfTestKind.allCases.filter { $0 != .pass }.map { "self-test \($0.rawValue)" }
}

extension Schedule {
  /// Classes that are not requests: power, flash, self-test.
  var classes: [String] {
    var found = power.compactMap { $0.split(separator: " ").last.map { "power \($0)" } }
    for phrase in flash {
      let words = phrase.split(separator: " ")
      if words.contains("rot") { found.append("flash rot") }
      if words.first == "restart" { found.append("flash restart") }
      if let defect = words.last, SectorDefect(rawValue: String(defect)) != nil {
        found.append("flash \(defect)")
      }
    }
    if selfTest != .pass { found.append("self-test \(selfTest.rawValue)") }
    return found
  }

  /// Leaves out whatever can be left out while the same invariant breaks.
  func shrunk(breaking invariant: Invariant, flaws: DeviceFlaws) -> Schedule {
    var best = self
    var hasShrunk = true
    while hasShrunk {
      hasShrunk = false
      for candidate in best.smaller where candidate.breaks(invariant, flaws) {
        best = candidate
        hasShrunk = true
        break
      }
    }
    return best
  }

  private func breaks(_ invariant: Invariant, _ flaws: DeviceFlaws) -> Bool {
    outcome(flaws: flaws)?.violations.contains { $0.invariant == invariant } ?? false
  }

  /// Every schedule with one thing less.
  private var smaller: [Schedule] {
    var all: [Schedule] = []
    for list in [\Schedule.faults, \.events, \.flash, \.power] {
      for index in self[keyPath: list].indices {
        var copy = self
        copy[keyPath: list].remove(at: index)
        all.append(copy)
      }
    }
    if selfTest != .pass {
      var copy = self
      copy.selfTest = .pass
      all.append(copy)
    }
    return all
  }
}
