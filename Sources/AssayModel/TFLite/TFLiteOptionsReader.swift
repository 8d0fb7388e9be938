/// Reads the attributes of an operator, by operator.
///
/// Operators that TensorFlow Lite Micro does not have keep `.none`: they are named and refused, not run.
struct TFLiteOptionsReader {
  typealias Schema = TFLiteOptionsSchema

  let table: FlatTable
  let limits: ModelLimits

  func read(_ builtin: BuiltinOperator) throws(ModelError) -> OperatorOptions {
    switch builtin {
    case .conv2D, .depthwiseConv2D, .transposeConv, .averagePool2D, .maxPool2D, .l2Pool2D:
      try window(builtin)
    case .fullyConnected, .svdf, .unidirectionalSequenceLSTM, .batchMatmul, .softmax, .leakyRelu, .gelu,
      .cumsum:
      try layer(builtin)
    case .add, .sub, .mul, .div, .l2Normalization: try arithmetic(builtin)
    case .mean, .sum, .reduceProd, .reduceMax, .reduceMin, .reduceAny, .reduceAll:
      .reducer(keepDimensions: try options(Schema.Reducer.member).bool(Schema.Reducer.keepDims))
    case .if, .while, .callOnce, .varHandle: try control(builtin)
    default: try shaping(builtin)
    }
  }

  private func options(
    _ member: Schema.Member, isRequired: Bool = false
  ) throws(ModelError) -> TFLiteOptionsTable {
    try TFLiteOptionsTable(of: table, member, isRequired: isRequired, limits: limits)
  }
}

// MARK: - Windows

extension TFLiteOptionsReader {
  private func window(_ builtin: BuiltinOperator) throws(ModelError) -> OperatorOptions {
    switch builtin {
    case .conv2D: .conv2D(try conv2D())
    case .depthwiseConv2D: .depthwiseConv2D(try depthwiseConv2D())
    case .transposeConv: .transposeConv(try transposeConv())
    default: .pool2D(try pool2D())
    }
  }

  private func conv2D() throws(ModelError) -> Conv2DOptions {
    let schema = Schema.Conv2D.self
    let options = try options(schema.member, isRequired: true)
    return Conv2DOptions(
      padding: try options.padding(schema.padding),
      strideHeight: try options.window(schema.strideHeight),
      strideWidth: try options.window(schema.strideWidth),
      dilationHeight: try options.window(schema.dilationHeight, default: 1),
      dilationWidth: try options.window(schema.dilationWidth, default: 1),
      activation: try options.activation(schema.activation))
  }

  private func depthwiseConv2D() throws(ModelError) -> DepthwiseConv2DOptions {
    let schema = Schema.DepthwiseConv2D.self
    let options = try options(schema.member, isRequired: true)
    let window = Conv2DOptions(
      padding: try options.padding(Schema.Conv2D.padding),
      strideHeight: try options.window(Schema.Conv2D.strideHeight),
      strideWidth: try options.window(Schema.Conv2D.strideWidth),
      dilationHeight: try options.window(schema.dilationHeight, default: 1),
      dilationWidth: try options.window(schema.dilationWidth, default: 1),
      activation: try options.activation(schema.activation))
    return DepthwiseConv2DOptions(
      window: window, depthMultiplier: try options.window(schema.depthMultiplier))
  }

  private func transposeConv() throws(ModelError) -> TransposeConvOptions {
    let schema = Schema.TransposeConv.self
    let options = try options(schema.member, isRequired: true)
    return TransposeConvOptions(
      padding: try options.padding(schema.padding),
      strideHeight: try options.window(schema.strideHeight),
      strideWidth: try options.window(schema.strideWidth),
      activation: try options.activation(schema.activation))
  }

  private func pool2D() throws(ModelError) -> Pool2DOptions {
    let schema = Schema.Pool2D.self
    let options = try options(schema.member, isRequired: true)
    return Pool2DOptions(
      padding: try options.padding(Schema.Conv2D.padding),
      strideHeight: try options.window(Schema.Conv2D.strideHeight),
      strideWidth: try options.window(Schema.Conv2D.strideWidth),
      filterHeight: try options.window(schema.filterHeight),
      filterWidth: try options.window(schema.filterWidth),
      activation: try options.activation(schema.activation))
  }
}

// MARK: - Layers

