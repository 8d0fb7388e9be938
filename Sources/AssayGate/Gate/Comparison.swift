import AssayModel
public import AssayRecording
public import AssayRuntime
public import AssayMeasure

/// Two models on the same recordings: how far apart, from which layer on, and what else changed.
public struct Comparison: Sendable {
  public let before: LoadedModel
  public let after: LoadedModel
  public let samples: Int
  /// By output: B against A.
  public let outputs: [DriftFacts]
  public let layers: [LayerDriftFacts]
  public let firstDivergentLayer: String?
  /// Layers of B; those without a counterpart in A are not compared.
  public let layerCount: Int
  /// Accumulated relative RMSE above which a layer counts as divergent.
  public let tolerance: Double
  /// Whether all outputs are the same bytes.
  public let isIdentical: Bool
  /// What else changed: `+ 2 PAD`, `- 1 MEAN`, `~ file: 18,088 B -> 27,856 B (+9,768 B)`.
  public let changes: [String]
  /// Minimum arena of two files of TensorFlow Lite, by kernel library.
  public let arenas: [(library: KernelLibrary, before: Int?, after: Int?)]

  /// - Parameters:
  ///   - permutation: axes that bring the recording to B's layout.
  ///   - permutationA: axes that bring it to A's.
  ///   - target: whose memory and refusals are compared.
  /// - Throws: `GateError.unusable` when the two cannot be fed the same recordings or give outputs
  ///   of different sizes.
  public init(
    _ before: LoadedModel, _ after: LoadedModel, _ recording: ModelRecording, permutation: [Int]? = nil,
    permutationA: [Int]? = nil, target: Target? = nil, tolerance: Double = 0.1, layerSamples: Int = 64
  ) throws(GateError) {
    let (before, after) = (try before.fitted(to: recording), try after.fitted(to: recording))
    let codes = recording.inputs.first.map { array in
      after.inputs.first?.type.rawValue == array.type.rawValue ? after.inputs : before.inputs
    }
    let matching = SampleFeed.Matching.realValues(codesOf: codes ?? before.inputs)
    let feedA = try SampleFeed(recording, model: before, matching: matching, permutation: permutationA)
    let feedB = try SampleFeed(recording, model: after, matching: matching, permutation: permutation)
    let runA = try ModelRun(before, feedA)
    let runB = try ModelRun(after, feedB)
    guard runA.tensors.map(\.elementCount) == runB.tensors.map(\.elementCount) else {
      throw GateError(.unusable, "\(before.path) and \(after.path) have outputs of different sizes")
    }
    self.before = before
    self.after = after
    self.tolerance = tolerance
    samples = runA.count
    isIdentical = runA.outputs == runB.outputs
    outputs = runB.tensors.indices.map { Measurer.outputDrift(runB, runA, $0) }
    let report = try Self.layerReport(before, after, feedA, feedB, tolerance, layerSamples)
    layers = report.layers
    layerCount = LayerPairing.count(after.graph, beside: before.graph)
    firstDivergentLayer = report.layerAtFault
    changes = ModelDifference(before, after, target: target).lines
    let haveArenas = before.graph.format == .tflite && after.graph.format == .tflite
    arenas = (haveArenas ? KernelLibrary.allCases : []).map { library in
      (library, before.minimumArenaBytes(library), after.minimumArenaBytes(library))
    }
  }

  private static func layerReport(
    _ before: LoadedModel, _ after: LoadedModel, _ feedA: SampleFeed, _ feedB: SampleFeed,
    _ tolerance: Double,
    _ samples: Int
  ) throws(GateError) -> LayerDriftReport {
    let pairs = LayerPairing.pairs(after.graph, before.graph)
    let probe = LayerProbe(candidate: after, reference: before, pairs: pairs)
    return LayerDriftReport(try probe.run(feedB, feedA, samples: samples), tolerance: tolerance)
  }

  /// The whole in one sentence.
  public var verdict: String {
    if isIdentical { return "The outputs are the same bytes on all \(samples) recordings." }
    guard let first = outputs.first else { return "The models have no outputs to compare." }
    let agreement =
      first.top1Agreement.map {
        "; the largest output agrees on \(ReportText.percent($0)) of \(samples) recordings"
      } ?? ""
    let size = first.sqnrDb.map { " (SQNR \(ReportText.fixed($0, places: 1)) dB)" } ?? ""
    let layer =
      firstDivergentLayer.map { " They part at \($0)." } ?? " No common layer is over the tolerance."
    return "Outputs differ by at most \(ReportText.number(first.maxAbs))\(size)\(agreement).\(layer)"
  }
}
