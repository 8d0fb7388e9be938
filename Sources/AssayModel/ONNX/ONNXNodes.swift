/// A node with its operands resolved: what lowering one node works with.
struct ONNXCall {
  let node: ONNXNode
  /// Tensor indices; `nil` where an optional input is left out.
  let inputs: [Int?]
  /// Shapes of the inputs, `[]` where one is left out.
  let shapes: [[Int]]

  func input(_ index: Int) throws(ModelError) -> Int {
    guard inputs.indices.contains(index), let tensor = inputs[index] else {
      throw ModelError(.invalid, "input \(index) is missing")
    }
    return tensor
  }

  func optional(_ index: Int) -> Int? { inputs.indices.contains(index) ? inputs[index] : nil }

  func shape(_ index: Int) throws(ModelError) -> [Int] {
    _ = try input(index)
    return shapes[index]
  }

  func int(_ name: String, default value: Int) -> Int {
    if case .int(let number)? = node.attributes[name] { number } else { value }
  }

  func float(_ name: String, default value: Float) -> Float {
    if case .float(let number)? = node.attributes[name] { number } else { value }
  }

  func text(_ name: String, default value: String) -> String {
    if case .text(let text)? = node.attributes[name] { text } else { value }
  }

  func ints(_ name: String) -> [Int]? {
    if case .ints(let values)? = node.attributes[name] { values } else { nil }
  }

  func axis(_ axis: Int, rank: Int) throws(ModelError) -> Int {
    guard (-rank..<max(rank, 1)).contains(axis) else { throw ModelError(.invalid, "axis \(axis) of \(rank)") }
    return axis < 0 ? axis + rank : axis
  }
}

extension ONNXLowering {
  /// Lowers one node.
  ///
  /// - Throws: `unsupported` for a node that no kernel computes.
  mutating func lower(_ node: ONNXNode) throws(ModelError) {
    var inputs: [Int?] = []
    for name in node.inputs {
      guard !name.isEmpty else {
        inputs.append(nil)
        continue
      }
      guard let tensor = known[name] else {
        throw ModelError(.invalid, "reads \"\(name)\", which nothing has written yet")
      }
      guard tensors[tensor].type != .variant else {
        throw ModelError(.unsupported, "the shape of its input \"\(name)\" is not known")
      }
      inputs.append(tensor)
    }
    let call = ONNXCall(
      node: node, inputs: inputs, shapes: inputs.map { $0.map { tensors[$0].shape } ?? [] })
    if try fold(call) { return }
    if try lowerElementwise(call) { return }
    if try lowerArithmetic(call) { return }
    if try lowerWindow(call) { return }
    if try lowerProduct(call) { return }
    if try lowerMovement(call) { return }
    if try lowerReduction(call) { return }
    if try lowerQuantized(call) { return }
    if try lowerQuantizedPool(call) { return }
    if try lowerArrangement(call) { return }
    if try lowerNormalization(call) { return }
    if try lowerRecurrent(call) { return }
    if try lowerEinsum(call) { return }
    throw ModelError(.unsupported, "no kernel for \(node.name)")
  }

  /// The node's first output, of the type and shape.
  mutating func output(_ call: ONNXCall, _ type: ElementType, _ shape: [Int]) throws(ModelError) -> Int {
    try append(call.node.outputs.first ?? "", type, shape)
  }

  // MARK: Elementwise

  private static let unary: [String: String] = [
    "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Exp": "exp", "Log": "log", "Sqrt": "sqrt",
    "Neg": "neg",
    "Abs": "abs", "Floor": "floor", "Ceil": "ceil", "Round": "round", "Erf": "erf", "Sin": "sin",
    "Cos": "cos",
    "Reciprocal": "reciprocal", "Acos": "acos", "Acosh": "acosh", "Asin": "asin", "Asinh": "asinh",
    "Atan": "atan", "Atanh": "atanh", "Cosh": "cosh", "Sinh": "sinh", "Sign": "sign", "Tan": "tan",
  ]

  private static let binary: [String: String] = [
    "Add": "add.out", "Sub": "sub.out", "Mul": "mul.out", "PRelu": "prelu.out",
  ]

  private static let comparisons: [String: String] = [
    "Equal": "eq.Tensor_out", "Less": "lt.Tensor_out", "LessOrEqual": "le.Tensor_out",
    "Greater": "gt.Tensor_out", "GreaterOrEqual": "ge.Tensor_out", "And": "logical_and.out",
    "Or": "logical_or.out", "Xor": "logical_xor.out",
  ]