extension TFLiteOptionsReader {
  private func layer(_ builtin: BuiltinOperator) throws(ModelError) -> OperatorOptions {
    switch builtin {
    case .fullyConnected: .fullyConnected(try fullyConnected())
    case .svdf: try svdf()
    case .unidirectionalSequenceLSTM: .unidirectionalSequenceLSTM(try sequenceLSTM())
    case .batchMatmul: try batchMatMul()
    case .softmax: try softmax()
    case .leakyRelu:
      .leakyRelu(alpha: try options(Schema.LeakyRelu.member).finite(Schema.LeakyRelu.alpha))
    case .gelu: .gelu(approximate: try options(Schema.Gelu.member).bool(Schema.Gelu.approximate))
    default: try cumsum()
    }
  }

  private func fullyConnected() throws(ModelError) -> FullyConnectedOptions {
    let schema = Schema.FullyConnected.self
    let options = try options(schema.member)
    return FullyConnectedOptions(
      activation: try options.activation(schema.activation),
      keepDimensions: try options.bool(schema.keepNumDims),
      shuffledWeights: try options.enumeration(schema.weightsFormat, [false, true]))
  }

  private func softmax() throws(ModelError) -> OperatorOptions {
    let beta = try options(Schema.Softmax.member, isRequired: true).finite(Schema.Softmax.beta)
    guard beta > 0 else { throw ModelError(.invalid, at: table.position, "beta \(beta) is not above 0") }
    return .softmax(beta: beta)
  }

  private func svdf() throws(ModelError) -> OperatorOptions {
    let options = try options(Schema.SVDF.member, isRequired: true)
    return .svdf(
      rank: try options.window(Schema.SVDF.rank), try options.activation(Schema.SVDF.activation))
  }

  private func sequenceLSTM() throws(ModelError) -> LSTMOptions {
    let schema = Schema.UnidirectionalSequenceLSTM.self
    let options = try options(schema.member, isRequired: true)
    return LSTMOptions(
      activation: try options.activation(schema.activation),
      cellClip: try options.finite(schema.cellClip),
      projectionClip: try options.finite(schema.projClip),
      timeMajor: try options.bool(schema.timeMajor),
      asymmetricQuantizeInputs: try options.bool(schema.asymmetricQuantizeInputs))
  }

  private func batchMatMul() throws(ModelError) -> OperatorOptions {
    let options = try options(Schema.BatchMatMul.member)
    return .batchMatMul(
      adjointX: try options.bool(Schema.BatchMatMul.adjointX),
      adjointY: try options.bool(Schema.BatchMatMul.adjointY))
  }

  private func cumsum() throws(ModelError) -> OperatorOptions {
    let options = try options(Schema.Cumsum.member)
    return .cumsum(
      exclusive: try options.bool(Schema.Cumsum.exclusive),
      reverse: try options.bool(Schema.Cumsum.reverse))
  }

  private func arithmetic(_ builtin: BuiltinOperator) throws(ModelError) -> OperatorOptions {
    let schema = Schema.Arithmetic.self
    switch builtin {
    case .add: return .arithmetic(try options(schema.add).activation(schema.activation))
    case .sub: return .arithmetic(try options(schema.sub).activation(schema.activation))
    case .mul: return .arithmetic(try options(schema.mul).activation(schema.activation))
    case .div: return .arithmetic(try options(schema.div).activation(schema.activation))
    default: return .l2Normalization(try options(schema.l2Norm).activation(schema.activation))
    }
  }
}

// MARK: - Subgraph calls and variables

extension TFLiteOptionsReader {
  private func control(_ builtin: BuiltinOperator) throws(ModelError) -> OperatorOptions {
    let schema = Schema.ControlFlow.self
    switch builtin {
    case .if:
      let options = try options(schema.ifElse, isRequired: true)
      return .ifElse(then: try options.int(schema.thenSubgraph), else: try options.int(schema.elseSubgraph))
    case .while:
      let options = try options(schema.whileLoop, isRequired: true)
      return .whileLoop(
        condition: try options.int(schema.conditionSubgraph), body: try options.int(schema.bodySubgraph))
    case .callOnce:
      return .callOnce(
        subgraph: try options(schema.callOnce, isRequired: true).int(schema.initSubgraph))
    default:
      let options = try options(Schema.VarHandle.member, isRequired: true)
      return .varHandle(
        container: try options.identifier(Schema.VarHandle.container),
        sharedName: try options.identifier(Schema.VarHandle.sharedName))
    }
  }
}

// MARK: - Shapes and selections

