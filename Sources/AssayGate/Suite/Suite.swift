public import AssayDocument

/// What one `suite.yaml` asks the gate to judge: models, the recordings they are fed, and targets.
public struct Suite: Sendable {
  public var name: String
  /// The suite file, and the folder that its paths start from.
  public var file: String
  public var folder: String
  public var summary: String
  /// Models times firmwares that a complete run must judge.
  public var expectedCases: Int?
  /// Target profiles by name; a bundled program names none and is judged on every one that runs it.
  public var targets: [String]
  public var models: [SuiteModel]
  /// Whether ``file`` is a bundled ExecuTorch program (`.bpte`), which is a suite by itself.
  public var isBundle = false

  /// The command that judges this suite again.
  var command: String { "assay gate \(isBundle ? file : folder)" }
}

/// One candidate with what it is compared with.
public struct SuiteModel: Sendable {
  public var name: String
  public var location: DocumentLocation
  public var candidate: String
  /// The float twin, where there is one.
  public var reference: String?
  /// The version in the field.
  public var baseline: String?
  /// The recorded inputs (`.npz`), in real units or in the candidate's codes.
  public var recordings: String?
  public var metric: AccuracyMetric
  /// Names of the classes in output order.
  public var labels: [String]
  public var arena: ArenaDeclaration
  public var contract: IOContract
  public var permutations: InputPermutations
  /// Accumulated relative RMSE above which a layer is named as at fault.
  public var layerTolerance: Double
  /// Samples that the comparison layer by layer runs on.
  public var layerSamples: Int
  /// Which end of the latency interval a budget is compared with.
  public var latencyEnd: LatencyEnd
  /// Update scenarios that the candidate must survive.
  public var scenarios: [String]
  /// Methods of ExecuTorch programs.
  public var methods = ProgramMethods()
  /// Files of external weights (`.ptd`) of ExecuTorch programs.
  public var weights = ProgramWeights()
  /// Targets of this model alone; `nil`: those of the suite.
  public var targets: [String]?
  /// Compared with its reference and never rolled out, which is all that an ONNX model can be.
  public var isComparisonOnly = false
}

/// Which method of an ExecuTorch program is meant; other formats have none.
public struct ProgramMethods: Sendable, Hashable {
  public var candidate = "forward"
  public var reference = "forward"
  public var baseline = "forward"

  public init() {}
}

/// Files of external weights, where a program has any.
public struct ProgramWeights: Sendable, Hashable {
  public var candidate: String?
  public var reference: String?
  public var baseline: String?

  public init() {}
}

/// How recordings are turned into one figure of quality.
public enum AccuracyMetric: String, Sendable, CaseIterable {
  /// Share of recordings whose largest output is the label.
  case top1
  /// Area under the ROC curve of the single output, labels 0 and 1.
  case auc
  /// As `auc`, the score being the mean squared difference of output and input (autoencoders).
  case reconstructionAUC = "reconstruction-auc"
  /// Mean absolute error against `out_0` of the recording.
  case meanError = "mean-error"
  /// No figure: drift and memory only.
  case none
}

/// What the firmware does about the arena.
public struct ArenaDeclaration: Sendable, Hashable {
  /// Whether the arena's base is declared 16-byte aligned; otherwise 15 bytes are added.
  public var isAligned = false
  /// Bytes that the firmware reserves, from its source or the model's manifest.
  public var declaredBytes: Int?

  public init() {}
}

/// What the firmware's code assumes about the model's inputs and outputs; `nil` checks nothing.
public struct IOContract: Sendable, Hashable {
  public var inputs: [TensorContract]?
  public var outputs: [TensorContract]?

  public init() {}
}

public struct TensorContract: Sendable, Hashable {
  public var shape: [Int]?
  public var type: String?
  public var scale: Float?
  public var zeroPoint: Int?
}

/// Axes that bring the recording's layout to each model's, the batch axis included; `nil` where
/// they are the same.
public struct InputPermutations: Sendable, Hashable {
  public var candidate: [Int]?
  public var reference: [Int]?
  public var baseline: [Int]?

  public init() {}
}

/// The figure of a latency interval that is judged.
public enum LatencyEnd: String, Sendable, CaseIterable {
  case upper, estimate
}
