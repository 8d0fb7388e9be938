internal import AssayModel
internal import AssayRuntime

/// The numbers of a layer that decide its kernel and its cost.
///
/// Counts are `Double`: products of hostile shapes must not trap, and cost is an estimate anyway.
struct LayerShape: Sendable, Hashable {
  var batch = 1.0
  var inputHeight = 1.0
  var inputWidth = 1.0
  var inputChannels = 1.0
  var outputHeight = 1.0
  var outputWidth = 1.0
  var outputChannels = 1.0
  var filterHeight = 1.0
  var filterWidth = 1.0
  /// Channels that one filter reads; fewer than the input's when grouped.
  var filterChannels = 1.0
  var strideHeight = 1.0
  var strideWidth = 1.0
  var dilationHeight = 1.0
  var dilationWidth = 1.0
  var padTop = 0.0
  var padBottom = 0.0
  var padLeft = 0.0
  var padRight = 0.0
  /// Output channels per input channel of a depthwise convolution.
  var multiplier = 1.0
  /// Sums over all output positions of the filter rows, and of the taps, inside the input.
  var validRows = 0.0
  var validTaps = 0.0
  /// Groups that a depthwise kernel works in: channels by 8 unless the kernel says otherwise.
  var channelGroups = 1.0
  /// Rows and their length for fully connected, softmax and other row-wise operators.
  var rows = 1.0
  var depth = 1.0
  /// Elements of the first output, and of all inputs that are computed.
  var elements = 1.0
  var computedInputElements = 0.0
  var inputZeroPoint = 0
  var hasBias = true
  /// What eight at a time are counted of: pixels of 1x1 convolutions, elements otherwise.
  var octetSource = 0.0
  /// Multiply-accumulates.
  var products = 0.0

  var pixels: Double { batch * outputHeight * outputWidth }
  var inputPixels: Double { batch * inputHeight * inputWidth }
  var inputElements: Double { inputPixels * inputChannels }
  var filterPixels: Double { filterHeight * filterWidth }
  var window: Double { filterPixels * inputChannels }
  var paddedFilterRow: Double { (filterWidth * inputChannels / 16).rounded(.up) * 16 }
  var isRowAligned: Bool { (filterWidth * inputChannels).truncatingRemainder(dividingBy: 16) == 0 }
  /// More weights than the kernel's own table of filter sums holds.
  var hasLargeFilter: Bool { paddedFilterRow * filterHeight * outputChannels > 16384 }
  var isPaddedBefore: Bool { padTop > 0 || padLeft > 0 }
  var isPaddedAfterOnly: Bool { !isPaddedBefore && (padBottom > 0 || padRight > 0) }
  var isDilated: Bool { dilationHeight > 1 || dilationWidth > 1 }
  var isPointwise: Bool { filterPixels == 1 && strideHeight == 1 && strideWidth == 1 && !isPaddedBefore }
  var filterElements: Double { filterPixels * filterChannels * outputChannels }

  func channelsAreMultiple(of factor: Double) -> Bool {
    inputChannels.truncatingRemainder(dividingBy: factor) == 0
  }
}

extension LayerShape {
  /// Reads what the operator has; fields without a meaning for it keep their defaults.
  init(_ op: Operator, in subgraph: Subgraph) {
    func tensor(_ index: Int?) -> Tensor? { index.map { subgraph.tensors[$0] } }
    let input = op.inputs.first.flatMap(tensor)
    let output = op.outputs.first.flatMap(tensor)
    elements = Double(output?.elementCount ?? 0)
    octetSource = elements
    computedInputElements = op.inputs.compactMap(tensor).filter { $0.constant == nil }
      .reduce(0) { $0 + Double($1.elementCount) }
    inputZeroPoint = Int(input?.quantization?.zeroPoints.first ?? 0)
    depth = Double(output?.shape.last ?? 1)
    rows = depth > 0 ? elements / depth : 0
    products = Double(ProductCount(op, in: subgraph).value)
    guard let input, let output else { return }
    switch op.options {
    case .conv2D(let options):
      setSpatial(input, output, filter: op.inputs.count > 1 ? tensor(op.inputs[1]) : nil, options)
      hasBias = op.inputs.count > 2 && op.inputs[2] != nil
    case .depthwiseConv2D(let options):
      setSpatial(input, output, filter: op.inputs.count > 1 ? tensor(op.inputs[1]) : nil, options.window)
      filterChannels = 1
      multiplier = inputChannels > 0 ? outputChannels / inputChannels : 1
      channelGroups = outputChannels / 8
      hasBias = op.inputs.count > 2 && op.inputs[2] != nil
    case .pool2D(let options): setPool(input, output, options)
    case .fullyConnected: setConnected(output, weights: op.inputs.count > 1 ? tensor(op.inputs[1]) : nil)
    default: break
    }
  }

