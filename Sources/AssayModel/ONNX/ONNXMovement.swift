/// Nodes that move elements.
extension ONNXLowering {
  mutating func lowerMovement(_ call: ONNXCall) throws(ModelError) -> Bool {
    switch call.node.name {
    case "Constant": try lowerConstant(call)
    case "Shape": try lowerShape(call)
    case "Reshape", "Flatten", "Squeeze", "Unsqueeze": try lowerView(call)
    case "Transpose":
      let shape = try call.shape(0)
      let axes = call.ints("perm") ?? Array(shape.indices.reversed())
      guard axes.sorted() == Array(shape.indices) else {
        throw ModelError(.invalid, "permutation \(axes) of \(shape)")
      }
      try emitMoved(call, "aten::permute_copy.out", [.tensor(0), .ints(axes)], axes.map { shape[$0] })
    case "Concat": try lowerConcat(call)
    case "Split": try lowerSplit(call)
    case "Slice": try lowerSlice(call)
    case "Gather": try lowerGather(call)
    case "Pad": try lowerPad(call)
    case "Expand":
      let target = try constantInts(call, 1, "shape")
      try emitMoved(call, "aten::expand_copy.out", [.tensor(0)], broadcast(call.shape(0), target))
    case "Resize": try lowerResize(call)
    case "Where":
      let inputs = try (0..<3).map { index throws(ModelError) in try call.input(index) }
      let shape = try broadcast(
        broadcast(tensors[inputs[0]].shape, tensors[inputs[1]].shape), tensors[inputs[2]].shape)
      let result = try output(call, tensors[inputs[1]].type, shape)
      emit(
        call.node, "aten::where.self_out", [.tensor(0), .tensor(1), .tensor(2)], inputs: inputs,
        outputs: [result])
    default: return false
    }
    return true
  }

  mutating func emitMoved(
    _ call: ONNXCall, _ kernel: String, _ arguments: [OperatorArgument], _ shape: [Int]
  ) throws(ModelError) {
    let input = try call.input(0)
    let result = try output(call, tensors[input].type, shape)
    emit(call.node, kernel, arguments, inputs: [input], outputs: [result])
  }

  func constantInts(_ call: ONNXCall, _ index: Int, _ role: String) throws(ModelError) -> [Int] {
    guard let values = integers(try call.input(index)), values.count <= limits.operands else {
      throw ModelError(.unsupported, "\(role) (input \(index)) is computed, and has to be constant")
    }
    return values
  }

  private mutating func lowerConstant(_ call: ONNXCall) throws(ModelError) {
    let name = call.node.outputs.first ?? ""
    let attributes = call.node.attributes
    if case .tensor(let tensor)? = attributes["value"] { return try add(tensor, named: name) }
    if case .int(let value)? = attributes["value_int"] {
      return try addIntegers([value], named: name, shape: [])
    }
    if case .ints(let values)? = attributes["value_ints"] {
      return try addIntegers(values, named: name, shape: [values.count])
    }
    if case .float(let value)? = attributes["value_float"] {
      return try addFloats([value], named: name, shape: [])
    }
    guard case .floats(let values)? = attributes["value_floats"] else {
      throw ModelError(.unsupported, "a constant that is not a tensor or a list of numbers")
    }
    try addFloats(values, named: name, shape: [values.count])
  }

  private mutating func lowerShape(_ call: ONNXCall) throws(ModelError) {
    let shape = try call.shape(0)
    func place(_ value: Int) -> Int { min(max(value < 0 ? value &+ shape.count : value, 0), shape.count) }
    let start = place(call.int("start", default: 0))
    let end = max(start, place(call.int("end", default: shape.count)))
    try addIntegers(
      Array(shape[start..<end]), named: call.node.outputs.first ?? "", shape: [end - start])
  }

