import AssayKernels
import AssayModel

/// `aten::max_pool2d_with_indices`, `aten::avg_pool2d`, `aten::_adaptive_avg_pool2d`.
enum PortablePooling {
  static let kernels: [String: Preparation] = [
    "aten::max_pool2d_with_indices.out": maximum, "aten::avg_pool2d.out": average,
    "aten::_adaptive_avg_pool2d.out": adaptive,
  ]

  private static func maximum(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.floatOutput())
    let window = try window(call, dilationAt: 4)
    let shape = try geometry(context, input, output, window, ceil: call.bool(5))
    var indices: Operand?
    if context.outputCount > 1 {
      let places = try call.output(1)
      try context.require(places.tensor, "indices", type: .int64)
      try context.requireSameLayout(places, output)
      indices = places
    }
    return prepareMaximum(shape, input, output, indices)
  }

  static func prepareMaximum(
    _ shape: ak_portable_window, _ input: Operand, _ output: Operand, _ indices: Operand?
  ) -> PreparedOperator {
    PreparedOperator { memory in
      var shape = shape
      let places = unsafe indices.map { unsafe memory.output($0.position, as: Int64.self) }
      unsafe ak_portable_max_pool_f32(
        &shape, memory.input(input.position, as: Float.self), memory.output(output.position, as: Float.self),
        places)
    }
  }

  private static func average(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.floatOutput())
    let shape = try geometry(context, input, output, window(call, dilationAt: nil), ceil: call.bool(4))
    let divisor = try call.int(6, default: 0)
    try context.require((0...Int(Int32.max)).contains(divisor), "divisor \(divisor)")
    return prepareAverage(shape, input, output, divisor: divisor, includePad: try call.bool(5, default: true))
  }

  static func prepareAverage(
    _ shape: ak_portable_window, _ input: Operand, _ output: Operand, divisor: Int, includePad: Bool
  ) -> PreparedOperator {
    PreparedOperator { memory in
      var shape = shape
      unsafe ak_portable_average_pool_f32(
        &shape, memory.input(input.position, as: Float.self), memory.output(output.position, as: Float.self),
        divisor, includePad)
    }
  }

  private static func adaptive(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.floatOutput())
    let (image, result) = (try batched(context, input), try batched(context, output))
    try context.require(
      image.planes.prefix(2) == result.planes.prefix(2) && result.count > 0 && image.count > 0,
      "output \(output.shape) for input \(input.shape)")
    let shape = sizes(
      image, result, PortableConvolution.Window(stride: (1, 1), padding: (0, 0), dilation: (1, 1)), (1, 1))
    return PreparedOperator { memory in
      var shape = shape
      unsafe ak_portable_adaptive_average_pool_f32(
        &shape, memory.input(input.position, as: Float.self), memory.output(output.position, as: Float.self))
    }
  }

  // MARK: Shapes

  struct PoolWindow {
    var kernel: (Int, Int)
    var window: PortableConvolution.Window
  }

  static func window(_ call: PortableCall, dilationAt dilation: Int?) throws(ModelError) -> PoolWindow {
    let kernel = try call.pair(1, in: PortableConvolution.sides)
    return PoolWindow(
      kernel: kernel,
      window: PortableConvolution.Window(
        stride: try call.pair(2, default: kernel, in: PortableConvolution.sides),
        padding: try call.pair(3, default: (0, 0), in: PortableConvolution.paddings),
        dilation: try dilation.map { index throws(ModelError) in
          try call.pair(index, default: (1, 1), in: PortableConvolution.sides)
        } ?? (1, 1)))
  }

  /// `[channel, row, column]` as a batch of one.
  private static func batched(_ context: OperatorContext, _ operand: Operand) throws(ModelError) -> Operand {
    if operand.shape.count == 4 { return operand }
    try context.require(
      operand.shape.count == 3 && operand.tensor.dimOrder.isEmpty, "a pool over \(operand.shape)")
    var tensor = operand.tensor
    tensor.shape = [1] + tensor.shape
    return Operand(tensor, operand.position)
  }

  static func geometry(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, _ pool: PoolWindow, ceil: Bool
  ) throws(ModelError) -> ak_portable_window {
    let (image, result) = (try batched(context, input), try batched(context, output))
    let window = pool.window
    let rows = extent(
      image.shape[2], pool.kernel.0, window.stride.0, (window.padding.0, window.paddingEnd.0),
      window.dilation.0, ceil)
    let columns = extent(
      image.shape[3], pool.kernel.1, window.stride.1, (window.padding.1, window.paddingEnd.1),
      window.dilation.1, ceil)
    try context.require(
      result.shape == [image.shape[0], image.shape[1], rows, columns],
      "output \(output.shape) does not follow from input \(input.shape) and a window of \(pool.kernel)")
    return sizes(image, result, window, pool.kernel)
  }

  private static func sizes(
    _ image: Operand, _ result: Operand, _ window: PortableConvolution.Window, _ kernel: (Int, Int)
  ) -> ak_portable_window {
    ak_portable_window(
      batches: image.shape[0], groups: 1, input_channels: image.shape[1], output_channels: image.shape[1],
      input_height: image.shape[2], input_width: image.shape[3], filter_height: kernel.0,
      filter_width: kernel.1,
      output_height: result.shape[2], output_width: result.shape[3], stride_height: window.stride.0,
      stride_width: window.stride.1, dilation_height: window.dilation.0, dilation_width: window.dilation.1,
      padding_top: window.padding.0, padding_left: window.padding.1, input: image.planeStrides,
      filter: ak_strides(), output: result.planeStrides)
  }

  /// Windows along one dimension; with `ceil` a last, partial one counts unless it starts in the padding.
  private static func extent(
    _ extent: Int, _ side: Int, _ stride: Int, _ padding: (Int, Int), _ dilation: Int, _ ceil: Bool
  ) -> Int {
    let room = extent + padding.0 + padding.1 - dilation * (side - 1) - 1
    guard room >= 0 else { return 0 }
    guard ceil else { return room / stride + 1 }
    let count = (room + stride - 1) / stride + 1
    return (count - 1) * stride >= extent + padding.0 ? count - 1 : count
  }
}
