import AssayKernels
import AssayModel

/// int8 kernels of `cortex_m::*`, by the C code that runs without Arm's vector instructions.
enum CortexM {
  static let kernels: [String: Preparation] = [
    "cortex_m::quantized_conv2d.out": convolution, "cortex_m::quantized_depthwise_conv2d.out": depthwise,
    "cortex_m::quantized_linear.out": linear, "cortex_m::quantized_add.out": add,
    "cortex_m::quantized_mul.out": multiply,
    "cortex_m::quantized_avg_pool2d.out": averagePool, "cortex_m::quantized_max_pool2d.out": maxPool,
    "cortex_m::pad.out": pad, "cortex_m::softmax.out": softmax,
  ]

  static let codes = -128...127
  private static let offsets = -127...128

  private static func int8(_ context: OperatorContext, _ operand: Operand, _ role: String) throws(ModelError)
    -> Operand
  {
    // The kernels reinterpret whatever they get: a float region in front of one is refused by the runtime.
    try context.require(
      operand.type == .int8, "\(role) is \(operand.type.rawValue), the int8 kernel takes int8 only")
    return operand
  }

  // MARK: Factors

  /// A fixed-point factor as the file stores it.
  private static func factor(_ context: OperatorContext, _ mantissa: Int, _ shift: Int) throws(ModelError)
    -> ak_multiplier
  {
    try context.require(
      (mantissa == 0 || (1 << 30...Int(Int32.max)).contains(mantissa)) && (-31...30).contains(shift),
      "factor \(mantissa) with shift \(shift)")
    return ak_multiplier(mantissa: Int32(mantissa), shift: Int32(shift))
  }

  /// One factor for each of `count` channels, from two constants.
  private static func factors(
    _ call: PortableCall, _ mantissas: Int, _ shifts: Int, count: Int
  ) throws(ModelError) -> [ak_multiplier] {
    let context = call.context
    let (first, second) = (try call.operand(mantissas), try call.operand(shifts))
    guard first.type == .int32, second.type == .int32, let a = context.constantInt32(first.position),
      let b = context.constantInt32(second.position), a.count == count, b.count == count
    else { throw context.invalid("factors that are not \(count) constant integers") }
    var factors: [ak_multiplier] = []
    for (mantissa, shift) in zip(a, b) { factors.append(try factor(context, mantissa, shift)) }
    return factors
  }

  private static func linearOffsets(
    _ call: PortableCall, input: Int, output: Int, least: Int, most: Int, filter: Int? = nil
  ) throws(ModelError) -> ak_cortex_m_linear {
    let (low, high) = (try call.int32(least, in: codes), try call.int32(most, in: codes))
    try call.context.require(low <= high, "codes from \(low) to \(high)")
    return ak_cortex_m_linear(
      input_offset: try call.int32(input, in: offsets),
      filter_offset: try filter.map { index throws(ModelError) in try call.int32(index, in: offsets) } ?? 0,
      output_offset: try call.int32(output, in: codes), min: low, max: high)
  }

  // MARK: Convolution

