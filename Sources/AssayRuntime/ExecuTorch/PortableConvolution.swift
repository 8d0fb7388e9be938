import AssayKernels
import AssayModel

/// `aten::convolution`, ordinary and transposed, over one or two dimensions.
enum PortableConvolution {
  static let kernels: [String: Preparation] = ["aten::convolution.out": convolution]

  /// Sizes along rows and columns.
  struct Window {
    var stride: (Int, Int)
    var padding: (Int, Int)
    var dilation: (Int, Int)
    /// Cells behind the input, where they differ from those before it.
    var paddingEnd: (Int, Int)

    init(stride: (Int, Int), padding: (Int, Int), dilation: (Int, Int), paddingEnd: (Int, Int)? = nil) {
      self.stride = stride
      self.padding = padding
      self.dilation = dilation
      self.paddingEnd = paddingEnd ?? padding
    }
  }

  static let sides = 1...32_767
  static let paddings = 0...32_767

  private static func convolution(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, filter, bias) = (try call.floats(0), try call.floats(1), try call.optionalFloats(2))
    let window = try window(call, isRow: input.shape.count == 3)
    let groups = try call.int(8, default: 1)
    let extra = try call.bool(6) ? try outputPadding(call, isRow: input.shape.count == 3) : nil
    return try prepare(
      context, input, filter, bias, call.floatOutput(), window, groups: groups, transposed: extra)
  }

  private static func window(_ call: PortableCall, isRow: Bool) throws(ModelError) -> Window {
    let window = Window(
      stride: try call.pair(3, in: sides), padding: try call.pair(4, default: (0, 0), in: paddings),
      dilation: try call.pair(5, default: (1, 1), in: sides))
    guard isRow else { return window }
    return Window(
      stride: (1, window.stride.1), padding: (0, window.padding.1), dilation: (1, window.dilation.1))
  }

  private static func outputPadding(_ call: PortableCall, isRow: Bool) throws(ModelError) -> (Int, Int) {
    let extra = try call.pair(7, default: (0, 0), in: paddings)
    return isRow ? (0, extra.1) : extra
  }

  /// - Parameter transposed: for a transposed convolution, cells added behind its output.
  static func prepare(
    _ context: OperatorContext, _ input: Operand, _ filter: Operand, _ bias: Operand?, _ output: Operand,
    _ window: Window, groups: Int, transposed: (Int, Int)?
  ) throws(ModelError) -> PreparedOperator {
    let shape = try geometry(
      context, input, filter, bias, output, window, groups: groups, transposed: transposed)
    let isTransposed = transposed != nil
    return PreparedOperator { memory in
      var shape = shape
      let (image, weights) = unsafe (
        memory.input(input.position, as: Float.self), memory.input(filter.position, as: Float.self)
      )
      let start = unsafe bias.map { unsafe memory.input($0.position, as: Float.self) }
      let result = unsafe memory.output(output.position, as: Float.self)
      if isTransposed {
        unsafe ak_portable_convolution_transposed_f32(&shape, image, weights, start, result)
      } else {
        unsafe ak_portable_convolution_f32(&shape, image, weights, start, result)
      }
    }
  }

  static func geometry(
    _ context: OperatorContext, _ input: Operand, _ filter: Operand, _ bias: Operand?, _ output: Operand,
    _ window: Window, groups: Int, transposed: (Int, Int)?
  ) throws(ModelError) -> ak_portable_window {
    let rank = input.shape.count
    try context.require(
      (3...4).contains(rank) && filter.shape.count == rank && output.shape.count == rank,
      "convolution of \(input.shape) with \(filter.shape)")
    let (image, kernel, result) = (input.planes, filter.planes, output.planes)
    try context.require(
      groups >= 1 && image[1] % groups == 0 && result[1] % groups == 0 && kernel[2] >= 1 && kernel[3] >= 1,
      "\(groups) groups of \(image[1]) input and \(result[1]) output channels")
    let inputs = image[1] / groups
    let outputs = result[1] / groups
    let expected = transposed == nil ? [result[1], inputs] : [image[1], outputs]
    try context.require(
      Array(kernel.prefix(2)) == expected,
      "filter \(filter.shape) for \(image[1]) input channels, \(groups) groups")
    try context.require(
      bias.map { $0.shape == [result[1]] } ?? true, "bias \(bias?.shape ?? []) for \(result[1]) channels")
    let extents = self.extents(image, kernel, window, transposed)
    try context.require(
      extents.map { $0 == (result[2], result[3]) } ?? false && result[0] == image[0],
      "output \(output.shape) does not follow from input \(input.shape) and filter \(filter.shape)")
    return ak_portable_window(
      batches: image[0], groups: groups, input_channels: inputs, output_channels: outputs,
      input_height: image[2], input_width: image[3], filter_height: kernel[2], filter_width: kernel[3],
      output_height: result[2], output_width: result[3], stride_height: window.stride.0,
      stride_width: window.stride.1, dilation_height: window.dilation.0, dilation_width: window.dilation.1,
      padding_top: window.padding.0, padding_left: window.padding.1, input: input.planeStrides,
      filter: filter.planeStrides, output: output.planeStrides)
  }

  /// Rows and columns of the output.
  private static func extents(
    _ image: [Int], _ kernel: [Int], _ window: Window, _ transposed: (Int, Int)?
  ) -> (Int, Int)? {
    if let extra = transposed {
      func grown(_ extent: Int, _ side: Int, _ stride: Int, _ pads: Int, _ dilation: Int, _ extra: Int) -> Int
      {
        (extent - 1) * stride - pads + dilation * (side - 1) + extra + 1
      }
      return (
        grown(
          image[2], kernel[2], window.stride.0, window.padding.0 + window.paddingEnd.0, window.dilation.0,
          extra.0),
        grown(
          image[3], kernel[3], window.stride.1, window.padding.1 + window.paddingEnd.1, window.dilation.1,
          extra.1)
      )
    }
    func shrunk(_ extent: Int, _ side: Int, _ stride: Int, _ pads: Int, _ dilation: Int) -> Int? {
      let room = extent + pads - dilation * (side - 1) - 1
      return room >= 0 ? room / stride + 1 : nil
    }
    guard
      let rows = shrunk(
        image[2], kernel[2], window.stride.0, window.padding.0 + window.paddingEnd.0, window.dilation.0),
      let columns = shrunk(
        image[3], kernel[3], window.stride.1, window.padding.1 + window.paddingEnd.1, window.dilation.1)
    else { return nil }
    return (rows, columns)
  }
}
