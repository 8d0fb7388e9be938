/// Nodes that pick, place, order and repeat elements.
extension ONNXLowering {
  mutating func lowerArrangement(_ call: ONNXCall) throws(ModelError) -> Bool {
    switch call.node.name {
    case "Tile":
      let (shape, repeats) = (try call.shape(0), try constantInts(call, 1, "repeats"))
      guard repeats.count == shape.count, repeats.allSatisfy({ (0...1 << 24).contains($0) }) else {
        throw ModelError(.invalid, "repeats \(repeats) of \(shape)")
      }
      try emitMoved(
        call, "aten::repeat.out", [.tensor(0), .ints(repeats)], zip(shape, repeats).map { $0 &* $1 })
    case "DepthToSpace", "SpaceToDepth": try lowerBlocks(call)
    case "TopK": try lowerTopK(call)
    case "CumSum":
      guard let axis = integers(try call.input(1))?.first else {
        throw ModelError(.unsupported, "a computed axis")
      }
      let place = try call.axis(axis, rank: call.shape(0).count)
      try emitSame(
        call, "onnx::cumsum",
        [
          .tensor(0), .int(place), .bool(call.int("exclusive", default: 0) != 0),
          .bool(call.int("reverse", default: 0) != 0),
        ])
    case "GatherElements":
      let (table, indices) = (try call.input(0), try call.input(1))
      let axis = try call.axis(call.int("axis", default: 0), rank: tensors[table].shape.count)
      let result = try output(call, tensors[table].type, tensors[indices].shape)
      emit(
        call.node, "aten::gather.out", [.tensor(0), .int(axis), .tensor(1)], inputs: [table, indices],
        outputs: [result])
    case "GatherND": try lowerGatherND(call)
    case "ScatterElements", "ScatterND": try lowerScatter(call)
    case "Trilu": try lowerTriangle(call)
    default: return false
    }
    return true
  }

  /// Blocks of pixels as channels and back: a permutation of six dimensions.
  private mutating func lowerBlocks(_ call: ONNXCall) throws(ModelError) {
    let input = try call.input(0)
    let (shape, side) = (tensors[input].shape, call.int("blocksize", default: 0))
    let isDepth = call.node.name == "DepthToSpace"
    guard shape.count == 4, (1...1_024).contains(side),
      isDepth ? shape[1] % (side * side) == 0 : shape[2] % side == 0 && shape[3] % side == 0
    else { throw ModelError(.invalid, "blocks of \(side) in \(shape)") }
    let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
    let (split, order, result): ([Int], [Int], [Int])
    if isDepth {
      let isCRD = call.text("mode", default: "DCR") == "CRD"
      let depth = c / (side * side)
      split = isCRD ? [n, depth, side, side, h, w] : [n, side, side, depth, h, w]
      order = isCRD ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
      result = [n, depth, h * side, w * side]
    } else {
      split = [n, c, h / side, side, w / side, side]
      order = [0, 3, 5, 1, 2, 4]
      result = [n, c * side * side, h / side, w / side]
    }
    let blocks = try viewed(call, input, split)
    let turned = try append("", tensors[input].type, order.map { split[$0] })
    emit(
      call.node, "aten::permute_copy.out", [.tensor(0), .ints(order)], inputs: [blocks], outputs: [turned])
    _ = try viewed(call, turned, result, name: call.node.outputs.first ?? "")
  }

  private mutating func lowerTopK(_ call: ONNXCall) throws(ModelError) {
    let input = try call.input(0)
    var shape = tensors[input].shape
    let axis = try call.axis(call.int("axis", default: -1), rank: shape.count)
    guard let count = try constantInts(call, 1, "k").first, shape.indices.contains(axis), count >= 0,
      count <= shape[axis]
    else { throw ModelError(.invalid, "the largest of axis \(axis) of \(shape)") }
    shape[axis] = count
    let names = call.node.outputs + ["", ""]
    let values = try append(names[0], tensors[input].type, shape)
    let places = try append(names[1], .int64, shape)
    emit(
      call.node, "aten::topk.values",
      [.tensor(0), .int(count), .int(axis), .bool(call.int("largest", default: 1) != 0), .bool(true)],
      inputs: [input], outputs: [values, places])
  }

  private mutating func lowerGatherND(_ call: ONNXCall) throws(ModelError) {
    let (table, indices) = (try call.input(0), try call.input(1))
    let (shape, tuples) = (tensors[table].shape, tensors[indices].shape)
    let batches = call.int("batch_dims", default: 0)
    guard let depth = tuples.last, (0..<tuples.count).contains(batches), depth >= 1,
      batches + depth <= shape.count
    else { throw ModelError(.invalid, "indices \(tuples) of \(shape)") }
    let result = try output(
      call, tensors[table].type, tuples.dropLast() + Array(shape[(batches + depth)...]))
    emit(
      call.node, "onnx::gather_nd", [.tensor(0), .tensor(1), .int(batches)], inputs: [table, indices],
      outputs: [result])
  }

  private mutating func lowerScatter(_ call: ONNXCall) throws(ModelError) {
    let inputs = try (0..<3).map { index throws(ModelError) in try call.input(index) }
    let reduction = call.text("reduction", default: "none")
    let isTuples = call.node.name == "ScatterND"
    guard reduction == "none" || reduction == "add" && !isTuples else {
      throw ModelError(.unsupported, "reduction \(reduction)")
    }
    let result = try output(call, tensors[inputs[0]].type, tensors[inputs[0]].shape)
    if isTuples {
      return emit(
        call.node, "onnx::scatter_nd", [.tensor(0), .tensor(1), .tensor(2)], inputs: inputs, outputs: [result]
      )
    }
    let axis = try call.axis(call.int("axis", default: 0), rank: tensors[inputs[0]].shape.count)
    emit(
      call.node, reduction == "add" ? "aten::scatter_add.out" : "aten::scatter.src_out",
      [.tensor(0), .int(axis), .tensor(1), .tensor(2)], inputs: inputs, outputs: [result])
  }

  /// A choice between the matrix and zeros, by a mask that is made here.
  private mutating func lowerTriangle(_ call: ONNXCall) throws(ModelError) {
    let input = try call.input(0)
    let shape = tensors[input].shape
    guard tensors[input].type == .float32, shape.count >= 2, shape.suffix(2).reduce(1, *) <= limits.operands
    else { throw ModelError(.unsupported, "a triangle of \(tensors[input].type.rawValue) \(shape)") }
    var diagonal = 0
    if call.optional(1) != nil { diagonal = try constantInts(call, 1, "k").first ?? 0 }
    let isUpper = call.int("upper", default: 1) != 0
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    var mask: [UInt8] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let distance = column - row
        mask.append((isUpper ? distance >= diagonal : distance <= diagonal) ? 1 : 0)
      }
    }
    try addBytes(mask, .bool, named: "", shape: [rows, columns])
    let kept = tensors.count - 1
    try addFloats([0], named: "", shape: [])
    let zero = tensors.count - 1
    let result = try output(call, .float32, shape)
    emit(
      call.node, "aten::where.self_out", [.tensor(0), .tensor(1), .tensor(2)], inputs: [kept, input, zero],
      outputs: [result])
  }
}
