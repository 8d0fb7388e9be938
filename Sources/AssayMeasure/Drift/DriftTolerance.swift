/// A figure of a drift that a limit can be set on.
public enum DriftMetric: String, Sendable, Hashable, CaseIterable {
  case maximumAbsoluteError, meanAbsoluteError, percentile99AbsoluteError, rootMeanSquareError
  case cosine, signalToNoiseDecibels
  case maximumSteps, rootMeanSquareErrorOverScale

  /// Whether a limit is a floor (cosine, signal to noise) and not a ceiling.
  public var largerIsBetter: Bool { self == .cosine || self == .signalToNoiseDecibels }

  /// The figure; `nil` where it is undefined or was not measured.
  public func value(in summary: DriftSummary) -> Double? {
    switch self {
    case .maximumAbsoluteError: summary.maximumAbsoluteError
    case .meanAbsoluteError: summary.meanAbsoluteError
    case .percentile99AbsoluteError: summary.percentile99AbsoluteError
    case .rootMeanSquareError: summary.rootMeanSquareError
    case .cosine: summary.cosine
    case .signalToNoiseDecibels: summary.signalToNoiseDecibels
    case .maximumSteps: summary.steps.map { Double($0.maximum) }
    case .rootMeanSquareErrorOverScale: summary.steps?.rootMeanSquareErrorOverScale
    }
  }
}

/// A limit on one figure: a ceiling for errors, a floor where larger is better.
public struct DriftLimit: Sendable, Hashable {
  public var metric: DriftMetric
  public var limit: Double

  public init(_ metric: DriftMetric, _ limit: Double) {
    self.metric = metric
    self.limit = limit
  }

  public func judge(_ summary: DriftSummary) -> JudgedDrift {
    let found = metric.value(in: summary)
    guard let found else { return JudgedDrift(limit: self, found: nil, outcome: .undefined) }
    // Positive guards: NaN fails by itself.
    let holds = metric.largerIsBetter ? found >= limit : found <= limit
    return JudgedDrift(limit: self, found: found, outcome: holds ? .pass : .fail)
  }
}

/// A figure held against its limit.
public struct JudgedDrift: Sendable, Hashable {
  public enum Outcome: String, Sendable, Hashable {
    case pass, fail
    /// The figure does not exist (cosine of zeros, a percentile of too few elements).
    case undefined
  }

  public var limit: DriftLimit
  public var found: Double?
  public var outcome: Outcome

  /// Distance from the limit, negative when it is broken.
  public var headroom: Double? {
    found.map { limit.metric.largerIsBetter ? $0 - limit.limit : limit.limit - $0 }
  }

  /// The strictest limit that would pass: the figure itself.
  public var minimumTolerance: Double? { found }
}

/// The drift of one layer's output.
public struct LayerDrift: Sendable, Hashable {
  /// Position among the operators of its subgraph.
  public var index: Int
  /// As `inspect` numbers layers: `subgraph 0, operator 3 (CONV_2D)`.
  public var place: String
  public var tensorName: String
  /// Against the reference when the layer is fed the *reference's* inputs: what this layer adds.
  public var own: DriftSummary?
  /// Against the reference when the whole candidate runs: what has piled up so far.
  public var accumulated: DriftSummary

  public init(
    index: Int, place: String, tensorName: String, own: DriftSummary?, accumulated: DriftSummary
  ) {
    self.index = index
    self.place = place
    self.tensorName = tensorName
    self.own = own
    self.accumulated = accumulated
  }
}

/// Layers in execution order, held against limits.
public struct LayerTolerance: Sendable, Hashable {
  public var limits: [DriftLimit]

  public init(_ limits: [DriftLimit]) { self.limits = limits }

  /// The first layer whose accumulated drift breaks a limit, and how.
  public func firstOver(_ layers: [LayerDrift]) -> (layer: LayerDrift, broken: [JudgedDrift])? {
    for layer in layers {
      let broken = limits.map { $0.judge(layer.accumulated) }.filter { $0.outcome == .fail }
      if !broken.isEmpty { return (layer, broken) }
    }
    return nil
  }

  /// The layer that adds most by itself, seen through one metric: where to look first.
  public static func worstOwn(_ layers: [LayerDrift], by metric: DriftMetric) -> LayerDrift? {
    let rated = layers.compactMap { layer in
      layer.own.flatMap(metric.value).map { (layer, metric.largerIsBetter ? -$0 : $0) }
    }
    if let broken = rated.first(where: { $0.1.isNaN }) { return broken.0 }
    return rated.max { $0.1 < $1.1 }?.0
  }

  /// Per limit, the strictest value that every layer would pass; NaN when no value would.
  public func minimumTolerance(_ layers: [LayerDrift]) -> [DriftLimit] {
    limits.compactMap { limit in
      let found = layers.compactMap { limit.metric.value(in: $0.accumulated) }
      guard !found.isEmpty else { return nil }
      if found.contains(where: \.isNaN) { return DriftLimit(limit.metric, .nan) }
      let strictest = limit.metric.largerIsBetter ? found.min() : found.max()
      return strictest.map { DriftLimit(limit.metric, $0) }
    }
  }
}
