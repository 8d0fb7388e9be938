import AssayModel

/// What an operator asks of the arena while it prepares.
struct PrepareRequests: Sendable {
  /// Kept for good, each aligned to 16.
  var persistent: [CheckedSize] = []
  /// Whether those are allocated when all operands are: the runtime checks a persistent allocation
  /// against the head only, so that it may then lie over the operands' temporary structures.
  var persistsAfterOperands = true
  /// Planned like tensors that live during this operator only.
  var scratch: [CheckedSize] = []
  /// Why the answer is incomplete, when it is.
  var unmodelled: String?

  /// - Throws: `ModelError` when the operator lacks what the runtime would read.
  init(_ context: OperatorContext, _ library: KernelLibrary) throws(ModelError) {
    guard let builtin = context.op.code.builtin else {
      scratch = try SignalStorage.scratch(context)
      return
    }
    persistsAfterOperands = !Self.looksAgain.contains(builtin)
    switch builtin {
    case .conv2D, .depthwiseConv2D: try convolution(context, library)
    case .fullyConnected: try fullyConnected(context)
    case .softmax: try softmax(context, library)
    case .mean, .sum, .reduceMax, .reduceMin, .reduceAll: try reduction(context, builtin)
    case .transposeConv: try transposedConvolution(context)
    case .batchMatmul: try matrixProduct(context)
    case .svdf: try svdf(context)
    case .unidirectionalSequenceLSTM: try lstm(context)
    default: try others(context, builtin)
    }
  }

  /// Operators that look at their operands once more after allocating.
  private static let looksAgain: Set<BuiltinOperator> = [
    .conv2D, .depthwiseConv2D, .fullyConnected, .transposeConv,
  ]

  // MARK: - Weighted sums

  /// Multiplier and shift per output channel, for float too.
  private mutating func convolution(
    _ context: OperatorContext, _ library: KernelLibrary
  ) throws(ModelError) {
    let filter = try context.input(1)
    try context.require(filter, "filter", rank: 4)
    let channels = filter.shape[context.op.code.builtin == .conv2D ? 0 : 3]
    requantization(channels: channels)
    unpacked(filter)
    guard let generation = library.scratchGeneration, try context.input(0).type == .int8 else { return }
    scratch.append(try Self.espNN(context, generation))
  }

  private static func espNN(
    _ context: OperatorContext, _ generation: ScratchGeneration
  ) throws(ModelError) -> CheckedSize {
    switch context.op.options {
    case .conv2D(let window):
      return EspNNScratch.convolution(try ConvolutionGeometry(context, window), generation)
    case .depthwiseConv2D(let options):
      let geometry = try ConvolutionGeometry(context, options.window)
      return EspNNScratch.depthwise(geometry, multiplier: options.depthMultiplier, generation)
    default: throw context.invalid("has no convolution options")
    }
  }

  private mutating func fullyConnected(_ context: OperatorContext) throws(ModelError) {
    let filter = try context.input(1)
    let scales = filter.quantization?.storedScaleCount ?? 0
    if scales > 1, try context.input(0).type == .int8 { requantization(channels: scales) }
    unpacked(filter)
  }

  private mutating func requantization(channels: Int) {
    persistent += Array(repeating: 4 * CheckedSize(channels), count: 2)
  }

  /// 4-bit weights are unpacked into scratch, one byte each.
  private mutating func unpacked(_ filter: Tensor) {
    if filter.type == .int4 { scratch.append(.product(filter.shape)) }
  }

  /// 32-bit sums of the whole output for int8, 64-bit ones for int16.
  private mutating func transposedConvolution(_ context: OperatorContext) throws(ModelError) {
    let filter = try context.input(1)
    try context.require(filter, "filter", rank: 4)
    requantization(channels: filter.shape[0])
    let outputs = CheckedSize.product(try context.output(0).shape)
    switch try context.input(2).type {
    case .int8: scratch.append(4 * outputs)
    case .int16:
      scratch.append(8 * outputs)
      if let bias = context.optionalInput(3), bias.type == .int16 { scratch.append(8 * .product(bias.shape)) }
    default: break
    }
  }

