internal import AssayModel

/// Graphs of single layers, built from shapes: what a kernel's price is asked with.
enum LayerModels {
  static func convolution(input: [Int], filter: [Int]) -> Graph {
    let options = Conv2DOptions(padding: .valid, strideHeight: 1, strideWidth: 1)
    return graph(
      .conv2D, .conv2D(options), inputs: [input], constants: [filter, [filter[0]]],
      output: [1, input[1] - filter[1] + 1, input[2] - filter[2] + 1, filter[0]])
  }

  static func depthwise(input: [Int], filter: [Int]) -> Graph {
    let window = Conv2DOptions(padding: .valid, strideHeight: 1, strideWidth: 1)
    let options = DepthwiseConv2DOptions(window: window, depthMultiplier: filter[3] / input[3])
    return graph(
      .depthwiseConv2D, .depthwiseConv2D(options), inputs: [input], constants: [filter, [filter[3]]],
      output: [1, input[1] - filter[1] + 1, input[2] - filter[2] + 1, filter[3]])
  }

  static func elementwise(_ code: BuiltinOperator) -> Graph {
    graph(code, .arithmetic(.none), inputs: [[1, 1615], [1, 1615]], constants: [], output: [1, 1615])
  }

  /// 3x3 over 16x16x16 without padding, as the library's test runs it.
  static func pool(_ code: BuiltinOperator) -> Graph {
    let options = Pool2DOptions(
      padding: .valid, strideHeight: 1, strideWidth: 1, filterHeight: 3, filterWidth: 3)
    return graph(code, .pool2D(options), inputs: [[1, 16, 16, 16]], constants: [], output: [1, 14, 14, 16])
  }

  static let softmax = graph(.softmax, .softmax(beta: 1), inputs: [[8, 32]], constants: [], output: [8, 32])

  static func connected(inputs: Int, outputs: Int, type: ElementType) -> Graph {
    graph(
      .fullyConnected, .fullyConnected(FullyConnectedOptions(activation: .none)), inputs: [[1, inputs]],
      constants: [[outputs, inputs], [outputs]], output: [1, outputs], type: type)
  }

  /// Several layers one after the other, each with operands of its own.
  static func chain(_ graphs: [Graph]) -> Graph {
    var tensors: [Tensor] = []
    var operators: [Operator] = []
    for graph in graphs {
      for op in graph.main.operators {
        var moved = op
        moved.inputs = op.inputs.map { $0.map { $0 + tensors.count } }
        moved.outputs = op.outputs.map { $0 + tensors.count }
        operators.append(moved)
      }
      tensors += graph.main.tensors
    }
    return Graph(
      format: .tflite, storage: [[]],
      subgraphs: [Subgraph(name: "", tensors: tensors, operators: operators, inputs: [], outputs: [])])
  }

  private static func graph(
    _ code: BuiltinOperator, _ options: OperatorOptions, inputs: [[Int]], constants: [[Int]], output: [Int],
    type: ElementType = .int8
  ) -> Graph {
    let quantization = Quantization(scales: [0.1], zeroPoints: [-1])
    func tensor(_ shape: [Int], constant: Bool) -> Tensor {
      Tensor(
        name: "", type: type, shape: shape, constant: constant ? ConstantRange(bytes: 0..<0) : nil,
        quantization: quantization)
    }
    let operands = inputs.map { tensor($0, constant: false) } + constants.map { tensor($0, constant: true) }
    let op = Operator(
      code: .builtin(code), inputs: operands.indices.map { $0 }, outputs: [operands.count], options: options)
    return Graph(
      format: .tflite, storage: [[]],
      subgraphs: [
        Subgraph(
          name: "", tensors: operands + [tensor(output, constant: false)], operators: [op], inputs: [],
          outputs: [operands.count])
      ])
  }
}