  private mutating func lowerView(_ call: ONNXCall) throws(ModelError) {
    let source = try call.shape(0)
    let shape: [Int]
    switch call.node.name {
    case "Reshape":
      shape = try reshaped(source, constantInts(call, 1, "shape"), call.int("allowzero", default: 0) != 0)
    case "Flatten":
      let rank = source.count
      let axis = call.int("axis", default: 1)
      guard (-rank...rank).contains(axis) else { throw ModelError(.invalid, "axis \(axis)") }
      let split = axis < 0 ? axis + rank : axis
      shape = [source[..<split].reduce(1, *), source[split...].reduce(1, *)]
    case "Squeeze":
      let axes = try axes(call)?.map { axis throws(ModelError) in try call.axis(axis, rank: source.count) }
      shape = source.indices.filter { axis in
        if let axes { !axes.contains(axis) } else { source[axis] != 1 }
      }.map { source[$0] }
    default:
      let added = try axes(call) ?? []
      let rank = source.count + added.count
      let places = Set(try added.map { axis throws(ModelError) in try call.axis(axis, rank: rank) })
      guard places.count == added.count else { throw ModelError(.invalid, "axes \(added)") }
      var rest = source[...]
      shape = (0..<rank).map { places.contains($0) ? 1 : rest.popFirst() ?? 1 }
    }
    guard DynamicShapes.elements(shape) == DynamicShapes.elements(source) else {
      throw ModelError(.invalid, "\(source) does not become \(shape)")
    }
    try emitMoved(call, "aten::view_copy.out", [.tensor(0)], shape)
  }

  /// Axes as input since opset 13, as attribute before; `nil` when neither is there.
  func axes(_ call: ONNXCall) throws(ModelError) -> [Int]? {
    if call.optional(1) != nil { return try constantInts(call, 1, "axes") }
    return call.ints("axes")
  }

  private func reshaped(_ source: [Int], _ target: [Int], _ allowZero: Bool) throws(ModelError) -> [Int] {
    var shape = target.enumerated().map {
      $1 == 0 && !allowZero && source.indices.contains($0) ? source[$0] : $1
    }
    guard shape.allSatisfy({ $0 >= -1 }), shape.filter({ $0 == -1 }).count <= 1,
      let rest = DynamicShapes.elements(shape.filter { $0 != -1 }), let total = DynamicShapes.elements(source)
    else { throw ModelError(.invalid, "shape \(target)") }
    if let open = shape.firstIndex(of: -1) {
      guard rest > 0, total % rest == 0 else {
        throw ModelError(.invalid, "\(source) does not become \(target)")
      }
      shape[open] = total / rest
    }
    return shape
  }

  private mutating func lowerConcat(_ call: ONNXCall) throws(ModelError) {
    let inputs = call.inputs.compactMap { $0 }
    guard let first = inputs.first, inputs.count == call.inputs.count else {
      throw ModelError(.invalid, "an input is missing")
    }
    var shape = tensors[first].shape
    let axis = try call.axis(call.int("axis", default: 0), rank: shape.count)
    guard shape.indices.contains(axis), inputs.allSatisfy({ tensors[$0].shape.count == shape.count }) else {
      throw ModelError(.invalid, "inputs of different rank")
    }
    shape[axis] = inputs.reduce(0) { $0 + tensors[$1].shape[axis] }
    let result = try output(call, tensors[first].type, shape)
    emit(
      call.node, "aten::cat.out", [.tensors(inputs.indices.map { $0 }), .int(axis)], inputs: inputs,
      outputs: [result])
  }

