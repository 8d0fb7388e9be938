/// Convolutions and the windows they share with pools; normalisation of a batch or a layer.
extension ONNXLowering {
  /// Sizes of a window from the attributes that convolutions and pools share.
  struct Window {
    var stride: [Int]
    var dilation: [Int]
    /// Rows and columns before, then behind.
    var pads: [Int]
    var ceil: Bool

    /// Extents of the output.
    func extents(_ image: [Int], _ kernel: [Int]) -> [Int] {
      image.indices.map { axis in
        let room =
          image[axis] + pads[axis] + pads[axis + image.count] - dilation[axis] * (kernel[axis] - 1) - 1
        guard room >= 0 else { return 0 }
        let count = (ceil ? (room + stride[axis] - 1) / stride[axis] : room / stride[axis]) + 1
        return ceil && (count - 1) * stride[axis] >= image[axis] + pads[axis] ? count - 1 : count
      }
    }
  }

  func window(_ call: ONNXCall, image: [Int], kernel: [Int]) throws(ModelError) -> Window {
    let rank = image.count
    let ones = Array(repeating: 1, count: rank)
    var window = Window(
      stride: call.ints("strides") ?? ones, dilation: call.ints("dilations") ?? ones,
      pads: call.ints("pads") ?? Array(repeating: 0, count: 2 * rank),
      ceil: call.int("ceil_mode", default: 0) != 0)
    let limits = 1...32_767
    guard (1...2).contains(rank), kernel.count == rank, window.stride.count == rank,
      window.dilation.count == rank,
      window.pads.count == 2 * rank, (kernel + window.stride + window.dilation).allSatisfy(limits.contains),
      window.pads.allSatisfy({ (0...32_767).contains($0) })
    else {
      throw ModelError(
        rank > 2 && kernel.count == rank ? .unsupported : .invalid,
        "a window of \(kernel) over \(image), strides \(window.stride), dilations \(window.dilation), pads \(window.pads)"
      )
    }
    let mode = call.text("auto_pad", default: "NOTSET")
    guard mode != "NOTSET" else { return window }
    guard mode == "SAME_UPPER" || mode == "SAME_LOWER" || mode == "VALID" else {
      throw ModelError(.invalid, "auto_pad \(mode)")
    }
    for axis in 0..<rank {
      let needed = (image[axis] + window.stride[axis] - 1) / window.stride[axis]
      let total =
        mode == "VALID"
        ? 0
        : max(
          0, (needed - 1) * window.stride[axis] + window.dilation[axis] * (kernel[axis] - 1) + 1 - image[axis]
        )
      window.pads[axis] = mode == "SAME_UPPER" ? total / 2 : total - total / 2
      window.pads[axis + rank] = total - window.pads[axis]
    }
    return window
  }

  /// An input with its uneven padding written out, so that what is left is even.
  mutating func evenly(
    _ call: ONNXCall, _ input: Int, _ window: inout Window, value: Double
  ) throws(ModelError) -> Int {
    let rank = window.pads.count / 2
    guard window.pads[..<rank] != window.pads[rank...] else { return input }
    let shape = tensors[input].shape
    var padded = shape
    var pads: [Int] = []
    for axis in (0..<rank).reversed() {
      pads += [window.pads[axis], window.pads[axis + rank]]
      padded[shape.count - rank + axis] += window.pads[axis] + window.pads[axis + rank]
    }
    let result = try append("", tensors[input].type, padded)
    emit(
      call.node, "aten::constant_pad_nd.out", [.tensor(0), .ints(pads), .double(value)], inputs: [input],
      outputs: [result])
    window.pads = Array(repeating: 0, count: 2 * rank)
    return result
  }

  mutating func lowerWindow(_ call: ONNXCall) throws(ModelError) -> Bool {
    switch call.node.name {
    case "Conv": try lowerConvolution(call)
    case "ConvTranspose": try lowerTransposed(call)
    case "MaxPool", "AveragePool": try lowerPool(call)
    case "GlobalAveragePool", "GlobalMaxPool":
      let input = try call.input(0)
      let shape = tensors[input].shape
      guard shape.count >= 3 else { throw ModelError(.invalid, "pools \(shape)") }
      let result = try output(
        call, tensors[input].type, Array(shape.prefix(2)) + shape.dropFirst(2).map { _ in 1 })
      let kernel = call.node.name == "GlobalAveragePool" ? "aten::mean.out" : "aten::amax.out"
      emit(
        call.node, kernel, [.tensor(0), .ints(Array(2..<shape.count)), .bool(true)], inputs: [input],
        outputs: [result])
    case "BatchNormalization":
      let inputs = try (0..<5).map { index throws(ModelError) in try call.input(index) }
      let result = try output(call, tensors[inputs[0]].type, tensors[inputs[0]].shape)
      var arguments: [OperatorArgument] = (0..<5).map { OperatorArgument.tensor($0) }
      arguments.append(.double(0.1))
      arguments.append(.double(Double(call.float("epsilon", default: 1e-5))))
      emit(
        call.node, "aten::_native_batch_norm_legit_no_training.out", arguments, inputs: inputs,
        outputs: [result])
    case "LayerNormalization": try lowerLayerNorm(call)
    default: return false
    }
    return true
  }

  private mutating func lowerConvolution(_ call: ONNXCall) throws(ModelError) {
    let (filter, bias) = (try call.input(1), call.optional(2))
    var input = try call.input(0)
    let kernel = Array(tensors[filter].shape.dropFirst(2))
    guard tensors[input].shape.count == tensors[filter].shape.count else {
      throw ModelError(.invalid, "filter \(tensors[filter].shape) over \(tensors[input].shape)")
    }
    var window = try window(call, image: Array(tensors[input].shape.dropFirst(2)), kernel: kernel)
    input = try evenly(call, input, &window, value: 0)
    let shape = tensors[input].shape
    let extents = window.extents(Array(shape.dropFirst(2)), kernel)
    let result = try output(call, .float32, [shape[0], tensors[filter].shape[0]] + extents)
    emitConvolution(call, input, filter, bias, window, extra: nil, result)
  }

  mutating func emitConvolution(
    _ call: ONNXCall, _ input: Int, _ filter: Int, _ bias: Int?, _ window: Window, extra: [Int]?,
    _ result: Int
  ) {
    let rank = window.stride.count
    let arguments: [OperatorArgument] = [
      .tensor(0), .tensor(1), bias == nil ? .none : .tensor(2), .ints(window.stride),
      .ints(Array(window.pads.prefix(rank))), .ints(window.dilation), .bool(extra != nil),
      .ints(extra ?? Array(repeating: 0, count: rank)), .int(call.int("group", default: 1)),
    ]
    emit(
      call.node, "aten::convolution.out", arguments, inputs: [input, filter] + (bias.map { [$0] } ?? []),
      outputs: [result])
  }

  private mutating func lowerLayerNorm(_ call: ONNXCall) throws(ModelError) {
    let input = try call.input(0)
    let shape = tensors[input].shape
    let axis = try call.axis(call.int("axis", default: -1), rank: shape.count)
    guard call.node.outputs.count == 1 else { throw ModelError(.unsupported, "statistics as outputs") }
    let scale = try call.input(1)
    let shift = call.optional(2)
    let result = try output(call, tensors[input].type, shape)
    emit(
      call.node, "aten::native_layer_norm.out",
      [
        .tensor(0), .ints(Array(shape[axis...])), .tensor(1), shift == nil ? .none : .tensor(2),
        .double(Double(call.float("epsilon", default: 1e-5))),
      ],
      inputs: [input, scale] + (shift.map { [$0] } ?? []), outputs: [result])
  }
}
