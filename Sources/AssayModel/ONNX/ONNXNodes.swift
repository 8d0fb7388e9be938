/// Nodes to kernels: what lowers each, and the elementwise ones.
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
  mutating func lowerClip(_ call: ONNXCall) throws(ModelError) {
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
}