  private mutating func setSpatial(
    _ input: Tensor, _ output: Tensor, filter: Tensor?, _ options: Conv2DOptions
  ) {
    guard input.shape.count == 4, output.shape.count == 4, let filter, filter.shape.count == 4 else { return }
    setExtents(input, output)
    filterHeight = Double(filter.shape[1])
    filterWidth = Double(filter.shape[2])
    filterChannels = Double(filter.shape[3])
    strideHeight = Double(options.strideHeight)
    strideWidth = Double(options.strideWidth)
    dilationHeight = Double(options.dilationHeight)
    dilationWidth = Double(options.dilationWidth)
    setPadding(isSame: options.padding == .same)
    octetSource = inputHeight * inputWidth
  }

  private mutating func setPool(_ input: Tensor, _ output: Tensor, _ options: Pool2DOptions) {
    guard input.shape.count == 4, output.shape.count == 4 else { return }
    setExtents(input, output)
    filterHeight = Double(options.filterHeight)
    filterWidth = Double(options.filterWidth)
    strideHeight = Double(options.strideHeight)
    strideWidth = Double(options.strideWidth)
    setPadding(isSame: options.padding == .same)
  }

  private mutating func setConnected(_ output: Tensor, weights: Tensor?) {
    guard let weights, weights.shape.count == 2 else { return }
    outputChannels = Double(weights.shape[0])
    depth = Double(weights.shape[1])
    filterChannels = depth
    inputChannels = depth
    rows = outputChannels > 0 ? Double(output.elementCount) / outputChannels : 0
    batch = rows
  }

  private mutating func setExtents(_ input: Tensor, _ output: Tensor) {
    batch = Double(input.shape[0])
    (inputHeight, inputWidth, inputChannels) = (
      Double(input.shape[1]), Double(input.shape[2]), Double(input.shape[3])
    )
    (outputHeight, outputWidth, outputChannels) = (
      Double(output.shape[1]), Double(output.shape[2]), Double(output.shape[3])
    )
  }

  /// Top and left get the smaller half, as TensorFlow Lite computes it.
  private mutating func setPadding(isSame: Bool) {
    func total(_ input: Double, _ output: Double, _ stride: Double, _ filter: Double, _ dilation: Double)
      -> Double
    {
      isSame ? max(0, (output - 1) * stride + (filter - 1) * dilation + 1 - input) : 0
    }
    let vertical = total(inputHeight, outputHeight, strideHeight, filterHeight, dilationHeight)
    let horizontal = total(inputWidth, outputWidth, strideWidth, filterWidth, dilationWidth)
    padTop = (vertical / 2).rounded(.down)
    padLeft = (horizontal / 2).rounded(.down)
    padBottom = vertical - padTop
    padRight = horizontal - padLeft
    let inside = Self.inside(inputHeight, outputHeight, strideHeight, filterHeight, padTop)
    validRows = batch * inside * outputWidth
    validTaps = batch * inside * Self.inside(inputWidth, outputWidth, strideWidth, filterWidth, padLeft)
  }

  /// Sum over output positions of the filter positions that meet the input.
  private static func inside(
    _ input: Double, _ output: Double, _ stride: Double, _ filter: Double, _ before: Double
  ) -> Double {
    // Positions away from both borders see the whole filter: only the others are walked.
    let limit = 4096.0
    guard output <= limit else { return output * filter }
    return (0..<Int(output)).reduce(0) { sum, position in
      let start = Double(position) * stride - before
      return sum + max(0, min(input, start + filter) - max(0, start))
    }
  }
}
