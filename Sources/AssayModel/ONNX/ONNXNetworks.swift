/// Normalisation over groups, recurrent layers, and pools and functions of codes.
extension ONNXLowering {
  mutating func lowerNormalization(_ call: ONNXCall) throws(ModelError) -> Bool {
    switch call.node.name {
    case "InstanceNormalization":
      let channels = try call.shape(0).dropFirst().first ?? 0
      try emitGroupNorm(call, groups: channels, scale: call.input(1), shift: call.input(2))
    case "GroupNormalization":
      let channels = try call.shape(0).dropFirst().first ?? 0
      let groups = call.int("num_groups", default: 0)
      guard groups >= 1, channels % groups == 0 else {
        throw ModelError(.invalid, "\(groups) groups of \(channels) channels")
      }
      // Up to opset 20 there is one scale for each group.
      let (scale, shift) = (try call.input(1), try call.input(2))
      let spread = opset < 21 && tensors[scale].shape == [groups] && groups != channels
      try emitGroupNorm(
        call, groups: groups, scale: spread ? repeated(call, scale, channels / groups) : scale,
        shift: spread ? repeated(call, shift, channels / groups) : shift)
    case "LpNormalization":
      let shape = try call.shape(0)
      let axis = try call.axis(call.int("axis", default: -1), rank: shape.count)
      let power = call.int("p", default: 2)
      guard shape.indices.contains(axis), power == 1 || power == 2 else {
        throw ModelError(.invalid, "norm \(power) along axis \(axis) of \(shape)")
      }
      let input = try call.input(0)
      var reduced = shape
      reduced[axis] = 1
      let norm = try append("", .float32, reduced)
      emit(
        call.node, power == 2 ? "onnx::reduce_l2" : "onnx::reduce_l1",
        [.tensor(0), .ints([axis]), .bool(true)],
        inputs: [input], outputs: [norm])
      let result = try output(call, .float32, shape)
      emit(call.node, "aten::div.out", [.tensor(0), .tensor(1)], inputs: [input, norm], outputs: [result])
    default: return false
    }
    return true
  }

  private mutating func emitGroupNorm(
    _ call: ONNXCall, groups: Int, scale: Int, shift: Int
  ) throws(ModelError) {
    let input = try call.input(0)
    let result = try output(call, .float32, tensors[input].shape)
    emit(
      call.node, "aten::native_group_norm.out",
      [
        .tensor(0), .tensor(1), .tensor(2), .none, .none, .none, .int(groups),
        .double(Double(call.float("epsilon", default: 1e-5))),
      ], inputs: [input, scale, shift], outputs: [result])
  }

  /// Each element `count` times in a row.
  private mutating func repeated(_ call: ONNXCall, _ tensor: Int, _ count: Int) throws(ModelError) -> Int {
    let length = tensors[tensor].elementCount
    let column = try viewed(call, tensor, [length, 1])
    let spread = try append("", tensors[tensor].type, [length, count])
    emit(call.node, "aten::expand_copy.out", [.tensor(0)], inputs: [column], outputs: [spread])
    return try viewed(call, spread, [length * count])
  }

  // MARK: Recurrent layers

