/// Reductions over axes, and the places of extremes.
extension ONNXLowering {
  private static let reductions: [String: String] = [
    "ReduceMean": "aten::mean.out", "ReduceSum": "aten::sum.IntList_out", "ReduceMax": "aten::amax.out",
    "ReduceMin": "aten::amin.out", "ReduceProd": "onnx::reduce_prod", "ReduceL1": "onnx::reduce_l1",
    "ReduceL2": "onnx::reduce_l2", "ReduceSumSquare": "onnx::reduce_sum_square",
    "ReduceLogSum": "onnx::reduce_log_sum", "ReduceLogSumExp": "onnx::reduce_log_sum_exp",
  ]

  mutating func lowerReduction(_ call: ONNXCall) throws(ModelError) -> Bool {
    let isArgument = call.node.name == "ArgMax" || call.node.name == "ArgMin"
    guard isArgument || Self.reductions[call.node.name] != nil else { return false }
    let source = try call.shape(0)
    let keep = call.int("keepdims", default: 1) != 0
    guard call.int("select_last_index", default: 0) == 0 else {
      throw ModelError(.unsupported, "select_last_index")
    }
    let given = isArgument ? [call.int("axis", default: 0)] : try axes(call) ?? []
    if given.isEmpty, call.int("noop_with_empty_axes", default: 0) != 0 {
      try emitSame(call, "aten::clone.out", [.tensor(0)])
      return true
    }
    let listed = given.isEmpty ? Array(source.indices) : given
    let axes = try listed.map { axis throws(ModelError) in try call.axis(axis, rank: source.count) }
    let shape = source.indices.compactMap { axes.contains($0) ? (keep ? 1 : nil) : source[$0] }
    guard let kernel = Self.reductions[call.node.name] else {
      let name = call.node.name == "ArgMax" ? "aten::argmax.out" : "aten::argmin.out"
      let input = try call.input(0)
      let result = try output(call, .int64, shape)
      emit(call.node, name, [.tensor(0), .int(axes[0]), .bool(keep)], inputs: [input], outputs: [result])
      return true
    }
    try emitMoved(call, kernel, [.tensor(0), .ints(axes), .bool(keep)], shape)
    return true
  }
}
