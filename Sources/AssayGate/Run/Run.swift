/// Everything one gate run planned, measured and decided: the content of `report.json` and of a
/// run file, from which every report can be rendered again.
///
/// Schema version 1. Numbers are finite; what is undefined is absent, with a reason beside it.
public struct Run: Codable, Sendable, Hashable {
  public static let currentSchema = 1

  /// Changes when a field changes meaning; added fields do not change it.
  public var schemaVersion = Run.currentSchema
  /// The program that judged.
  public var assayVersion: String
  /// UTC, ISO 8601; the only content that differs between two runs on the same inputs.
  public var startedAt: String
  public var verdict: Verdict
  /// 0 pass, 1 failed, 2 unusable input, 3 could not decide.
  public var exitCode: Int
  /// Cases that the suites and targets call for, and those that were judged.
  public var plannedCases: Int
  public var judgedCases: Int
  /// Fields of targets that were set on the command line (`--set`); absent when none was.
  public var overrides: [String]?
  /// SHA-256 of every model, recording, suite, budget and target that was judged.
  public var inputs: [InputDigest]
  public var suites: [SuiteResult]
  public var canaries: [Canary]
  /// Wrong devices that the update rehearsals had to catch; absent when no suite has scenarios.
  public var updateKills: [UpdateKill]?
  /// What went wrong outside any check, one line each.
  public var problems: [String]

  public init(assayVersion: String, startedAt: String) {
    self.assayVersion = assayVersion
    self.startedAt = startedAt
    verdict = .undecided
    exitCode = 3
    plannedCases = 0
    judgedCases = 0
    inputs = []
    suites = []
    canaries = []
    problems = []
  }

  /// Every check of the run, in report order.
  public var checks: [Check] {
    suites.flatMap { $0.models.flatMap { $0.checks + $0.targets.flatMap(\.checks) } }
  }
}

/// How a run, a case or a check ended.
public enum Verdict: String, Codable, Sendable, Hashable {
  case pass, fail, undecided
  /// An input could not be read as what it claims to be.
  case unusable
}

public struct InputDigest: Codable, Sendable, Hashable {
  /// `model`, `recording`, `suite`, `target`, `budgets`.
  public var kind: String
  /// Relative to the folder the gate ran in.
  public var path: String
  public var sha256: String
  public var bytes: Int

  public init(kind: String, path: String, sha256: String, bytes: Int) {
    self.kind = kind
    self.path = path
    self.sha256 = sha256
    self.bytes = bytes
  }
}

public struct SuiteResult: Codable, Sendable, Hashable {
  public var name: String
  public var file: String
  public var summary: String
  public var models: [ModelResult]

  public init(name: String, file: String, summary: String, models: [ModelResult]) {
    self.name = name
    self.file = file
    self.summary = summary
    self.models = models
  }
}

/// One candidate model of a suite: what holds for it everywhere, and on each target.
public struct ModelResult: Codable, Sendable, Hashable {
  public var name: String
  public var candidate: ModelFacts
  public var reference: ModelFacts?
  public var baseline: ModelFacts?
  /// What the int8 model is compared with, in words; says so when blind to weight quantisation.
  public var referenceNote: String
  public var samples: Int
  public var accuracy: [AccuracyFacts]
  public var confusion: ConfusionFacts?
  public var outputDrift: [DriftFacts]
  public var layerDrift: [LayerDriftFacts]
  /// The first layer over tolerance, `nil` when none is.
  public var layerAtFault: String?
  public var collapse: [String]
  /// What the cases of a bundled program gave; absent for every other model.
  public var recorded: RecordedFacts?
  /// What a reader should know, in sentences.
  public var notes: [String]?
  /// Checks that do not depend on a target.
  public var checks: [Check]
  public var targets: [TargetResult]
  /// Update scenarios, once per target; absent when the suite names none.
  public var updates: [UpdateResult]?