  mutating func lowerRecurrent(_ call: ONNXCall) throws(ModelError) -> Bool {
    let cell = call.node.name
    guard let gates = ["LSTM": 4, "GRU": 3, "RNN": 1][cell] else { return false }
    for name in ["activations", "activation_alpha", "activation_beta", "clip"]
    where call.node.attributes[name] != nil {
      throw ModelError(.unsupported, "\(cell) with \(name)")
    }
    guard call.int("layout", default: 0) == 0, call.int("input_forget", default: 0) == 0 else {
      throw ModelError(.unsupported, "\(cell) with layout or input_forget")
    }
    guard call.optional(4) == nil else { throw ModelError(.unsupported, "sequences of different lengths") }
    let (input, weights) = (try call.input(0), try call.input(1))
    let (shape, rows) = (tensors[input].shape, tensors[weights].shape)
    guard shape.count == 3, rows.count == 3, rows[1] % gates == 0 else {
      throw ModelError(.invalid, "weights \(rows) over \(shape)")
    }
    let (units, directions) = (rows[1] / gates, rows[0])
    var inputs: [Int?] = [input, weights, try call.input(2)]
    var arguments: [OperatorArgument] = [.tensor(0), .tensor(1), .tensor(2)]
    for index in [3, 5, 6, 7] {
      guard let tensor = call.optional(index), index < 6 || cell == "LSTM" else {
        arguments.append(.none)
        continue
      }
      arguments.append(.tensor(inputs.count))
      inputs.append(tensor)
    }
    arguments += [
      .text(cell), .int(units), .text(call.text("direction", default: "forward")),
      .bool(call.int("linear_before_reset", default: 0) != 0),
    ]
    let names = call.node.outputs + ["", "", ""]
    var outputs = [
      try append(names[0], .float32, [shape[0], directions, shape[1], units]),
      try append(names[1], .float32, [directions, shape[1], units]),
    ]
    if cell == "LSTM" { outputs.append(try append(names[2], .float32, [directions, shape[1], units])) }
    operators.append(
      Operator(
        code: .onnx(cell), inputs: inputs, outputs: outputs,
        options: .kernelCall("onnx::recurrent", arguments), fileOffset: call.node.position))
    return true
  }

  // MARK: Codes

  mutating func lowerQuantizedPool(_ call: ONNXCall) throws(ModelError) -> Bool {
    switch call.node.name {
    case "com.microsoft.QLinearGlobalAveragePool":
      guard call.int("channels_last", default: 0) == 0 else {
        throw ModelError(.unsupported, "channels last")
      }
      let shape = try call.shape(0)
      guard shape.count >= 3 else { throw ModelError(.invalid, "pools \(shape)") }
      try throughReals(call, shape.prefix(2) + shape.dropFirst(2).map { _ in 1 }) {
        ("aten::mean.out", [.tensor(0), .ints(Array(2..<shape.count)), .bool(true)])
      }
    case "com.microsoft.QLinearLeakyRelu":
      let alpha = Double(call.float("alpha", default: 0.01))
      try throughReals(call, call.shape(0)) { ("aten::leaky_relu.out", [.tensor(0), .double(alpha)]) }
    case "com.microsoft.QLinearSigmoid":
      try throughReals(call, call.shape(0)) { ("aten::sigmoid.out", [.tensor(0)]) }
    case "com.microsoft.QLinearConcat": try lowerQuantizedConcat(call)
    case "DynamicQuantizeLinear": try lowerDynamicQuantize(call)
    case "ConvInteger": try lowerConvolutionInteger(call)
    case "MatMulInteger": try lowerProductInteger(call)
    default: return false
    }
    return true
  }

  /// A function of real values between codes: input, scale, zero point, output scale, zero point.
  private mutating func throughReals(
    _ call: ONNXCall, _ shape: [Int], _ kernel: () -> (String, [OperatorArgument])
  ) throws(ModelError) {
    let real = try real(call, 0)
    let result = try append("", .float32, shape)
    let (name, arguments) = kernel()
    emit(call.node, name, arguments, inputs: [real], outputs: [result])
    try codes(call, result, scale(call, 3), zeroPoint(call, 4), tensors[call.input(0)].type)
  }

  /// Real values of an operand that its scale and zero point follow.
  private mutating func real(_ call: ONNXCall, _ index: Int) throws(ModelError) -> Int {
    let codes = try call.input(index)
    let (scale, zero) = (try scale(call, index + 1), try zeroPoint(call, index + 2))
    let real = try append("", .float32, tensors[codes].shape)
    emit(
      call.node, "quantized_decomposed::dequantize_per_tensor.out", [.tensor(0), .double(scale), .int(zero)],
      inputs: [codes], outputs: [real])
    return real
  }

  /// The node's output from real values.
  private mutating func codes(
    _ call: ONNXCall, _ real: Int, _ scale: Double, _ zero: Int, _ type: ElementType
  ) throws(ModelError) {
    guard let range = type.codeRange else { throw ModelError(.unsupported, "codes of \(type.rawValue)") }
    let result = try output(call, type, tensors[real].shape)
    emit(
      call.node, "onnx::quantize_linear",
      [.tensor(0), .double(scale), .int(zero), .int(range.lowerBound), .int(range.upperBound)],
      inputs: [real], outputs: [result])
    note(result, scale, zero)
  }