  /// Requantisation, transposed copies of the operands that need one, and the output's shape.
  private mutating func matrixProduct(_ context: OperatorContext) throws(ModelError) {
    guard case .batchMatMul(let adjointX, let adjointY) = context.op.options else {
      throw context.invalid("has no matrix options")
    }
    let (left, right) = (try context.input(0), try context.input(1))
    if left.type == .int8 || left.type == .int16 { persistent.append(28) }
    for operand in (adjointX ? [left] : []) + (adjointY ? [] : [right]) {
      persistent.append(CheckedSize(DeviceStructures.evalTensor))
      persistent.append(Self.shapeBytes(operand))
      persistent.append(try operand.checkedByteCount())
    }
    persistent.append(Self.shapeBytes(try context.output(0)))
  }

  // MARK: - Others

  private mutating func softmax(_ context: OperatorContext, _ library: KernelLibrary) throws(ModelError) {
    let input = try context.input(0)
    guard library.scratchGeneration != nil, input.type == .int8, try context.output(0).type == .int8
    else { return }
    // The wrapper reads the second dimension whatever the rank is.
    guard input.shape.count >= 2 else {
      unmodelled = "ESP-NN sizes the scratch of SOFTMAX by a second dimension, which this input has not"
      return
    }
    scratch.append(EspNNScratch.softmax(width: input.shape[1]))
  }

  private mutating func reduction(
    _ context: OperatorContext, _ builtin: BuiltinOperator
  ) throws(ModelError) {
    let input = try context.input(0)
    let axes = try CheckedSize.product(context.input(1).shape)
    if builtin == .mean || builtin == .sum, input.type == .int8 || input.type == .int16 {
      scratch.append(4 * .product(try context.output(0).shape))
    }
    scratch.append(4 * CheckedSize(input.shape.count))
    scratch.append(4 * axes)
  }

  private mutating func svdf(_ context: OperatorContext) throws(ModelError) {
    let input = try context.input(0)
    let features = try context.input(1)
    guard case .svdf(let rank, _) = context.op.options, rank >= 1,
      let batches = input.shape.first, let filters = features.shape.first
    else { throw context.invalid("has no rank, batch or filters") }
    let batch = CheckedSize(batches)
    scratch.append(4 * batch * CheckedSize(filters))
    if input.type == .int8 { scratch.append(4 * batch * CheckedSize(filters / rank)) }
  }

  /// Four gates of one step.
  private mutating func lstm(_ context: OperatorContext) throws(ModelError) {
    let input = try context.input(0)
    guard case .unidirectionalSequenceLSTM(let options) = context.op.options, input.shape.count >= 2
    else { throw context.invalid("has no options, or an input below 2 dimensions") }
    let batch = input.shape[options.timeMajor ? 1 : 0]
    let cells = context.optionalInput(2)?.shape.first ?? 0
    let cellBytes: CheckedSize = input.type == .int8 || input.type == .int16 ? 2 : 4
    let gate = CheckedSize(batch) * CheckedSize(cells) * cellBytes
    scratch += Array(repeating: gate, count: 4)
  }

  private mutating func others(
    _ context: OperatorContext, _ builtin: BuiltinOperator
  ) throws(ModelError) {
    switch builtin {
    case .gather, .gatherNd, .spaceToDepth, .depthToSpace:
      persistent.append(Self.shapeBytes(try context.output(0)))
    case .embeddingLookup: persistent += [Self.shapeBytes(try context.output(0)), 8]
    case .logSoftmax: if try context.input(0).type == .int8 { persistent.append(28) }
    case .cumsum: if try context.input(0).type == .int8 { persistent.append(36) }
    case .addN:
      // A list of the inputs' addresses.
      scratch.append(CheckedSize(DeviceStructures.pointer) * CheckedSize(context.inputCount))
      if try context.input(0).type == .int8 { persistent.append(40) }
    case .mirrorPad:
      let rank = try context.input(0).shape.count
      scratch += Array(repeating: 4 * CheckedSize(rank), count: 2)
    default: break
    }
  }

  /// A writable copy of a tensor's shape: the count, then the dimensions.
  private static func shapeBytes(_ tensor: Tensor) -> CheckedSize {
    CheckedSize(DeviceStructures.word) * CheckedSize(tensor.shape.count + 1)
  }
}