  public init(name: String, candidate: ModelFacts) {
    self.name = name
    self.candidate = candidate
    referenceNote = ""
    samples = 0
    accuracy = []
    outputDrift = []
    layerDrift = []
    collapse = []
    checks = []
    targets = []
  }
}

public struct ModelFacts: Codable, Sendable, Hashable {
  public var path: String
  public var sha256: String
  public var bytes: Int
  public var format: String
  public var operators: Int
  /// SHA-256 over all outputs on the recordings, in order.
  public var outputDigest: String?

  public init(path: String, sha256: String, bytes: Int, format: String, operators: Int) {
    self.path = path
    self.sha256 = sha256
    self.bytes = bytes
    self.format = format
    self.operators = operators
  }
}

public struct AccuracyFacts: Codable, Sendable, Hashable {
  /// `candidate`, `reference`, `baseline`.
  public var of: String
  /// `top1`, `balancedAccuracy`, `auc`, `meanAbsoluteError`.
  public var metric: String
  public var value: Double
  /// 95 % interval, where one is defined for the metric.
  public var low: Double?
  public var high: Double?
  public var correct: Int?
  public var samples: Int

  public init(
    of: String, metric: String, value: Double, low: Double? = nil, high: Double? = nil,
    correct: Int? = nil, samples: Int
  ) {
    self.of = of
    self.metric = metric
    self.value = value
    self.low = low
    self.high = high
    self.correct = correct
    self.samples = samples
  }
}

/// Rows are labels, columns predictions.
public struct ConfusionFacts: Codable, Sendable, Hashable {
  public var labels: [String]
  public var counts: [[Int]]

  public init(labels: [String], counts: [[Int]]) {
    self.labels = labels
    self.counts = counts
  }
}

/// Difference between two tensors over all recordings, in real units and codes.
public struct DriftFacts: Codable, Sendable, Hashable {
  public var name: String
  public var maxAbs: Double
  public var meanAbs: Double
  public var rmse: Double
  /// Absent for a zero vector, where it is undefined.
  public var cosine: Double?
  /// Absent when the difference is zero (infinite).
  public var sqnrDb: Double?
  public var reason: String?
  /// Size of one code of the quantised side, in real units.
  public var lsb: Double?
  /// Share of elements that differ by 0, 1, 2 and more than 2 codes.
  public var lsbHistogram: [Double]?
  public var top1Agreement: Double?
  public var nonFinite: Int

  public init(name: String, maxAbs: Double, meanAbs: Double, rmse: Double, nonFinite: Int = 0) {
    self.name = name
    self.maxAbs = maxAbs
    self.meanAbs = meanAbs
    self.rmse = rmse
    self.nonFinite = nonFinite
  }
}

/// Drift of one layer's output between the candidate and its reference.
public struct LayerDriftFacts: Codable, Sendable, Hashable {
  /// `3 CONV_2D "conv2/Relu"`.
  public var layer: String
  /// The reference's layer, where it is of another format.
  public var counterpart: String?
  public var op: String
  /// Error that reached this layer, as RMSE over the reference's RMS.
  public var accumulated: Double
  /// Error this layer adds by itself when fed the reference's exact inputs; absent where it has no
  /// float counterpart of the same shape.
  public var own: Double?
  public var sqnrDb: Double?
  /// Share of codes at the lower and upper end of the code range.
  public var saturatedLow: Double
  public var saturatedHigh: Double
  public var overTolerance: Bool

  public init(
    layer: String, op: String, accumulated: Double, own: Double? = nil, sqnrDb: Double? = nil,
    saturatedLow: Double = 0, saturatedHigh: Double = 0, overTolerance: Bool = false
  ) {
    self.layer = layer
    self.op = op
    self.accumulated = accumulated
    self.own = own
    self.sqnrDb = sqnrDb
    self.saturatedLow = saturatedLow
    self.saturatedHigh = saturatedHigh
    self.overTolerance = overTolerance
  }
}