  private mutating func lowerSplit(_ call: ONNXCall) throws(ModelError) {
    let input = try call.input(0)
    let shape = tensors[input].shape
    let axis = try call.axis(call.int("axis", default: 0), rank: shape.count)
    guard shape.indices.contains(axis), !call.node.outputs.isEmpty else {
      throw ModelError(.invalid, "axis \(axis)")
    }
    let count = call.node.outputs.count
    let even = (shape[axis] + count - 1) / count
    let parts =
      call.optional(1) != nil
      ? try constantInts(call, 1, "split")
      : call.ints("split") ?? (0..<count).map { min(even, max(0, shape[axis] - $0 * even)) }
    guard parts.count == count, parts.allSatisfy({ (0...shape[axis]).contains($0) }),
      parts.reduce(0, +) == shape[axis]
    else {
      throw ModelError(.invalid, "parts \(parts) of \(shape)")
    }
    var outputs: [Int] = []
    for (name, part) in zip(call.node.outputs, parts) {
      var own = shape
      own[axis] = part
      outputs.append(try append(name, tensors[input].type, own))
    }
    emit(
      call.node, "aten::split_with_sizes_copy.out", [.tensor(0), .ints(parts), .int(axis)], inputs: [input],
      outputs: outputs)
  }

  /// Slices along several axes, one after the other.
  private mutating func lowerSlice(_ call: ONNXCall) throws(ModelError) {
    var current = try call.input(0)
    let (starts, ends) = (try constantInts(call, 1, "starts"), try constantInts(call, 2, "ends"))
    let axes = call.optional(3) != nil ? try constantInts(call, 3, "axes") : Array(starts.indices)
    let steps = call.optional(4) != nil ? try constantInts(call, 4, "steps") : starts.map { _ in 1 }
    guard !starts.isEmpty, starts.count == ends.count, axes.count == starts.count, steps.count == starts.count
    else {
      throw ModelError(.invalid, "starts \(starts), ends \(ends), axes \(axes), steps \(steps)")
    }
    for index in starts.indices {
      var shape = tensors[current].shape
      let axis = try call.axis(axes[index], rank: shape.count)
      let (step, extent) = (steps[index], shape.indices.contains(axis) ? shape[axis] : 0)
      guard shape.indices.contains(axis), step != 0, step.magnitude <= 1 << 30 else {
        throw ModelError(.invalid, "step \(step) along axis \(axis) of \(shape)")
      }
      func place(_ value: Int, _ low: Int, _ high: Int) -> Int {
        min(max(value < 0 ? value &+ extent : value, low), high)
      }
      let forward = step > 0
      let start = forward ? place(starts[index], 0, extent) : place(starts[index], 0, extent - 1)
      let end = forward ? place(ends[index], 0, extent) : place(ends[index], -1, extent - 1)
      shape[axis] = extent == 0 ? 0 : max(0, (end - start + step - (forward ? 1 : -1)) / step)
      let isLast = index == starts.count - 1
      let result = try append(isLast ? call.node.outputs.first ?? "" : "", tensors[current].type, shape)
      emit(
        call.node, "onnx::slice", [.tensor(0), .int(axis), .int(max(start, 0)), .int(step)],
        inputs: [current],
        outputs: [result])
      current = result
    }
  }

  private mutating func lowerGather(_ call: ONNXCall) throws(ModelError) {
    let (table, indices) = (try call.input(0), try call.input(1))
    let shape = tensors[table].shape
    let axis = try call.axis(call.int("axis", default: 0), rank: shape.count)
    guard shape.indices.contains(axis) else { throw ModelError(.invalid, "axis \(axis) of \(shape)") }
    if let values = integers(table), let places = integers(indices), shape.count == 1,
      values.count <= limits.operands
    {
      guard places.allSatisfy({ (-values.count..<values.count).contains($0) }) else {
        throw ModelError(.invalid, "indices \(places)")
      }
      return try addIntegers(
        places.map { values[$0 < 0 ? $0 + values.count : $0] }, named: call.node.outputs.first ?? "",
        shape: tensors[indices].shape)
    }
    let result = try output(
      call, tensors[table].type, Array(shape[..<axis]) + tensors[indices].shape + Array(shape[(axis + 1)...]))
    emit(
      call.node, "aten::index_select.out", [.tensor(0), .int(axis), .tensor(1)], inputs: [table, indices],
      outputs: [result])
  }
}
