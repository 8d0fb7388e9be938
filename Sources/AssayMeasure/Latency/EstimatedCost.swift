internal import AssayModel

/// Cycles of code whose instructions were never counted: fitted to a few published figures, +-45 %.
struct EstimatedCost {
  let shape: LayerShape
  let op: Operator

  private var products: Double { shape.products }
  private var outputs: Double { shape.elements }
  /// Elements read or written one by one, whichever are more.
  private var touched: Double { max(shape.elements, shape.computedInputElements) }

  func cost(_ path: KernelPath) -> ComputeCost {
    switch path {
    // Published single-kernel cycles of esp-nn's C: 161 per output, 14.6 per filter tap, 9 per product.
    // They also give the 34 and 131 Mcycles of keyword spotting and image classification in C.
    case .ansiConvolution:
      return .estimated(outputs * (161 + 14.6 * shape.filterPixels) + 9 * products)
    case .ansiDepthwise:
      return .estimated(1.12 * outputs * (124 + 16 * shape.filterHeight + 12 * shape.filterPixels))
    case .ansiFullyConnected: return .estimated(60 * outputs + 10.4 * products)
    case .ansiAdd: return .estimated(174 * outputs)
    case .ansiMultiply: return .estimated(76 * outputs)
    case .ansiPool: return .estimated(outputs * (20 + 12 * shape.filterPixels))
    case .ansiSoftmax: return .estimated(59 * outputs)
    case .copy: return .estimated(300 + 1.25 * outputs)
    case .referenceFloatFullyConnected: return .estimated(930 + 90 * outputs + 9.9 * products)
    case .referenceFloat: return floating
    case .referenceInteger: return reference
    case .executorchPortable: return .estimated(5000 + 40 * touched + 60 * products, .unvalidated)
    case .executorchCortexM: return .estimated(2000 + 60 * touched + 12 * products, .unvalidated)
    default: return .estimated(0, .unvalidated)
    }
  }

  /// Whole reference models take 77 to 137 cycles per product; fully connected layers have a
  /// plain inner loop and far fewer.
  private var reference: ComputeCost {
    switch op.code.builtin {
    case .conv2D, .depthwiseConv2D, .transposeConv: return .estimated(102 * products + 100 * outputs)
    case .fullyConnected, .batchMatmul: return .estimated(14 * products + 100 * outputs)
    // The same inner loop, and five nonlinear functions for every cell and step.
    case .unidirectionalSequenceLSTM: return .estimated(14 * products + 600 * outputs, .unvalidated)
    case .svdf: return .estimated(14 * products + 200 * outputs, .unvalidated)
    default: break
    }
    guard let cycles = op.code.builtin.flatMap({ Self.cyclesPerElement[$0] }) else {
      return .estimated(500 + 60 * touched, .unvalidated)
    }
    let elements = touched
    let window = [.averagePool2D, .maxPool2D].contains(op.code.builtin) ? 20 * shape.filterPixels : 0
    return .estimated(500 + elements * (cycles + window))
  }

  private var floating: ComputeCost {
    switch op.code.builtin {
    case .conv2D, .depthwiseConv2D, .transposeConv:
      return .estimated(930 + 90 * outputs + 45 * products, .unvalidated)
    case .unidirectionalSequenceLSTM: return .estimated(930 + 600 * outputs + 9.9 * products, .unvalidated)
    case .batchMatmul, .svdf: return .estimated(930 + 90 * outputs + 9.9 * products, .unvalidated)
    case .softmax: return .estimated(930 + 600 * outputs)
    default:
      let cycles = op.code.builtin.flatMap { Self.cyclesPerElement[$0] } ?? 60
      return .estimated(930 + cycles * touched, .unvalidated)
    }
  }

  /// Cycles per element of TFLM's loops over one element at a time.
  private static let cyclesPerElement: [BuiltinOperator: Double] = [
    .add: 200, .sub: 200, .mul: 150, .squaredDifference: 200, .maximum: 60, .minimum: 60,
    .averagePool2D: 40, .maxPool2D: 40, .softmax: 450, .logistic: 600, .tanh: 600, .hardSwish: 110,
    .leakyRelu: 70, .prelu: 90, .relu: 40, .relu6: 40, .mean: 50, .sum: 50, .reduceMax: 40, .reduceMin: 40,
    .quantize: 70, .dequantize: 40, .cast: 20, .pad: 25, .padv2: 25, .mirrorPad: 40, .transpose: 45,
    .stridedSlice: 40, .slice: 30, .gather: 20, .argMax: 20, .argMin: 20, .resizeBilinear: 250,
    .resizeNearestNeighbor: 40, .spaceToDepth: 40, .depthToSpace: 40, .broadcastTo: 40, .elu: 30, .gelu: 30,
    .exp: 30, .log: 60, .sqrt: 60, .rsqrt: 60, .abs: 40, .neg: 30, .square: 30, .l2Normalization: 120,
  ]
}
