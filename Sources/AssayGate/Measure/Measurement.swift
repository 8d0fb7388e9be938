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
  /// Why the recordings were not run: a layer that no kernel here computes, which a board refuses too.
  var notRun: String?
  /// What the candidate's own recorded cases gave, where it is a bundled program.
  var recorded: RecordedMeasure?
  /// Recordings that are an earlier one again.
  var repeats: Set<Int> = []
  /// Inputs that were read: models and recordings.
  var digests: [InputDigest] = []
}

/// Runs a suite's model on its recordings: pure from bytes to numbers.
struct Measurer: Sendable {
  let model: SuiteModel
  let kernels: KernelSelection

  func measure() throws(GateError) -> Measurement {
    let bytes = try read(model.candidate)
    let candidate = try load(
      model.candidate, method: model.methods.candidate, weights: model.weights.candidate, bytes: bytes)
    var measurement = Measurement(
      candidate: candidate, result: ModelResult(name: model.name, candidate: candidate.facts))
    record(candidate, &measurement)
    if BundledProgram.isBundle(bytes) { try measureCases(bytes, &measurement) }
    guard let path = model.recordings else {
      if measurement.result.recorded == nil {
        measurement.result.referenceNote = "no recordings: only memory and contracts are judged"
        measurement.result.notes = [
          "No recordings: accuracy and drift are not judged, only memory and contracts."
        ]
      }
      return measurement
    }
    let recording = try open(path, &measurement)
    if candidate.graph.format == .pte, let missing = candidate.program.missing.first {
      measurement.notRun = "\(missing.layer): \(missing.reason)"
      measurement.result.referenceNote = "the recordings were not run: \(missing.reason)"
      return measurement
    }
    try runAll(recording, &measurement)
    return measurement
  }

  private func read(_ path: String) throws(GateError) -> [UInt8] {
    do { return try FileBytes.read(path, limit: LoadedModel.maximumBytes) } catch {
      throw GateError(.unusable, "\(error)")
    }
  }

  private func load(
    _ path: String, method: String, weights: String?, bytes: [UInt8]? = nil
  ) throws(GateError) -> LoadedModel {
    let options = ReadingOptions(method: method)
    guard let bytes else {
      return try LoadedModel(path: path, kernels: kernels, options: options, weights: weights)
    }
    return try LoadedModel(path: path, bytes: bytes, kernels: kernels, options: options, weights: weights)
  }

