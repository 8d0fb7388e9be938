/// Update scenarios with one model's bytes on one target.
public struct UpdateResult: Codable, Sendable, Hashable {
  public var target: String
  /// In the order of the files and their rows.
  public var scenarios: [ScenarioResult]
  /// Why no device would confirm the candidate, in which case nothing was replayed.
  public var refusal: String?
  /// Every power cut of the candidate's update; nil where nothing was explored.
  public var exploration: UpdateExploration?

  public init(
    target: String, scenarios: [ScenarioResult], refusal: String? = nil,
    exploration: UpdateExploration? = nil
  ) {
    self.target = target
    self.scenarios = scenarios
    self.refusal = refusal
    self.exploration = exploration
  }
}

/// Power cuts at every flash operation of a model's update, trial, confirmation and rollback.
public struct UpdateExploration: Codable, Sendable, Hashable {
  /// Flash operations: a 4 KiB erase or a program of at most 256 bytes each.
  public var operations: Int
  /// Operations times tear modes, and second cuts during recoveries.
  public var cuts: Int
  /// Cuts after which an invariant did not hold, the first of them.
  public var problems: [String]
  /// The command that explores them again.
  public var command: String
}

/// One rehearsed scenario: what the device went through.
public struct ScenarioResult: Codable, Sendable, Hashable {
  public var name: String
  /// Rows of the fault catalogue.
  public var catalogue: [String]
  /// `file:line:column` of the row.
  public var place: String
  public var passed: Bool
  /// The states in their order; the last one lasts until the end of the run.
  public var states: [StateSpan]
  /// Virtual times at which power failed or the device restarted, in seconds.
  public var resetSeconds: [Double]
  /// The status log the service saw: `1 started`, `1 succeeded`.
  public var log: [String]
  public var serves: String
  /// Virtual time of the whole run, in seconds.
  public var seconds: Double
  /// Invariants and expectations that did not hold.
  public var problems: [String]
  /// The command that shows a scenario again that did not pass.
  public var replay: String?
}

/// A state of the device and when it began.
public struct StateSpan: Codable, Sendable, Hashable {
  /// `old`, `downloading new`, `pending new`, `trial new`, `new`, `nothing`.
  public var state: String
  /// Virtual seconds since power-on.
  public var seconds: Double
}

/// A device that is wrong on purpose, and whether the rehearsals noticed.
public struct UpdateKill: Codable, Sendable, Hashable {
  public var name: String
  /// What the device does wrong, in words.
  public var mistake: String
  /// The invariant that must notice: `I1` to `I14`.
  public var invariant: String
  public var killed: Bool
  /// Where it was caught: rehearsal, cut, and what did not hold.
  public var evidence: String?
}