  /// Weights `[output channels, height, width, input channels]`.
  private static func convolution(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, filter) = (
      try int8(context, call.operand(0), "input"), try int8(context, call.operand(1), "filter")
    )
    try context.require(
      filter.shape.count == 4 && filter.isDense && input.shape.count == 4, "filter \(filter.shape)")
    let f = filter.shape
    let strides = ak_strides(batch: f[1] * f[2] * f[3], channel: 1, row: f[2] * f[3], column: f[3])
    try context.require(f[3] > 0 && input.shape[1] % f[3] == 0, "\(f[3]) of \(input.shape[1]) input channels")
    let groups = input.shape[1] / f[3]
    try context.require(f[0] % groups == 0, "\(f[0]) output channels in \(groups) groups")
    return try prepare(
      call, input, filter, strides, kernel: (f[1], f[2]), groups: (groups, f[3], f[0] / groups),
      offsets: linearOffsets(call, input: 6, output: 7, least: 10, most: 11), factorsAt: 8)
  }

  /// Weights `[1, height, width, output channels]`.
  private static func depthwise(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, filter) = (
      try int8(context, call.operand(0), "input"), try int8(context, call.operand(1), "filter")
    )
    try context.require(
      filter.shape.count == 4 && filter.isDense && input.shape.count == 4, "filter \(filter.shape)")
    let f = filter.shape
    let multiplier = try call.int(6)
    try context.require(
      f[0] == 1 && multiplier > 0 && multiplier <= f[3] && f[3] == input.shape[1] * multiplier,
      "filter \(f) for \(input.shape[1]) channels, depth multiplier \(multiplier)")
    let strides = ak_strides(batch: 1, channel: 0, row: f[2] * f[3], column: f[3])
    return try prepare(
      call, input, filter, strides, kernel: (f[1], f[2]), groups: (input.shape[1], 1, multiplier),
      offsets: linearOffsets(call, input: 7, output: 8, least: 11, most: 12), factorsAt: 9)
  }

  private static func prepare(
    _ call: PortableCall, _ input: Operand, _ filter: Operand, _ filterStrides: ak_strides,
    kernel: (Int, Int),
    groups: (count: Int, inputs: Int, outputs: Int), offsets: ak_cortex_m_linear, factorsAt: Int
  ) throws(ModelError) -> PreparedOperator {
    let context = call.context
    let output = try int8(context, call.output(), "output")
    let channels = groups.count * groups.outputs
    let bias = try call.optionalOperand(2)
    try context.require(
      bias.map { $0.type == .int32 && $0.count == channels } ?? true, "bias for \(channels) channels")
    let pool = PortablePooling.PoolWindow(
      kernel: kernel,
      window: PortableConvolution.Window(
        stride: try call.pair(3, in: PortableConvolution.sides),
        padding: try call.pair(4, default: (0, 0), in: PortableConvolution.paddings),
        dilation: try call.pair(5, default: (1, 1), in: PortableConvolution.sides)))
    var shape = try window(context, input, output, pool, channels: channels)
    shape.groups = groups.count
    shape.input_channels = groups.inputs
    shape.output_channels = groups.outputs
    shape.filter = filterStrides
    let factors = try factors(call, factorsAt, factorsAt + 1, count: channels)
    return PreparedOperator { [shape] memory in
      var (shape, offsets) = (shape, offsets)
      unsafe ak_cortex_m_convolution_s8(
        &shape, &offsets, factors, memory.input(input.position, as: Int8.self),
        memory.input(filter.position, as: Int8.self),
        bias.map { unsafe memory.input($0.position, as: Int32.self) },
        memory.output(output.position, as: Int8.self))
    }
  }

  /// As for a pool, with `channels` output channels.
  private static func window(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, _ pool: PortablePooling.PoolWindow,
    channels: Int
  ) throws(ModelError) -> ak_portable_window {
    try context.require(
      output.shape.count == 4 && output.shape[1] == channels && pool.kernel.0 > 0 && pool.kernel.1 > 0,
      "output \(output.shape) for \(channels) channels")
    var tensor = output.tensor
    tensor.shape[1] = input.shape[1]
    var shape = try PortablePooling.geometry(
      context, input, Operand(tensor, output.position), pool, ceil: false)
    shape.output = output.planeStrides
    return shape
  }

  // MARK: Matrix product

  private static func linear(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, filter) = (
      try int8(context, call.operand(0), "input"), try int8(context, call.operand(1), "weights")
    )
    let output = try int8(context, call.output(), "output")
    try context.require(
      filter.shape.count == 2 && filter.isDense && input.isDense && output.isDense, "weights \(filter.shape)")
    let (columns, depth) = (filter.shape[0], filter.shape[1])
    try context.require(
      depth > 0 && input.shape.last == depth && output.shape == input.shape.dropLast() + [columns],
      "output \(output.shape) for input \(input.shape) and weights \(filter.shape)")
    let (bias, sums) = (try call.optionalOperand(2), try call.optionalOperand(3))
    for operand in [bias, sums] {
      try context.require(
        operand.map { $0.type == .int32 && $0.count == columns } ?? true, "bias for \(columns) columns")
    }
    // The file has the larger bound first.
    let offsets = try linearOffsets(call, input: 4, output: 6, least: 10, most: 9, filter: 5)
    let (mantissas, shifts) = (try call.ints(7), try call.ints(8))
    try context.require(mantissas.count == 1 && shifts.count == 1, "\(mantissas.count) factors, expected one")
    let factor = try factor(context, mantissas[0], shifts[0])
    let rows = input.count / depth
    return PreparedOperator { memory in
      var offsets = offsets
      unsafe ak_cortex_m_linear_s8(
        rows, depth, columns, &offsets, factor, memory.input(input.position, as: Int8.self),
        memory.input(filter.position, as: Int8.self),
        bias.map { unsafe memory.input($0.position, as: Int32.self) },
        sums.map { unsafe memory.input($0.position, as: Int32.self) },
        memory.output(output.position, as: Int8.self))
    }
  }

  // MARK: Sums and products

  private static func add(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    var sum = ak_cortex_m_sum()
    sum.a_zero_point = try call.int32(1, in: codes)
    sum.a_factor = try factor(context, call.int(2), call.int(3))
    sum.b_zero_point = try call.int32(5, in: codes)
    sum.b_factor = try factor(context, call.int(6), call.int(7))
    return unsafe try combine(call, second: 4, output: 8, bounds: (11, 12), sum) {
      quantization, a, b, out, count in
      unsafe ak_cortex_m_add_s8(quantization, a, b, out, count)
    }
  }

  private static func multiply(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    var sum = ak_cortex_m_sum()
    sum.a_zero_point = try call.int32(1, in: codes)
    sum.b_zero_point = try call.int32(3, in: codes)
    return unsafe try combine(call, second: 2, output: 4, bounds: nil, sum) {
      quantization, a, b, out, count in
      unsafe ak_cortex_m_mul_s8(quantization, a, b, out, count)
    }
  }

  private typealias Kernel =
    @Sendable (
      UnsafePointer<ak_cortex_m_sum>, UnsafePointer<Int8>, UnsafePointer<Int8>, UnsafeMutablePointer<Int8>,
      Int
    )
    -> Void

  private static func combine(
    _ call: PortableCall, second: Int, output position: Int, bounds: (Int, Int)?, _ operands: ak_cortex_m_sum,
    _ kernel: @escaping Kernel
  ) throws(ModelError) -> PreparedOperator {
    let context = call.context
    let (a, b) = (
      try int8(context, call.operand(0), "input 0"), try int8(context, call.operand(second), "input 1")
    )
    let output = try int8(context, call.output(), "output")
    try context.requireSameLayout(a, output)
    try context.requireSameLayout(b, output)
    var sum = operands
    sum.out_offset = try call.int32(position, in: codes)
    sum.out_factor = try factor(context, call.int(position + 1), call.int(position + 2))
    sum.min = try bounds.map { index throws(ModelError) in try call.int32(index.0, in: codes) } ?? -128
    sum.max = try bounds.map { index throws(ModelError) in try call.int32(index.1, in: codes) } ?? 127
    try context.require(sum.min <= sum.max, "codes from \(sum.min) to \(sum.max)")
    let count = output.count
    return PreparedOperator { [sum] memory in
      var sum = sum
      unsafe kernel(
        &sum, memory.input(a.position, as: Int8.self), memory.input(b.position, as: Int8.self),
        memory.output(output.position, as: Int8.self), count)
    }
  }

  // MARK: Pools, padding

  private static func averagePool(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (
      try int8(context, call.operand(0), "input"), try int8(context, call.output(), "output")
    )
    let shape = try PortablePooling.geometry(
      context, input, output, PortablePooling.window(call, dilationAt: nil), ceil: call.bool(4))
    return PreparedOperator { memory in
      var shape = shape
      unsafe ak_cortex_m_average_pool_s8(
        &shape, memory.input(input.position, as: Int8.self), memory.output(output.position, as: Int8.self))
    }
  }

  private static func maxPool(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (
      try int8(context, call.operand(0), "input"), try int8(context, call.output(), "output")
    )
    let window = try PortablePooling.window(call, dilationAt: 4)
    guard window.window.dilation == (1, 1) else { throw context.missing("a dilated pool on int8") }
    let shape = try PortablePooling.geometry(context, input, output, window, ceil: call.bool(5))
    let (low, high) = (try call.int32(8, in: codes), try call.int32(9, in: codes))
    try context.require(low <= high, "codes from \(low) to \(high)")
    return PreparedOperator { memory in
      var shape = shape
      unsafe ak_cortex_m_max_pool_s8(
        &shape, memory.input(input.position, as: Int8.self), memory.output(output.position, as: Int8.self),
        low, high)
    }
  }

  /// Pads in physical order (NHWC for four dimensions), in front filled up to four.
  private static func pad(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (
      try int8(context, call.operand(0), "input"), try int8(context, call.output(), "output")
    )
    let (before, after) = (try call.ints(1), try call.ints(2))
    let rank = input.shape.count
    try context.require(
      before.count == 4 && after.count == 4 && (1...4).contains(rank), "pads \(before), \(after)")
    let order = rank == 4 ? [0, 3, 1, 2] : Array((4 - rank)..<4)
    return try PortableMovement.padded(
      context, input, output, before: order.map { before[$0] }, after: order.map { after[$0] },
      value: Double(call.int32(3, in: codes)))
  }

  /// Softmax of the last dimension, by the arithmetic that TFLite Micro's shares; not compared with
  /// outputs of the runtime itself.
  private static func softmax(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let input = try int8(context, call.operand(0), "input")
    let output = try int8(context, call.output(), "output")
    try context.requireSameLayout(input, output)
    let axis = try call.axis(1, rank: input.shape.count)
    let depth = input.shape.last ?? 0
    try context.require(
      input.isDense && depth > 0 && axis == input.shape.count - 1,
      "softmax over axis \(axis) of \(input.shape)")
    let zero = try call.int(3)
    try context.require(zero == -128, "output zero point \(zero)")
    var quantization = ak_softmax_quantization(
      scale: try factor(context, call.int(4), call.int(5)),
      smallest_difference: try call.int32(6, in: -(1 << 30)...0))
    try context.require(quantization.scale.shift >= 1, "shift \(quantization.scale.shift)")
    var exponentials = [Int32](repeating: 0, count: 256)
    unsafe ak_softmax_fill_exps(&quantization, &exponentials)
    let (rows, place) = (input.count / depth, context.place)
    return PreparedOperator { [exponentials] memory throws(RunError) in
      let done = unsafe ak_softmax_s8(
        memory.input(input.position, as: Int8.self), memory.output(output.position, as: Int8.self), rows,
        depth,
        exponentials)
      guard done else {
        throw RunError(.modelDefect, in: place, "a row's exponentials sum to more than its fixed point holds")
      }
    }
  }
}