  private mutating func lowerQuantizedConcat(_ call: ONNXCall) throws(ModelError) {
    let (scale, zero) = (try scale(call, 0), try zeroPoint(call, 1))
    guard call.inputs.count >= 5, (call.inputs.count - 2) % 3 == 0 else {
      throw ModelError(.invalid, "\(call.inputs.count) inputs")
    }
    var reals: [Int] = []
    for index in stride(from: 2, to: call.inputs.count, by: 3) { reals.append(try real(call, index)) }
    var shape = tensors[reals[0]].shape
    let axis = try call.axis(call.int("axis", default: 0), rank: shape.count)
    guard shape.indices.contains(axis), reals.allSatisfy({ tensors[$0].shape.count == shape.count }) else {
      throw ModelError(.invalid, "inputs of different rank")
    }
    shape[axis] = reals.reduce(0) { $0 + tensors[$1].shape[axis] }
    let joined = try append("", .float32, shape)
    emit(
      call.node, "aten::cat.out", [.tensors(reals.indices.map { $0 }), .int(axis)], inputs: reals,
      outputs: [joined])
    try codes(call, joined, scale, zero, tensors[call.input(2)].type)
  }

  private mutating func lowerDynamicQuantize(_ call: ONNXCall) throws(ModelError) {
    let input = try call.input(0)
    let names = call.node.outputs + ["", "", ""]
    let outputs = [
      try append(names[0], .uint8, tensors[input].shape), try append(names[1], .float32, []),
      try append(names[2], .uint8, []),
    ]
    emit(call.node, "onnx::dynamic_quantize_linear", [.tensor(0)], inputs: [input], outputs: outputs)
  }

  private mutating func lowerConvolutionInteger(_ call: ONNXCall) throws(ModelError) {
    let (input, filter) = (try call.input(0), try call.input(1))
    let (image, weights) = (tensors[input].shape, tensors[filter].shape)
    guard image.count == 4, weights.count == 4 else {
      throw ModelError(.unsupported, "filter \(weights) over \(image)")
    }
    let window = try window(call, image: Array(image.dropFirst(2)), kernel: Array(weights.dropFirst(2)))
    let extents = window.extents(Array(image.dropFirst(2)), Array(weights.dropFirst(2)))
    let result = try output(call, .int32, [image[0], weights[0]] + extents)
    emitInteger(
      call, input, filter, result,
      [
        .ints(window.stride), .ints(window.pads), .ints(window.dilation), .int(call.int("group", default: 1)),
      ])
  }

  mutating func lowerProductInteger(_ call: ONNXCall) throws(ModelError) {
    let weights = try call.input(1)
    let shape = try call.shape(0)
    guard shape.count >= 2, let depth = shape.last, tensors[weights].shape.count == 2 else {
      throw ModelError(.unsupported, "product of \(shape) and \(tensors[weights].shape)")
    }
    let input = try viewed(call, call.input(0), [shape.dropLast().reduce(1, *), depth])
    let filter = try transposed(call, weights)
    let columns = tensors[filter].shape[0]
    let product = try append("", .int32, [tensors[input].shape[0], columns])
    emitInteger(
      call, input, filter, product, [.ints([1, 1]), .ints([0, 0, 0, 0]), .ints([1, 1]), .int(1)])
    _ = try viewed(call, product, shape.dropLast() + [columns], name: call.node.outputs.first ?? "")
  }

  private mutating func emitInteger(
    _ call: ONNXCall, _ input: Int, _ filter: Int, _ result: Int, _ window: [OperatorArgument]
  ) {
    var inputs = [input, filter]
    var zeros: [OperatorArgument] = []
    for index in 2...3 {
      guard let zero = call.optional(index) else {
        zeros.append(.none)
        continue
      }
      zeros.append(.tensor(inputs.count))
      inputs.append(zero)
    }
    emit(
      call.node, "onnx::conv_integer", [.tensor(0), .tensor(1)] + zeros + window, inputs: inputs,
      outputs: [result])
  }
}
