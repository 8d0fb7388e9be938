import AssayKernels
import AssayModel

/// SOFTMAX, LOG_SOFTMAX and L2_NORMALIZATION along the last dimension.
enum Softmax {
  static let operators: [BuiltinOperator: Preparation] = [
    .softmax: softmax, .logSoftmax: logSoftmax, .l2Normalization: l2Normalization,
  ]

  /// A tensor as rows along its last dimension.
  struct Rows {
    let input: Tensor
    let output: Tensor
    let count: Int
    let depth: Int

    init(_ context: OperatorContext) throws(ModelError) {
      try context.requireArity(inputs: 1...1)
      input = try context.input(0)
      output = try context.output(0)
      try context.require(output, "output", shape: input.shape)
      guard let last = input.shape.last, last > 0 else {
        throw context.invalid("input of shape \(input.shape) has no rows")
      }
      depth = last
      count = input.elementCount / last
    }
  }

  private static func softmax(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let rows = try Rows(context)
    guard case .softmax(let beta) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    try context.require(beta.isFinite, "beta is \(beta)")
    let (count, depth) = (rows.count, rows.depth)
    switch (rows.input.type, rows.output.type) {
    case (.float32, .float32):
      return PreparedOperator { memory in
        unsafe ak_softmax_f32(
          memory.input(0, as: Float.self), memory.output(0, as: Float.self), count, depth, beta)
      }
    case (.int8, .int8):
      try requireOutput(context, scale: 0x1p-8, zeroPoint: -128)
      return unsafe coded(try quantization(context, beta: beta), rows, context, ak_softmax_s8)
    case (.int8, .int16):
      try requireOutput(context, scale: 0x1p-16, zeroPoint: -32768)
      return unsafe coded(try quantization(context, beta: beta), rows, context, ak_softmax_s8_s16)
    case (.int16, .int16): return try softmaxInt16(context, beta: beta, rows)
    default: throw context.missing("SOFTMAX from \(rows.input.type.rawValue) to \(rows.output.type.rawValue)")
    }
  }

  private typealias Kernel<Out> =
    @Sendable (UnsafePointer<Int8>, UnsafeMutablePointer<Out>, Int, Int, UnsafePointer<Int32>) -> Bool

  private static func coded<Out: SendableMetatype>(
    _ quantization: ak_softmax_quantization, _ rows: Rows, _ context: OperatorContext,
    _ kernel: @escaping Kernel<Out>
  ) -> PreparedOperator {
    let (count, depth, place) = (rows.count, rows.depth, context.place)
    let consequence = rows.output.type == .int8 ? "TFLite Micro aborts here" : "TFLite Micro overflows here"
    var quantization = quantization
    var exponentials = [Int32](repeating: 0, count: 256)
    unsafe ak_softmax_fill_exps(&quantization, &exponentials)
    return PreparedOperator { [exponentials] memory throws(RunError) in
      let done = unsafe kernel(
        memory.input(0, as: Int8.self), memory.output(0, as: Out.self), count, depth, exponentials)
      guard done else {
        throw RunError(
          .modelDefect, in: place,
          "\(consequence): a row's exponentials sum to more than its fixed point holds")
      }
    }
  }

  private static func softmaxInt16(
    _ context: OperatorContext, beta: Float, _ rows: Rows
  ) throws(ModelError) -> PreparedOperator {
    try requireOutput(context, scale: 0x1p-15, zeroPoint: 0)
    let scale = try context.perTensor(rows.input, "input").scale
    let multiplier = try context.multiplier(
      Double(scale) * Double(beta) / (10.0 / 65535.0), "scale times beta")
    try context.require(rows.depth <= 65536, "rows of \(rows.depth) elements")
    let (count, depth) = (rows.count, rows.depth)
    var tables = ak_softmax_tables()
    unsafe ak_softmax_fill_tables(&tables)
    return PreparedOperator { [tables] memory in
      var tables = tables
      unsafe ak_softmax_s16(
        memory.input(0, as: Int16.self), memory.output(0, as: Int16.self), count, depth, multiplier, &tables)
    }
  }

