import AssayFiles
import AssayMeasure
import AssayModel
import AssayRecording
import AssayRuntime

/// Everything measured about one model of a suite before any budget is looked at.
struct Measurement: Sendable {
  var candidate: LoadedModel
  var result: ModelResult
  /// By check code; what has no entry was not measured.
  var observations: [String: Observation] = [:]
  var collapse: [CollapseFinding] = []
  var nonFinite = 0
  /// Inputs that were read: models and recordings.
  var digests: [InputDigest] = []
}

/// Runs a suite's model on its recordings: pure from bytes to numbers.
struct Measurer: Sendable {
  let model: SuiteModel
  let kernels: KernelSelection

  func measure() throws(GateError) -> Measurement {
    let candidate = try LoadedModel(path: model.candidate, kernels: kernels)
    var measurement = Measurement(
      candidate: candidate, result: ModelResult(name: model.name, candidate: candidate.facts))
    record(candidate, &measurement)
    guard let path = model.recordings else {
      measurement.result.referenceNote = "no recordings: only memory and contracts are judged"
      return measurement
    }
    let recording = try open(path, &measurement)
    try runAll(recording, &measurement)
    return measurement
  }

  private func open(_ path: String, _ measurement: inout Measurement) throws(GateError) -> ModelRecording {
    do {
      let recording = try ModelRecording.open(path)
      if let digest = recording.digest {
        measurement.digests.append(
          InputDigest(kind: "recording", path: path, sha256: digest.sha256, bytes: digest.byteCount))
      }
      return recording
    } catch { throw GateError(.unusable, "\(error)") }
  }

  private func record(_ loaded: LoadedModel, _ measurement: inout Measurement) {
    measurement.digests.append(
      InputDigest(kind: "model", path: loaded.path, sha256: loaded.sha256, bytes: loaded.graph.file.count))
  }

  private func runAll(_ recording: ModelRecording, _ measurement: inout Measurement) throws(GateError) {
    let candidate = measurement.candidate
    let matching = SampleFeed.Matching.realValues(codesOf: candidate.inputs)
    let feed = try SampleFeed(
      recording, model: candidate, matching: matching, permutation: model.permutations.candidate)
    let run = try ModelRun(candidate, feed)
    let inputs = model.metric == .reconstructionAUC ? try Self.realInputs(candidate, feed) : []
    let quality = try QualityMeasure(model.metric, run, recording, inputs: inputs)
    measurement.result.samples = run.count
    measurement.result.candidate.outputDigest = run.digest
    measurement.nonFinite = nonFinite(run)
    measurement.result.accuracy = quality.facts(of: "candidate", samples: run.count)
    observe(quality, &measurement)
    if let matrix = quality.confusion { measurement.result.confusion = confusion(matrix) }

    let reference = try referenceModel(candidate, &measurement)
    if let reference {
      let permutation = model.reference == nil ? model.permutations.candidate : model.permutations.reference
      let otherFeed = try SampleFeed(
        recording, model: reference, matching: matching, permutation: permutation)
      let other = try ModelRun(reference, otherFeed)
      let otherInputs = inputs.isEmpty ? [] : try Self.realInputs(reference, otherFeed)
      let otherQuality = try QualityMeasure(model.metric, other, recording, inputs: otherInputs)
      measurement.result.accuracy += otherQuality.facts(of: "reference", samples: other.count)
      if model.metric != .none {
        measurement.observations["drop-vs-reference"] = quality.comparison(with: otherQuality)
      }
      try drift(run, other, reference, feed, otherFeed, &measurement)
      detectCollapse(run, quality, other, recording, &measurement)
    }
    try compareBaseline(recording, matching, quality, &measurement)
  }

  private func compareBaseline(
    _ recording: ModelRecording, _ matching: SampleFeed.Matching, _ quality: QualityMeasure,
    _ measurement: inout Measurement
  ) throws(GateError) {
    guard let path = model.baseline else { return }
    let baseline = try LoadedModel(path: path, kernels: kernels)
    record(baseline, &measurement)
    measurement.result.baseline = baseline.facts
    let feed = try SampleFeed(
      recording, model: baseline, matching: matching, permutation: model.permutations.baseline)
    let run = try ModelRun(baseline, feed)
    measurement.result.baseline?.outputDigest = run.digest
    let inputs = model.metric == .reconstructionAUC ? try Self.realInputs(baseline, feed) : []
    let other = try QualityMeasure(model.metric, run, recording, inputs: inputs)
    measurement.result.accuracy += other.facts(of: "baseline", samples: run.count)
    if model.metric != .none {
      measurement.observations["drop-vs-baseline"] = quality.comparison(with: other)
    }
  }

  static func realInputs(_ loaded: LoadedModel, _ feed: SampleFeed) throws(GateError) -> [[Float]] {
    var inputs: [[Float]] = []
    try feed.forEachBlock(of: 256) { block throws(GateError) in
      for sample in block {
        let bytes = sample.inputs[0]
        inputs.append(RealValues.decode(bytes.span, of: loaded.inputs[0]) ?? [])
      }
    }
    return inputs
  }

  /// The float twin, or the candidate itself in float where there is none.
  private func referenceModel(
    _ candidate: LoadedModel, _ measurement: inout Measurement
  ) throws(GateError) -> LoadedModel? {
    if let path = model.reference {
      let reference = try LoadedModel(path: path, kernels: kernels)
      record(reference, &measurement)
      measurement.result.reference = reference.facts
      measurement.result.referenceNote = "reference: the float twin \(path)"
      return reference
    }
    guard candidate.graph.isQuantized else {
      measurement.result.referenceNote = "a float model without a reference: drift is not measured"
      return nil
    }
    measurement.result.referenceNote =
      "reference: the same graph dequantised and run in float; blind to what quantising the weights cost"
    let graph = DequantizedGraph.make(candidate.graph)
    return try LoadedModel(
      path: "\(candidate.path) (dequantised)", sha256: candidate.sha256, graph: graph, kernels: kernels)
  }

  private func nonFinite(_ run: ModelRun) -> Int {
    run.tensors.indices.filter { run.tensors[$0].type == .float32 }.reduce(0) { total, output in
      total + (0..<run.count).reduce(0) { $0 + run.values(sample: $1, output: output).count { !$0.isFinite } }
    }
  }

  private func observe(_ quality: QualityMeasure, _ measurement: inout Measurement) {
    if let correct = quality.correct, !correct.isEmpty {
      measurement.observations["top1"] = .number(Double(correct.count { $0 }) / Double(correct.count))
    }
    if let balanced = quality.confusion?.balancedAccuracy {
      measurement.observations["balanced-accuracy"] = .number(balanced)
    }
    if let worst = quality.confusion?.worstClass {
      measurement.observations["worst-class-recall"] = .number(worst.recall)
    }
    if let area = quality.area { measurement.observations["auc"] = .number(area.area) }
    if let error = quality.meanError?.meanAbsoluteError {
      measurement.observations["mean-error"] = .number(error)
    }
  }

  private func confusion(_ matrix: ConfusionMatrix) -> ConfusionFacts {
    let labels = (0..<matrix.classes).map { $0 < model.labels.count ? model.labels[$0] : "\($0)" }
    let counts = (0..<matrix.classes).map { row in
      (0..<matrix.classes).map { matrix.count(label: row, prediction: $0) }
    }
    return ConfusionFacts(labels: labels, counts: counts)
  }
}
