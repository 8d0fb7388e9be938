/// How many operands an operator has, which may be left out, and which may be empty.
///
/// From the `Prepare` functions of TensorFlow Lite Micro; most operators it lacks are not here.
struct OperandRule: Sendable {
  var inputs: ClosedRange<Int>
  var outputs: ClosedRange<Int>
  /// Positions of inputs that may be -1.
  var optionalInputs: [Int] = []
  /// Positions of inputs that may have no elements: the shape of a scalar.
  var emptyInputs: [Int] = []
  /// Whether outputs may have no elements: again the shape of a scalar.
  var allowsEmptyOutputs = false

  init(
    _ inputs: ClosedRange<Int>, _ outputs: ClosedRange<Int> = 1...1, optional: [Int] = [],
    emptyInputs: [Int] = [], allowsEmptyOutputs: Bool = false
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.optionalInputs = optional
    self.emptyInputs = emptyInputs
    self.allowsEmptyOutputs = allowsEmptyOutputs
  }

  /// The rule of an operator, `nil` when the device's runtime does not have it.
  static func of(_ builtin: BuiltinOperator) -> OperandRule? { table[builtin] }

  private static let many = 4_096

  private static let table: [BuiltinOperator: OperandRule] = {
    var table = irregular
    for builtin in unary { table[builtin] = OperandRule(1...1) }
    for builtin in binary { table[builtin] = OperandRule(2...2) }
    for builtin in ternary { table[builtin] = OperandRule(3...3) }
    return table
  }()

  private static let unary: [BuiltinOperator] = [
    .abs, .averagePool2D, .cast, .ceil, .cos, .depthToSpace, .dequantize, .elu, .exp, .floor, .gelu,
    .hardSwish, .l2Normalization, .l2Pool2D, .leakyRelu, .log, .logSoftmax, .logicalNot, .logistic,
    .maxPool2D, .neg, .quantize, .relu, .relu6, .reluN1To1, .round, .rsqrt, .sin, .softmax, .spaceToDepth,
    .sqrt, .square, .squeeze, .tanh, .zerosLike,
  ]

  private static let binary: [BuiltinOperator] = [
    .add, .argMax, .argMin, .batchMatmul, .cumsum, .div, .embeddingLookup, .equal, .expandDims, .floorDiv,
    .floorMod, .gather, .gatherNd, .greater, .greaterEqual, .less, .lessEqual, .logicalAnd, .logicalOr,
    .maximum, .mean, .minimum, .mirrorPad, .mul, .notEqual, .pad, .pow, .prelu, .reduceAll, .reduceAny,
    .reduceMax, .reduceMin, .reduceProd, .resizeBilinear, .resizeNearestNeighbor, .reverseV2,
    .squaredDifference, .sub, .sum, .transpose,
  ]

  private static let ternary: [BuiltinOperator] = [
    .batchToSpaceNd, .dynamicUpdateSlice, .padv2, .select, .selectV2, .slice, .spaceToBatchNd,
  ]

  private static let irregular: [BuiltinOperator: OperandRule] = [
    .addN: OperandRule(1...many),
    .assignVariable: OperandRule(2...2, 0...0),
    .broadcastArgs: OperandRule(2...2, emptyInputs: [0, 1], allowsEmptyOutputs: true),
    .broadcastTo: OperandRule(2...2, emptyInputs: [1]),
    .callOnce: OperandRule(0...0, 0...0),
    .concatenation: OperandRule(1...many),
    .conv2D: OperandRule(2...3, optional: [2]),
    .depthwiseConv2D: OperandRule(2...3, optional: [2]),
    .fill: OperandRule(2...2, emptyInputs: [0]),
    .fullyConnected: OperandRule(2...3, optional: [2]),
    .if: OperandRule(1...many, 0...many),
    .pack: OperandRule(1...many),
    .readVariable: OperandRule(1...1),
    .reshape: OperandRule(1...2, emptyInputs: [1]),
    .shape: OperandRule(1...1, allowsEmptyOutputs: true),
    .split: OperandRule(2...2, 1...many),
    .splitV: OperandRule(3...3, 1...many),
    .stridedSlice: OperandRule(4...4),
    .svdf: OperandRule(4...5, optional: [3]),
    .transposeConv: OperandRule(3...4, optional: [3]),
    // Input gate (coupled with the forget gate), peepholes, projection and layer normalisation.
    .unidirectionalSequenceLSTM: OperandRule(
      20...24, optional: [1, 5, 9, 10, 11, 12, 16, 17, 20, 21, 22, 23]),
    .unpack: OperandRule(1...1, 1...many),
    .varHandle: OperandRule(0...0),
    .while: OperandRule(1...many, 1...many),
  ]
}
