import AssayModel

/// Every operator that TensorFlow Lite Micro has and that is a kernel call, in the forms that differ in
/// what they run on; small and valid.
extension ProbeForm {
  static let all: [ProbeForm] =
    (sums + recurrent + arithmetic + functions + comparisons + pools + reductions + conversions + joins
    + selections + shapes + blocks).sorted { ($0.builtin.name, $0.detail) < ($1.builtin.name, $1.detail) }

  private static let window = Conv2DOptions(padding: .same, strideHeight: 2, strideWidth: 1)

  private static let sums: [ProbeForm] =
    [nil, .int4].flatMap { (weights: ElementType?) -> [ProbeForm] in
      let (detail, types): (String, [ElementType]?) = weights == nil ? ("", nil) : ("int4 weights", [.int8])
      return [
        ProbeForm(
          .conv2D, [.data([1, 5, 4, 2]), .weights([3, 3, 2, 2], weights), .bias(3)], [[1, 3, 4, 3]],
          .conv2D(window), detail: detail, types: types),
        ProbeForm(
          .depthwiseConv2D, [.data([1, 5, 4, 4]), .weights([1, 3, 2, 4], weights), .bias(4)],
          [[1, 3, 4, 4]],
          .depthwiseConv2D(DepthwiseConv2DOptions(window: window, depthMultiplier: 1)), detail: detail,
          types: types),
        ProbeForm(
          .fullyConnected, [.data([2, 5]), .weights([3, 5], weights), .bias(3)], [[2, 3]],
          .fullyConnected(FullyConnectedOptions(activation: .none)), detail: detail, types: types),
      ]
    } + [
      ProbeForm(
        .depthwiseConv2D, [.data([1, 5, 4, 2]), .weights([1, 3, 2, 4]), .bias(4)], [[1, 3, 4, 4]],
        .depthwiseConv2D(DepthwiseConv2DOptions(window: window, depthMultiplier: 2)), detail: "multiplier 2"),
      ProbeForm(
        .transposeConv, [.numbers([1, 4, 4, 2]), .weights([2, 3, 3, 2]), .data([1, 2, 2, 2]), .bias(2)],
        [[1, 4, 4, 2]],
        .transposeConv(TransposeConvOptions(padding: .same, strideHeight: 2, strideWidth: 2))),
      ProbeForm(
        .batchMatmul, [.data([2, 3, 4]), .data([2, 4, 5])], [[2, 3, 5]],
        .batchMatMul(adjointX: false, adjointY: false)),
      ProbeForm(.embeddingLookup, [.typed(.int32, [3]), .weights([4, 5])], [[3, 5]]),
    ]

  private static let recurrent: [ProbeForm] = [
    ProbeForm(
      .svdf, [.data([1, 3]), .weights([4, 3]), .weights([4, 5]), .bias(2), .state([1, 20])], [[1, 2]],
      .svdf(rank: 2, .relu)),
    ProbeForm(
      .svdf,
      [.data([1, 3]), .weights([4, 3]), .weights([4, 5], .int16), .bias(2), .state([1, 20], .int16)],
      [[1, 2]], .svdf(rank: 2, .relu), detail: "int16 state", types: [.int8]),
    ProbeForm(
      .unidirectionalSequenceLSTM,
      [.data([1, 2, 3])] + Array(repeating: .weights([2, 3]), count: 4)
        + Array(repeating: .weights([2, 2]), count: 4) + Array(repeating: .absent, count: 3)
        + Array(repeating: .bias(2), count: 4) + [.absent, .absent, .state([1, 2]), .cell([1, 2])]
        + Array(repeating: .absent, count: 4),
      [[1, 2, 2]],
      .unidirectionalSequenceLSTM(
        LSTMOptions(
          activation: .tanh, cellClip: 0, projectionClip: 0, timeMajor: false,
          asymmetricQuantizeInputs: false))),
  ]

  private static let pair: [ProbeOperand] = [.data([1, 2, 3]), .data([1, 1, 3])]

