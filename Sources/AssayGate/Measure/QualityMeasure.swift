import AssayMeasure
import AssayModel
import AssayRecording

/// One model's quality on labelled recordings, by the suite's metric.
struct QualityMeasure: Sendable {
  /// Right or wrong by recording, where the metric counts answers.
  var correct: [Bool]?
  var predictions: [Int?] = []
  var confusion: ConfusionMatrix?
  var area: AreaUnderCurve?
  var meanError: MeanError?

  /// - Throws: `GateError.unusable` for labels that are missing, of another length or out of range.
  init(
    _ metric: AccuracyMetric, _ run: ModelRun, _ recording: ModelRecording, inputs: [[Float]]
  ) throws(GateError) {
    switch metric {
    case .none: break
    case .top1: try measureTop1(run, try Self.labels(recording))
    case .auc:
      try measureArea(run, try Self.labels(recording), recording) {
        Double(run.values(sample: $0, output: 0).first ?? .nan)
      }
    case .reconstructionAUC:
      try measureArea(run, try Self.labels(recording), recording) { sample in
        Self.reconstructionError(run.values(sample: sample, output: 0), inputs[sample])
      }
    case .meanError: try measureError(run, recording)
    }
  }

  private static func labels(_ recording: ModelRecording) throws(GateError) -> [Int] {
    guard let labels = recording.labels?.integers else {
      throw GateError(.unusable, "\(recording.file): labels are missing")
    }
    guard labels.count == recording.sampleCount else {
      throw GateError(
        .unusable, "\(recording.file): \(labels.count) labels for \(recording.sampleCount) samples")
    }
    return labels
  }

  private mutating func measureTop1(_ run: ModelRun, _ labels: [Int]) throws(GateError) {
    let classes = run.tensors.first?.elementCount ?? 0
    guard var matrix = ConfusionMatrix(classes: classes) else {
      throw GateError(.unusable, "output 0 has \(classes) elements, which are not classes")
    }
    var correct: [Bool] = []
    for (sample, label) in labels.enumerated() {
      guard (0..<classes).contains(label) else {
        throw GateError(.unusable, "label \(label) of sample \(sample) is not a class of 0..<\(classes)")
      }
      let prediction = largestIndex(run.values(sample: sample, output: 0).span)
      _ = matrix.add(label: label, prediction: prediction)
      predictions.append(prediction)
      correct.append(prediction == label)
    }
    self.correct = correct
    confusion = matrix
  }

  private mutating func measureArea(
    _ run: ModelRun, _ labels: [Int], _ recording: ModelRecording, _ score: (Int) -> Double
  ) throws(GateError) {
    guard labels.allSatisfy({ $0 == 0 || $0 == 1 }) else {
      throw GateError(.unusable, "\(recording.file): labels of an AUC are 0 and 1")
    }
    area = AreaUnderCurve(scores: labels.indices.map(score), positive: labels.map { $0 == 1 })
  }

  /// Mean squared difference of an autoencoder's output and its input.
  static func reconstructionError(_ output: [Float], _ input: [Float]) -> Double {
    guard output.count == input.count, !output.isEmpty else { return .nan }
    let sum = zip(output, input).reduce(0.0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    }
    return sum / Double(output.count)
  }

  private mutating func measureError(_ run: ModelRun, _ recording: ModelRecording) throws(GateError) {
    let truth: RecordedArray?
    do { truth = try recording.array("out_0") } catch { throw GateError(.unusable, "\(error)") }
    guard let truth, let values = truth.doubles, !run.tensors.isEmpty,
      values.count == run.count * run.tensors[0].elementCount
    else {
      throw GateError(
        .unusable, "\(recording.file): out_0 with the true outputs is missing or of another shape")
    }
    var error = MeanError()
    let size = run.tensors[0].elementCount
    for sample in 0..<run.count {
      let expected = values[sample * size..<(sample + 1) * size].map { Float($0) }
      _ = error.add(prediction: run.values(sample: sample, output: 0).span, truth: expected.span)
    }
    meanError = error
  }

  /// The figures that reports show.
  func facts(of role: String, samples: Int) -> [AccuracyFacts] {
    var facts: [AccuracyFacts] = []
    if let correct {
      let right = correct.count { $0 }
      let interval = wilsonInterval(successes: right, trials: correct.count)
      facts.append(
        AccuracyFacts(
          of: role, metric: "top1", value: Double(right) / Double(max(correct.count, 1)),
          low: interval?.lower, high: interval?.upper, correct: right, samples: correct.count))
    }
    if let area {
      facts.append(
        AccuracyFacts(
          of: role, metric: "auc", value: area.area, low: area.interval.lower, high: area.interval.upper,
          samples: samples))
    }
    if let value = meanError?.meanAbsoluteError {
      facts.append(AccuracyFacts(of: role, metric: "meanAbsoluteError", value: value, samples: samples))
    }
    return facts
  }

  /// The paired comparison with another model on the same recordings.
  ///
  /// - Parameter repeats: recordings that tell no more than an earlier one; pairs count without them.
  func comparison(with other: QualityMeasure, without repeats: Set<Int> = []) -> Observation {
    func distinct(_ answers: [Bool]) -> [Bool] {
      answers.indices.filter { !repeats.contains($0) }.map { answers[$0] }
    }
    if let ours = correct, let theirs = other.correct,
      let outcomes = PairedOutcomes(candidate: distinct(ours), reference: distinct(theirs))
    {
      return .paired(outcomes)
    }
    if let ours = area, let theirs = other.area {
      return .comparison { ours.nonInferiority(to: theirs, margin: $0) }
    }
    if let ours = meanError, let theirs = other.meanError {
      return .comparison { ours.nonInferiority(to: theirs, margin: $0, seed: 1) }
    }
    return .absent("the suite has no metric to compare by")
  }
}
