import AssayKernels
import AssayModel

/// AVERAGE_POOL_2D and MAX_POOL_2D on float32, int8 and int16; L2_POOL_2D on float32.
enum Pooling {
  static func prepareAverage(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let pool = try Pool(context)
    switch pool.input.type {
    case .float32: return unsafe floating(try pool.floatRange(), pool.shape, ak_average_pool2d_f32)
    case .int8:
      let kernel: CodeKernel<Int8> = { [variant = context.variant] in
        unsafe ak_average_pool2d_s8_vectorized(variant, $0, $1, $2, $3, $4)
      }
      return unsafe context.vectorized(coded(try pool.codeRange(), pool.shape, kernel))
    case .int16: return unsafe coded(try pool.codeRange(), pool.shape, ak_average_pool2d_s16)
    default: throw context.missing("pool on \(pool.input.type.rawValue)")
    }
  }

  static func prepareMax(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let pool = try Pool(context)
    switch pool.input.type {
    case .float32:
      let kernel: FloatKernel = { [variant = context.variant] in
        unsafe ak_max_pool2d_f32_vectorized(variant, $0, $1, $2, $3)
      }
      return unsafe context.vectorized(floating(try pool.floatRange(), pool.shape, kernel))
    case .int8:
      let kernel: CodeKernel<Int8> = { [variant = context.variant] in
        unsafe ak_max_pool2d_s8_vectorized(variant, $0, $1, $2, $3, $4)
      }
      return unsafe context.vectorized(coded(try pool.codeRange(), pool.shape, kernel))
    case .int16: return unsafe coded(try pool.codeRange(), pool.shape, ak_max_pool2d_s16)
    default: throw context.missing("pool on \(pool.input.type.rawValue)")
    }
  }

  static func prepareL2(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let pool = try Pool(context)
    guard pool.input.type == .float32 else {
      throw context.missing("L2_POOL_2D on \(pool.input.type.rawValue)")
    }
    return unsafe floating(try pool.floatRange(), pool.shape, ak_l2_pool2d_f32)
  }

  private typealias FloatKernel =
    @Sendable (
      UnsafePointer<ak_pool2d_shape>, UnsafePointer<ak_float_range>, UnsafePointer<Float>,
      UnsafeMutablePointer<Float>
    ) -> Void

  private static func floating(
    _ range: ak_float_range, _ shape: ak_pool2d_shape, _ kernel: @escaping FloatKernel
  ) -> PreparedOperator {
    PreparedOperator { memory in
      var (shape, range) = (shape, range)
      unsafe kernel(&shape, &range, memory.input(0, as: Float.self), memory.output(0, as: Float.self))
    }
  }

  private typealias CodeKernel<Code> =
    @Sendable (
      UnsafePointer<ak_pool2d_shape>, Int32, Int32, UnsafePointer<Code>, UnsafeMutablePointer<Code>
    ) -> Void

  private static func coded<Code: SendableMetatype>(
    _ range: ActivationRange<Int32>, _ shape: ak_pool2d_shape, _ kernel: @escaping CodeKernel<Code>
  ) -> PreparedOperator {
    PreparedOperator { memory in
      var shape = shape
      unsafe kernel(
        &shape, range.lower, range.upper, memory.input(0, as: Code.self), memory.output(0, as: Code.self))
    }
  }
}

/// A pool whose shapes have been checked.
struct Pool {
  let context: OperatorContext
  let options: Pool2DOptions
  let input: Tensor
  let output: Tensor
  let shape: ak_pool2d_shape

  init(_ context: OperatorContext) throws(ModelError) {
    guard case .pool2D(let options) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    self.context = context
    self.options = options
    try context.require(context.inputCount == 1, "has \(context.inputCount) inputs, expected 1")
    try context.require(context.outputCount == 1, "has \(context.outputCount) outputs, expected 1")
    input = try context.input(0)
    output = try context.output(0)
    try context.require(output, "output", type: input.type)
    shape = try Self.shape(context, options, input, output)
  }

  private static func shape(
    _ context: OperatorContext, _ options: Pool2DOptions, _ input: Tensor, _ output: Tensor
  ) throws(ModelError) -> ak_pool2d_shape {
    try context.require(input, "input", rank: 4)
    try context.require(output, "output", rank: 4)
    try context.require(
      input.shape[0] >= 1 && input.shape[3] >= 1 && output.shape[0] == input.shape[0]
        && output.shape[3] == input.shape[3],
      "output has shape \(output.shape), the input \(input.shape)")
    let vertical = WindowAxis(
      input: input.shape[1], window: options.filterHeight, stride: options.strideHeight)
    let horizontal = WindowAxis(
      input: input.shape[2], window: options.filterWidth, stride: options.strideWidth)
    let top = try context.padding(of: vertical, options.padding, output: output.shape[1], "height")
    let left = try context.padding(of: horizontal, options.padding, output: output.shape[2], "width")
    // Sums of int16 codes stay inside 32 bits up to here.
    let cells = min(options.filterHeight, input.shape[1]) * min(options.filterWidth, input.shape[2])
    try context.require(cells <= 1 << 15, "a window of \(cells) cells is above the limit of \(1 << 15)")
    return ak_pool2d_shape(
      batches: input.shape[0], channels: input.shape[3], input_height: input.shape[1],
      input_width: input.shape[2],
      filter_height: options.filterHeight, filter_width: options.filterWidth,
      output_height: output.shape[1], output_width: output.shape[2],
      stride_height: options.strideHeight, stride_width: options.strideWidth, padding_top: top,
      padding_left: left)
  }

  func floatRange() throws(ModelError) -> ak_float_range {
    let range = try context.realRange(of: options.activation)
    return ak_float_range(min: range.lower, max: range.upper)
  }

  /// The clamp in codes; pools do not rescale, so both tensors must mean the same by a code.
  func codeRange() throws(ModelError) -> ActivationRange<Int32> {
    let source = try context.perTensor(input, "input")
    let target = try context.perTensor(output, "output")
    try context.require(
      abs(Double(source.scale) - Double(target.scale)) <= 1e-6 && source.zeroPoint == target.zeroPoint,
      "input and output differ in scale or zero point")
    return try context.quantizedRange(of: options.activation, type: output.type, target)
  }
}