  private mutating func lowerElementwise(_ call: ONNXCall) throws(ModelError) -> Bool {
    let name = call.node.name
    if let kernel = Self.unary[name] {
      try emitSame(call, "aten::\(kernel).out", [.tensor(0)])
    } else if let kernel = Self.binary[name] ?? Self.comparisons[name] {
      let (a, b) = (try call.input(0), try call.input(1))
      let shape = try broadcast(tensors[a].shape, tensors[b].shape)
      let result = try output(call, Self.comparisons[name] != nil ? .bool : tensors[a].type, shape)
      emit(call.node, "aten::\(kernel)", [.tensor(0), .tensor(1)], inputs: [a, b], outputs: [result])
    } else {
      return try lowerParameterised(call)
    }
    return true
  }

  /// Output of the same type and shape as input 0.
  mutating func emitSame(_ call: ONNXCall, _ kernel: String, _ arguments: [OperatorArgument])
    throws(ModelError)
  {
    let input = try call.input(0)
    let result = try output(call, tensors[input].type, tensors[input].shape)
    emit(call.node, kernel, arguments, inputs: [input], outputs: [result])
  }

  private mutating func lowerParameterised(_ call: ONNXCall) throws(ModelError) -> Bool {
    switch call.node.name {
    case "LeakyRelu":
      try emitSame(
        call, "aten::leaky_relu.out", [.tensor(0), .double(Double(call.float("alpha", default: 0.01)))])
    case "Elu":
      try emitSame(call, "aten::elu.out", [.tensor(0), .double(Double(call.float("alpha", default: 1)))])
    case "HardSigmoid":
      try emitSame(
        call, "onnx::hard_sigmoid",
        [
          .tensor(0), .double(Double(call.float("alpha", default: 0.2))),
          .double(Double(call.float("beta", default: 0.5))),
        ])
    case "HardSwish": try emitSame(call, "onnx::hard_swish", [.tensor(0)])
    case "Softplus": try emitSame(call, "onnx::softplus", [.tensor(0)])
    case "Gelu":
      try emitSame(call, "aten::gelu.out", [.tensor(0), .text(call.text("approximate", default: "none"))])
    case "Identity", "Dropout": try emitSame(call, "aten::clone.out", [.tensor(0)])
    case "Clip": try lowerClip(call)
    case "Softmax", "LogSoftmax":
      let rank = try call.shape(0).count
      let axis = try call.axis(call.int("axis", default: opset < 13 ? 1 : -1), rank: rank)
      if opset < 13, axis != rank - 1 {
        try lowerFlatSoftmax(call, axis)
        return true
      }
      let kernel = call.node.name == "Softmax" ? "aten::_softmax.out" : "aten::_log_softmax.out"
      try emitSame(call, kernel, [.tensor(0), .int(axis), .bool(false)])
    case "Cast":
      guard let type = ONNXFile.elementType(call.int("to", default: 0)) else {
        throw ModelError(.unsupported, "cast to type \(call.int("to", default: 0))")
      }
      let input = try call.input(0)
      let result = try output(call, type, tensors[input].shape)
      emit(call.node, "aten::_to_copy.out", [.tensor(0)], inputs: [input], outputs: [result])
    default: return false
    }
    return true
  }

  /// Bounds come as inputs, constants of one element.
  private mutating func lowerClip(_ call: ONNXCall) throws(ModelError) {
    var bounds: [OperatorArgument] = []
    for index in 1...2 {
      guard let tensor = call.optional(index) else {
        bounds.append(.none)
        continue
      }
      guard let value = floats(tensor)?.first.map(Double.init) ?? integers(tensor)?.first.map(Double.init)
      else {
        throw ModelError(.unsupported, "computed bounds")
      }
      bounds.append(.double(value))
    }
    try emitSame(call, "aten::clamp.out", [.tensor(0)] + bounds)
  }

