internal import AssayModel

/// A model of one operator for every kind that the device's runtime has: small, valid, and together
/// a start for whatever wants to see all of them.
public enum OperatorSamples {
  /// In float32 and in int8, where an operator has both.
  public static let all: [(name: String, model: ModelWriter)] =
    (unary + binary + windows + layers + selections + shapes + logic).flatMap { sample in
      sample.types.map { type in ("\(sample.builtin.name) \(type.rawValue)", sample.model(type)) }
    }

  /// What one operator takes and gives.
  struct Sample: Sendable {
    enum Operand: Sendable {
      /// Of the sample's type, an input of the model.
      case fed([Int])
      case fedAs(ElementType, [Int])
      /// Of the sample's type, constant.
      case weights([Int])
      /// int32 in an int8 sample, float32 in a float32 one.
      case bias(Int)
      case numbers([Int32])
      case number(Int32)
      case state([Int])
    }

    let builtin: BuiltinOperator
    let operands: [Operand]
    let results: [[Int]]
    var options: OperatorOptions = .none
    var types: [ElementType] = [.float32, .int8]
    var resultType: ElementType?

    init(
      _ builtin: BuiltinOperator, _ operands: [Operand], _ results: [[Int]],
      _ options: OperatorOptions = .none, types: [ElementType] = [.float32, .int8],
      resultType: ElementType? = nil
    ) {
      self.builtin = builtin
      self.operands = operands
      self.results = results
      self.options = options
      self.types = types
      self.resultType = resultType
    }

    func model(_ type: ElementType) -> ModelWriter {
      var model = ModelWriter()
      let inputs = operands.enumerated().map { index, operand -> Int? in
        OperatorSamples.add(operand, "in\(index)", type, to: &model)
      }
      let outputs = results.enumerated().map { index, shape in
        model.tensor(
          "out\(index)", resultType ?? type, shape, OperatorSamples.quantization(resultType ?? type, builtin))
      }
      model.add(builtin, inputs: inputs, outputs: outputs, options: options)
      model.outputs(outputs)
      return model
    }
  }

  private static func add(
    _ operand: Sample.Operand, _ name: String, _ type: ElementType, to model: inout ModelWriter
  ) -> Int {
    switch operand {
    case .fed(let shape): return model.input(name, type, shape, quantization(type))
    case .fedAs(let other, let shape): return model.input(name, other, shape, quantization(other))
    case .numbers(let numbers): return model.constant(name, numbers)
    case .number(let number): return model.constant(name, [number], shape: [])
    case .state(let shape): return model.tensor(name, type, shape, quantization(type), isVariable: true)
    case .weights(let shape):
      let symmetric = type == .int8 ? Quantization(scales: [0.25], zeroPoints: [0]) : nil
      return model.constant(name, type, shape, contents(type, shape.reduce(1, *)), symmetric)
    case .bias(let count):
      let wide: ElementType = type == .int8 ? .int32 : type
      let scale = type == .int8 ? Quantization(scales: [0.125], zeroPoints: [0]) : nil
      return model.constant(name, wide, [count], contents(wide, count), scale)
    }
  }

  /// Scales that operators with a fixed output range insist on, and one for all others.
  private static func quantization(_ type: ElementType, _ builtin: BuiltinOperator? = nil) -> Quantization? {
    guard type == .int8 || type == .uint8 else { return nil }
    switch builtin {
    case .softmax, .logistic: return Quantization(scales: [1.0 / 256], zeroPoints: [-128])
    case .tanh, .l2Normalization: return Quantization(scales: [1.0 / 128], zeroPoints: [0])
    case .logSoftmax: return Quantization(scales: [16.0 / 256], zeroPoints: [127])
    default: return Quantization(scales: [0.5], zeroPoints: [type == .int8 ? -3 : 125])
    }
  }

