import AssayMeasure
import AssayModel
import AssayRecording
import AssayRuntime

/// Runs a model's recordings on the kernels of firmwares, defects included.
///
/// Everything is run twice, with different bytes in memory that nobody can know: where the two differ
/// the answer rests on such memory, and the figure is an interval.
struct BoardPrediction {
  let candidate: LoadedModel
  let metric: AccuracyMetric
  private let recording: ModelRecording
  private let feed: SampleFeed
  private let inputs: [[Float]]
  /// On the reference's kernels.
  let reference: ModelRun

  /// Layers that are also tried one by one.
  static let maximumSingleLayers = 8

  init(
    _ candidate: LoadedModel, recordings: String, metric: AccuracyMetric, permutation: [Int]? = nil,
    matching: SampleFeed.Matching? = nil
  ) throws(GateError) {
    self.candidate = candidate
    self.metric = metric
    do { recording = try ModelRecording.open(recordings) } catch { throw GateError(.unusable, "\(error)") }
    feed = try SampleFeed(
      recording, model: candidate, matching: matching ?? .realValues(codesOf: candidate.inputs),
      permutation: permutation)
    inputs = metric == .reconstructionAUC ? try Measurer.realInputs(candidate, feed) : []
    reference = try ModelRun(candidate, feed)
  }

  /// Both runs of the model on a firmware's kernels; the reference's, once, where it has no defect.
  func runs(_ board: LoadedModel) throws(GateError) -> [ModelRun] {
    guard board.hasDefects else { return [reference] }
    return [try ModelRun(board, feed), try ModelRun(board, feed, fill: 0xA7)]
  }

  /// One run, for counting what differs where unknown memory does not matter.
  func run(_ board: LoadedModel) throws(GateError) -> ModelRun { try ModelRun(board, feed) }

  /// The figure of one run, as the suite's metric counts it.
  func figure(_ run: ModelRun) throws(GateError) -> (name: String, value: Double)? {
    let measure = try QualityMeasure(metric, run, recording, inputs: inputs)
    return measure.facts(of: "board", samples: run.count).first.map { ($0.metric, $0.value) }
  }

  /// Fills in what the recordings say about `runs`.
  func compare(_ runs: [ModelRun], into facts: inout BoardFacts) throws(GateError) {
    facts.samples = reference.count
    facts.differingOutputs = (0..<reference.count).count { differs(runs[0], $0) }
    facts.changedAnswers = changedAnswers(runs[0])
    facts.unknownOutputs = (0..<reference.count).count { sample in
      runs.dropFirst().contains { Self.differ(runs[0], $0, sample) }
    }
    guard metric != .none, let own = try figure(reference) else { return }
    facts.metric = own.name
    facts.reference = own.value
    (facts.low, facts.high) = try interval(runs)
  }

  func changedAnswers(_ run: ModelRun) -> Int {
    guard !run.tensors.isEmpty else { return 0 }
    return (0..<reference.count).count { sample in
      let answers = [reference, run].map { largestIndex($0.values(sample: sample, output: 0).span) }
      return answers[0] != answers[1]
    }
  }

  func differs(_ run: ModelRun, _ sample: Int) -> Bool { Self.differ(reference, run, sample) }

  private static func differ(_ left: ModelRun, _ right: ModelRun, _ sample: Int) -> Bool {
    left.tensors.indices.contains {
      left.bytes(sample: sample, output: $0) != right.bytes(sample: sample, output: $0)
    }
  }

  /// What is right whatever the memory held, and what may be right.
  private func interval(_ runs: [ModelRun]) throws(GateError) -> (Double?, Double?) {
    if metric == .top1 {
      var correct: [[Bool]] = []
      for run in runs { correct.append(try QualityMeasure(.top1, run, recording, inputs: []).correct ?? []) }
      let known = (0..<reference.count).map { sample in
        !runs.dropFirst().contains { Self.differ(runs[0], $0, sample) }
      }
      // An answer that rests on unknown memory may be right or wrong, whatever two fills gave.
      let certain = correct[0].indices.count { known[$0] && correct[0][$0] }
      let possible = correct[0].indices.count { !known[$0] || correct[0][$0] }
      let count = Double(max(correct[0].count, 1))
      return (Double(certain) / count, Double(possible) / count)
    }
    var values: [Double] = []
    for run in runs { if let value = try figure(run)?.value, value.isFinite { values.append(value) } }
    return (values.min(), values.max())
  }
}

