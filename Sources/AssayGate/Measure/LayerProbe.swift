import AssayMeasure
import AssayModel
import AssayRuntime

/// Runs candidate and reference side by side, layer by layer.
///
/// Two errors per layer: *accumulated*, the whole candidate against the whole reference; and *own*,
/// the candidate's layer against the reference's operator fed what the candidate's layer was really
/// fed, so that only what this layer adds remains.
struct LayerProbe: Sendable {
  let candidate: LoadedModel
  let reference: LoadedModel
  let pairs: [LayerPair]

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
    self.pairs = pairs.filter { Self.isComparable($0, candidate.graph, reference.graph) }
  }

  private static func isComparable(_ pair: LayerPair, _ left: Graph, _ right: Graph) -> Bool {
    let a = left.subgraphs[pair.candidate.subgraph]
    let b = right.subgraphs[pair.reference.subgraph]
    guard let ours = a.operators[pair.candidate.index].outputs.first,
      let theirs = b.operators[pair.reference.index].outputs.first
    else { return false }
    return a.tensors[ours].elementCount == b.tensors[theirs].elementCount
      && a.tensors[ours].elementCount > 0 && isReal(a.tensors[ours]) && b.tensors[theirs].type == .float32
  }

  private static func isReal(_ tensor: Tensor) -> Bool {
    tensor.type == .float32 || tensor.quantization != nil
  }

  /// Facts by pair over the first `samples` samples of both feeds.
  func run(_ feed: SampleFeed, _ referenceFeed: SampleFeed, samples: Int) throws(GateError) -> [Facts] {
    var ours: [FedSample] = []
    var theirs: [FedSample] = []
    try feed.forEachBlock(of: 256, limit: samples) { block throws(GateError) in ours += block }
    try referenceFeed.forEachBlock(of: 256, limit: samples) { block throws(GateError) in theirs += block }
    let count = min(ours.count, theirs.count)
    let stateful = candidate.program.isStateful || reference.program.isStateful
    let ranges = stateful ? [0..<count] : Parallel.chunks(count, of: 16)
    let (left, right) = (ours, theirs)
    let pieces = try Parallel.map(ranges.count) { index throws(GateError) in
      try chunk(left[ranges[index]], right[ranges[index]])
    }
    var total = pairs.map(empty)
    for piece in pieces {
      for index in total.indices { merge(&total[index], piece[index]) }
    }
    return total
  }

  private func empty(_ pair: LayerPair) -> Facts {
    let tensor = output(candidate.graph, pair.candidate)
    let codes = tensor.quantization.flatMap { CodeMap($0, type: tensor.type) }
    let channels = max(1, tensor.shape.last ?? 1)
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
    let found = values(ours, candidate.graph, pair.candidate)
    let expected = values(theirs, reference.graph, pair.reference)
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
    let left = candidate.graph.subgraphs[pair.candidate.subgraph]
    let right = reference.graph.subgraphs[pair.reference.subgraph]
    let inputs = left.operators[pair.candidate.index].inputs
    let targets = right.operators[pair.reference.index].inputs
    guard inputs.count == targets.count else { return nil }
    for (source, target) in zip(inputs, targets) {
      guard let source, let target, right.tensors[target].constant == nil else { continue }
      guard !right.tensors[target].isVariable else { return nil }
      let bytes = ours.bytes(subgraph: pair.candidate.subgraph, tensor: source)
      guard let real = RealValues.decode(bytes.span, of: left.tensors[source]),
        let fed = RealValues.encode(real, as: right.tensors[target])
      else { return nil }
      alone.setTensor(subgraph: pair.reference.subgraph, tensor: target, fed.span)
    }
    do { guard try alone.invokeOperator(pair.reference) else { return nil } } catch { return nil }
    return values(alone, reference.graph, pair.reference)
  }

  private func output(_ graph: Graph, _ layer: LayerIndex) -> Tensor {
    let subgraph = graph.subgraphs[layer.subgraph]
    return subgraph.tensors[subgraph.operators[layer.index].outputs[0]]
  }

  private func values(_ interpreter: borrowing Interpreter, _ graph: Graph, _ layer: LayerIndex) -> [Float] {
    let tensor = graph.subgraphs[layer.subgraph].operators[layer.index].outputs[0]
    let bytes = interpreter.bytes(subgraph: layer.subgraph, tensor: tensor)
    return RealValues.decode(bytes.span, of: output(graph, layer)) ?? []
  }
}
