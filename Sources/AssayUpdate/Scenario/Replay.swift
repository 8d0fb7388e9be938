/// What came of a scenario, beside what should have.
public struct Outcome: Sendable, Equatable {
  public let scenario: String
  public let catalogue: [String]
  /// `file:line:column` of the row.
  public let place: String
  /// The states the device was in: `old > downloading new > pending new > trial new > new`.
  public let chain: [String]
  /// When each of the states began, in virtual microseconds.
  public let chainMicroseconds: [Int64]
  /// When power failed or the device restarted.
  public let resetMicroseconds: [Int64]
  /// The status log the service saw, by assignment: `1 started > 1 succeeded`.
  public let log: [String]
  /// What serves at the end: `old`, `new`, `other`, `nothing`, or the beginning of a digest.
  public let serves: String
  public let violations: [Violation]
  /// Where expectation and result differ, one line each.
  public let differences: [String]
  public let timeline: [TraceEntry]
  public let traceHash: String
  /// Virtual time of the whole run, in microseconds.
  public let microseconds: Int64
  public let flashOperations: Int
  public let artifactBytes: Int
  /// Classes of faults that happened, each as often as it did.
  let fired: [String]
  /// What the row says goes wrong and never did.
  public internal(set) var unmet: [String] = []
  /// What the fleet did; nil for a scenario of one device.
  public let fleet: FleetReport?

  /// True when everything is exactly as the scenario says and every invariant held.
  public var passed: Bool { violations.isEmpty && differences.isEmpty }
}

extension Scenario {
  /// Runs the scenario; the same subject and seed give the same outcome.
  ///
  /// Nil when the subject's slot size is not a positive multiple of 64 KiB.
  public func replay(_ subject: Subject, keepsTimeline: Bool = true) -> Outcome? {
    let images = ScenarioImages(self, subject)
    guard let mission = Mission(self, subject, images: images) else { return nil }
    let judge = ImageJudge(selfTest: mission.selfTest)
    var board = mission.makeBoard(seed: subject.seed, judge: judge)
    board.trace.keepsEntries = keepsTimeline
    var world = World(mission: mission, board: board)
    world.run()
    return outcome(of: world.board, mission, images)
  }

  private func outcome(of board: Board, _ mission: Mission, _ images: ScenarioImages) -> Outcome {
    let chain = board.states.map { $0.text(images) }
    let log = board.network.service.reports(of: mission.profile.mac).map { "\($0.assignment) \($0.summary)" }
    let record = board.monitor.oracle.best?.record
    let content = board.monitor.serving.flatMap { record?[$0] }
    let serving = images.name(content?.digest)
    return Outcome(
      scenario: name, catalogue: catalogue, place: place, chain: chain,
      chainMicroseconds: board.stateTimes, resetMicroseconds: board.resetTimes, log: log, serves: serving,
      violations: board.monitor.violations, differences: differences(chain, log, serving),
      timeline: board.trace.entries, traceHash: board.trace.hash.hex, microseconds: board.clock.microseconds,
      flashOperations: board.operations, artifactBytes: board.monitor.counters.artifactBytes,
      fired: board.network.faults.fired, unmet: unmet(board, images), fleet: nil)
  }

  private func differences(_ chain: [String], _ log: [String], _ serving: String) -> [String] {
    func difference(_ what: String, _ expected: [String]?, _ found: [String]) -> String? {
      guard let expected, expected != found else { return nil }
      func text(_ items: [String]) -> String { items.isEmpty ? "none" : items.joined(separator: " > ") }
      return "\(what): expected \(text(expected)), found \(text(found))"
    }
    return [
      difference("chain", self.chain, chain), difference("log", self.log, log),
      difference("serves", serves.map { [$0] }, [serving]),
    ].compactMap(\.self)
  }
}

extension DeviceState {
  func text(_ images: ScenarioImages) -> String {
    switch phase {
    case .steady: images.name(active)
    case .downloading, .pending, .trial: "\(phase) \(images.name(candidate))"
    }
  }
}
