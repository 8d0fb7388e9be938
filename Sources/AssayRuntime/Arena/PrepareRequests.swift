import AssayModel

/// What an operator asks of the arena while it prepares.
struct PrepareRequests: Sendable {
  /// Kept for good, each aligned to 16.
  var persistent: [CheckedSize] = []
  /// Planned like tensors that live during this operator only.
  var scratch: [CheckedSize] = []
  /// Why the answer is incomplete, when it is.
  var unmodelled: String?

  /// - Throws: `ModelError` when the operator lacks what the runtime would read.
  init(_ context: OperatorContext, _ library: KernelLibrary) throws(ModelError) {
    guard let builtin = context.op.code.builtin else { return }
    switch builtin {
    case .conv2D, .depthwiseConv2D: try convolution(context, library)
    case .fullyConnected: try fullyConnected(context)
    case .softmax: try softmax(context, library)
    case .mean, .reduceMax, .reduceMin: try reduction(context, builtin)
    case .svdf: try svdf(context)
    case .unidirectionalSequenceLSTM: try lstm(context)
    case .gatherNd:
      let rank = try context.input(1).shape.last ?? 1
      persistent.append(4 * CheckedSize(rank))
    default: break
    }
  }

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
    if builtin == .mean, input.type == .int8 || input.type == .int16 {
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
}
