import AssayMeasure
import AssayModel
import AssayRuntime

/// Runs candidate and reference side by side, layer by layer.
///
/// Two errors per layer: *accumulated*, the whole candidate against the whole reference; and *own*,
/// the candidate's layer against the reference's operator fed what the candidate's layer was really
/// fed, so that only what this layer adds remains. Values are compared with channels last.
struct LayerProbe: Sendable {
  let candidate: LoadedModel
  let reference: LoadedModel
  private(set) var pairs: [LayerPair]
  /// The graphs with what their codes stand for.
  private var left: Graph
  private var right: Graph

  /// What is gathered about one pair; merged over chunks in their order.
  struct Facts: Sendable {
    var accumulated: DriftAccumulator
    var own: DriftAccumulator
    var activity: TensorActivity
    var referenceActivity: TensorActivity
  }

  init(candidate: LoadedModel, reference: LoadedModel, pairs: [LayerPair]) {
    self.candidate = candidate
    self.reference = reference
    left = CodeScales.stated(candidate.graph)
    right = CodeScales.stated(reference.graph)
    let (ours, theirs) = (left, right)
    self.pairs = pairs.filter { Self.isComparable(ours[$0.candidate.output], theirs[$0.reference.output]) }
  }

  private static func isComparable(_ ours: Tensor, _ theirs: Tensor) -> Bool {
    ours.elementCount == theirs.elementCount && ours.elementCount > 0 && isReal(ours) && isReal(theirs)
  }

  private static func isReal(_ tensor: Tensor) -> Bool {
    tensor.type == .float32 || tensor.quantization != nil || CodeScales.isUnknown(tensor)
  }

  /// Facts by pair over the first `samples` samples of both feeds, with the pairs they are of.
  func run(
    _ feed: SampleFeed, _ referenceFeed: SampleFeed, samples: Int
  ) throws(GateError) -> (probe: LayerProbe, facts: [Facts]) {
    var ours: [FedSample] = []
    var theirs: [FedSample] = []
    try feed.forEachBlock(of: 256, limit: samples) { block throws(GateError) in ours += block }
    try referenceFeed.forEachBlock(of: 256, limit: samples) { block throws(GateError) in theirs += block }
    let probe = try fitted(ours, theirs)
    return (probe, try probe.gathered(ours, theirs))
  }

  private func gathered(_ ours: [FedSample], _ theirs: [FedSample]) throws(GateError) -> [Facts] {
    let count = min(ours.count, theirs.count)
    let stateful = candidate.program.isStateful || reference.program.isStateful
    let ranges = stateful ? [0..<count] : Parallel.chunks(count, of: 16)
    let (samples, others) = (ours, theirs)
    let pieces = try Parallel.map(ranges.count) { index throws(GateError) in
      try chunk(samples[ranges[index]], others[ranges[index]])
    }
    var total = pairs.map(empty)
    for piece in pieces {
      for index in total.indices { merge(&total[index], piece[index]) }
    }
    return total
  }

  private func empty(_ pair: LayerPair) -> Facts {
    let tensor = left[pair.candidate.output]
    let codes = tensor.quantization.flatMap { CodeMap($0, type: tensor.type) }
    let channels = pair.candidate.output.channels(tensor.shape)
    return Facts(
      accumulated: DriftAccumulator(codes: codes), own: DriftAccumulator(codes: codes),
      activity: TensorActivity(channels: channels), referenceActivity: TensorActivity(channels: channels))
  }

  private func merge(_ total: inout Facts, _ piece: Facts) {
    _ = total.accumulated.merge(piece.accumulated)
    _ = total.own.merge(piece.own)
    _ = total.activity.merge(piece.activity)
    _ = total.referenceActivity.merge(piece.referenceActivity)
  }

  private func chunk(
    _ samples: ArraySlice<FedSample>, _ referenceSamples: ArraySlice<FedSample>
  ) throws(GateError) -> [Facts] {
    var facts = pairs.map(empty)
    var ours = try candidate.preservingInterpreter()
    var theirs = try reference.preservingInterpreter()
    var alone = try reference.preservingInterpreter()
    // Once through, so that what follows from constants is there.
    if let first = referenceSamples.first { try ModelRun.feed(reference, &alone, first) }
    for (sample, other) in zip(samples, referenceSamples) {
      try ModelRun.feed(candidate, &ours, sample)
      try ModelRun.feed(reference, &theirs, other)
      for (index, pair) in pairs.enumerated() {
        try compare(pair, &facts[index], ours, theirs, &alone)
      }
    }
    return facts
  }

  private func compare(
    _ pair: LayerPair, _ facts: inout Facts, _ ours: borrowing Interpreter, _ theirs: borrowing Interpreter,
    _ alone: inout Interpreter
  ) throws(GateError) {
    let found = values(ours, left, pair.candidate.output)
    let expected = values(theirs, right, pair.reference.output)
    _ = facts.accumulated.add(candidate: found.span, reference: expected.span)
    facts.activity.add(found.span)
    facts.referenceActivity.add(expected.span)
    if let own = try ownReference(pair, ours, &alone) {
      _ = facts.own.add(candidate: found.span, reference: own.span)
    }
  }

