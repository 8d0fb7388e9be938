import AssayMeasure
import AssayModel
import AssayRuntime

/// Layer facts in the form reports show, with the first layer over tolerance and collapse findings.
struct LayerDriftReport: Sendable {
  var layers: [LayerDriftFacts] = []
  var layerAtFault: String?
  var collapse: [CollapseFinding] = []

  /// - Parameter tolerance: accumulated RMSE over the reference's RMS.
  init(_ probe: LayerProbe, _ facts: [LayerProbe.Facts], tolerance: Double) {
    let graph = probe.candidate.graph
    let ranges = graph.subgraphs.map { ProducedRange.ranges(of: $0) }
    for (pair, fact) in zip(probe.pairs, facts) {
      guard let summary = fact.accumulated.summary else { continue }
      let name = LayerName.text(graph, pair.candidate)
      let op = graph.subgraphs[pair.candidate.subgraph].operators[pair.candidate.index]
      let relative = Self.relative(summary)
      // Written positively: a NaN is over.
      let isWithin = relative <= tolerance
      if !isWithin && layerAtFault == nil { layerAtFault = name }
      layers.append(
        LayerDriftFacts(
          layer: name, op: op.code.name, accumulated: relative.isFinite ? relative : 1e9,
          own: fact.own.summary.map(Self.relative).flatMap { $0.isFinite ? $0 : nil },
          sqnrDb: summary.signalToNoiseDecibels.flatMap { $0.isFinite ? $0 : nil },
          saturatedLow: summary.steps?.candidateSaturation.low ?? 0,
          saturatedHigh: summary.steps?.candidateSaturation.high ?? 0, overTolerance: !isWithin))
      collapse += Self.findings(fact, summary, ranges[pair.candidate.subgraph][op.outputs[0]], name)
    }
  }

  /// RMSE over the reference's RMS: 0 for equal tensors, infinite against an all-zero reference.
  static func relative(_ summary: DriftSummary) -> Double {
    if summary.rootMeanSquareError == 0 { return 0 }
    guard let decibels = summary.signalToNoiseDecibels else { return .infinity }
    return decibels.isNaN ? .nan : Exponent.tenToThe(-decibels / 20)
  }

  private static func findings(
    _ fact: LayerProbe.Facts, _ summary: DriftSummary, _ range: ProducedRange, _ name: String
  ) -> [CollapseFinding] {
    let detector = CollapseDetector()
    var findings = detector.channels(fact.activity, reference: fact.referenceActivity, place: name)
    if let steps = summary.steps, let map = fact.accumulated.codes {
      findings += detector.clamping(steps, explained: range.explains(map), place: name)
    }
    return findings
  }
}
