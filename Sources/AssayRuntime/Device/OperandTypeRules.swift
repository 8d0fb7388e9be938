import AssayModel

extension OperandTypes {
  /// The types that TFLite Micro's kernels take, for every builtin operator that it has.
  static let rules: [BuiltinOperator: OperandTypes] = {
    var rules = weightedSums.merging(elementwise) { first, _ in first }
    rules.merge(shapes) { first, _ in first }
    rules.merge(reductions) { first, _ in first }
    rules.merge(conversions) { first, _ in first }
    rules.merge(control) { first, _ in first }
    return rules
  }()

  private static let float: [ElementType] = [.float32]
  private static let quantized: [ElementType] = [.float32, .int8]
  private static let wide: [ElementType] = [.float32, .int8, .int16]
  private static let numbers: [ElementType] = [.float32, .int8, .int16, .int32]
  private static let index: [ElementType] = [.int32]

  private static let weightedSums: [BuiltinOperator: OperandTypes] = [
    .batchMatmul: .weighted(.init(pairs: [.float32: [.float32], .int8: [.int8], .int16: [.int16]])),
    .conv2D: .weighted(convolution),
    .depthwiseConv2D: .weighted(convolution),
    .fullyConnected: .weighted(convolution),
    .svdf: .weighted(.init(pairs: [.float32: [.float32], .int8: [.int8]])),
    .transposeConv: .weighted(
      .init(activations: 2, pairs: [.float32: [.float32], .int8: [.int8], .int16: [.int8, .int16]])),
    .unidirectionalSequenceLSTM: .weighted(
      .init(pairs: [.float32: [.float32], .int8: [.int8], .int16: [.int8]])),
  ]

  private static let convolution = WeightedTypes(
    pairs: [.float32: [.float32], .int8: [.int8, .int4], .int16: [.int8]])

  private static let elementwise: [BuiltinOperator: OperandTypes] = [
    .abs: .uniform(wide), .add: .uniform(numbers), .addN: .uniform(quantized), .ceil: .uniform(float),
    .cos: .uniform(float), .div: .uniform([.float32, .int8, .int32]), .elu: .uniform(quantized),
    .exp: .uniform(float), .floor: .uniform(float), .floorDiv: .uniform(float), .floorMod: .uniform(float),
    .hardSwish: .uniform(quantized), .l2Normalization: .uniform(quantized), .leakyRelu: .uniform(wide),
    .log: .uniform(float), .logSoftmax: .uniform(quantized), .logicalAnd: .uniform([.bool]),
    .logicalNot: .uniform([.bool]), .logicalOr: .uniform([.bool]), .logistic: .uniform(wide),
    .maximum: .uniform(numbers + [.int64]), .minimum: .uniform(numbers + [.int64]), .mul: .uniform(numbers),
    .neg: .uniform(float),
    .prelu: .weighted(.init(pairs: [.float32: [.float32], .int8: [.int8], .int16: [.int8]])),
    .relu: .uniform(wide), .relu6: .uniform(wide),
    .round: .uniform(float), .rsqrt: .uniform(wide), .sin: .uniform(float), .sqrt: .uniform(float),
    .square: .uniform(float), .squaredDifference: .uniform(numbers), .sub: .uniform(numbers),
    .tanh: .uniform(wide), .zerosLike: .uniform([.float32, .int8, .int32, .int64]),
    .equal: .mixed(comparison(with: [.bool])), .notEqual: .mixed(comparison(with: [.bool])),
    .greater: .mixed(comparison()), .greaterEqual: .mixed(comparison()),
    .less: .mixed(comparison()), .lessEqual: .mixed(comparison()),
    .selectV2: .mixed(.init(wide, subject: 1, parameters: [0: [.bool]])),
  ]

  private static func comparison(with others: [ElementType] = []) -> MixedTypes {
    MixedTypes([.float32, .int8, .int32, .int64] + others, outputs: [.bool])
  }