  private static let arithmetic: [ProbeForm] =
    [.add, .sub, .mul, .div].map { ProbeForm($0, pairOfRows, [[1, 2, 3]], .arithmetic(.none)) }
    + [.maximum, .minimum, .squaredDifference, .floorDiv, .floorMod, .logicalAnd, .logicalOr].map {
      ProbeForm($0, pair, [[1, 2, 3]])
    } + [
      ProbeForm(.addN, [.data([1, 3]), .data([1, 3]), .data([1, 3])], [[1, 3]]),
      ProbeForm(.prelu, [.data([1, 2, 2, 3]), .weights([1, 1, 3])], [[1, 2, 2, 3]]),
    ]

  private static let pairOfRows: [ProbeOperand] = [.data([1, 2, 3]), .data([1, 2, 3])]

  private static let functions: [ProbeForm] =
    [
      .abs, .ceil, .cos, .elu, .exp, .floor, .hardSwish, .log, .logSoftmax, .logicalNot, .logistic, .neg,
      .relu, .relu6, .round, .rsqrt, .sin, .sqrt, .square, .tanh, .zerosLike,
    ].map { ProbeForm($0, [.data([1, 2, 3])], [[1, 2, 3]]) } + [
      ProbeForm(.leakyRelu, [.data([1, 5])], [[1, 5]], .leakyRelu(alpha: 0.1)),
      ProbeForm(.l2Normalization, [.data([1, 4])], [[1, 4]], .l2Normalization(.none)),
      ProbeForm(
        .cumsum, [.data([2, 3]), .numbers([1])], [[2, 3]], .cumsum(exclusive: true, reverse: false)),
    ]

  private static let comparisons: [ProbeForm] =
    [.equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual].map {
      ProbeForm($0, pair, [[1, 2, 3]], to: .bool)
    } + [
      ProbeForm(.selectV2, [.typed(.bool, [2, 1]), .data([2, 2]), .data([1, 2])], [[2, 2]])
    ]

  private static let pools: [ProbeForm] = [.averagePool2D, .maxPool2D, .l2Pool2D].map {
    ProbeForm(
      $0, [.data([1, 4, 5, 2])], [[1, 4, 3, 2]],
      .pool2D(Pool2DOptions(padding: .same, strideHeight: 1, strideWidth: 2, filterHeight: 2, filterWidth: 3))
    )
  }

  private static let reductions: [ProbeForm] =
    [.mean, .sum, .reduceMax, .reduceMin, .reduceAll].map {
      ProbeForm(
        $0, [.data([1, 2, 3, 2]), .numbers([1, 2])], [[1, 2]], .reducer(keepDimensions: false))
    }
    + [.argMax, .argMin].map {
      ProbeForm($0, [.data([2, 5]), .numbers([1])], [[2]], .argMinMax(output: .int32), to: .int32)
    }

  private static func converting(_ builtin: BuiltinOperator, _ options: OperatorOptions = .none)
    -> [ProbeForm]
  {
    let targets: [ElementType] = [.float32, .int8, .int16, .int32, .uint32, .int64, .uint8, .bool]
    return targets.map {
      ProbeForm(builtin, [.data([1, 4])], [[1, 4]], options, detail: "to \($0.rawValue)", to: $0)
    }
  }

  private static let conversions: [ProbeForm] =
    converting(.cast, .cast) + converting(.quantize) + converting(.dequantize)
    + converting(.softmax, .softmax(beta: 1))
}

// MARK: - Moving elements

extension ProbeForm {
  private static let joins: [ProbeForm] = [
    ProbeForm(.concatenation, [.data([1, 2]), .data([1, 3])], [[1, 5]], .concatenation(axis: 1, .none)),
    ProbeForm(.pack, [.data([3]), .data([3])], [[3, 2]], .pack(axis: 1, valuesCount: 2)),
    ProbeForm(.unpack, [.data([2, 3])], [[3], [3]], .unpack(axis: 0, count: 2)),
    ProbeForm(.split, [.numbers([1]), .data([2, 4])], [[2, 2], [2, 2]], .split(count: 2)),
    ProbeForm(
      .splitV, [.data([2, 5]), .numbers([2, 3]), .numbers([1])], [[2, 2], [2, 3]], .splitV(count: 2)),
  ]

