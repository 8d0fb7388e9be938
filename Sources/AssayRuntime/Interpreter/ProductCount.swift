public import AssayModel

/// Multiply-accumulates of one operator, from its shapes alone, whatever format it came from.
///
/// Saturates instead of overflowing: shapes come from files.
public struct ProductCount: Sendable {
  let op: Operator
  let subgraph: Subgraph

  public init(_ op: Operator, in subgraph: Subgraph) {
    self.op = op
    self.subgraph = subgraph
  }

  /// 0 for operators that multiply nothing with weights or windows.
  public var value: Int {
    switch op.options {
    case .conv2D: Self.product(outputs, elements(1) / max(dimension(1, 0), 1))
    case .depthwiseConv2D: Self.product(outputs, elements(1) / max(dimension(1, 3), 1))
    case .transposeConv: Self.product(elements(2) / max(dimension(2, 3), 1), elements(1))
    case .fullyConnected: Self.product(outputs, elements(1) / max(dimension(1, 0), 1))
    case .batchMatMul(let adjointX, _):
      Self.product(outputs, dimension(0, rank(0) - (adjointX ? 2 : 1)))
    case .pool2D(let pool):
      Self.product(
        outputs,
        Self.product(min(pool.filterHeight, dimension(0, 1)), min(pool.filterWidth, dimension(0, 2))))
    case .unidirectionalSequenceLSTM: recurrent
    case .svdf: Self.product(max(dimension(0, 0), 1), allWeights)
    case .arguments(let arguments): kernel(op.code.name, arguments)
    case .kernelCall(let name, let arguments): kernel(name, arguments)
    default: 0
    }
  }

  /// Kernels of ExecuTorch, and of ONNX nodes, by what their name says they compute.
  private func kernel(_ name: String, _ arguments: [OperatorArgument]) -> Int {
    let stem = name.split(separator: ":").last.map(String.init) ?? name
    if stem.contains("conv") { return convolution(arguments) }
    if stem.contains("pool") { return pool(arguments) }
    if stem.contains("lstm") || stem.contains("gru") || stem.contains("rnn") { return recurrent }
    if stem.hasPrefix("addmm") { return Self.product(outputs, dimension(1, rank(1) - 1)) }
    let multiplies = ["linear", "quantized_linear", "mm", "bmm", "matmul", "qlinear_matmul", "gemm"]
    guard multiplies.contains(where: { stem == $0 || stem.hasPrefix("\($0).") || stem.hasPrefix("\($0)_") })
    else { return 0 }
    return Self.product(outputs, dimension(0, rank(0) - 1))
  }

  /// The weights are the largest operand of three dimensions or more behind the image.
  private func convolution(_ arguments: [OperatorArgument]) -> Int {
    let weights = op.inputs.indices.dropFirst().filter { rank($0) >= 3 }.max { elements($0) < elements($1) }
    guard let weights, let output = op.outputs.first.map({ subgraph.tensors[$0].shape }), output.count >= 2
    else { return 0 }
    if arguments.count > 6, arguments[6] == .bool(true) {
      return Self.product(elements(0) / max(dimension(0, 1), 1), elements(weights))
    }
    return Self.product(outputs, elements(weights) / max(output[1], 1))
  }

  /// The first list of numbers is the window; without one the whole image is.
  private func pool(_ arguments: [OperatorArgument]) -> Int {
    let image = elements(0) / max(Self.product(dimension(0, 0), dimension(0, 1)), 1)
    let windows = arguments.compactMap { argument in
      if case .ints(let window) = argument { window } else { nil }
    }
    let window = windows.first?.reduce(1) { Self.product($0, max($1, 1)) } ?? image
    return Self.product(outputs, min(window, image))
  }

  /// Every step reads all weights.
  private var recurrent: Int {
    Self.product(elements(0) / max(dimension(0, rank(0) - 1), 1), allWeights)
  }

  /// Elements of all outputs.
  private var outputs: Int { op.outputs.reduce(0) { Self.sum($0, subgraph.tensors[$1].elementCount) } }

  /// Elements of every input but the first.
  private var allWeights: Int { op.inputs.indices.dropFirst().reduce(0) { Self.sum($0, elements($1)) } }

  private func operand(_ input: Int) -> Tensor? {
    guard op.inputs.indices.contains(input), let index = op.inputs[input] else { return nil }
    return subgraph.tensors[index]
  }

  private func elements(_ input: Int) -> Int { operand(input)?.elementCount ?? 0 }

  private func rank(_ input: Int) -> Int { operand(input)?.shape.count ?? 0 }

  private func dimension(_ input: Int, _ axis: Int) -> Int {
    guard let shape = operand(input)?.shape, shape.indices.contains(axis) else { return 1 }
    return shape[axis]
  }

  static func product(_ a: Int, _ b: Int) -> Int {
    let (value, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : value
  }

  static func sum(_ a: Int, _ b: Int) -> Int {
    let (value, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : value
  }
}