  private static func contents(_ type: ElementType, _ count: Int) -> [UInt8] {
    switch type {
    case .int8: SampleModels.ramp(count)
    case .int32: (0..<count).flatMap { littleEndian(Int32($0 * 3 - 5)) }
    default: (0..<count).flatMap { littleEndian((Float($0 % 7) * 0.25 - 0.6).bitPattern) }
    }
  }
}

// MARK: - Arithmetic

extension OperatorSamples {
  private static let unary: [Sample] =
    [.abs, .elu, .hardSwish, .logSoftmax, .logistic, .relu, .relu6, .rsqrt, .tanh, .zerosLike].map {
      Sample($0, [.fed([1, 2, 3])], [[1, 2, 3]])
    }
    + [.ceil, .cos, .exp, .floor, .log, .neg, .round, .sin, .sqrt, .square].map {
      Sample($0, [.fed([1, 2, 3])], [[1, 2, 3]], types: [.float32])
    } + [
      Sample(.softmax, [.fed([1, 5])], [[1, 5]], .softmax(beta: 1)),
      Sample(.leakyRelu, [.fed([1, 5])], [[1, 5]], .leakyRelu(alpha: 0.1)),
      Sample(.l2Normalization, [.fed([1, 4])], [[1, 4]], .l2Normalization(.none)),
      Sample(.quantize, [.fed([1, 4])], [[1, 4]], types: [.float32, .int8, .uint8], resultType: .int8),
      Sample(.dequantize, [.fed([1, 4])], [[1, 4]], types: [.int8, .uint8], resultType: .float32),
      Sample(
        .cast, [.fed([1, 4])], [[1, 4]], .cast, types: [.float32, .int8, .int32, .bool], resultType: .int8),
      Sample(.cast, [.fed([1, 4])], [[1, 4]], .cast, types: [.float32, .int8, .bool], resultType: .int32),
      Sample(.cast, [.fed([1, 4])], [[1, 4]], .cast, types: [.int8, .int32, .bool], resultType: .float32),
      Sample(
        .cumsum, [.fed([2, 3]), .number(1)], [[2, 3]], .cumsum(exclusive: true, reverse: false)),
    ]

  private static let binary: [Sample] =
    [.add, .sub, .mul, .div].map { (builtin: BuiltinOperator) in
      Sample(builtin, [.fed([1, 2, 3]), .fed([1, 1, 3])], [[1, 2, 3]], .arithmetic(.relu))
    }
    + [.maximum, .minimum, .squaredDifference].map { (builtin: BuiltinOperator) in
      Sample(builtin, [.fed([1, 2, 3]), .weights([1, 2, 3])], [[1, 2, 3]])
    }
    + [.floorDiv, .floorMod].map { (builtin: BuiltinOperator) in
      Sample(builtin, [.fed([1, 2, 3]), .weights([1, 2, 3])], [[1, 2, 3]], types: [.float32])
    } + [
      Sample(.addN, [.fed([1, 3]), .fed([1, 3]), .fed([1, 3])], [[1, 3]]),
      Sample(.prelu, [.fed([1, 2, 2, 3]), .weights([1, 1, 3])], [[1, 2, 2, 3]]),
    ]

  private static let logic: [Sample] =
    [.equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual].map { (builtin: BuiltinOperator) in
      Sample(
        builtin, [.fed([2, 2]), .fed([1, 2])], [[2, 2]], types: [.float32, .int8, .int32], resultType: .bool)
    } + [
      Sample(.logicalAnd, [.fed([2, 2]), .fed([2, 2])], [[2, 2]], types: [.bool]),
      Sample(.logicalOr, [.fed([2, 2]), .fed([2, 2])], [[2, 2]], types: [.bool]),
      Sample(.logicalNot, [.fed([2, 2])], [[2, 2]], types: [.bool]),
      Sample(.select, [.fedAs(.bool, [2, 2]), .fed([2, 2]), .fed([2, 2])], [[2, 2]]),
      Sample(.selectV2, [.fedAs(.bool, [2, 1]), .fed([2, 2]), .fed([1, 2])], [[2, 2]]),
    ]
}

