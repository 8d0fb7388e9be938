/// Nodes that move elements, reduce them, or convert codes.
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

  // MARK: Reductions

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

  // MARK: Codes

  mutating func lowerQuantized(_ call: ONNXCall) throws(ModelError) -> Bool {
    switch call.node.name {
    case "QuantizeLinear": try lowerQuantize(call)
    case "DequantizeLinear": try lowerDequantize(call)
    case "QLinearConv": try lowerQuantizedConvolution(call)
    case "com.microsoft.QGemm", "QLinearMatMul": try lowerQuantizedProduct(call)
    case "com.microsoft.QLinearAdd", "com.microsoft.QLinearMul": try lowerQuantizedSum(call)
    default: return false
    }
    return true
  }

  /// The one scale of an operand.
  func scale(_ call: ONNXCall, _ index: Int) throws(ModelError) -> Double {
    guard let values = floats(try call.input(index)), values.count == 1, values[0].isFinite, values[0] > 0
    else {
      throw ModelError(.unsupported, "input \(index) is not one constant scale")
    }
    return Double(values[0])
  }

  /// The one zero point of an operand, 0 where it is left out.
  func zeroPoint(_ call: ONNXCall, _ index: Int) throws(ModelError) -> Int {
    guard let tensor = call.optional(index) else { return 0 }
    guard let values = integers(tensor), let first = values.first, values.allSatisfy({ $0 == first }) else {
      throw ModelError(.unsupported, "input \(index) is not one constant zero point")
    }
    return first
  }

  mutating func note(_ tensor: Int, _ scale: Double, _ zero: Int) {
    guard tensors[tensor].type.codeRange?.contains(zero) ?? false, Float(scale).isNormal else { return }
    tensors[tensor].quantization = Quantization(scales: [Float(scale)], zeroPoints: [Int32(zero)])
  }

  private mutating func lowerQuantize(_ call: ONNXCall) throws(ModelError) {
    let type = call.optional(2).map { tensors[$0].type } ?? .uint8
    guard let codes = type.codeRange, type == .int8 || type == .uint8 else {
      throw ModelError(.unsupported, "codes of \(type.rawValue)")
    }
    let input = try call.input(0)
    if try tensors[call.input(1)].elementCount > 1 { return try lowerQuantizeAxis(call, input, type) }
    let (scale, zero) = (try scale(call, 1), try zeroPoint(call, 2))
    let result = try output(call, type, tensors[input].shape)
    emit(
      call.node, "onnx::quantize_linear",
      [.tensor(0), .double(scale), .int(zero), .int(codes.lowerBound), .int(codes.upperBound)],
      inputs: [input], outputs: [result])
    note(result, scale, zero)
  }

  private mutating func lowerQuantizeAxis(
    _ call: ONNXCall, _ input: Int, _ type: ElementType
  ) throws(ModelError) {
    guard let scales = floats(try call.input(1)), call.int("block_size", default: 0) == 0 else {
      throw ModelError(.unsupported, "computed scales")
    }
    let axis = try call.axis(call.int("axis", default: 1), rank: tensors[input].shape.count)
    let zeros = try call.optional(2).map { zero throws(ModelError) in
      guard let values = integers(zero) else { throw ModelError(.unsupported, "computed zero points") }
      return values
    }
    let result = try output(call, type, tensors[input].shape)
    emit(
      call.node, "onnx::quantize_linear_axis",
      [
        .tensor(0), .int(axis), .doubles(scales.map { Double($0) }), .ints(zeros ?? scales.map { _ in 0 }),
      ], inputs: [input], outputs: [result])
  }

  private mutating func lowerDequantize(_ call: ONNXCall) throws(ModelError) {
    let (input, scales) = (try call.input(0), try call.input(1))
    let shape = tensors[input].shape
    if tensors[scales].elementCount == 1 {
      let (scale, zero) = (try scale(call, 1), try zeroPoint(call, 2))
      let result = try output(call, .float32, shape)
      note(input, scale, zero)
      return emit(
        call.node, "quantized_decomposed::dequantize_per_tensor.out",
        [.tensor(0), .double(scale), .int(zero)],
        inputs: [input], outputs: [result])
    }
    let axis = try call.axis(call.int("axis", default: 1), rank: shape.count)
    let zeros = call.optional(2)
    let result = try output(call, .float32, shape)
    emit(
      call.node, "quantized_decomposed::dequantize_per_channel.out",
      [.tensor(0), .tensor(1), zeros == nil ? .none : .tensor(2), .int(axis)],
      inputs: [input, scales] + (zeros.map { [$0] } ?? []), outputs: [result])
  }

  /// Scales that turn sums of products into codes of the output, one or one for each channel.
  private func factors(_ call: ONNXCall, _ x: Int, _ w: Int, _ y: Int) throws(ModelError) -> [Double] {
    let (input, result) = (Float(try scale(call, x)), Float(try scale(call, y)))
    guard let weights = floats(try call.input(w)), !weights.isEmpty, weights.count <= limits.operands,
      weights.allSatisfy({ $0.isFinite && $0 > 0 })
    else { throw ModelError(.unsupported, "computed scales") }
    return weights.map { Double(input * $0 / result) }
  }

  private mutating func lowerQuantizedConvolution(_ call: ONNXCall) throws(ModelError) {
    let (input, filter, bias) = (try call.input(0), try call.input(3), call.optional(8))
    let (image, weights) = (tensors[input].shape, tensors[filter].shape)
    if image.count == 3, weights.count == 3 { return try lowerQuantizedRow(call, input, filter, bias) }
    guard image.count == 4, weights.count == 4 else {
      throw ModelError(.unsupported, "filter \(weights) over \(image)")
    }
    let window = try window(call, image: Array(image.dropFirst(2)), kernel: Array(weights.dropFirst(2)))
    let type = tensors[try call.input(7)].type
    let zero = try zeroPoint(call, 7)
    let result = try output(
      call, type,
      [image[0], weights[0]] + window.extents(Array(image.dropFirst(2)), Array(weights.dropFirst(2))))
    emit(
      call.node, "onnx::qlinear_conv",
      [
        .tensor(0), .int(try zeroPoint(call, 2)), .tensor(1), .int(try zeroPoint(call, 5)),
        bias == nil ? .none : .tensor(2),
        .doubles(try factors(call, 1, 4, 6)), .int(zero), .ints(window.stride), .ints(window.pads),
        .ints(window.dilation), .int(call.int("group", default: 1)),
      ], inputs: [input, filter] + (bias.map { [$0] } ?? []), outputs: [result])
    note(result, try scale(call, 6), zero)
  }

  /// A convolution along one dimension as an image of one row.
  private mutating func lowerQuantizedRow(
    _ call: ONNXCall, _ input: Int, _ filter: Int, _ bias: Int?
  ) throws(ModelError) {
    let (row, kernel) = (tensors[input].shape, tensors[filter].shape)
    let window = try window(call, image: [row[2]], kernel: [kernel[2]])
    let image = try viewed(call, input, [row[0], row[1], 1, row[2]])
    let weights = try viewed(call, filter, [kernel[0], kernel[1], 1, kernel[2]])
    let type = tensors[try call.input(7)].type
    let zero = try zeroPoint(call, 7)
    let extent = window.extents([row[2]], [kernel[2]])[0]
    let result = try append("", type, [row[0], kernel[0], 1, extent])
    emit(
      call.node, "onnx::qlinear_conv",
      [
        .tensor(0), .int(try zeroPoint(call, 2)), .tensor(1), .int(try zeroPoint(call, 5)),
        bias == nil ? .none : .tensor(2), .doubles(try factors(call, 1, 4, 6)), .int(zero),
        .ints([1, window.stride[0]]), .ints([0, window.pads[0], 0, window.pads[1]]),
        .ints([1, window.dilation[0]]), .int(call.int("group", default: 1)),
      ], inputs: [image, weights] + (bias.map { [$0] } ?? []), outputs: [result])
    let named = try viewed(call, result, [row[0], kernel[0], extent], name: call.node.outputs.first ?? "")
    note(named, try scale(call, 6), zero)
  }

  /// A product of codes as a convolution of one cell.
  private mutating func lowerQuantizedProduct(_ call: ONNXCall) throws(ModelError) {
    let isGemm = call.node.name != "QLinearMatMul"
    let weights = try call.input(3)
    var input = try call.input(0)
    let shape = tensors[input].shape
    if !isGemm, shape.count > 2, let depth = shape.last {
      input = try viewed(call, input, [shape.dropLast().reduce(1, *), depth])
    }
    let bias = isGemm ? call.optional(6) : nil
    let (scaleAt, zeroAt) = isGemm ? (7, 8) : (6, 7)
    let turns = isGemm && call.int("transB", default: 0) != 0
    let filter = turns ? weights : try transposed(call, weights)
    guard tensors[input].shape.count == 2, tensors[filter].shape.count == 2,
      call.int("transA", default: 0) == 0,
      call.float("alpha", default: 1) == 1
    else {
      throw ModelError(.unsupported, "product of \(tensors[input].shape) and \(tensors[weights].shape)")
    }
    let zero = try zeroPoint(call, zeroAt)
    let type = tensors[try call.input(zeroAt)].type
    let columns = tensors[filter].shape[0]
    let isFlat = shape.count > 2
    let result = try append(
      isFlat ? "" : call.node.outputs.first ?? "", type, [tensors[input].shape[0], columns])
    emit(
      call.node, "onnx::qlinear_conv",
      [
        .tensor(0), .int(try zeroPoint(call, 2)), .tensor(1), .int(try zeroPoint(call, 5)),
        bias == nil ? .none : .tensor(2),
        .doubles(try factors(call, 1, 4, scaleAt)), .int(zero), .ints([1, 1]), .ints([0, 0, 0, 0]),
        .ints([1, 1]), .int(1),
      ], inputs: [input, filter] + (bias.map { [$0] } ?? []), outputs: [result])
    let named =
      isFlat
      ? try viewed(call, result, shape.dropLast() + [columns], name: call.node.outputs.first ?? "") : result
    note(named, try scale(call, scaleAt), zero)
  }

  /// Sums and products of codes.
  private mutating func lowerQuantizedSum(_ call: ONNXCall) throws(ModelError) {
    let (a, b) = (try call.input(0), try call.input(3))
    let scales = [try scale(call, 1), try scale(call, 4), try scale(call, 6)]
    let zeros = [try zeroPoint(call, 2), try zeroPoint(call, 5), try zeroPoint(call, 7)]
    let result = try output(call, tensors[a].type, broadcast(tensors[a].shape, tensors[b].shape))
    let kernel = call.node.name.hasSuffix("Add") ? "onnx::qlinear_add" : "onnx::qlinear_mul"
    emit(
      call.node, kernel, [.tensor(0), .tensor(1), .doubles(scales), .ints(zeros)], inputs: [a, b],
      outputs: [result])
    note(result, scales[2], zeros[2])
  }
}