  /// Up to opset 12 all dimensions from the axis on are normalised together.
  private mutating func lowerFlatSoftmax(_ call: ONNXCall, _ axis: Int) throws(ModelError) {
    let input = try call.input(0)
    let shape = tensors[input].shape
    let flat = try viewed(call, input, [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)])
    let result = try append("", tensors[input].type, tensors[flat].shape)
    let kernel = call.node.name == "Softmax" ? "aten::_softmax.out" : "aten::_log_softmax.out"
    emit(call.node, kernel, [.tensor(0), .int(1), .bool(false)], inputs: [flat], outputs: [result])
    _ = try viewed(call, result, shape, name: call.node.outputs.first ?? "")
  }

  /// The same elements under another shape, as a tensor of its own.
  mutating func viewed(
    _ call: ONNXCall, _ tensor: Int, _ shape: [Int], name: String = ""
  ) throws(ModelError) -> Int {
    let result = try append(name, tensors[tensor].type, shape)
    emit(call.node, "aten::view_copy.out", [.tensor(0)], inputs: [tensor], outputs: [result])
    return result
  }

  func broadcast(_ a: [Int], _ b: [Int]) throws(ModelError) -> [Int] {
    let rank = max(a.count, b.count)
    let left = Array(repeating: 1, count: rank - a.count) + a
    let right = Array(repeating: 1, count: rank - b.count) + b
    guard zip(left, right).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else {
      throw ModelError(.invalid, "shapes \(a) and \(b) do not combine")
    }
    return zip(left, right).map { $0 == 1 ? $1 : $0 }
  }

  // MARK: Convolution, pools, normalisation

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

  private mutating func lowerWindow(_ call: ONNXCall) throws(ModelError) -> Bool {
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

  // MARK: Matrix products

  private mutating func lowerProduct(_ call: ONNXCall) throws(ModelError) -> Bool {
    switch call.node.name {
    case "Gemm": try lowerGemm(call)
    case "MatMul":
      let (a, b) = (try call.input(0), try call.input(1))
      let (left, right) = (tensors[a].shape, tensors[b].shape)
      if left.count == right.count, (2...3).contains(left.count), let columns = right.last,
        left.count == 2 || left[0] == right[0]
      {
        let result = try output(call, .float32, left.dropLast() + [columns])
        emit(
          call.node, left.count == 2 ? "aten::mm.out" : "aten::bmm.out", [.tensor(0), .tensor(1)],
          inputs: [a, b], outputs: [result])
      } else if right.count == 2, left.count > 2 {
        let turned = try transposed(call, b)
        let result = try output(call, .float32, left.dropLast() + [right[1]])
        emit(
          call.node, "aten::linear.out", [.tensor(0), .tensor(1)], inputs: [a, turned], outputs: [result])
      } else {
        try lowerBatchedProduct(call, a, b)
      }
    default: return false
    }
    return true
  }

  /// A matrix turned around, as a tensor of its own.
  mutating func transposed(_ call: ONNXCall, _ tensor: Int) throws(ModelError) -> Int {
    guard tensors[tensor].shape.count == 2 else {
      throw ModelError(.invalid, "a matrix of \(tensors[tensor].shape)")
    }
    let result = try append("", tensors[tensor].type, tensors[tensor].shape.reversed())
    emit(
      call.node, "aten::permute_copy.out", [.tensor(0), .ints([1, 0])], inputs: [tensor], outputs: [result])
    return result
  }

  private mutating func lowerGemm(_ call: ONNXCall) throws(ModelError) {
    let a = call.int("transA", default: 0) != 0 ? try transposed(call, call.input(0)) : try call.input(0)
    let b = call.int("transB", default: 0) != 0 ? try transposed(call, call.input(1)) : try call.input(1)
    guard tensors[a].shape.count == 2, tensors[b].shape.count == 2 else {
      throw ModelError(.invalid, "product of \(tensors[a].shape) and \(tensors[b].shape)")
    }
    let result = try output(call, .float32, [tensors[a].shape[0], tensors[b].shape[1]])
    guard let bias = call.optional(2) else {
      let alpha = call.float("alpha", default: 1)
      guard alpha != 1 else {
        return emit(call.node, "aten::mm.out", [.tensor(0), .tensor(1)], inputs: [a, b], outputs: [result])
      }
      let product = try append("", .float32, tensors[result].shape)
      emit(call.node, "aten::mm.out", [.tensor(0), .tensor(1)], inputs: [a, b], outputs: [product])
      return emit(
        call.node, "aten::mul.Scalar_out", [.tensor(0), .double(Double(alpha))], inputs: [product],
        outputs: [result])
    }
    emit(
      call.node, "aten::addmm.out",
      [
        .tensor(0), .tensor(1), .tensor(2), .double(Double(call.float("beta", default: 1))),
        .double(Double(call.float("alpha", default: 1))),
      ],
      inputs: [bias, a, b], outputs: [result])
  }
}