// MARK: - Layers

extension OperatorSamples {
  private static let window = Conv2DOptions(
    padding: .same, strideHeight: 2, strideWidth: 1, dilationHeight: 1, dilationWidth: 1, activation: .relu6)
  private static let pool = OperatorOptions.pool2D(
    Pool2DOptions(padding: .same, strideHeight: 1, strideWidth: 2, filterHeight: 2, filterWidth: 3))

  private static let windows: [Sample] = [
    Sample(
      .conv2D, [.fed([1, 5, 4, 2]), .weights([3, 3, 2, 2]), .bias(3)], [[1, 3, 4, 3]], .conv2D(window)),
    Sample(
      .depthwiseConv2D, [.fed([1, 5, 4, 2]), .weights([1, 3, 2, 4]), .bias(4)], [[1, 3, 4, 4]],
      .depthwiseConv2D(DepthwiseConv2DOptions(window: window, depthMultiplier: 2))),
    Sample(
      .transposeConv,
      [.numbers([1, 4, 4, 2]), .weights([2, 3, 3, 2]), .fed([1, 2, 2, 2]), .bias(2)], [[1, 4, 4, 2]],
      .transposeConv(TransposeConvOptions(padding: .same, strideHeight: 2, strideWidth: 2))),
    Sample(.averagePool2D, [.fed([1, 4, 5, 2])], [[1, 4, 3, 2]], pool),
    Sample(.maxPool2D, [.fed([1, 4, 5, 2])], [[1, 4, 3, 2]], pool),
    Sample(.l2Pool2D, [.fed([1, 4, 5, 2])], [[1, 4, 3, 2]], pool, types: [.float32]),
    Sample(
      .resizeBilinear, [.fed([1, 2, 3, 2]), .numbers([5, 4])], [[1, 5, 4, 2]],
      .resize(alignCorners: false, halfPixelCenters: true)),
    Sample(
      .resizeNearestNeighbor, [.fed([1, 2, 3, 2]), .numbers([5, 4])], [[1, 5, 4, 2]],
      .resize(alignCorners: true, halfPixelCenters: false)),
    Sample(.spaceToDepth, [.fed([1, 4, 4, 1])], [[1, 2, 2, 4]], .spaceDepth(blockSize: 2)),
    Sample(.depthToSpace, [.fed([1, 2, 2, 4])], [[1, 4, 4, 1]], .spaceDepth(blockSize: 2)),
    Sample(
      .spaceToBatchNd, [.fed([1, 4, 4, 1]), .numbers([2, 2]), .numbers([0, 0, 0, 0])], [[4, 2, 2, 1]]),
    Sample(
      .batchToSpaceNd, [.fed([4, 2, 2, 1]), .numbers([2, 2]), .numbers([0, 0, 0, 0])], [[1, 4, 4, 1]]),
  ]

  private static let layers: [Sample] = [
    Sample(
      .fullyConnected, [.fed([2, 5]), .weights([3, 5]), .bias(3)], [[2, 3]],
      .fullyConnected(FullyConnectedOptions(activation: .relu))),
    Sample(
      .batchMatmul, [.fed([2, 3, 4]), .fed([2, 4, 5])], [[2, 3, 5]],
      .batchMatMul(adjointX: false, adjointY: false)),
    Sample(
      .svdf, [.fed([1, 3]), .weights([4, 3]), .weights([4, 5]), .bias(2), .state([1, 20])], [[1, 2]],
      .svdf(rank: 2, .relu), types: [.float32]),
    Sample(.embeddingLookup, [.fedAs(.int32, [3]), .weights([4, 5])], [[3, 5]]),
  ]
}

// MARK: - Moving elements