  /// What the reference's operator makes of the candidate's inputs, `nil` where it cannot be asked.
  private func ownReference(
    _ pair: LayerPair, _ ours: borrowing Interpreter, _ alone: inout Interpreter
  ) throws(GateError) -> [Float]? {
    let (inputs, targets) = (pair.candidate.inputs, pair.reference.inputs)
    guard inputs.count == targets.count, standsAlone(pair.reference) else { return nil }
    for (source, target) in zip(inputs, targets) {
      guard !right[target].isVariable, !CodeScales.isUnknown(left[source]) else { return nil }
      let real = target.ownOrder(values(ours, left, source), shape: right[target].shape)
      guard let fed = RealValues.encode(real, as: right[target]) else { return nil }
      alone.setTensor(subgraph: target.subgraph, tensor: target.index, fed.span)
    }
    do {
      for layer in pair.reference.layers { guard try alone.invokeOperator(layer) else { return nil } }
    } catch { return nil }
    return values(alone, right, pair.reference.output)
  }

  /// Whether a layer needs nothing but its inputs and constants of the file.
  private func standsAlone(_ unit: LayerUnit) -> Bool {
    var known = Set(unit.inputs.map(\.index) + unit.constants)
    for layer in unit.layers {
      let subgraph = right.subgraphs[layer.subgraph]
      let op = subgraph.operators[layer.index]
      let needed = op.inputs.compactMap { $0 }.filter { subgraph.tensors[$0].constant == nil }
      guard known.isSuperset(of: needed) else { return false }
      known.formUnion(op.outputs)
    }
    return true
  }

  /// The values of a tensor, channels last; codes themselves where nothing says what they stand for.
  private func values(_ interpreter: borrowing Interpreter, _ graph: Graph, _ tensor: LayerTensor) -> [Float]
  {
    let bytes = interpreter.bytes(subgraph: tensor.subgraph, tensor: tensor.index)
    let values = RealValues.decode(bytes.span, of: graph[tensor]) ?? []
    return tensor.channelsLast(values, shape: graph[tensor].shape)
  }
}

// MARK: - Codes without a scale

extension LayerProbe {
  /// Samples that scales are fitted on.
  static let fittedSamples = 16

  /// The probe with a scale for all codes that are compared: fitted to the other side's values.
  ///
  /// Where both sides are codes without a scale, they are compared code by code.
  private func fitted(_ ours: [FedSample], _ theirs: [FedSample]) throws(GateError) -> LayerProbe {
    guard pairs.contains(where: { isUnknown($0) }) else { return self }
    var fits = pairs.map { _ in CodeScales.Fit() }
    var a = try candidate.preservingInterpreter()
    var b = try reference.preservingInterpreter()
    for (sample, other) in zip(ours.prefix(Self.fittedSamples), theirs) {
      try ModelRun.feed(candidate, &a, sample)
      try ModelRun.feed(reference, &b, other)
      for (index, pair) in pairs.enumerated() where isUnknown(pair) {
        let (found, expected) = (
          values(a, left, pair.candidate.output), values(b, right, pair.reference.output)
        )
        let isOurs = CodeScales.isUnknown(left[pair.candidate.output])
        fits[index].add(isOurs ? found : expected, isOurs ? expected : found)
      }
    }
    var probe = self
    for (index, pair) in pairs.enumerated() where isUnknown(pair) { probe.settle(pair, fits[index]) }
    probe.left = CodeScales.stated(probe.left)
    probe.right = CodeScales.stated(probe.right)
    // What no scale fits, such as an output that is always the same code, cannot be compared.
    let settled = probe
    probe.pairs = pairs.filter { !settled.isUnknown($0) }
    return probe
  }

  private func isUnknown(_ pair: LayerPair) -> Bool {
    CodeScales.isUnknown(left[pair.candidate.output]) || CodeScales.isUnknown(right[pair.reference.output])
  }

  private mutating func settle(_ pair: LayerPair, _ fit: CodeScales.Fit) {
    let (ours, theirs) = (pair.candidate.output, pair.reference.output)
    let zeros = (
      CodeScales.zeroPoint(of: ours.index, in: left.main),
      CodeScales.zeroPoint(of: theirs.index, in: right.main)
    )
    switch (CodeScales.isUnknown(left[ours]), CodeScales.isUnknown(right[theirs])) {
    case (true, true):
      left.set(Quantization(scales: [1], zeroPoints: [Int32(zeros.0 ?? 0)]), of: ours)
      right.set(Quantization(scales: [1], zeroPoints: [Int32(zeros.1 ?? 0)]), of: theirs)
    case (true, false): left.set(fit.quantization(zero: zeros.0, left[ours].type), of: ours)
    case (false, true): right.set(fit.quantization(zero: zeros.1, right[theirs].type), of: theirs)
    case (false, false): break
    }
  }
}

extension Graph {
  subscript(tensor: LayerTensor) -> Tensor { subgraphs[tensor.subgraph].tensors[tensor.index] }

  fileprivate mutating func set(_ quantization: Quantization?, of tensor: LayerTensor) {
    subgraphs[tensor.subgraph].tensors[tensor.index].quantization = quantization
  }
}
