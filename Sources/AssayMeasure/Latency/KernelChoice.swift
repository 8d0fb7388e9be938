internal import AssayModel
internal import AssayRuntime

/// Which kernel a layer runs in, and why.
struct KernelChoice: Sendable {
  var path: KernelPath
  /// The counted formula, where the kernel has one.
  var counted: CountedKernel?
  var reason: String
}

/// Chooses kernels as one firmware's libraries do.
struct KernelChooser: Sendable {
  let library: KernelLibrary
  /// esp-tflite-micro before 1.3.8 passes esp-nn 1.2.3 no channel count, so that it takes every
  /// convolution for a grouped one.
  let hidesChannels: Bool
  let wrapperVersion: String

  init(library: KernelLibrary, espTFLiteMicro: ComponentVersion?) {
    self.library = library
    let fixed = ComponentVersion(1, 3, 8)
    hidesChannels = library == .espNN123 && (espTFLiteMicro.map { $0 < fixed } ?? false)
    wrapperVersion = espTFLiteMicro.map { "esp-tflite-micro \($0)" } ?? "esp-tflite-micro"
  }

  func choose(_ op: Operator, _ shape: LayerShape, in subgraph: Subgraph) -> KernelChoice {
    let types = OperandTypes(op, in: subgraph)
    if let choice = withoutLibrary(op, shape, types) { return choice }
    switch op.code.builtin {
    case .conv2D: return convolution(shape)
    case .depthwiseConv2D: return depthwise(shape)
    case .fullyConnected: return connected(shape)
    case .averagePool2D, .maxPool2D: return pool(shape, isMaximum: op.code.builtin == .maxPool2D)
    case .add, .mul: return elementwise(op, isAdd: op.code.builtin == .add, in: subgraph)
    case .softmax:
      guard types.output == .int8 else {
        return reference("output \(types.output.rawValue): only int8 is wired")
      }
      return KernelChoice(path: .ansiSoftmax, counted: .softmax, reason: "esp-nn's C softmax with scratch")
    default: return reference("\(op.code.name): \(wrapperVersion) wires no ESP-NN kernel")
    }
  }

  /// Layers that no version of ESP-NN takes.
  private func withoutLibrary(_ op: Operator, _ shape: LayerShape, _ types: OperandTypes) -> KernelChoice? {
    if Self.copying.contains(op.code.builtin ?? .custom) {
      return KernelChoice(path: .copy, counted: nil, reason: "moves bytes only")
    }
    if case .custom = op.code {
      return KernelChoice(path: .unknown, counted: nil, reason: "a custom operator has no known cost")
    }
    if [.if, .while].contains(op.code.builtin) {
      return KernelChoice(
        path: .control, counted: nil, reason: "what it calls, and how often, is known only when it runs")
    }
    if types.input == .float32 {
      let path: KernelPath =
        op.code.builtin == .fullyConnected ? .referenceFloatFullyConnected : .referenceFloat
      return KernelChoice(path: path, counted: nil, reason: "float32: ESP-NN computes int8 only")
    }
    if library == .reference { return reference("built without ESP-NN") }
    if types.input != .int8 { return reference("\(types.input.rawValue) input: ESP-NN computes int8 only") }
    if let weights = types.weights, weights != .int8 {
      return reference("\(weights.rawValue) weights: not handled by ESP-NN")
    }
    if shape.isDilated {
      let factor = "\(Int(shape.dilationHeight))x\(Int(shape.dilationWidth))"
      return reference("dilation \(factor): not handled by ESP-NN")
    }
    return nil
  }

  private static let copying: Set<BuiltinOperator> = [
    .reshape, .squeeze, .expandDims, .concatenation, .split, .splitV, .pack, .unpack, .callOnce, .varHandle,
    .readVariable, .assignVariable, .shape,
  ]

  private func reference(_ reason: String) -> KernelChoice {
    KernelChoice(path: .referenceInteger, counted: nil, reason: reason)
  }

  private func convolution(_ shape: LayerShape) -> KernelChoice {
    func ansi(_ reason: String) -> KernelChoice {
      KernelChoice(path: .ansiConvolution, counted: nil, reason: reason)
    }
    if library == .ansi { return ansi("built with ESP-NN's C kernels") }
    if hidesChannels {
      return ansi(
        "\(wrapperVersion) passes esp-nn 1.2.3 no channel count (fixed in 1.3.8): C for every CONV_2D")
    }
    if shape.filterChannels != shape.inputChannels {
      let groups = "\(Int(shape.inputChannels)) input channels, filters of \(Int(shape.filterChannels))"
      return library >= .espNN123 ? ansi("grouped (\(groups)): C") : reference("grouped (\(groups))")
    }
    if shape.isPointwise { return pointwise(shape) }
    let window = "\(Int(shape.filterHeight))x\(Int(shape.filterWidth))"
    let row = Int(shape.filterWidth * shape.inputChannels)
    if library >= .espNN121, row < 16, shape.window >= 16 {
      return KernelChoice(
        path: .s3ConvolutionColumns, counted: .columns,
        reason:
          "\(window) over \(Int(shape.inputChannels)) channels: filter row \(row) < 16, gathered into columns"
      )
    }
    let padded = Int(shape.paddedFilterRow)
    let detail =
      padded == row ? "filter rows of \(row) bytes" : "filter rows of \(row) padded to \(padded) bytes"
    return KernelChoice(path: .s3Convolution, counted: .general, reason: "\(window), \(detail)")
  }

