/// Functions of elements beyond the plain ones: of any number of operands, of types, with parameters.
extension ONNXLowering {
  mutating func lowerArithmetic(_ call: ONNXCall) throws(ModelError) -> Bool {
    switch call.node.name {
    case "Div":
      try emitBinary(call, tensors[call.input(0)].type == .float32 ? "aten::div.out" : "aten::div.out_mode")
    case "Mod":
      let isC = call.int("fmod", default: 0) != 0
      try emitBinary(call, isC ? "aten::fmod.Tensor_out" : "aten::remainder.Tensor_out")
    case "Pow": try lowerPower(call)
    case "Max": try emitChain(call, "aten::maximum.out")
    case "Min": try emitChain(call, "aten::minimum.out")
    case "Sum": try emitChain(call, "aten::add.out")
    case "Mean": try emitChain(call, "aten::add.out", divisor: call.inputs.count)
    case "Not": try emitQuestion(call, "aten::logical_not.out")
    case "IsNaN": try emitQuestion(call, "aten::isnan.out")
    case "IsInf":
      guard call.int("detect_positive", default: 1) != 0, call.int("detect_negative", default: 1) != 0 else {
        throw ModelError(.unsupported, "infinities of one sign")
      }
      try emitQuestion(call, "aten::isinf.out")
    default: return try lowerFunction(call)
    }
    return true
  }

  private mutating func lowerFunction(_ call: ONNXCall) throws(ModelError) -> Bool {
    func parameter(_ name: String, _ value: Float) -> OperatorArgument {
      .double(Double(call.float(name, default: value)))
    }
    switch call.node.name {
    case "Softsign": try emitSame(call, "onnx::softsign", [.tensor(0)])
    case "Mish": try emitSame(call, "onnx::mish", [.tensor(0)])
    case "Celu": try emitSame(call, "onnx::celu", [.tensor(0), parameter("alpha", 1)])
    case "Selu":
      try emitSame(
        call, "aten::elu.out",
        [.tensor(0), parameter("alpha", 1.67326319), parameter("gamma", 1.05070102), .double(1)])
    case "ThresholdedRelu": try emitSame(call, "onnx::thresholded_relu", [.tensor(0), parameter("alpha", 1)])
    case "Shrink":
      try emitSame(call, "onnx::shrink", [.tensor(0), parameter("lambd", 0.5), parameter("bias", 0)])
    case "com.microsoft.Gelu": try emitSame(call, "aten::gelu.out", [.tensor(0), .text("none")])
    case "com.microsoft.FastGelu":
      guard call.optional(1) == nil else { throw ModelError(.unsupported, "a bias") }
      try emitSame(call, "aten::gelu.out", [.tensor(0), .text("tanh")])
    case "com.microsoft.QuickGelu":
      try emitSame(call, "onnx::quick_gelu", [.tensor(0), parameter("alpha", 1.702)])
    default: return false
    }
    return true
  }

  private mutating func emitBinary(_ call: ONNXCall, _ kernel: String) throws(ModelError) {
    let (a, b) = (try call.input(0), try call.input(1))
    let result = try output(call, tensors[a].type, broadcast(tensors[a].shape, tensors[b].shape))
    // Integers divide towards zero.
    let mode: [OperatorArgument] = kernel.hasSuffix("out_mode") ? [.text("trunc")] : []
    emit(call.node, kernel, [.tensor(0), .tensor(1)] + mode, inputs: [a, b], outputs: [result])
  }

  private mutating func lowerPower(_ call: ONNXCall) throws(ModelError) {
    let a = try call.input(0)
    var b = try call.input(1)
    if tensors[b].type != tensors[a].type {
      let same = try append("", tensors[a].type, tensors[b].shape)
      emit(call.node, "aten::_to_copy.out", [.tensor(0)], inputs: [b], outputs: [same])
      b = same
    }
    let result = try output(call, tensors[a].type, broadcast(tensors[a].shape, tensors[b].shape))
    emit(
      call.node, "aten::pow.Tensor_Tensor_out", [.tensor(0), .tensor(1)], inputs: [a, b], outputs: [result])
  }

  /// Operands one after the other, then perhaps divided by a number.
  private mutating func emitChain(
    _ call: ONNXCall, _ kernel: String, divisor: Int? = nil
  ) throws(ModelError) {
    var current = try call.input(0)
    guard call.inputs.count <= 64 else { throw ModelError(.unsupported, "\(call.inputs.count) operands") }
    let name = call.node.outputs.first ?? ""
    guard call.inputs.count > 1 else { return try emitSame(call, "aten::clone.out", [.tensor(0)]) }
    for index in 1..<call.inputs.count {
      let next = try call.input(index)
      let isLast = index == call.inputs.count - 1 && divisor == nil
      let shape = try broadcast(tensors[current].shape, tensors[next].shape)
      let result = try append(isLast ? name : "", tensors[current].type, shape)
      emit(call.node, kernel, [.tensor(0), .tensor(1)], inputs: [current, next], outputs: [result])
      current = result
    }
    guard let divisor else { return }
    let result = try append(name, tensors[current].type, tensors[current].shape)
    emit(
      call.node, "aten::div.Scalar_out", [.tensor(0), .double(Double(divisor))], inputs: [current],
      outputs: [result])
  }

  private mutating func emitQuestion(_ call: ONNXCall, _ kernel: String) throws(ModelError) {
    let input = try call.input(0)
    let result = try output(call, .bool, tensors[input].shape)
    emit(call.node, kernel, [.tensor(0)], inputs: [input], outputs: [result])
  }

  // MARK: Products

  /// Products of matrices over batches that combine; a vector is a matrix of one row or column.
  mutating func lowerBatchedProduct(_ call: ONNXCall, _ a: Int, _ b: Int) throws(ModelError) {
    let (left, right) = (tensors[a].shape, tensors[b].shape)
    guard !left.isEmpty, !right.isEmpty else { throw ModelError(.invalid, "product of \(left) and \(right)") }
    let rows = left.count == 1 ? [1] + left : left
    let columns = right.count == 1 ? right + [1] : right
    guard rows[rows.count - 1] == columns[columns.count - 2] else {
      throw ModelError(.invalid, "product of \(left) and \(right)")
    }
    let batch = try broadcast(Array(rows.dropLast(2)), Array(columns.dropLast(2)))
    let first = try batched(call, a, rows, batch)
    let second = try batched(call, b, columns, batch)
    let (count, m, n) = (batch.reduce(1, *), rows[rows.count - 2], columns[columns.count - 1])
    let product = try append("", .float32, [count, m, n])
    emit(call.node, "aten::bmm.out", [.tensor(0), .tensor(1)], inputs: [first, second], outputs: [product])
    let shape = batch + (left.count == 1 ? [] : [m]) + (right.count == 1 ? [] : [n])
    _ = try viewed(call, product, shape, name: call.node.outputs.first ?? "")
  }

  private mutating func batched(
    _ call: ONNXCall, _ tensor: Int, _ shape: [Int], _ batch: [Int]
  ) throws(ModelError) -> Int {
    var current = tensor
    let wanted = batch + shape.suffix(2)
    if tensors[current].shape != shape { current = try viewed(call, current, shape) }
    if shape != wanted {
      let spread = try append("", tensors[current].type, wanted)
      emit(call.node, "aten::expand_copy.out", [.tensor(0)], inputs: [current], outputs: [spread])
      current = spread
    }
    return try viewed(call, current, [batch.reduce(1, *)] + shape.suffix(2))
  }
}
