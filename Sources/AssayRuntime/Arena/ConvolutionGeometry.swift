import AssayModel

/// Width and height of something two-dimensional.
struct Extent: Sendable, Hashable {
  var width: Int
  var height: Int

  var isZero: Bool { width == 0 && height == 0 }
  var area: CheckedSize { CheckedSize(width) * CheckedSize(height) }

  init(_ width: Int, _ height: Int) {
    self.width = width
    self.height = height
  }

  /// Both sides grown, at least 0.
  static func + (left: Self, right: Self) -> Self {
    Self(max(left.width + right.width, 0), max(left.height + right.height, 0))
  }
}

/// What ESP-NN is told about a convolution when it is asked how much scratch it wants.
///
/// Shapes are `[batch, height, width, channels]`; the batch does not enter.
struct ConvolutionGeometry: Sendable, Hashable {
  var input: Extent
  var inputChannels: Int
  var filter: Extent
  var output: Extent
  var outputChannels: Int
  var stride: Extent
  /// Left and top padding: half of the total, rounded down.
  var padding: Extent

  /// - Throws: `ModelError` when a tensor has not 4 dimensions or a stride is not positive.
  init(_ context: OperatorContext, _ window: Conv2DOptions) throws(ModelError) {
    let input = try Self.shape(context, context.input(0), "input")
    let filter = try Self.shape(context, context.input(1), "filter")
    let output = try Self.shape(context, context.output(0), "output")
    for factor in [window.strideWidth, window.strideHeight, window.dilationWidth, window.dilationHeight] {
      try context.require(factor >= 1 && factor <= Int(Int32.max), "a stride or dilation is \(factor)")
    }
    self.input = Extent(input[2], input[1])
    self.filter = Extent(filter[2], filter[1])
    self.output = Extent(output[2], output[1])
    inputChannels = input[3]
    outputChannels = output[3]
    stride = Extent(window.strideWidth, window.strideHeight)
    padding = Extent(
      Self.paddingBefore(input[2], filter[2], window.strideWidth, window.dilationWidth, window.padding),
      Self.paddingBefore(input[1], filter[1], window.strideHeight, window.dilationHeight, window.padding))
  }

  /// What the window needs beyond the input when nothing is padded on the left and top.
  var overhang: Extent {
    Extent(
      max(output.width * stride.width + filter.width - 1 - input.width, 0),
      max(output.height * stride.height + filter.height - 1 - input.height, 0))
  }

  /// Padding on both sides as the padded 3x3 kernels copy it in.
  var symmetricPadding: Extent {
    padding.isZero ? overhang : Extent(2 * padding.width, 2 * padding.height)
  }

  private static func shape(
    _ context: OperatorContext, _ tensor: Tensor, _ role: String
  ) throws(ModelError) -> [Int] {
    try context.require(tensor, role, rank: 4)
    for dimension in tensor.shape {
      try context.require((0...Int(Int32.max)).contains(dimension), "\(role) has dimension \(dimension)")
    }
    return tensor.shape
  }

  private static func paddingBefore(
    _ input: Int, _ filter: Int, _ stride: Int, _ dilation: Int, _ padding: Padding
  ) -> Int {
    guard padding == .same else { return 0 }
    let windows = (input + stride - 1) / stride
    return max((windows - 1) * stride + (filter - 1) * dilation + 1 - input, 0) / 2
  }
}
