import AssayModel

/// Writes the attributes of an operator as the member of the schema's union that it takes.
enum OptionsWriter {
  /// The fields `builtin_options_type` and `builtin_options` of an operator's table.
  static func union(of options: OperatorOptions, for builtin: BuiltinOperator) -> [Int: FlatValue] {
    guard let (type, fields) = member(options, builtin) else { return [:] }
    return [3: .uint8(type), 4: .table(FlatTableValue(fields))]
  }

  private typealias Member = (type: UInt8, fields: [Int: FlatValue])

  private static func member(_ options: OperatorOptions, _ builtin: BuiltinOperator) -> Member? {
    windowMember(options) ?? layerMember(options, builtin) ?? shapeMember(options)
      ?? selectionMember(options, builtin) ?? controlMember(options)
  }

  private static func windowMember(_ options: OperatorOptions) -> Member? {
    switch options {
    case .conv2D(let conv):
      var fields = window(conv.padding, conv.strideHeight, conv.strideWidth)
      fields[3] = activation(conv.activation)
      fields[4] = int(conv.dilationWidth)
      fields[5] = int(conv.dilationHeight)
      return (1, fields)
    case .depthwiseConv2D(let conv):
      var fields = window(conv.window.padding, conv.window.strideHeight, conv.window.strideWidth)
      fields[3] = int(conv.depthMultiplier)
      fields[4] = activation(conv.window.activation)
      fields[5] = int(conv.window.dilationWidth)
      fields[6] = int(conv.window.dilationHeight)
      return (2, fields)
    case .pool2D(let pool):
      var fields = window(pool.padding, pool.strideHeight, pool.strideWidth)
      fields[3] = int(pool.filterWidth)
      fields[4] = int(pool.filterHeight)
      fields[5] = activation(pool.activation)
      return (5, fields)
    case .transposeConv(let conv):
      var fields = window(conv.padding, conv.strideHeight, conv.strideWidth)
      fields[3] = activation(conv.activation)
      return (49, fields)
    default: return nil
    }
  }

  private static func layerMember(_ options: OperatorOptions, _ builtin: BuiltinOperator) -> Member? {
    switch options {
    case .fullyConnected(let layer):
      return (
        8,
        [
          0: activation(layer.activation), 1: .int8(layer.shuffledWeights ? 1 : 0),
          2: .bool(layer.keepDimensions),
        ]
      )
    case .arithmetic(let fused):
      let types: [BuiltinOperator: UInt8] = [.add: 11, .mul: 21, .sub: 28, .div: 29]
      return (types[builtin] ?? 11, [0: activation(fused)])
    case .l2Normalization(let fused): return (12, [0: activation(fused)])
    case .softmax(let beta): return (9, [0: .float(beta)])
    case .leakyRelu(let alpha): return (75, [0: .float(alpha)])
    case .gelu(let approximate): return (116, [0: .bool(approximate)])
    case .svdf(let rank, let fused): return (6, [0: int(rank), 1: activation(fused)])
    case .batchMatMul(let x, let y): return (101, [0: .bool(x), 1: .bool(y)])
    case .cumsum(let exclusive, let reverse): return (102, [0: .bool(exclusive), 1: .bool(reverse)])
    case .unidirectionalSequenceLSTM(let lstm):
      return (
        71,
        [
          0: activation(lstm.activation), 1: .float(lstm.cellClip), 2: .float(lstm.projectionClip),
          3: .bool(lstm.timeMajor), 4: .bool(lstm.asymmetricQuantizeInputs),
        ]
      )
    default: return nil
    }
  }

  private static func shapeMember(_ options: OperatorOptions) -> Member? {
    switch options {
    case .concatenation(let axis, let fused): return (10, [0: int(axis), 1: activation(fused)])
    case .reshape(let shape): return (17, shape.map { [0: ints($0)] } ?? [:])
    case .squeeze(let dimensions): return (30, [0: ints(dimensions)])
    case .reducer(let keepDimensions): return (27, [0: .bool(keepDimensions)])
    case .shape(let output): return (55, [0: .int8(ModelWriter.number(of: output))])
    case .cast: return (37, [:])
    case .pack(let axis, let count): return (59, [0: int(count), 1: int(axis)])
    case .unpack(let axis, let count): return (64, [0: int(count), 1: int(axis)])
    case .split(let count): return (35, [0: int(count)])
    case .splitV(let count): return (79, [0: int(count)])
    case .gather(let axis, let batch): return (23, [0: int(axis), 1: int(batch)])
    case .stridedSlice(let slice):
      return (
        32,
        [
          0: mask(slice.beginMask), 1: mask(slice.endMask), 2: mask(slice.ellipsisMask),
          3: mask(slice.newAxisMask), 4: mask(slice.shrinkAxisMask), 5: .bool(slice.offset),
        ]
      )
    default: return nil
    }
  }

  private static func selectionMember(
    _ options: OperatorOptions, _ builtin: BuiltinOperator
  ) -> Member? {
    switch options {
    case .argMinMax(let output):
      return (builtin == .argMin ? 57 : 40, [0: .int8(ModelWriter.number(of: output))])
    case .resize(let corners, let centers):
      return builtin == .resizeNearestNeighbor
        ? (74, [0: .bool(corners), 1: .bool(centers)]) : (15, [2: .bool(corners), 3: .bool(centers)])
    case .mirrorPad(let reflect): return (77, [0: .int8(reflect ? 0 : 1)])
    case .spaceDepth(let blockSize): return (builtin == .depthToSpace ? 94 : 19, [0: int(blockSize)])
    default: return nil
    }
  }

  private static func controlMember(_ options: OperatorOptions) -> Member? {
    switch options {
    case .ifElse(let then, let otherwise): return (92, [0: int(then), 1: int(otherwise)])
    case .whileLoop(let condition, let body): return (93, [0: int(condition), 1: int(body)])
    case .callOnce(let subgraph): return (103, [0: int(subgraph)])
    case .varHandle(let container, let name): return (111, [0: .string(container), 1: .string(name)])
    default: return nil
    }
  }

  private static func window(_ padding: Padding, _ height: Int, _ width: Int) -> [Int: FlatValue] {
    [0: .int8(padding == .same ? 0 : 1), 1: int(width), 2: int(height)]
  }

  private static func activation(_ fused: FusedActivation) -> FlatValue {
    let order: [FusedActivation] = [.none, .relu, .reluN1To1, .relu6, .tanh, .signBit]
    return .int8(Int8(order.firstIndex(of: fused) ?? 0))
  }

  private static func int(_ value: Int) -> FlatValue { .int32(Int32(truncatingIfNeeded: value)) }

  private static func ints(_ values: [Int]) -> FlatValue {
    .int32s(values.map { Int32(truncatingIfNeeded: $0) })
  }

  private static func mask(_ value: UInt32) -> FlatValue { .int32(Int32(bitPattern: value)) }
}