  private func pointwise(_ shape: LayerShape) -> KernelChoice {
    let channels = Int(shape.inputChannels)
    if shape.channelsAreMultiple(of: 8) {
      return KernelChoice(
        path: .s3Convolution1x1, counted: .pointwise,
        reason: "1x1, input channels \(channels) a multiple of 8, eight pixels at a time")
    }
    if library >= .espNN123 {
      return KernelChoice(
        path: .s3Convolution1x1C, counted: .pointwiseC,
        reason: "1x1, input channels \(channels) not a multiple of 8: C with inline assembly")
    }
    return KernelChoice(
      path: .s3Convolution1x1Padded, counted: .pointwisePadded,
      reason: "1x1, input channels \(channels) not a multiple of 8: input and filter padded")
  }

  private func connected(_ shape: LayerShape) -> KernelChoice {
    let row = Int(shape.depth)
    let sums = shape.inputZeroPoint != 0
    if library == .ansi {
      return KernelChoice(path: .ansiFullyConnected, counted: nil, reason: "built with ESP-NN's C kernels")
    }
    if library == .espNN112 {
      return KernelChoice(
        path: .s3FullyConnected, counted: sums ? .dot : .dotZero, reason: "int16 dot product, eight at a time"
      )
    }
    let cost =
      sums
      ? "weights summed at every call because the zero point is not 0" : "zero point 0: no sum of weights"
    if row < 16 {
      return KernelChoice(
        path: .s3FullyConnected, counted: sums ? .dotShort : .dotShortZero, reason: "row \(row) < 16, \(cost)"
      )
    }
    if row % 16 == 0 {
      return KernelChoice(
        path: .s3FullyConnected, counted: sums ? .dot16 : .dot16Zero, reason: "row \(row), \(cost)")
    }
    return KernelChoice(
      path: .s3FullyConnected, counted: sums ? .dotUneven : .dotUnevenZero,
      reason: "row \(row) not a multiple of 16: remainder one by one, \(cost)")
  }

  private func pool(_ shape: LayerShape, isMaximum: Bool) -> KernelChoice {
    if library == .ansi {
      return KernelChoice(path: .ansiPool, counted: nil, reason: "built with ESP-NN's C kernels")
    }
    guard shape.channelsAreMultiple(of: 4) else {
      return KernelChoice(
        path: .ansiPool, counted: nil, reason: "channels \(Int(shape.inputChannels)) not a multiple of 4: C")
    }
    return KernelChoice(
      path: isMaximum ? .s3MaximumPool : .s3AveragePool, counted: nil,
      reason: "channels \(Int(shape.inputChannels)) a multiple of 4")
  }

  private func elementwise(_ op: Operator, isAdd: Bool, in subgraph: Subgraph) -> KernelChoice {
    let shapes = op.inputs.compactMap { $0 }.map { subgraph.tensors[$0].shape }
    guard shapes.count == 2, shapes[0] == shapes[1] else {
      return reference("broadcast \(op.code.name): not wired in \(wrapperVersion)")
    }
    if library == .ansi {
      return KernelChoice(
        path: isAdd ? .ansiAdd : .ansiMultiply, counted: nil, reason: "built with ESP-NN's C kernels")
    }
    return KernelChoice(
      path: isAdd ? .s3Add : .s3Multiply, counted: isAdd ? nil : .multiply,
      reason: "equal shapes, eight at a time")
  }
}

/// The types that decide whether ESP-NN takes a layer.
struct OperandTypes {
  var input = ElementType.int8
  var weights: ElementType?
  var output = ElementType.int8

  init(_ op: Operator, in subgraph: Subgraph) {
    func type(_ index: Int?) -> ElementType? { index.map { subgraph.tensors[$0].type } }
    input = op.inputs.first.flatMap(type) ?? .int8
    output = op.outputs.first.flatMap(type) ?? .int8
    switch op.code.builtin {
    case .conv2D, .depthwiseConv2D, .fullyConnected: weights = op.inputs.count > 1 ? type(op.inputs[1]) : nil
    default: break
    }
  }
}
