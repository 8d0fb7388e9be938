import AssayMeasure
import AssayModel
import AssayRuntime

/// Layer facts in the form reports show, with the first layer over tolerance and collapse findings.
struct LayerDriftReport: Sendable {
  var layers: [LayerDriftFacts] = []
  var layerAtFault: String?
  var collapse: [CollapseFinding] = []

  /// - Parameter tolerance: accumulated RMSE over the reference's RMS.
  init(_ run: (probe: LayerProbe, facts: [LayerProbe.Facts]), tolerance: Double) {
    let (probe, facts) = run
    let other = probe.reference.graph
    let graph = probe.candidate.graph
    let others = other.subgraphs.map { ProducedRange.ranges(of: $0) }
    let ranges = graph.subgraphs.map { ProducedRange.ranges(of: $0) }
    for (pair, fact) in zip(probe.pairs, facts) {
      guard let summary = fact.accumulated.summary else { continue }
      let layer = pair.candidate.layer
      let name = LayerName.text(graph, layer)
      let op = graph.subgraphs[layer.subgraph].operators[layer.index]
      let relative = Self.relative(summary)
      // Written positively: a NaN is over.
      let isWithin = relative <= tolerance
      if !isWithin && layerAtFault == nil { layerAtFault = name }
      var drift = LayerDriftFacts(
        layer: name, op: op.code.name, accumulated: relative.isFinite ? relative : 1e9,
        own: fact.own.summary.map(Self.relative).flatMap { $0.isFinite ? $0 : nil },
        sqnrDb: summary.signalToNoiseDecibels.flatMap { $0.isFinite ? $0 : nil },
        saturatedLow: summary.steps?.candidateSaturation.low ?? 0,
        saturatedHigh: summary.steps?.candidateSaturation.high ?? 0, overTolerance: !isWithin)
      if graph.format != other.format { drift.counterpart = LayerName.text(other, pair.reference.layer) }
      layers.append(drift)
      let (output, counterpart) = (pair.candidate.output, pair.reference.output)
      let range = ranges[output.subgraph][output.index]
      // Kernels that clamp by a code say nothing of values; the same layer elsewhere does.
      let explained = range == .unbounded ? others[counterpart.subgraph][counterpart.index] : range
      collapse += Self.findings(fact, summary, explained, name)
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
