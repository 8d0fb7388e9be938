import AssayKernels
import AssayModel

/// Prepares layers that a release of ESP-NN computes differently; see ``BoardDefect``.
enum BoardOperators {
  static func prepare(_ context: OperatorContext, _ defect: BoardDefect) throws(ModelError)
    -> PreparedOperator
  {
    // These kernels look around their operands, which only the arena allows.
    try requirePlanned(context, context.op.inputs.first.flatMap(\.self))
    try requirePlanned(context, context.op.outputs.first)
    switch defect {
    case .shortPadding: return try BoardConvolution.shortPadding(context)
    case .clobberedPixel: return try BoardConvolution.clobberedPixel(context)
    case .oddSixteens: return try oddSixteens(context)
    case .squareRows: return try squareRows(context)
    case .shiftedMaximum: return try shiftedMaximum(context)
    case .wholeInput: return try BoardDepthwise.wholeInput(context)
    case .widenedInput: return try BoardDepthwise.widenedInput(context)
    case .codedPadding: return try BoardDepthwise.codedPadding(context)
    case .leftover: return try leftover(context)
    }
  }

  private static func requirePlanned(_ context: OperatorContext, _ tensor: Int?) throws(ModelError) {
    guard let tensor else { throw context.invalid("an operand is missing") }
    let description = context.graph.subgraphs[context.subgraph].tensors[tensor]
    guard description.constant == nil, !description.isVariable, description.byteCount > 0 else {
      throw context.missing("the board's kernel on an operand outside the arena")
    }
  }

  private static func oddSixteens(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try LinearOperands(context, int16Biases: [])
    guard case .fullyConnected(let options) = context.op.options, operands.filter.type == .int8,
      let constant = operands.filter.constant
    else { throw context.missing("a filter that is not constant int8") }
    let shape = try FullyConnected.shape(operands)
    try operands.requireBias(shape.outputs)
    let isPerChannel = operands.filter.quantization?.isPerChannel == true
    var quantization = try operands.quantization(options.activation)
    var multipliers: [QuantizedMultiplier]
    if isPerChannel {
      multipliers = try operands.multipliers(channels: shape.outputs)
    } else {
      let (single, multiplier) = try FullyConnected.perTensor(operands, options.activation)
      quantization = single
      multipliers = Array(repeating: multiplier, count: shape.outputs)
    }
    try context.require(quantization.filter_zero_point == 0, "a filter with a zero point runs elsewhere")
    // The model lies 16-byte aligned in flash, and behind the filter the file goes on.
    let phase = constant.bytes.lowerBound % 16
    let readable = context.graph.storage[constant.buffer].count - constant.bytes.lowerBound
    var prepared = PreparedOperator { [quantization, multipliers] memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_board_fully_connected_s8_odd_sixteens(
        &shape, &quantization, multipliers, memory.input(0, as: Int8.self), memory.input(1, as: Int8.self),
        memory.optionalInput(2, as: Int32.self), memory.output(0, as: Int8.self), phase, readable)
    }
    prepared.reach = try ArenaReach(context, overrunBytes: 16)
    return prepared
  }

  private static func squareRows(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let pool = try Pool(context)
    guard pool.input.type == .int8 else { throw context.missing("pool on \(pool.input.type.rawValue)") }
    let (range, shape) = (try pool.codeRange(), pool.shape)
    var prepared = PreparedOperator { memory in
      var shape = shape
      unsafe ak_board_average_pool2d_s8_square(
        &shape, range.lower, range.upper, memory.input(0, as: Int8.self), memory.output(0, as: Int8.self))
    }
    let rowStart = CheckedSize(shape.output_height - 1) * CheckedSize(shape.output_height)
    let last = (rowStart + CheckedSize(shape.output_width)) * CheckedSize(shape.channels)
    prepared.reach = try ArenaReach(context, overrunBytes: try last.bytes(in: context.place))
    return prepared
  }

  private static func shiftedMaximum(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .softmax(let beta) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    let rows = try Softmax.Rows(context)
    try Softmax.requireOutput(context, scale: 0x1p-8, zeroPoint: -128)
    let quantization = try Softmax.quantization(context, beta: beta)
    let (count, depth) = (rows.count, rows.depth)
    return PreparedOperator { memory in
      var quantization = quantization
      unsafe ak_board_softmax_s8_shifted_maximum(
        memory.input(0, as: Int8.self), memory.output(0, as: Int8.self), count, depth, &quantization)
    }
  }

  private static func leftover(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try BinaryOperands(context)
    guard operands.type == .int8 else { throw operands.missingType() }
    return unsafe operands.run(ak_board_mul_s8_leftover, try operands.product())
  }
}
