/// Matrix products.
extension ONNXLowering {
  mutating func lowerProduct(_ call: ONNXCall) throws(ModelError) -> Bool {
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

  mutating func lowerGemm(_ call: ONNXCall) throws(ModelError) {
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
