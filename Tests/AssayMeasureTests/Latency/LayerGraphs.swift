import AssayModel

/// Graphs of one layer, for what an estimator says about it.
enum LayerGraphs {
  static func convolution(
    _ input: [Int], _ filter: [Int], stride: Int = 1, padding: Padding = .same, dilation: Int = 1,
    weights: ElementType = .int8, type: ElementType = .int8
  ) -> Graph {
    let options = Conv2DOptions(
      padding: padding, strideHeight: stride, strideWidth: stride, dilationHeight: dilation,
      dilationWidth: dilation)
    let output = [
      1, size(input[1], filter[1], stride, padding), size(input[2], filter[2], stride, padding), filter[0],
    ]
    return graph(
      .conv2D, .conv2D(options), [input], [(filter, weights), ([filter[0]], .int32)], output, type: type)
  }

  static func depthwise(
    _ input: [Int], _ filter: [Int], stride: Int = 1, padding: Padding = .same, hasBias: Bool = true
  ) -> Graph {
    let window = Conv2DOptions(padding: padding, strideHeight: stride, strideWidth: stride)
    let options = DepthwiseConv2DOptions(window: window, depthMultiplier: filter[3] / input[3])
    let output = [
      1, size(input[1], filter[1], stride, padding), size(input[2], filter[2], stride, padding), filter[3],
    ]
    let bias: [([Int], ElementType)] = hasBias ? [([filter[3]], .int32)] : []
    return graph(.depthwiseConv2D, .depthwiseConv2D(options), [input], [(filter, .int8)] + bias, output)
  }

  static func connected(_ inputs: Int, _ outputs: Int, zeroPoint: Int32 = -1, type: ElementType = .int8)
    -> Graph
  {
    graph(
      .fullyConnected, .fullyConnected(FullyConnectedOptions(activation: .none)), [[1, inputs]],
      [([outputs, inputs], type), ([outputs], .int32)], [1, outputs], type: type, zeroPoint: zeroPoint)
  }

  static func elementwise(_ code: BuiltinOperator, _ left: [Int], _ right: [Int]) -> Graph {
    graph(code, .arithmetic(.none), [left, right], [], left)
  }

  static func unary(_ code: BuiltinOperator, _ shape: [Int], type: ElementType = .int8) -> Graph {
    graph(code, code == .softmax ? .softmax(beta: 1) : .none, [shape], [], shape, type: type)
  }

  static func pool(_ code: BuiltinOperator, _ input: [Int]) -> Graph {
    let options = Pool2DOptions(
      padding: .valid, strideHeight: 2, strideWidth: 2, filterHeight: 2, filterWidth: 2)
    return graph(code, .pool2D(options), [input], [], [1, input[1] / 2, input[2] / 2, input[3]])
  }

  /// 32x32x4 scattered by 3x3 to 16 channels.
  static let transposed = graph(
    .transposeConv,
    .transposeConv(TransposeConvOptions(padding: .same, strideHeight: 2, strideWidth: 2)),
    [[4], [16, 3, 3, 4], [1, 32, 32, 4]], [], [1, 64, 64, 16])

  /// 20 steps of 64 cells over 64 inputs: eight weight matrices.
  static let recurrent = graph(
    .unidirectionalSequenceLSTM,
    .unidirectionalSequenceLSTM(
      LSTMOptions(
        activation: .tanh, cellClip: 0, projectionClip: 0, timeMajor: false, asymmetricQuantizeInputs: false)),
    [[1, 20, 64]], Array(repeating: ([64, 64], .int8), count: 8), [1, 20, 64])

  /// One operator whose cost nobody can know.
  static func mystery(_ code: OperatorCode) -> Graph {
    var graph = unary(.relu, [1, 16])
    graph.subgraphs[0].operators[0].code = code
    return graph
  }

  private static func size(_ input: Int, _ filter: Int, _ stride: Int, _ padding: Padding) -> Int {
    padding == .same ? (input + stride - 1) / stride : (input - filter) / stride + 1
  }

  private static func graph(
    _ code: BuiltinOperator, _ options: OperatorOptions, _ inputs: [[Int]],
    _ constants: [(shape: [Int], type: ElementType)], _ output: [Int], type: ElementType = .int8,
    zeroPoint: Int32 = -1
  ) -> Graph {
    let quantization = Quantization(scales: [0.1], zeroPoints: [zeroPoint])
    let operands =
      inputs.map { Tensor(name: "", type: type, shape: $0, quantization: quantization) }
      + constants.map {
        Tensor(name: "", type: $0.type, shape: $0.shape, constant: ConstantRange(bytes: 0..<0))
      }
    let result = Tensor(name: "", type: type, shape: output, quantization: quantization)
    let op = Operator(
      code: .builtin(code), inputs: operands.indices.map { $0 }, outputs: [operands.count], options: options)
    let subgraph = Subgraph(
      name: "", tensors: operands + [result], operators: [op], inputs: [], outputs: [operands.count])
    return Graph(format: .tflite, storage: [[]], subgraphs: [subgraph])
  }
}