  /// The candidate's own cases, where its program runs here.
  private func measureCases(_ bytes: [UInt8], _ measurement: inout Measurement) throws(GateError) {
    let candidate = measurement.candidate
    let bundle: BundledProgram
    do throws(ModelError) { bundle = try BundledProgram(bytes) } catch {
      throw GateError(.unusable, "\(candidate.path): \(error)")
    }
    let recorded = try RecordedCases(bundle, candidate)
    guard !recorded.cases.isEmpty else { return }
    if let missing = candidate.program.missing.first {
      measurement.observations["recorded-outputs"] = .absent("\(missing.layer): \(missing.reason)")
      measurement.result.referenceNote = "the recorded cases were not run: \(missing.reason)"
      return
    }
    let measured = try RecordedMeasure(candidate, recorded)
    measurement.recorded = measured
    measurement.result.recorded = measured.facts
    measurement.nonFinite = measured.nonFinite
    measurement.observations["recorded-outputs"] = .number(measured.worst)
    measurement.result.samples = recorded.cases.count
    measurement.result.referenceNote = "reference: the outputs that the file itself records"
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
    let candidate = try measurement.candidate.fitted(to: recording)
    guard recording.inputs.count <= candidate.inputs.count else {
      throw GateError(
        .unusable,
        "\(recording.file): \(ReportText.count(recording.inputs.count, "input")), \(candidate.path) takes \(candidate.inputs.count): it was recorded for another model"
      )
    }
    let matching = SampleFeed.Matching.realValues(codesOf: candidate.inputs)
    let feed = try SampleFeed(
      recording, model: candidate, matching: matching, permutation: model.permutations.candidate)
    let run = try ModelRun(candidate, feed)
    let inputs = model.metric == .reconstructionAUC ? try Self.realInputs(candidate, feed) : []
    let quality = try QualityMeasure(model.metric, run, recording, inputs: inputs)
    noteShapes(candidate, &measurement)
    try noteStrength(candidate, recording, &measurement)
    measurement.result.samples = run.count
    measurement.result.candidate.outputDigest = run.digest
    measurement.nonFinite += nonFinite(run)
    measurement.result.accuracy = quality.facts(of: "candidate", samples: run.count)
    observe(quality, &measurement)
    if let matrix = quality.confusion { measurement.result.confusion = confusion(matrix) }

    if let reference = try referenceModel(candidate, &measurement)?.fitted(to: recording) {
      let permutation = model.reference == nil ? model.permutations.candidate : model.permutations.reference
      let otherFeed = try SampleFeed(
        recording, model: reference, matching: matching, permutation: permutation)
      let other = try ModelRun(reference, otherFeed)
      let otherInputs = inputs.isEmpty ? [] : try Self.realInputs(reference, otherFeed)
      let otherQuality = try QualityMeasure(model.metric, other, recording, inputs: otherInputs)
      measurement.result.accuracy += otherQuality.facts(of: "reference", samples: other.count)
      if model.metric != .none {
        measurement.observations["drop-vs-reference"] = quality.comparison(
          with: otherQuality, without: measurement.repeats)
      }
      try drift(candidate, run, other, reference, feed, otherFeed, &measurement)
    }
    detectCollapse(run, quality, recording, &measurement)
    try compareBaseline(recording, matching, quality, &measurement)
  }

  private func compareBaseline(
    _ recording: ModelRecording, _ matching: SampleFeed.Matching, _ quality: QualityMeasure,
    _ measurement: inout Measurement
  ) throws(GateError) {
    guard let path = model.baseline else { return }
    let baseline = try load(path, method: model.methods.baseline, weights: model.weights.baseline)
      .fitted(to: recording)
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
      measurement.observations["drop-vs-baseline"] = quality.comparison(
        with: other, without: measurement.repeats)
    }
  }

  /// Dynamic inputs run at the shapes of the recording; memory stays that of the bound.
  private func noteShapes(_ candidate: LoadedModel, _ measurement: inout Measurement) {
    guard candidate.graph.method?.isDynamic == true else { return }
    let bound = measurement.candidate.inputs.map { "\($0.shape)" }.joined(separator: ", ")
    let found = candidate.inputs.map { "\($0.shape)" }.joined(separator: ", ")
    measurement.result.notes =
      (measurement.result.notes ?? []) + [
        "Shapes are dynamic: recorded at \(found), bound \(bound); memory is that of the bound."
      ]
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
      let reference = try load(path, method: model.methods.reference, weights: model.weights.reference)
      record(reference, &measurement)
      guard reference.sha256 != candidate.sha256 || model.methods.reference != model.methods.candidate else {
        throw GateError(
          .unusable,
          "the reference \(path) holds the bytes of the candidate \(candidate.path): their difference says nothing"
        )
      }
      measurement.result.reference = reference.facts
      measurement.result.referenceNote =
        reference.graph.format == .tflite && reference.graph.isQuantized
        ? "reference: \(path), which is quantised itself: what both lost stays unseen"
        : "reference: the float twin \(path)"
      if reference.graph.format == .onnx {
        measurement.result.referenceNote += " (ONNX runs on no board; it serves as float reference)"
      }
      return reference
    }
    guard candidate.graph.format == .tflite else {
      measurement.result.referenceNote =
        "no reference: drift is not measured; a program of this format needs a float twin to be named"
      return nil
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
    run.tensors.indices.reduce(0) { total, output in
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