  private static let shapes: [BuiltinOperator: OperandTypes] = [
    .batchToSpaceNd: .mixed(.init(quantized, parameters: [1: index, 2: index])),
    .broadcastArgs: .uniform([.int32, .int64]),
    .broadcastTo: .any,
    .concatenation: .uniform(numbers + [.int64, .bool]),
    .depthToSpace: .uniform(quantized),
    .dynamicUpdateSlice: .mixed(.init(numbers, parameters: [2: [.int32, .int64]])),
    .embeddingLookup: .mixed(.init(quantized, subject: 1, parameters: [0: index], outputs: quantized)),
    .expandDims: .mixed(.init(wide, parameters: [1: index])),
    .fill: .mixed(.init([.float32, .int8, .int32], subject: 1, parameters: [0: [.int32, .int64]])),
    .gather: .mixed(.init(quantized, parameters: [1: index])),
    .gatherNd: .mixed(.init(quantized, parameters: [1: index])),
    .mirrorPad: .mixed(.init(quantized, parameters: [1: index])),
    .pack: .uniform(numbers + [.int64]),
    .pad: .mixed(.init(numbers, parameters: [1: index])),
    .padv2: .mixed(.init(numbers, parameters: [1: index])),
    .reshape: .any,
    .resizeBilinear: .mixed(.init(quantized, parameters: [1: index])),
    .resizeNearestNeighbor: .mixed(.init(wide, parameters: [1: index])),
    .reverseV2: .mixed(.init(numbers + [.uint8, .int64, .bool], parameters: [1: index])),
    .shape: .mixed(.init(ElementType.allCases, outputs: index)),
    .slice: .mixed(.init(numbers + [.bool], parameters: [1: [.int32, .int64], 2: [.int32, .int64]])),
    .spaceToBatchNd: .mixed(.init(quantized, parameters: [1: index, 2: index])),
    .spaceToDepth: .uniform(quantized),
    .split: .mixed(.init(numbers, subject: 1, parameters: [0: index])),
    .splitV: .mixed(.init(numbers, parameters: [1: index, 2: index])),
    .squeeze: .any,
    .stridedSlice: .mixed(.init(numbers + [.bool], parameters: [1: index, 2: index, 3: index])),
    .transpose: .mixed(.init(wide, parameters: [1: [.int32, .int64]])),
    .unpack: .uniform(numbers),
  ]

  private static let reductions: [BuiltinOperator: OperandTypes] = [
    .argMax: .mixed(.init(quantized, parameters: [1: index], outputs: index)),
    .argMin: .mixed(.init(quantized, parameters: [1: index], outputs: index)),
    .averagePool2D: .uniform(wide),
    .cumsum: .mixed(.init(quantized, parameters: [1: index])),
    .l2Pool2D: .uniform(float),
    .maxPool2D: .uniform(wide),
    .mean: .mixed(.init(wide, parameters: [1: index])),
    .reduceAll: .mixed(.init([.bool], parameters: [1: index])),
    .reduceMax: .mixed(.init(quantized, parameters: [1: index])),
    .reduceMin: .mixed(.init(quantized, parameters: [1: index])),
    .sum: .mixed(.init(wide, parameters: [1: index])),
  ]

  private static let casts: [ElementType] = [.float32, .int8, .int16, .int32, .uint32, .bool]

  private static let conversions: [BuiltinOperator: OperandTypes] = [
    .cast: .conversion(Dictionary(uniqueKeysWithValues: casts.map { ($0, casts) })),
    .dequantize: .conversion([.int8: float, .uint8: float, .int16: float]),
    .quantize: .conversion([
      .float32: [.int8, .int16], .int8: [.int8, .uint8, .int16, .int32], .uint8: [.int8],
      .int16: [.int8, .int16, .int32], .int32: [.int8, .int16],
    ]),
    .softmax: .conversion([.float32: float, .int8: [.int8, .int16], .int16: [.int16]]),
  ]

  private static let control: [BuiltinOperator: OperandTypes] = [
    .assignVariable: .any, .callOnce: .any, .if: .any, .readVariable: .any, .varHandle: .any, .while: .any,
  ]
}
