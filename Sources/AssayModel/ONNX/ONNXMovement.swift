/// Nodes that move elements, reduce them, or convert codes.
extension ONNXLowering {
  mutating func lowerMovement(_ call: ONNXCall) throws(ModelError) -> Bool {
    switch call.node.name {
    case "Constant": try lowerConstant(call)
    case "Shape":
      try addIntegers(call.shape(0), named: call.node.outputs.first ?? "", shape: [call.shape(0).count])
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
    case "Resize", "Upsample": try lowerResize(call)
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

  private mutating func emitMoved(
    _ call: ONNXCall, _ kernel: String, _ arguments: [OperatorArgument], _ shape: [Int]
  ) throws(ModelError) {
    let input = try call.input(0)
    let result = try output(call, tensors[input].type, shape)
    emit(call.node, kernel, arguments, inputs: [input], outputs: [result])
  }

  private func constantInts(_ call: ONNXCall, _ index: Int, _ role: String) throws(ModelError) -> [Int] {
    guard let values = integers(try call.input(index)), values.count <= limits.operands else {
      throw ModelError(.unsupported, "\(role) (input \(index)) is computed, and has to be constant")
    }
    return values
  }

  private mutating func lowerConstant(_ call: ONNXCall) throws(ModelError) {
    guard case .tensor(let tensor)? = call.node.attributes["value"] else {
      throw ModelError(.unsupported, "a constant that is not a tensor")
    }
    try add(tensor, named: call.node.outputs.first ?? "")
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
  private func axes(_ call: ONNXCall) throws(ModelError) -> [Int]? {
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
      guard shape.indices.contains(axis), (1...1 << 30).contains(steps[index]) else {
        throw ModelError(.unsupported, "step \(steps[index])")
      }
      let extent = shape[axis]
      func place(_ value: Int) -> Int { min(max(value < 0 ? value &+ extent : value, 0), extent) }
      let (start, end) = (place(starts[index]), max(place(starts[index]), place(ends[index])))
      shape[axis] = (end - start + steps[index] - 1) / steps[index]
      let isLast = index == starts.count - 1
      let result = try append(isLast ? call.node.outputs.first ?? "" : "", tensors[current].type, shape)
      emit(
        call.node, "aten::slice_copy.Tensor_out",
        [.tensor(0), .int(axis), .int(start), .int(end), .int(steps[index])],
        inputs: [current], outputs: [result])
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

  private mutating func lowerPad(_ call: ONNXCall) throws(ModelError) {
    let shape = try call.shape(0)
    let pads = try constantInts(call, 1, "pads")
    guard call.text("mode", default: "constant") == "constant", call.optional(3) == nil,
      pads.count == 2 * shape.count,
      pads.allSatisfy({ (0...32_767).contains($0) })
    else { throw ModelError(.unsupported, "pads \(pads) of \(shape)") }
    var value = Float.zero
    if let tensor = call.optional(2) {
      guard let number = floats(tensor)?.first ?? integers(tensor)?.first.map(Float.init) else {
        throw ModelError(.unsupported, "a computed value")
      }
      value = number
    }
    let reversed = shape.indices.reversed().flatMap { [pads[$0], pads[$0 + shape.count]] }
    try emitMoved(
      call, "aten::constant_pad_nd.out", [.tensor(0), .ints(reversed), .double(Double(value))],
      shape.indices.map { shape[$0] + pads[$0] + pads[$0 + shape.count] })
  }

  private mutating func lowerResize(_ call: ONNXCall) throws(ModelError) {
    let shape = try call.shape(0)
    let isResize = call.node.name == "Resize"
    var target: [Int]?
    if isResize, call.optional(3) != nil { target = try constantInts(call, 3, "sizes") }
    var scales: [Float] = []
    if target == nil, let tensor = call.optional(isResize ? 2 : 1) { scales = floats(tensor) ?? [] }
    if target == nil, scales.count == shape.count, scales.allSatisfy({ $0.isFinite && $0 > 0 && $0 < 4096 }) {
      target = zip(shape, scales).map { Int((Float($0) * $1).rounded(.down)) }
    }
    guard let target, target.count == 4, shape.count == 4, Array(target.prefix(2)) == Array(shape.prefix(2))
    else {
      throw ModelError(.unsupported, "interpolates \(shape)")
    }
    let mode = call.text("mode", default: "nearest")
    let position = call.text(
      "coordinate_transformation_mode", default: isResize ? "half_pixel" : "asymmetric")
    switch (mode, position) {
    case ("nearest", "asymmetric")
    where call.text("nearest_mode", default: isResize ? "round_prefer_floor" : "floor") == "floor":
      try emitMoved(call, "aten::upsample_nearest2d.vec_out", [.tensor(0)], target)
    case ("linear", "half_pixel"), ("linear", "pytorch_half_pixel"), ("linear", "align_corners"):
      try emitMoved(
        call, "aten::upsample_bilinear2d.vec_out", [.tensor(0), .none, .bool(position == "align_corners")],
        target)
    default: throw ModelError(.unsupported, "interpolation \(mode), \(position)")
    }
  }

  // MARK: Reductions

  private static let reductions: [String: String] = [
    "ReduceMean": "aten::mean.out", "ReduceSum": "aten::sum.IntList_out", "ReduceMax": "aten::amax.out",
    "ReduceMin": "aten::amin.out",
  ]

  mutating func lowerReduction(_ call: ONNXCall) throws(ModelError) -> Bool {
    let isArgument = call.node.name == "ArgMax" || call.node.name == "ArgMin"
    guard isArgument || Self.reductions[call.node.name] != nil else { return false }
    let source = try call.shape(0)
    let keep = call.int("keepdims", default: 1) != 0
    let listed = isArgument ? [call.int("axis", default: 0)] : try axes(call) ?? Array(source.indices)
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
  private func scale(_ call: ONNXCall, _ index: Int) throws(ModelError) -> Double {
    guard let values = floats(try call.input(index)), values.count == 1, values[0].isFinite, values[0] > 0
    else {
      throw ModelError(.unsupported, "input \(index) is not one constant scale")
    }
    return Double(values[0])
  }

  /// The one zero point of an operand, 0 where it is left out.
  private func zeroPoint(_ call: ONNXCall, _ index: Int) throws(ModelError) -> Int {
    guard let tensor = call.optional(index) else { return 0 }
    guard let values = integers(tensor), let first = values.first, values.allSatisfy({ $0 == first }) else {
      throw ModelError(.unsupported, "input \(index) is not one constant zero point")
    }
    return first
  }

  private mutating func note(_ tensor: Int, _ scale: Double, _ zero: Int) {
    guard tensors[tensor].type.codeRange?.contains(zero) ?? false, Float(scale).isNormal else { return }
    tensors[tensor].quantization = Quantization(scales: [Float(scale)], zeroPoints: [Int32(zero)])
  }

  private mutating func lowerQuantize(_ call: ONNXCall) throws(ModelError) {
    let type = call.optional(2).map { tensors[$0].type } ?? .uint8
    let (scale, zero) = (try scale(call, 1), try zeroPoint(call, 2))
    guard let codes = type.codeRange, type == .int8 || type == .uint8 else {
      throw ModelError(.unsupported, "codes of \(type.rawValue)")
    }
    let input = try call.input(0)
    let result = try output(call, type, tensors[input].shape)
    emit(
      call.node, "onnx::quantize_linear",
      [.tensor(0), .double(scale), .int(zero), .int(codes.lowerBound), .int(codes.upperBound)],
      inputs: [input], outputs: [result])
    note(result, scale, zero)
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

  /// A product of codes as a convolution of one cell.
  private mutating func lowerQuantizedProduct(_ call: ONNXCall) throws(ModelError) {
    let isGemm = call.node.name != "QLinearMatMul"
    let (input, weights) = (try call.input(0), try call.input(3))
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
    let result = try output(call, type, [tensors[input].shape[0], tensors[filter].shape[0]])
    emit(
      call.node, "onnx::qlinear_conv",
      [
        .tensor(0), .int(try zeroPoint(call, 2)), .tensor(1), .int(try zeroPoint(call, 5)),
        bias == nil ? .none : .tensor(2),
        .doubles(try factors(call, 1, 4, scaleAt)), .int(zero), .ints([1, 1]), .ints([0, 0, 0, 0]),
        .ints([1, 1]), .int(1),
      ], inputs: [input, filter] + (bias.map { [$0] } ?? []), outputs: [result])
    note(result, try scale(call, scaleAt), zero)
  }

  /// Sums and products of codes, by way of the real values.
  private mutating func lowerQuantizedSum(_ call: ONNXCall) throws(ModelError) {
    var reals: [Int] = []
    for first in [0, 3] {
      let codes = try call.input(first)
      let (scale, zero) = (try scale(call, first + 1), try zeroPoint(call, first + 2))
      let real = try append("", .float32, tensors[codes].shape)
      emit(
        call.node, "quantized_decomposed::dequantize_per_tensor.out",
        [.tensor(0), .double(scale), .int(zero)],
        inputs: [codes], outputs: [real])
      reals.append(real)
    }
    let shape = try broadcast(tensors[reals[0]].shape, tensors[reals[1]].shape)
    let sum = try append("", .float32, shape)
    let kernel = call.node.name.hasSuffix("Add") ? "aten::add.out" : "aten::mul.out"
    emit(call.node, kernel, [.tensor(0), .tensor(1)], inputs: reals, outputs: [sum])
    let (scale, zero) = (try scale(call, 6), try zeroPoint(call, 7))
    let first = try call.input(0)
    let type = call.optional(7).map { tensors[$0].type } ?? tensors[first].type
    guard let codes = type.codeRange else { throw ModelError(.unsupported, "codes of \(type.rawValue)") }
    let result = try output(call, type, shape)
    emit(
      call.node, "onnx::quantize_linear",
      [.tensor(0), .double(scale), .int(zero), .int(codes.lowerBound), .int(codes.upperBound)], inputs: [sum],
      outputs: [result])
    note(result, scale, zero)
  }
}
