import AssayMeasure
import AssayModel
import AssayRecording
import AssayRuntime

extension Measurer {
  /// Drift of the outputs over all recordings, and of every layer over the first ones.
  func drift(
    _ candidate: LoadedModel, _ run: ModelRun, _ other: ModelRun, _ reference: LoadedModel,
    _ feed: SampleFeed, _ otherFeed: SampleFeed, _ measurement: inout Measurement
  ) throws(GateError) {
    guard run.tensors.map(\.elementCount) == other.tensors.map(\.elementCount) else {
      throw GateError(
        .unusable,
        "\(candidate.path) and \(reference.path) have outputs of different sizes: they are not twins")
    }
    for output in run.tensors.indices {
      measurement.result.outputDrift.append(Self.outputDrift(run, other, output))
    }
    observe(measurement.result.outputDrift, &measurement)
    let pairs =
      model.reference == nil
      ? LayerPairing.identity(candidate.graph) : LayerPairing.pairs(candidate.graph, reference.graph)
    let probe = LayerProbe(candidate: candidate, reference: reference, pairs: pairs)
    let report = LayerDriftReport(
      try probe.run(feed, otherFeed, samples: model.layerSamples), tolerance: model.layerTolerance)
    measurement.result.layerDrift = report.layers
    measurement.result.layerAtFault = report.layerAtFault
    measurement.collapse += report.collapse
    if let worst = report.layers.map(\.accumulated).max() {
      measurement.observations["layer-drift"] = .number(worst)
    }
    let share = "\(min(model.layerSamples, run.count)) of \(run.count) recordings"
    measurement.result.referenceNote += "; \(report.layers.count) layers compared on \(share)"
  }

  static func outputDrift(_ run: ModelRun, _ other: ModelRun, _ output: Int) -> DriftFacts {
    let tensor = run.tensors[output]
    let codes = tensor.quantization.flatMap { CodeMap($0, type: tensor.type) }
    var drift = DriftAccumulator(codes: codes)
    var ranks = RankAgreement()
    for sample in 0..<min(run.count, other.count) {
      let ours = run.values(sample: sample, output: output)
      let theirs = other.values(sample: sample, output: output)
      _ = drift.add(candidate: ours.span, reference: theirs.span)
      if ours.count > 1 { _ = ranks.add(candidate: ours.span, reference: theirs.span) }
    }
    var facts = DriftFacts(name: tensor.name, maxAbs: 0, meanAbs: 0, rmse: 0)
    guard let summary = drift.summary else { return facts }
    facts.nonFinite = summary.nonFinite
    if summary.nonFinite > 0 { facts.reason = "\(summary.nonFinite) values are not finite" }
    facts.maxAbs = finite(summary.maximumAbsoluteError)
    facts.meanAbs = finite(summary.meanAbsoluteError)
    facts.rmse = finite(summary.rootMeanSquareError)
    facts.cosine = summary.cosine.flatMap { $0.isFinite ? $0 : nil }
    facts.sqnrDb = summary.signalToNoiseDecibels.flatMap { $0.isFinite ? $0 : nil }
    if facts.sqnrDb == nil && facts.reason == nil {
      facts.reason = summary.rootMeanSquareError == 0 ? "no difference" : "the reference is all zeros"
    }
    facts.lsb = codes.map { Double($0.scale) }
    facts.lsbHistogram = summary.steps.map { steps in
      steps.histogram.map { Double($0) / Double(max(summary.elements, 1)) }
    }
    facts.top1Agreement = ranks.top1
    return facts
  }

  /// JSON knows no NaN: such a figure fails its check by `nonFinite`, and is drawn as the largest.
  private static func finite(_ value: Double) -> Double {
    value.isFinite ? value : Double.greatestFiniteMagnitude
  }

  /// The worst output decides; one with a value that is not finite fails all three.
  private func observe(_ outputs: [DriftFacts], _ measurement: inout Measurement) {
    let isSound = outputs.allSatisfy { $0.nonFinite == 0 }
    measurement.observations["output-rmse"] = .number(isSound ? outputs.map(\.rmse).max() ?? .nan : .nan)
    measurement.observations["output-max"] = .number(isSound ? outputs.map(\.maxAbs).max() ?? .nan : .nan)
    measurement.observations["output-sqnr"] = isSound ? Self.sqnr(outputs) : .number(.nan)
    if let agreement = outputs.first?.top1Agreement {
      measurement.observations["agreement"] = .number(agreement)
    }
  }

  /// Decibels of the worst output; infinite where nothing differs.
  private static func sqnr(_ outputs: [DriftFacts]) -> Observation {
    let different = outputs.filter { $0.sqnrDb != nil || $0.reason != "no difference" }
    if let undefined = different.first(where: { $0.sqnrDb == nil }) {
      return .absent("\(undefined.name): \(undefined.reason ?? "undefined")")
    }
    return .number(different.compactMap(\.sqnrDb).min() ?? .infinity)
  }

  /// Constant outputs and one-class answers.
  func detectCollapse(
    _ run: ModelRun, _ quality: QualityMeasure, _ recording: ModelRecording,
    _ measurement: inout Measurement
  ) {
    let detector = CollapseDetector()
    for (output, tensor) in run.tensors.enumerated() {
      var activity = TensorActivity(channels: max(1, tensor.shape.last ?? 1))
      for sample in 0..<run.count { activity.add(run.values(sample: sample, output: output).span) }
      measurement.collapse += detector.output(activity, place: "output \(output)")
    }
    if model.metric == .top1, let labels = recording.labels?.integers {
      measurement.collapse += detector.classes(
        predicted: quality.predictions, expected: labels, place: "output 0")
    }
  }
}

extension Graph {
  /// Whether any computed value is a code.
  var isQuantized: Bool {
    subgraphs.contains { subgraph in
      subgraph.operators.contains { op in
        op.outputs.contains {
          subgraph.tensors[$0].quantization != nil && subgraph.tensors[$0].type != .float32
        }
      }
    }
  }
}
