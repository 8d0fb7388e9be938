/// One rollout over a fleet, and exactly what must come of it: a row of a `fleets:` table.
public struct FleetScenario: Sendable {
  /// Unique within its table.
  public var name: String
  /// Rows of the fault catalogue it stands for.
  public var catalogue: [String]
  /// `file:line:column` of the row.
  public var place: String
  public var plan = FleetPlan()
  /// The exact states of the rollout; nil when the row does not say.
  public internal(set) var chain: [String]?
  /// The exact counts of what devices told.
  public internal(set) var log: [String]?
  /// The exact counts of what serves at the end.
  public internal(set) var serves: [String]?
  /// Groups that are opened.
  var opened: Int?
  /// Devices whose flash is written.
  var touched: Int?
  /// Addresses the service takes for those of two devices.
  var flagged = 0
  /// Most requests in a second; the bound that jitter sets holds in any case.
  var peak: Int?
  /// Most requests in all.
  var requests: Int?

  init(name: String, catalogue: [String], place: String) {
    self.name = name
    self.catalogue = catalogue
    self.place = place
  }
}

/// A row of a scenario file.
public enum Rehearsal: Sendable {
  case device(Scenario)
  case fleet(FleetScenario)

  public var name: String {
    switch self {
    case .device(let scenario): scenario.name
    case .fleet(let scenario): scenario.name
    }
  }

  /// Rows of the fault catalogue it stands for.
  public var catalogue: [String] {
    switch self {
    case .device(let scenario): scenario.catalogue
    case .fleet(let scenario): scenario.catalogue
    }
  }

  /// True when the row says exactly what must be seen.
  var isExact: Bool {
    switch self {
    case .device(let scenario): scenario.chain != nil && scenario.log != nil && scenario.serves != nil
    case .fleet(let scenario):
      scenario.chain != nil && scenario.log != nil && scenario.serves != nil && scenario.opened != nil
        && scenario.touched != nil
    }
  }

  /// Runs the row; nil when the subject's slot size is not a positive multiple of 64 KiB.
  public func replay(_ subject: Subject, keepsTimeline: Bool = true) -> Outcome? {
    switch self {
    case .device(let scenario): scenario.replay(subject, keepsTimeline: keepsTimeline)
    case .fleet(let scenario): scenario.replay(subject, keepsTimeline: keepsTimeline)
    }
  }
}

extension FleetScenario {
  /// Runs the rollout; the same subject and seed give the same outcome.
  public func replay(_ subject: Subject, keepsTimeline: Bool = true) -> Outcome? {
    var plan = self.plan
    plan.seed = subject.seed
    plan.flaws = subject.flaws
    guard let report = plan.run(subject) else { return nil }
    return Outcome(
      scenario: name, catalogue: catalogue, place: place, chain: report.chain,
      chainMicroseconds: report.chainMicroseconds, resetMicroseconds: [], log: report.log,
      serves: Self.text(report.serves), violations: report.violations,
      differences: differences(report, isOwnImage: subject.image != nil),
      timeline: keepsTimeline ? report.timeline : [], traceHash: report.traceHash.hex,
      microseconds: report.microseconds, flashOperations: report.flashOperations,
      artifactBytes: report.artifactBytes, fired: [], unmet: report.unmet, fleet: report)
  }

  private static func text(_ items: [String]) -> String {
    items.isEmpty ? "none" : items.joined(separator: " > ")
  }

  /// How many devices had begun when a rollout stopped depends on how long a download takes: with
  /// another image than the made-up one, what they told is compared, and not how many of them did.
  private func differences(_ report: FleetReport, isOwnImage: Bool) -> [String] {
    func told(_ log: [String]) -> String {
      Self.text(isOwnImage ? log.map { $0.split(separator: " ").dropLast().joined(separator: " ") } : log)
    }
    func exact(_ what: String, _ expected: String?, _ found: String) -> String? {
      guard let expected, expected != found else { return nil }
      return "\(what): expected \(expected), found \(found)"
    }
    func most(_ what: String, _ bound: Int?, _ found: Int) -> String? {
      guard let bound, found > bound else { return nil }
      return "\(what): expected at most \(bound), found \(found)"
    }
    return [
      exact("chain", chain.map(Self.text), Self.text(report.chain)),
      exact("log", log.map(told), told(report.log)),
      exact("serves", serves.map(Self.text), Self.text(report.serves)),
      exact("opened", opened.map(String.init), String(report.opened)),
      exact("touched", isOwnImage ? nil : touched.map(String.init), String(report.touched)),
      exact("flagged", String(flagged), String(report.flagged)),
      most("peak", isOwnImage ? nil : peak, report.peakRequestsPerSecond),
      most("requests", isOwnImage ? nil : requests, report.requests),
    ].compactMap(\.self)
  }
}
