import AssayMeasure
import AssayModel
import Testing

private let detector = CollapseDetector()

private func steps(low: Double, high: Double, referenceLow: Double = 0, referenceHigh: Double = 0)
  -> StepSummary
{
  StepSummary(
    histogram: [1, 0, 0, 0], maximum: 0, rootMeanSquareErrorOverScale: 0,
    candidateSaturation: EndShares(low: low, high: high),
    referenceSaturation: EndShares(low: referenceLow, high: referenceHigh))
}

private func activity(_ samples: [[Float]], channels: Int) -> TensorActivity {
  var activity = TensorActivity(channels: channels)
  for sample in samples { activity.add(sample.span) }
  return activity
}

struct `Collapse detectors` {
  @Test func `an output that never changes is found, one sample cannot tell`() {
    #expect(
      detector.output(activity([[1, 2], [1, 2]], channels: 2), place: "output 0").map(\.kind) == [
        .constantOutput
      ])
    #expect(detector.output(activity([[1, 2], [1, 3]], channels: 2), place: "output 0").isEmpty)
    #expect(detector.output(activity([[1, 2]], channels: 2), place: "output 0").isEmpty)
  }

  @Test func `changes across merged parts are seen`() {
    var first = activity([[1, 2]], channels: 2)
    let merged = first.merge(activity([[1, 3]], channels: 2))
    #expect(merged && first.changes && first.deadChannelShare == 0.5)
    let mismatched = first.merge(TensorActivity(channels: 3))
    #expect(!mismatched)
  }

  @Test(
    arguments: [
      ([1, 1, nil], [0, 1, 2], [CollapseFinding.Kind.oneClass]), ([1, 1], [1, 1], []), ([0, 1], [0, 1], []),
      ([nil, nil], [0, 1], []),
    ] as [([Int?], [Int], [CollapseFinding.Kind])])
  func `one class for everything is found`(
    predicted: [Int?], expected: [Int], kinds: [CollapseFinding.Kind]
  ) {
    #expect(
      detector.classes(predicted: predicted, expected: expected, place: "output 0").map(\.kind) == kinds)
  }

  @Test(
    arguments: [
      (steps(low: 0.6, high: 0), (false, false), [CollapseFinding.Kind.clamped]),
      (steps(low: 0.6, high: 0, referenceLow: 0.58), (true, false), []),
      (steps(low: 0.6, high: 0, referenceLow: 0.4), (true, false), [.clampedBeyondReference]),
      (steps(low: 0, high: 0.3, referenceHigh: 0.3), (true, false), [.clamped]),
      (steps(low: 0.02, high: 0.02), (false, false), []),
      (steps(low: 0.3, high: 0.3), (false, false), [.clamped, .clamped]),
    ] as [(StepSummary, (low: Bool, high: Bool), [CollapseFinding.Kind])])
  func `codes at an end are found unless the activation and the reference explain them`(
    steps: StepSummary, explained: (low: Bool, high: Bool), kinds: [CollapseFinding.Kind]
  ) {
    #expect(detector.clamping(steps, explained: explained, place: "op 1").map(\.kind) == kinds)
  }

  @Test func `dead channels count when the reference's live`() {
    let samples: [[Float]] = [[0, 0, 0, 1], [0, 0, 0, 2]]
    let candidate = activity(samples, channels: 4)
    #expect(candidate.deadChannelShare == 0.75)
    #expect(detector.channels(candidate, reference: nil, place: "op 1").map(\.kind) == [.deadChannels])
    #expect(detector.channels(candidate, reference: candidate, place: "op 1").isEmpty)
  }

  @Test func `activations explain the ends of their range, clipping does not hide behind them`() throws {
    let relu = try #require(CodeMap(Quantization(scales: [0.1], zeroPoints: [-128]), type: .int8))
    let range = ProducedRange(lower: 0)
    #expect(range.explains(relu) == (true, false))
    // RELU6 with codes for the whole 0...6, and with a calibration cut at 3.
    let whole = try #require(CodeMap(Quantization(scales: [6.0 / 255], zeroPoints: [-128]), type: .int8))
    let cut = try #require(CodeMap(Quantization(scales: [3.0 / 255], zeroPoints: [-128]), type: .int8))
    let relu6 = ProducedRange(lower: 0, upper: 6)
    #expect(relu6.explains(whole) == (true, true))
    #expect(relu6.explains(cut) == (true, false))
  }

  @Test func `ranges follow activations through shape operators`() {
    let tensor = Tensor(name: "t", type: .int8, shape: [1, 4])
    let relu = Operator(
      code: .builtin(.fullyConnected), inputs: [0], outputs: [1],
      options: .fullyConnected(FullyConnectedOptions(activation: .relu)))
    let reshape = Operator(
      code: .builtin(.reshape), inputs: [1], outputs: [2], options: .reshape(newShape: nil))
    let softmax = Operator(code: .builtin(.softmax), inputs: [2], outputs: [3], options: .softmax(beta: 1))
    let add = Operator(code: .builtin(.add), inputs: [3, 0], outputs: [4], options: .arithmetic(.none))
    let subgraph = Subgraph(
      name: "", tensors: [tensor, tensor, tensor, tensor, tensor], operators: [relu, reshape, softmax, add],
      inputs: [0], outputs: [4])
    let ranges = ProducedRange.ranges(of: subgraph)
    #expect(ranges[1] == ProducedRange(lower: 0) && ranges[2] == ranges[1])
    #expect(ranges[3] == ProducedRange(lower: 0, upper: 1) && ranges[4] == .unbounded)
  }
}