extension OperatorSamples {
  private static let slice = StridedSliceOptions(
    beginMask: 1, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 4)

  private static let selections: [Sample] = [
    Sample(
      .stridedSlice, [.fed([3, 4, 5]), .numbers([0, 1, 2]), .numbers([3, 4, 3]), .numbers([2, 1, 1])],
      [[2, 3]], .stridedSlice(slice)),
    Sample(.slice, [.fed([3, 4]), .numbers([1, 0]), .numbers([2, -1])], [[2, 4]]),
    Sample(.gather, [.fed([3, 4]), .numbers([2, 0])], [[2, 4]], .gather(axis: 0, batchDimensions: 0)),
    Sample(
      .gather, [.fed([3, 4]), .fedAs(.int32, [2])], [[3, 2]], .gather(axis: 1, batchDimensions: 0)),
    Sample(.gatherNd, [.fed([3, 4]), .fedAs(.int32, [2, 1])], [[2, 4]]),
    Sample(
      .argMax, [.fed([2, 5]), .number(1)], [[2]], .argMinMax(output: .int32), resultType: .int32),
    Sample(
      .argMin, [.fed([2, 5]), .number(-1)], [[2]], .argMinMax(output: .int32), resultType: .int32),
    Sample(.split, [.number(1), .fed([2, 4])], [[2, 2], [2, 2]], .split(count: 2)),
    Sample(
      .splitV, [.fed([2, 5]), .numbers([2, 3]), .number(1)], [[2, 2], [2, 3]], .splitV(count: 2)),
    Sample(.unpack, [.fed([2, 3])], [[3], [3]], .unpack(axis: 0, count: 2)),
    Sample(.pack, [.fed([3]), .fed([3])], [[3, 2]], .pack(axis: 1, valuesCount: 2)),
    Sample(
      .concatenation, [.fed([1, 2]), .weights([1, 3])], [[1, 5]], .concatenation(axis: 1, .none)),
    Sample(.dynamicUpdateSlice, [.fed([3, 4]), .fed([2, 2]), .fedAs(.int32, [2])], [[3, 4]]),
    Sample(.reverseV2, [.fed([2, 3]), .numbers([1])], [[2, 3]]),
  ]

  private static let shapes: [Sample] =
    [.mean, .sum, .reduceMax, .reduceMin].map { (builtin: BuiltinOperator) in
      Sample(
        builtin, [.fed([1, 2, 3, 2]), .numbers([1, 2])], [[1, 2]], .reducer(keepDimensions: false))
    } + [
      Sample(.reshape, [.fed([2, 3]), .numbers([3, -1])], [[3, 2]], .reshape(newShape: [3, 2])),
      Sample(.expandDims, [.fed([2, 3]), .number(1)], [[2, 1, 3]]),
      Sample(.squeeze, [.fed([2, 1, 3])], [[2, 3]], .squeeze(dimensions: [1])),
      Sample(.transpose, [.fed([2, 3, 4]), .numbers([2, 0, 1])], [[4, 2, 3]]),
      Sample(.pad, [.fed([2, 3]), .numbers([1, 0, 0, 2])], [[3, 5]]),
      Sample(.padv2, [.fed([2, 3]), .numbers([1, 0, 0, 2]), .fed([1])], [[3, 5]]),
      Sample(
        .mirrorPad, [.fed([3, 3]), .numbers([1, 1, 0, 2])], [[5, 5]], .mirrorPad(reflect: true)),
      Sample(.shape, [.fed([2, 3])], [[2]], .shape(output: .int32), resultType: .int32),
      Sample(.fill, [.numbers([2, 2]), .fed([])], [[2, 2]]),
      Sample(.broadcastTo, [.fed([1, 3]), .numbers([2, 3])], [[2, 3]]),
      Sample(.broadcastArgs, [.numbers([1, 3]), .numbers([2, 1])], [[2]], types: [.int32]),
    ]
}
