public import AssayModel

/// The same network over several recorded inputs at once: the leading dimension of everything computed
/// becomes their number.
///
/// Only for networks in which every operator treats the slices of that dimension one by one, so that each
/// sample's numbers are those of a run by itself, bit for bit. What is gained is weights that are loaded
/// once for all samples, and one pass over the operators.
public enum BatchedGraph {
  /// `graph` for `samples` samples; their bytes lie one after the other in inputs and outputs.
  ///
  /// - Returns: `nil` where the leading dimension is not one of samples throughout.
  public static func make(_ graph: Graph, samples: Int) -> Graph? {
    guard graph.format == .tflite, graph.subgraphs.count == 1, samples > 1,
      !graph.main.tensors.contains(where: { $0.isVariable || $0.unreadable != nil })
    else { return nil }
    var result = graph
    result.subgraphs = [withoutComputedShapes(graph.main)]
    var batching = Batching(main: result.main, samples: samples)
    guard batching.run(result) else { return nil }
    result.subgraphs = [batching.main]
    result.offlineOffsets = nil
    return result
  }

  /// RESHAPE without its second input, which no runtime reads, and without the operators that only computed
  /// it from the shape of one sample.
  private static func withoutComputedShapes(_ main: Subgraph) -> Subgraph {
    var result = main
    for (index, op) in main.operators.enumerated() where op.code.builtin == .reshape {
      result.operators[index].inputs = Array(op.inputs.prefix(1))
      result.operators[index].options = .reshape(newShape: nil)
    }
    var needed = Set(main.outputs)
    result.operators = result.operators.reversed().filter { op in
      guard op.outputs.contains(where: needed.contains) else { return false }
      needed.formUnion(op.inputs.compactMap { $0 })
      return true
    }.reversed()
    return result
  }

  /// How many samples are worth running at once: several where most weights are used once or twice for
  /// each sample, as in fully connected networks; else 1.
  public static func samples(for graph: Graph) -> Int {
    guard graph.format == .tflite, graph.subgraphs.count == 1 else { return 1 }
    let tensors = graph.main.tensors
    let weights = tensors.reduce(0) { $1.constant == nil ? $0 : $0 + $1.elementCount }
    let products = graph.main.operators.reduce(0) {
      ProductCount.sum($0, ProductCount($1, in: graph.main).value)
    }
    let activations = tensors.reduce(0) { $1.constant == nil ? $0 + $1.byteCount : $0 }
    guard weights > 0, products / weights <= productsPerWeight else { return 1 }
    return max(1, min(maximumSamples, maximumActivationBytes / max(activations, 1)))
  }

  static let maximumSamples = 16
  /// Above this a layer's input and output no longer stay in the nearer caches together.
  static let maximumActivationBytes = 512 << 10
  static let productsPerWeight = 4
}

/// Goes through the operators in order and widens what they compute.
private struct Batching {
  var main: Subgraph
  let samples: Int
  /// Tensors that hold samples.
  private var isBatched: [Bool]

  init(main: Subgraph, samples: Int) {
    self.main = main
    self.samples = samples
    isBatched = Array(repeating: false, count: main.tensors.count)
  }

  mutating func run(_ graph: Graph) -> Bool {
    for input in main.inputs where !widen(input) { return false }
    for (index, op) in main.operators.enumerated() {
      let inputs = op.inputs.compactMap { $0 }
      guard inputs.contains(where: { isBatched[$0] }) else { return false }
      let context = OperatorContext(graph: graph, subgraph: 0, index: index)
      guard op.outputs.count == 1, keepsSamplesApart(context), widen(op.outputs[0]) else { return false }
    }
    return main.outputs.allSatisfy { isBatched[$0] }
  }

  private mutating func widen(_ tensor: Int) -> Bool {
    guard main.tensors[tensor].shape.first == 1, main.tensors[tensor].shape.count >= 2 else { return false }
    main.tensors[tensor].shape[0] = samples
    isBatched[tensor] = true
    return true
  }

  /// Whether an operator, as the file has it, computes each slice of the leading dimension from the same
  /// slice of its computed inputs.
  private func keepsSamplesApart(_ context: OperatorContext) -> Bool {
    guard case .builtin(let builtin) = context.op.code else { return false }
    switch builtin {
    case .conv2D, .depthwiseConv2D, .fullyConnected, .averagePool2D, .maxPool2D, .l2Pool2D, .relu, .relu6,
      .leakyRelu, .logistic, .tanh, .hardSwish, .elu, .abs, .quantize, .dequantize, .softmax, .logSoftmax,
      .l2Normalization, .reshape:
      return onlyFirstInputIsComputed(context)
    case .add, .sub, .mul, .div, .maximum, .minimum, .squaredDifference, .prelu:
      return broadcastsWithinSamples(context)
    case .mean, .sum, .reduceMax, .reduceMin:
      return onlyFirstInputIsComputed(context) && reducesWithin(context)
    case .pad: return onlyFirstInputIsComputed(context) && padsWithin(context)
    case .concatenation: return joinsWithin(context)
    default: return false
    }
  }

  private func onlyFirstInputIsComputed(_ context: OperatorContext) -> Bool {
    guard let first = context.op.inputs.first.flatMap(\.self), isBatched[first] else { return false }
    return (1..<max(context.inputCount, 1)).allSatisfy {
      context.optionalInput($0)?.constant != nil || context.optionalInput($0) == nil
    }
  }

  /// Constants have no samples: their leading dimension is missing or 1.
  private func broadcastsWithinSamples(_ context: OperatorContext) -> Bool {
    guard let rank = (try? context.output(0))?.shape.count else { return false }
    return context.op.inputs.allSatisfy { input in
      guard let input else { return false }
      let shape = main.tensors[input].shape
      return isBatched[input] ? shape.count == rank : shape.count < rank || shape.first == 1
    }
  }

  private func reducesWithin(_ context: OperatorContext) -> Bool {
    guard let axes = context.constantInt32(1), let rank = context.optionalInput(0)?.shape.count else {
      return false
    }
    return axes.allSatisfy { $0 != 0 && $0 != -rank }
  }

  private func padsWithin(_ context: OperatorContext) -> Bool {
    guard let paddings = context.constantInt32(1), context.optionalInput(1)?.type == .int32 else {
      return false
    }
    return paddings.prefix(2).allSatisfy { $0 == 0 }
  }

  private func joinsWithin(_ context: OperatorContext) -> Bool {
    guard case .concatenation(let axis, _) = context.op.options,
      let rank = (try? context.output(0))?.shape.count
    else { return false }
    return axis != 0 && axis != -rank && context.op.inputs.allSatisfy { $0.map { isBatched[$0] } ?? false }
  }
}