  private static let selections: [ProbeForm] = [
    ProbeForm(
      .stridedSlice, [.data([3, 4]), .numbers([0, 1]), .numbers([3, 4]), .numbers([2, 1])], [[2, 3]],
      .stridedSlice(
        StridedSliceOptions(beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0))),
    ProbeForm(.slice, [.data([3, 4]), .numbers([1, 0]), .numbers([2, -1])], [[2, 4]]),
    ProbeForm(
      .gather, [.data([3, 4]), .typed(.int32, [2])], [[2, 4]], .gather(axis: 0, batchDimensions: 0)),
    ProbeForm(.gatherNd, [.data([3, 4]), .typed(.int32, [2, 1])], [[2, 4]]),
    ProbeForm(.dynamicUpdateSlice, [.data([3, 4]), .data([2, 2]), .typed(.int32, [2])], [[3, 4]]),
    ProbeForm(.reverseV2, [.data([2, 3]), .typed(.int32, [1])], [[2, 3]]),
  ]

  private static let shapes: [ProbeForm] = [
    ProbeForm(.reshape, [.data([2, 3]), .numbers([3, -1])], [[3, 2]], .reshape(newShape: [3, 2])),
    ProbeForm(.expandDims, [.data([2, 3]), .numbers([1])], [[2, 1, 3]]),
    ProbeForm(.squeeze, [.data([2, 1, 3])], [[2, 3]], .squeeze(dimensions: [1])),
    ProbeForm(.transpose, [.data([2, 3, 4]), .numbers([2, 0, 1])], [[4, 2, 3]]),
    ProbeForm(.pad, [.data([2, 3]), .numbers([1, 0, 0, 2])], [[3, 5]]),
    ProbeForm(.padv2, [.data([2, 3]), .numbers([1, 0, 0, 2]), .data([1])], [[3, 5]]),
    ProbeForm(.mirrorPad, [.data([3, 3]), .numbers([1, 1, 0, 2])], [[5, 5]], .mirrorPad(reflect: true)),
    ProbeForm(.shape, [.data([2, 3])], [[2]], .shape(output: .int32), to: .int32),
    ProbeForm(.fill, [.numbers([2, 2]), .data([])], [[2, 2]]),
    ProbeForm(.broadcastTo, [.data([1, 3]), .numbers([2, 3])], [[2, 3]]),
    ProbeForm(.broadcastArgs, [.data([2]), .data([2])], [[2]]),
  ]

  private static let blocks: [ProbeForm] = [
    ProbeForm(
      .resizeBilinear, [.data([1, 2, 3, 2]), .numbers([5, 4])], [[1, 5, 4, 2]],
      .resize(alignCorners: false, halfPixelCenters: true)),
    ProbeForm(
      .resizeNearestNeighbor, [.data([1, 2, 3, 2]), .numbers([5, 4])], [[1, 5, 4, 2]],
      .resize(alignCorners: true, halfPixelCenters: false)),
    ProbeForm(.spaceToDepth, [.data([1, 4, 4, 1])], [[1, 2, 2, 4]], .spaceDepth(blockSize: 2)),
    ProbeForm(.depthToSpace, [.data([1, 2, 2, 4])], [[1, 4, 4, 1]], .spaceDepth(blockSize: 2)),
    ProbeForm(
      .spaceToBatchNd, [.data([1, 4, 4, 1]), .numbers([2, 2]), .numbers([0, 0, 0, 0])], [[4, 2, 2, 1]]),
    ProbeForm(
      .batchToSpaceNd, [.data([4, 2, 2, 1]), .numbers([2, 2]), .numbers([0, 0, 0, 0])], [[1, 4, 4, 1]]),
  ]
}