  /// Fixed-point results have one scale, which the file must state.
  static func requireOutput(
    _ context: OperatorContext, scale: Float, zeroPoint: Int32
  ) throws(ModelError) {
    let output = try context.perTensor(try context.output(0), "output")
    // The device's runtime allows a thousandth for int16.
    let tolerance: Float = try context.output(0).type == .int8 ? 0 : scale / 1000
    try context.require(
      abs(output.scale - scale) <= tolerance && output.zeroPoint == zeroPoint,
      "output has scale \(output.scale) and zero point \(output.zeroPoint), expected \(scale) and \(zeroPoint)"
    )
  }

  /// Differences of int8 codes in Q5.26.
  static func quantization(
    _ context: OperatorContext, beta: Float
  ) throws(ModelError) -> ak_softmax_quantization {
    let scale = try context.perTensor(try context.input(0), "input").scale
    let real = min(Double(beta) * Double(scale) * 0x1p26, 0x1p31 - 1)
    try context.require(
      real > 1, "input scale \(scale) times beta \(beta) is too small: TFLite Micro aborts here")
    let multiplier = try context.softmaxMultiplier(real)
    let radius = (31 * 0x1p26 / Double(sign: .plus, exponent: Int(multiplier.shift), significand: 1)).rounded(
      .down)
    return ak_softmax_quantization(scale: multiplier, smallest_difference: -Int32(radius))
  }

  private static func logSoftmax(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let rows = try Rows(context)
    try context.require(rows.output, "output", type: rows.input.type)
    let (count, depth) = (rows.count, rows.depth)
    switch rows.input.type {
    case .float32:
      return PreparedOperator { memory in
        unsafe ak_log_softmax_f32(
          memory.input(0, as: Float.self), memory.output(0, as: Float.self), count, depth)
      }
    case .int8:
      try requireOutput(context, scale: 0x1p-4, zeroPoint: 127)
      try context.require(depth <= 4095, "rows of \(depth) elements overflow TFLite Micro's sum")
      let quantization = try quantization(context, beta: 1)
      let units = Double(Int32(1) << (31 - quantization.scale.shift))
      let reverse = try context.multiplier(units / Double(quantization.scale.mantissa), "reverse scale")
      return PreparedOperator { memory in
        var quantization = quantization
        unsafe ak_log_softmax_s8(
          memory.input(0, as: Int8.self), memory.output(0, as: Int8.self), count, depth, &quantization,
          reverse)
      }
    default: throw context.missing("LOG_SOFTMAX on \(rows.input.type.rawValue)")
    }
  }

  private static func l2Normalization(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let rows = try Rows(context)
    try context.require(rows.output, "output", type: rows.input.type)
    if case .l2Normalization(let activation) = context.op.options, activation != .none {
      throw context.missing("a fused activation, which TFLite Micro refuses")
    }
    let (count, depth) = (rows.count, rows.depth)
    switch rows.input.type {
    case .float32:
      return PreparedOperator { memory in
        unsafe ak_l2_normalize_f32(
          memory.input(0, as: Float.self), memory.output(0, as: Float.self), count, depth)
      }
    case .int8:
      let zeroPoint = try context.perTensor(rows.input, "input").zeroPoint
      try context.require(depth <= 33025, "rows of \(depth) elements overflow TFLite Micro's sum")
      return PreparedOperator { memory in
        unsafe ak_l2_normalize_s8(
          memory.input(0, as: Int8.self), memory.output(0, as: Int8.self), count, depth, zeroPoint)
      }
    default: throw context.missing("L2_NORMALIZATION on \(rows.input.type.rawValue)")
    }
  }
}

extension OperatorContext {
  /// A factor above 1 as mantissa and left shift; just below 2^31 the shift is 31, one more than other
  /// kernels take.
  fileprivate func softmaxMultiplier(_ real: Double) throws(ModelError) -> ak_multiplier {
    if real >= 0x1p30 {
      let mantissa = min((real).rounded(.toNearestOrAwayFromZero), 0x1p31 - 1)
      return ak_multiplier(mantissa: Int32(mantissa), shift: 31)
    }
    return try multiplier(real, "input scale times beta")
  }
}
