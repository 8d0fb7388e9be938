/// What a model computes on one firmware's own kernels, beside the reference.
public struct BoardFacts: Codable, Sendable, Hashable {
  /// `esp-nn 1.1.2`.
  public var library: String
  /// Layers that meet a known defect, in execution order; empty where the board computes the
  /// reference's bytes.
  public var layers: [BoardLayerFacts]
  /// Recordings that were run; 0 where there are none.
  public var samples: Int
  /// Recordings whose output bytes differ from the reference's.
  public var differingOutputs: Int
  /// Recordings whose largest output is another one.
  public var changedAnswers: Int
  /// Recordings whose outputs rest on memory that nobody can know.
  public var unknownOutputs: Int
  /// `top1`, `auc` or `meanAbsoluteError`; absent without a metric.
  public var metric: String?
  /// The metric of the reference kernels.
  public var reference: Double?
  /// The metric on the board: an interval where answers rest on memory that nobody can know.
  public var low: Double?
  public var high: Double?
  /// Why nothing, or not all of it, was computed.
  public var reason: String?
  /// What layers overwrite outside their own memory in this plan, one sentence each.
  public var memory: [String]
  /// What avoids the defects and what that costs, one sentence each.
  public var advice: [String]

  public init(library: String) {
    self.library = library
    layers = []
    samples = 0
    differingOutputs = 0
    changedAnswers = 0
    unknownOutputs = 0
    memory = []
    advice = []
  }

  /// Whether every output is the reference's.
  public var agrees: Bool { layers.isEmpty && reason == nil }
}

/// One layer that meets a known defect.
public struct BoardLayerFacts: Codable, Sendable, Hashable {
  /// `subgraph 0, operator 3 (CONV_2D)`.
  public var layer: String
  /// `A`.
  public var rule: String
  /// The layer's own numbers that meet the rule's condition.
  public var condition: String
  public var effect: String
  /// Recordings whose output bytes differ, and whose answer changes, when this layer alone is as on the
  /// board; absent where that was not computed.
  public var differingOutputs: Int?
  public var changedAnswers: Int?

  public init(layer: String, rule: String, condition: String, effect: String) {
    self.layer = layer
    self.rule = rule
    self.condition = condition
    self.effect = effect
  }
}
