import AssayModel

/// Sizes of operators that were not recorded in a 32-bit build: parameter and data structures as
/// the runtime's source declares them, laid out for 32 bits.
///
/// They, what ``PrepareRequests`` adds and the smallest arena of one operator of each kind were
/// compared with the runtime's x86-64 build; structures without pointers have one size on both.
extension OperatorStorage {
  static let read: [BuiltinOperator: OperatorStorage] =
    elementwise.merging(shapes) { first, _ in first }.merging(others) { first, _ in first }

  private static let elementwise: [BuiltinOperator: OperatorStorage] = [
    .abs: .init(data: 28, .source),
    .addN: .init(.source),
    .ceil: .init(.source),
    .cos: .init(.source),
    .elu: .init(data: 256, .source),
    .equal: .init(data: 32, temporaries: .inputs, .source),
    .exp: .init(.source),
    .floor: .init(temporaries: .none, .source),
    .floorMod: .init(.source),
    .greater: .init(data: 32, temporaries: .inputs, .source),
    .greaterEqual: .init(data: 32, temporaries: .inputs, .source),
    .hardSwish: .init(data: 20, .source),
    .lessEqual: .init(data: 32, temporaries: .inputs, .source),
    .log: .init(.source),
    .logicalAnd: .init(temporaries: .none, .source),
    .logicalNot: .init(.source),
    .logicalOr: .init(temporaries: .none, .source),
    .logSoftmax: .init(.source),
    .maximum: .init(temporaries: .none, .source),
    .minimum: .init(temporaries: .none, .source),
    .neg: .init(temporaries: .none, .source),
    .notEqual: .init(data: 32, temporaries: .inputs, .source),
    .prelu: .init(data: 28, .source),
    .relu: .init(data: 28, .source),
    .relu6: .init(data: 8, temporaries: .inputs, .source),
    .round: .init(.source),
    .rsqrt: .init(data: 28, .source),
    .sin: .init(.source),
    .square: .init(.source),
    .squaredDifference: .init(data: 112, .source),
    .zerosLike: .init(.source),
  ]

  private static let shapes: [BuiltinOperator: OperatorStorage] = [
    .batchToSpaceNd: .init(temporaries: inputAndOutput, .source),
    .broadcastArgs: .init(.source),
    .broadcastTo: .init(.source),
    .depthToSpace: .init(parameters: (4, 4), .source),
    .dynamicUpdateSlice: .init(.source),
    .fill: .init(.source),
    .gather: .init(parameters: (8, 4), .source),
    .mirrorPad: .init(parameters: (4, 4), data: 20, .source),
    .padv2: .init(data: 56, .source),
    .resizeNearestNeighbor: .init(parameters: (2, 1), .source),
    .reverseV2: .init(.source),
    .selectV2: .init(data: 1, .source),
    .slice: .init(.source),
    .spaceToBatchNd: .init(data: 4, temporaries: inputAndOutput, .source),
    .spaceToDepth: .init(parameters: (4, 4), .source),
    .split: .init(parameters: (4, 4), temporaries: .listed(inputs: [0]), .source),
    .squeeze: .init(parameters: (36, 4), .source),
  ]

  private static let inputAndOutput = TemporaryTensors.listed(inputs: [0], outputs: [0])

  private static let others: [BuiltinOperator: OperatorStorage] = [
    .argMin: .init(parameters: (4, 4), temporaries: .none, .source),
    .batchMatmul: .init(parameters: (3, 1), data: 16, .source),
    .cumsum: .init(parameters: (2, 1), .source),
    .embeddingLookup: .init(.source),
    .if: .init(parameters: (8, 4), data: 8, temporaries: .listed(inputs: [0]), .source),
    .l2Normalization: .init(parameters: (4, 4), data: 4, .source),
    .l2Pool2D: .init(parameters: (40, 4), data: 20, .source),
    .reduceAll: .init(parameters: (1, 1), data: 44, temporaries: reduction, .source),
    .sum: .init(parameters: (1, 1), data: 44, temporaries: reduction, .source),
    .transposeConv: .init(parameters: (20, 4), data: 72, temporaries: .transposedConvolution, .source),
    .while: .init(parameters: (8, 4), data: 8, temporaries: .none, .source),
  ]
}