extension BoardFacts {
  /// - Parameters:
  ///   - prediction: `nil` where there are no recordings.
  ///   - runs: what the prediction gave on this firmware, where the caller has it already.
  init(
    _ candidate: LoadedModel, _ runtime: RuntimeProfile, _ findings: [BoardFinding],
    _ prediction: BoardPrediction?, runs: [ModelRun]? = nil, arenaBytes: Int? = nil
  ) {
    let known = try? runtime.kernelLibrary()
    self.init(library: known?.title ?? "esp-nn \(runtime.espNN ?? "none")")
    layers = findings.map {
      BoardLayerFacts(layer: $0.place, rule: $0.rule.rawValue, condition: $0.condition, effect: $0.effect)
    }
    guard let agreement = try? BoardAgreement(runtime: runtime) else {
      reason = "the kernels of \(library) were never executed"
      return
    }
    let overruns = BoardMemory.overruns(
      candidate.graph, agreement.library, findings, arenaBytes: arenaBytes)
    memory = overruns.map { BoardMemory.text($0.overrun, $0.rule, candidate.graph) }
    do throws(GateError) {
      let board = try candidate.onBoard(runtime)
      if let prediction {
        let own = if let runs { runs } else { try prediction.runs(board) }
        try prediction.compare(own, into: &self)
        try addLayers(candidate, findings, agreement, prediction)
      } else {
        reason = "no recordings"
      }
    } catch { reason = error.message }
    let names = Set(findings.filter(\.rule.isOnlyReported).map(\.rule.rawValue)).sorted()
    if !names.isEmpty {
      forgetFigures("\(names.joined(separator: ", ")) is reported, not executed: not computed")
    }
    if findings.contains(where: { $0.rule == .j }) {
      forgetFigures("rule J: the board crashes before it answers")
    }
    if let hit = overruns.map(\.overrun).filter({ $0.tailBytes > 0 }).max(by: { $0.tailBytes < $1.tailBytes })
    {
      voidFigures(hit)
    }
  }

  private mutating func forgetFigures(_ why: String) {
    reason = why
    unknownOutputs = samples
    (low, high) = (nil, nil)
  }

  /// With the runtime's own structures overwritten anything can follow: a crash, or any answer.
  private mutating func voidFigures(_ hit: BoardOverrun) {
    reason =
      "the runtime's own structures are overwritten: a crash or any answer; in an arena of \(ReportText.bytes(hit.harmlessArenaBytes)) or more they are not"
    unknownOutputs = samples
    if metric == "meanAbsoluteError" {
      (low, high) = (nil, nil)
    } else if metric != nil {
      (low, high) = (0, 1)
    }
  }

  private mutating func addLayers(
    _ candidate: LoadedModel, _ findings: [BoardFinding], _ agreement: BoardAgreement,
    _ prediction: BoardPrediction
  ) throws(GateError) {
    let computed = findings.indices.filter { findings[$0].rule.isComputed(by: agreement.library) }
    guard computed.count <= BoardPrediction.maximumSingleLayers else { return }
    for index in computed {
      guard computed.count > 1 else {
        layers[index].differingOutputs = differingOutputs
        layers[index].changedAnswers = changedAnswers
        return
      }
      var kernels = agreement.kernels(for: candidate.graph)
      kernels.defects = kernels.defects.filter { $0.key == findings[index].layer }
      let alone = try LoadedModel(
        path: candidate.path, sha256: candidate.sha256, graph: candidate.graph, kernels: .board(kernels))
      let run = try prediction.run(alone)
      layers[index].differingOutputs = (0..<run.count).count { prediction.differs(run, $0) }
      layers[index].changedAnswers = prediction.changedAnswers(run)
    }
  }
}
