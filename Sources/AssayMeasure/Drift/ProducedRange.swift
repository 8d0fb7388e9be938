public import AssayModel

/// The real values that a tensor can take because of the operators before it, whatever its input.
public struct ProducedRange: Sendable, Hashable {
  public var lower: Float
  public var upper: Float

  public init(lower: Float = -.infinity, upper: Float = .infinity) {
    self.lower = lower
    self.upper = upper
  }

  public static let unbounded = ProducedRange()

  /// Which ends of a code range a bound explains: the code at the end stands for the bound, to
  /// within one step.
  public func explains(_ map: CodeMap) -> (low: Bool, high: Bool) {
    let step = map.scale
    return (
      lower.isFinite && map.real(map.range.lowerBound) <= lower + step,
      upper.isFinite && map.real(map.range.upperBound) >= upper - step
    )
  }

  /// Ranges of all tensors of a subgraph, by following its operators once.
  public static func ranges(of subgraph: Subgraph) -> [ProducedRange] {
    var ranges = [ProducedRange](repeating: .unbounded, count: subgraph.tensors.count)
    // What arrives was quantised on the way in: a background at the end of the range is no clamp.
    for input in subgraph.inputs { ranges[input] = ProducedRange(codesOf: subgraph.tensors[input]) }
    for op in subgraph.operators {
      let inputs = op.inputs.compactMap { $0 }.map { ranges[$0] }
      let range = range(of: op, inputs: inputs)
      for output in op.outputs { ranges[output] = range }
    }
    return ranges
  }

  private static func range(of op: Operator, inputs: [ProducedRange]) -> ProducedRange {
    if let activation = op.options.activation, activation != .none { return ProducedRange(activation) }
    if let kernel = op.kernelName { return range(ofKernel: kernel, op.kernelArguments, inputs) }
    switch op.code.builtin {
    case .relu: return ProducedRange(.relu)
    case .relu6: return ProducedRange(.relu6)
    case .reluN1To1, .tanh: return ProducedRange(lower: -1, upper: 1)
    case .relu0To1, .logistic, .softmax: return ProducedRange(lower: 0, upper: 1)
    case .logSoftmax: return ProducedRange(upper: 0)
    case .abs, .square, .exp, .sqrt: return ProducedRange(lower: 0)
    case .hardSwish: return ProducedRange(lower: -0.375)
    case .reshape, .squeeze, .expandDims, .transpose, .maxPool2D, .averagePool2D, .mean, .quantize,
      .dequantize, .stridedSlice, .slice, .split, .gather, .resizeBilinear, .resizeNearestNeighbor:
      return inputs.first ?? .unbounded
    case .concatenation, .pack: return union(inputs)
    case .add, .addN: return sum(inputs)
    case .mul:
      return inputs.allSatisfy { $0.lower >= 0 } && !inputs.isEmpty ? ProducedRange(lower: 0) : .unbounded
    case .maximum: return ProducedRange(lower: inputs.map(\.lower).max() ?? -.infinity)
    case .minimum: return ProducedRange(upper: inputs.map(\.upper).min() ?? .infinity)
    default: return .unbounded
    }
  }

  /// Kernels of programs, by their name without library and overload.
  private static func range(
    ofKernel kernel: String, _ arguments: [OperatorArgument], _ inputs: [ProducedRange]
  ) -> ProducedRange {
    switch kernel {
    case "relu": ProducedRange(.relu)
    case "hardtanh", "clamp": ProducedRange(bounds: arguments.dropFirst())
    case "sigmoid", "_softmax", "softmax", "hard_sigmoid": ProducedRange(lower: 0, upper: 1)
    case "tanh": ProducedRange(lower: -1, upper: 1)
    case "_log_softmax": ProducedRange(upper: 0)
    case "abs", "exp", "sqrt": ProducedRange(lower: 0)
    case "hard_swish": ProducedRange(lower: -0.375)
    case "add": sum(inputs)
    case "cat": union(inputs)
    case "mean", "avg_pool2d", "_adaptive_avg_pool2d", "max_pool2d_with_indices", "amax", "view_copy",
      "permute_copy", "slice_copy", "clone", "_clone_dim_order", "quantize_per_tensor", "quantize_linear",
      "dequantize_per_tensor":
      inputs.first ?? .unbounded
    default: .unbounded
    }
  }

  /// Lower and upper bound as arguments; either may be left out.
  private init(bounds: ArraySlice<OperatorArgument>) {
    let numbers = bounds.prefix(2).map { argument -> Float? in
      switch argument {
      case .double(let value): Float(value)
      case .int(let value): Float(value)
      default: nil
      }
    }
    self.init(lower: (numbers.first ?? nil) ?? -.infinity, upper: (numbers.last ?? nil) ?? .infinity)
  }

  /// Two sums of what is never negative are never negative: their zeros are not clamped.
  private static func sum(_ ranges: [ProducedRange]) -> ProducedRange {
    guard !ranges.isEmpty else { return .unbounded }
    return ProducedRange(
      lower: ranges.map(\.lower).reduce(0, +), upper: ranges.map(\.upper).reduce(0, +))
  }

  private static func union(_ ranges: [ProducedRange]) -> ProducedRange {
    guard let first = ranges.first else { return .unbounded }
    return ranges.dropFirst().reduce(first) {
      ProducedRange(lower: min($0.lower, $1.lower), upper: max($0.upper, $1.upper))
    }
  }

  private init(codesOf tensor: Tensor) {
    guard let map = tensor.quantization.flatMap({ CodeMap($0, type: tensor.type) }) else {
      self = .unbounded
      return
    }
    self.init(lower: map.real(map.range.lowerBound), upper: map.real(map.range.upperBound))
  }

  private init(_ activation: FusedActivation) {
    switch activation {
    case .relu: self.init(lower: 0)
    case .relu6: self.init(lower: 0, upper: 6)
    case .reluN1To1, .tanh, .signBit: self.init(lower: -1, upper: 1)
    case .none: self.init()
    }
  }
}

extension OperatorOptions {
  /// The fused activation of the operators that have one.
  var activation: FusedActivation? {
    switch self {
    case .conv2D(let options): options.activation
    case .depthwiseConv2D(let options): options.window.activation
    case .fullyConnected(let options): options.activation
    case .pool2D(let options): options.activation
    case .transposeConv(let options): options.activation
    case .arithmetic(let activation), .concatenation(_, let activation), .svdf(_, let activation),
      .l2Normalization(let activation):
      activation
    default: nil
    }
  }
}