extension TFLiteOptionsReader {
  private func shaping(_ builtin: BuiltinOperator) throws(ModelError) -> OperatorOptions {
    switch builtin {
    case .concatenation: return try concatenation()
    case .reshape:
      return .reshape(
        newShape: try options(Schema.Reshape.member).dimensions(Schema.Reshape.newShape, atLeast: -1))
    case .squeeze:
      let axes = try options(Schema.Squeeze.member)
        .dimensions(Schema.Squeeze.squeezeDims, atLeast: Int32(-limits.rank))
      return .squeeze(dimensions: axes ?? [])
    case .stridedSlice: return .stridedSlice(try stridedSlice())
    case .cast:
      _ = try options(Schema.Cast.member)
      return .cast
    case .shape: return .shape(output: try options(Schema.Shape.member).type(Schema.Shape.outType))
    case .pack, .unpack, .split, .splitV, .gather: return try dividing(builtin)
    case .argMax:
      return .argMinMax(output: try options(Schema.ArgMinMax.max).type(Schema.ArgMinMax.outputType))
    case .argMin:
      return .argMinMax(output: try options(Schema.ArgMinMax.min).type(Schema.ArgMinMax.outputType))
    case .resizeBilinear, .resizeNearestNeighbor, .mirrorPad, .spaceToDepth, .depthToSpace:
      return try image(builtin)
    default: return .none
    }
  }

  private func concatenation() throws(ModelError) -> OperatorOptions {
    let options = try options(Schema.Concatenation.member)
    return .concatenation(
      axis: try options.axis(Schema.Concatenation.axis),
      try options.activation(Schema.Concatenation.activation))
  }

  private func stridedSlice() throws(ModelError) -> StridedSliceOptions {
    let schema = Schema.StridedSlice.self
    let options = try options(schema.member)
    return StridedSliceOptions(
      beginMask: try options.mask(schema.beginMask),
      endMask: try options.mask(schema.endMask),
      ellipsisMask: try options.mask(schema.ellipsisMask),
      newAxisMask: try options.mask(schema.newAxisMask),
      shrinkAxisMask: try options.mask(schema.shrinkAxisMask),
      offset: try options.bool(schema.offset))
  }

  private func dividing(_ builtin: BuiltinOperator) throws(ModelError) -> OperatorOptions {
    switch builtin {
    case .pack:
      let options = try options(Schema.Pack.pack, isRequired: true)
      return .pack(
        axis: try options.axis(Schema.Pack.axis), valuesCount: try options.count(Schema.Pack.valuesCount))
    case .unpack:
      let options = try options(Schema.Pack.unpack, isRequired: true)
      return .unpack(axis: try options.axis(Schema.Pack.axis), count: try options.count(Schema.Pack.num))
    case .split:
      return .split(count: try options(Schema.Split.split, isRequired: true).count(Schema.Split.numSplits))
    case .splitV:
      return .splitV(count: try options(Schema.Split.splitV, isRequired: true).count(Schema.Split.numSplits))
    default:
      let options = try options(Schema.Gather.member)
      return .gather(
        axis: try options.axis(Schema.Gather.axis),
        batchDimensions: try options.axis(Schema.Gather.batchDims))
    }
  }

  private func image(_ builtin: BuiltinOperator) throws(ModelError) -> OperatorOptions {
    switch builtin {
    case .resizeBilinear:
      let options = try options(Schema.Resize.bilinear)
      return .resize(
        alignCorners: try options.bool(Schema.Resize.bilinearAlignCorners),
        halfPixelCenters: try options.bool(Schema.Resize.bilinearHalfPixelCenters))
    case .resizeNearestNeighbor:
      let options = try options(Schema.Resize.nearest)
      return .resize(
        alignCorners: try options.bool(Schema.Resize.nearestAlignCorners),
        halfPixelCenters: try options.bool(Schema.Resize.nearestHalfPixelCenters))
    case .mirrorPad:
      return .mirrorPad(
        reflect: try options(Schema.MirrorPad.member).enumeration(Schema.MirrorPad.mode, [true, false]))
    case .spaceToDepth:
      return .spaceDepth(
        blockSize: try options(Schema.SpaceDepth.spaceToDepth, isRequired: true)
          .window(Schema.SpaceDepth.blockSize))
    default:
      return .spaceDepth(
        blockSize: try options(Schema.SpaceDepth.depthToSpace, isRequired: true)
          .window(Schema.SpaceDepth.blockSize))
    }
  }
}
