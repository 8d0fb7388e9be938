public import AssayMeasure
import AssayModel
import AssayRecording
public import AssayRuntime

/// A model on the kernels of every modelled release of ESP-NN: the page to read before a dependency moves.
public struct BoardSweep: Sendable {
  public struct Row: Sendable {
    public var library: KernelLibrary
    /// The target's own release.
    public var isTarget: Bool
    public var findings: [BoardFinding]
    public var facts: BoardFacts
    public var arenaBytes: Int?
    public var milliseconds: Double?
    /// Samples whose logged outputs this release gives, byte for byte where they can be known.
    public var matching: Int?
    public var matchingAnswers: Int?

    /// Share of recordings with the reference's bytes.
    public var agreement: Double {
      facts.samples > 0 ? 1 - Double(facts.differingOutputs) / Double(facts.samples) : 0
    }

    /// `A@4`, as often as there are layers.
    public var ruleNames: [String] {
      findings.map { "\($0.rule.rawValue)@\($0.index)" + ($0.subgraph > 0 ? "/\($0.subgraph)" : "") }
    }
  }

  public let model: LoadedModel
  public let samples: Int
  /// `top1` or `auc`, where the recordings have labels.
  public let metric: String?
  public let rows: [Row]
  public let loggedFile: String?
  /// What runs where on the target's release, in words.
  public let layerSentences: [String]

  /// - Throws: `GateError.unusable` for recordings or a log that do not fit the model.
  public init(
    _ model: LoadedModel, inputs: String, target: Target, latency: ProfiledLatency, expected: String?
  ) throws(GateError) {
    guard model.graph.format == .tflite, target.runtime.name == .tflm else {
      throw GateError(.unusable, "\(model.path): board kernels are modelled for TensorFlow Lite models only")
    }
    layerSentences = BoardCoverage(model.graph, target.runtime).sentences
    if let missing = model.program.missing.first {
      let reason = "\(model.path): \(missing.layer): \(missing.reason)"
      throw GateError(.undecided, ([reason] + layerSentences).joined(separator: "\n"))
    }
    let metric = try Self.metric(inputs, model)
    let prediction = try BoardPrediction(model, recordings: inputs, metric: metric)
    let logged: LoggedOutputs?
    if let expected {
      logged = try LoggedOutputs(expected, tensors: model.outputs, samples: prediction.reference.count)
    } else {
      logged = nil
    }
    let own = target.runtime.espNN ?? "none"
    var rows: [Row] = []
    for library in [.reference, .ansi] + BoardAgreement.releases {
      var other = target
      other.runtime.espNN = library.rawValue
      rows.append(
        try Self.row(model, library, other, prediction, latency, logged, isTarget: library.rawValue == own))
    }
    self.model = model
    self.rows = rows
    samples = prediction.reference.count
    self.metric = rows.first?.facts.metric
    loggedFile = expected
  }

  private static func row(
    _ model: LoadedModel, _ library: KernelLibrary, _ target: Target, _ prediction: BoardPrediction,
    _ latency: ProfiledLatency, _ logged: LoggedOutputs?, isTarget: Bool
  ) throws(GateError) -> Row {
    let findings = (try? BoardAgreement(runtime: target.runtime))?.findings(in: model.graph) ?? []
    let runs: [ModelRun]?
    do throws(GateError) { runs = try prediction.runs(model.onBoard(target.runtime)) } catch { runs = nil }
    var facts = BoardFacts(model, target.runtime, findings, prediction, runs: runs)
    facts.library = library.title
    facts.advice = BoardAdvice(model: model, target: target, latency: latency).sentences(findings)
    let estimate = try? latency.estimate(model.graph, sha256: model.sha256, on: target).estimate
    return Row(
      library: library, isTarget: isTarget, findings: findings, facts: facts,
      arenaBytes: model.minimumArenaBytes(library), milliseconds: estimate?.range.milliseconds,
      matching: runs.flatMap { runs in logged.map { $0.matching(runs) } },
      matchingAnswers: runs?.first.flatMap { run in logged.map { $0.matchingAnswers(run) } })
  }

  private static func metric(_ path: String, _ model: LoadedModel) throws(GateError) -> AccuracyMetric {
    let recording: ModelRecording
    do { recording = try ModelRecording.open(path) } catch { throw GateError(.unusable, "\(error)") }
    guard let labels = recording.labels?.integers, let output = model.outputs.first else { return .none }
    if output.elementCount > 1 { return .top1 }
    return labels.allSatisfy { $0 == 0 || $0 == 1 } ? .auc : .none
  }

  // MARK: The log

  /// The release whose outputs the log has most often, the target's own among equals.
  public var bestMatch: Row? {
    rows.filter { $0.matching != nil }.max { left, right in
      (left.matching ?? 0, left.isTarget ? 1 : 0, left.matchingAnswers ?? 0)
        < (right.matching ?? 0, right.isTarget ? 1 : 0, right.matchingAnswers ?? 0)
    }
  }

  /// Whether the target's own release gives every logged sample; true without a log.
  public var fitsLog: Bool { loggedFile == nil || rows.first(where: \.isTarget)?.matching == samples }

  /// `The log's outputs are those of esp-nn 1.1.2 on 1,000 of 1,000 recordings ...`.
  public var logSentences: [String] {
    guard let file = loggedFile, let best = bestMatch, let count = best.matching else { return [] }
    let same = rows.filter { $0.matching == count }.map(\.library.title)
    let names =
      same.count == rows.count ? "every release (they agree on this model)" : same.joined(separator: ", ")
    var lines = [
      "\(file): byte for byte the outputs of \(names) on \(ReportText.grouped(count)) of \(ReportText.count(samples, "recording"))"
        + (count == samples
          ? "." : "; the largest output agrees on \(ReportText.grouped(best.matchingAnswers ?? 0)).")
    ]
    if count < samples {
      lines.append(
        "No modelled release gives all of the log: look for another esp-nn, other preprocessing, or samples in another order."
      )
    }
    if let own = rows.first(where: \.isTarget), own.matching != count {
      lines.append(
        "The target says \(own.library.title), which gives \(ReportText.grouped(own.matching ?? 0)): the board may run another release."
      )
    }
    return lines
  }
}
