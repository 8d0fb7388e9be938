/// Pools, transposed convolutions, padding and interpolation.
extension ONNXLowering {
  // MARK: Pools

  mutating func lowerPool(_ call: ONNXCall) throws(ModelError) {
    guard call.node.outputs.filter({ !$0.isEmpty }).count == 1 else {
      throw ModelError(.unsupported, "a pool that hands out indices")
    }
    guard let kernel = call.ints("kernel_shape") else {
      throw ModelError(.invalid, "a pool without kernel_shape")
    }
    let input = try call.input(0)
    let shape = tensors[input].shape
    guard (3...4).contains(shape.count), kernel.count == shape.count - 2 else {
      throw ModelError(.unsupported, "a pool of \(kernel) over \(shape)")
    }
    var window = try window(call, image: Array(shape.dropFirst(2)), kernel: kernel)
    guard shape.count == 3 else {
      return try pool(call, input, kernel, window, name: call.node.outputs.first ?? "") { _ in }
    }
    // A row is an image of one row.
    let image = try viewed(call, input, [shape[0], shape[1], 1, shape[2]])
    window.stride.insert(1, at: 0)
    window.dilation.insert(1, at: 0)
    window.pads = [0, window.pads[0], 0, window.pads[1]]
    var pooled = image
    try pool(call, image, [1] + kernel, window, name: "") { pooled = $0 }
    let result = tensors[pooled].shape
    _ = try viewed(call, pooled, [result[0], result[1], result[3]], name: call.node.outputs.first ?? "")
  }

  private mutating func pool(
    _ call: ONNXCall, _ source: Int, _ kernel: [Int], _ given: Window, name: String, _ done: (Int) -> Void
  ) throws(ModelError) {
    var (input, window) = (source, given)
    let type = tensors[input].type
    if call.node.name == "AveragePool" {
      return done(try averagePool(call, input, kernel, window, name: name))
    }
    // Codes without a sign are compared as floats, which hold them all.
    if type == .uint8 {
      let real = try append("", .float32, tensors[input].shape)
      emit(call.node, "aten::_to_copy.out", [.tensor(0)], inputs: [input], outputs: [real])
      input = real
    }
    input = try evenly(call, input, &window, value: type == .int8 ? -128 : -Double.infinity)
    let shape = tensors[input].shape
    let extents = window.extents(Array(shape.dropFirst(2)), kernel)
    let result = try append(type == .uint8 ? "" : name, tensors[input].type, Array(shape.prefix(2)) + extents)
    let common: [OperatorArgument] = [
      .tensor(0), .ints(kernel), .ints(window.stride), .ints(Array(window.pads.prefix(2))),
      .ints(window.dilation), .bool(window.ceil),
    ]
    if type == .int8 {
      emit(
        call.node, "cortex_m::quantized_max_pool2d.out",
        common + [.int(0), .int(0), .int(-128), .int(127)], inputs: [input], outputs: [result])
    } else {
      emit(call.node, "aten::max_pool2d_with_indices.out", common, inputs: [input], outputs: [result])
    }
    guard type == .uint8 else { return done(result) }
    let codes = try append(name, .uint8, tensors[result].shape)
    emit(call.node, "aten::_to_copy.out", [.tensor(0)], inputs: [result], outputs: [codes])
    done(codes)
  }

  private mutating func averagePool(
    _ call: ONNXCall, _ source: Int, _ kernel: [Int], _ given: Window, name: String
  ) throws(ModelError) -> Int {
    var (input, window) = (source, given)
    guard window.dilation.allSatisfy({ $0 == 1 }) else {
      throw ModelError(.unsupported, "a dilated average pool")
    }
    let includePad = call.int("count_include_pad", default: 0) != 0
    if includePad { input = try evenly(call, input, &window, value: 0) }
    let isEven = window.pads.prefix(2) == window.pads.suffix(2)
    let shape = tensors[input].shape
    let extents = window.extents(Array(shape.dropFirst(2)), kernel)
    let result = try append(name, tensors[input].type, Array(shape.prefix(2)) + extents)
    if isEven {
      emit(
        call.node, "aten::avg_pool2d.out",
        [
          .tensor(0), .ints(kernel), .ints(window.stride), .ints(Array(window.pads.prefix(2))),
          .bool(window.ceil), .bool(includePad),
        ], inputs: [input], outputs: [result])
    } else {
      emit(
        call.node, "onnx::average_pool",
        [.tensor(0), .ints(kernel), .ints(window.stride), .ints(window.pads), .bool(window.ceil)],
        inputs: [input], outputs: [result])
    }
    return result
  }

  // MARK: Transposed convolution

  /// Computed without padding; what the padding cuts off is cut off afterwards.
  mutating func lowerTransposed(_ call: ONNXCall) throws(ModelError) {
    let (input, filter, bias) = (try call.input(0), try call.input(1), call.optional(2))
    let (image, weights) = (tensors[input].shape, tensors[filter].shape)
    guard image.count == weights.count, image.count > 2 else {
      throw ModelError(.invalid, "filter \(weights) over \(image)")
    }
    let rank = image.count - 2
    var window = try window(call, image: Array(image.dropFirst(2)), kernel: Array(weights.dropFirst(2)))
    let extra = call.ints("output_padding") ?? Array(repeating: 0, count: rank)
    let groups = call.int("group", default: 1)
    guard extra.count == rank, extra.allSatisfy({ (0...32_767).contains($0) }), (1...32_767).contains(groups),
      weights[1] <= 1 << 20
    else { throw ModelError(.invalid, "output padding \(extra)") }
    var full: [Int] = []
    for axis in 0..<rank {
      let spread = window.dilation[axis] * (weights[axis + 2] - 1) + extra[axis] + 1
      full.append((image[axis + 2] - 1) * window.stride[axis] + spread)
    }
    let pads = try transposedPads(call, Array(image.dropFirst(2)), window, full)
    window.pads = Array(repeating: 0, count: 2 * rank)
    let cuts = pads.contains { $0 != 0 }
    let name = call.node.outputs.first ?? ""
    let result = try append(cuts ? "" : name, .float32, [image[0], weights[1] * groups] + full)
    emitConvolution(call, input, filter, bias, window, extra: extra, result)
    guard cuts else { return }
    let extents = (0..<rank).map { full[$0] - pads[$0] - pads[$0 + rank] }
    guard extents.allSatisfy({ $0 > 0 }) else { throw ModelError(.invalid, "padding \(pads) of \(full)") }
    let cut = try append(name, .float32, [image[0], weights[1] * groups] + extents)
    let reversed = (0..<rank).reversed().flatMap { [-pads[$0], -pads[$0 + rank]] }
    emit(
      call.node, "aten::constant_pad_nd.out", [.tensor(0), .ints(reversed), .double(0)], inputs: [result],
      outputs: [cut])
  }

  /// Rows and columns cut off before, then behind.
  private func transposedPads(
    _ call: ONNXCall, _ image: [Int], _ window: Window, _ full: [Int]
  ) throws(ModelError) -> [Int] {
    let mode = call.text("auto_pad", default: "NOTSET")
    var target = call.ints("output_shape")
    if target == nil, mode.hasPrefix("SAME") { target = zip(image, window.stride).map { $0 * $1 } }
    guard let target else { return mode == "VALID" ? full.flatMap { _ in [0, 0] } : window.pads }
    guard target.count == full.count, zip(target, full).allSatisfy({ $0 >= 1 && $0 <= $1 }) else {
      throw ModelError(.unsupported, "output \(target) of \(full)")
    }
    let totals = zip(full, target).map { $0 - $1 }
    let smaller = totals.map { $0 / 2 }
    let larger = zip(totals, smaller).map { $0 - $1 }
    return mode == "SAME_UPPER" ? smaller + larger : larger + smaller
  }

  // MARK: Padding

  mutating func lowerPad(_ call: ONNXCall) throws(ModelError) {
    let shape = try call.shape(0)
    let (before, after) = try pads(call, rank: shape.count)
    let padded = shape.indices.map { shape[$0] + before[$0] + after[$0] }
    guard padded.allSatisfy({ $0 >= 0 }) else {
      throw ModelError(.invalid, "pads \(before), \(after) of \(shape)")
    }
    let mode = call.text("mode", default: "constant")
    guard mode == "constant" else {
      guard ["reflect", "edge", "wrap"].contains(mode) else { throw ModelError(.invalid, "mode \(mode)") }
      let reach = mode == "reflect" ? -1 : mode == "wrap" ? 0 : 32_767
      guard
        shape.indices.allSatisfy({ shape[$0] > 0 && max(before[$0], after[$0]) <= max(0, shape[$0] + reach) })
      else { throw ModelError(.unsupported, "\(mode) by \(before), \(after) of \(shape)") }
      return try emitMoved(call, "onnx::pad", [.tensor(0), .ints(before), .text(mode)], padded)
    }
    var value = Float.zero
    if let tensor = call.optional(2) {
      guard let number = floats(tensor)?.first ?? integers(tensor)?.first.map(Float.init) else {
        throw ModelError(.unsupported, "a computed value")
      }
      value = number
    }
    let reversed = shape.indices.reversed().flatMap { [before[$0], after[$0]] }
    try emitMoved(
      call, "aten::constant_pad_nd.out", [.tensor(0), .ints(reversed), .double(Double(value))], padded)
  }

  private func pads(_ call: ONNXCall, rank: Int) throws(ModelError) -> ([Int], [Int]) {
    let pads = try constantInts(call, 1, "pads")
    var axes = Array(0..<rank)
    if call.optional(3) != nil {
      axes = try constantInts(call, 3, "axes").map { axis throws(ModelError) in
        try call.axis(axis, rank: rank)
      }
    }
    guard pads.count == 2 * axes.count, Set(axes).count == axes.count, axes.allSatisfy({ $0 < rank }),
      pads.allSatisfy({ (-32_767...32_767).contains($0) })
    else { throw ModelError(.invalid, "pads \(pads) of axes \(axes)") }
    var (before, after) = (Array(repeating: 0, count: rank), Array(repeating: 0, count: rank))
    for (index, axis) in axes.enumerated() {
      before[axis] = pads[index]
      after[axis] = pads[index + axes.count]
    }
    return (before, after)
  }

  // MARK: Interpolation

  mutating func lowerResize(_ call: ONNXCall) throws(ModelError) {
    let shape = try call.shape(0)
    guard call.int("antialias", default: 0) == 0, call.int("exclude_outside", default: 0) == 0,
      call.text("keep_aspect_ratio_policy", default: "stretch") == "stretch"
    else { throw ModelError(.unsupported, "antialias, exclude_outside or keep_aspect_ratio_policy") }
    let axes = try (call.ints("axes") ?? Array(shape.indices)).map { axis throws(ModelError) in
      try call.axis(axis, rank: shape.count)
    }
    guard Set(axes).count == axes.count, axes.allSatisfy(shape.indices.contains) else {
      throw ModelError(.invalid, "axes \(axes)")
    }
    var target = shape
    var scales = shape.map { _ in Float(1) }
    if call.optional(3) != nil {
      let sizes = try constantInts(call, 3, "sizes")
      guard sizes.count == axes.count, sizes.allSatisfy({ $0 > 0 }) else {
        throw ModelError(.invalid, "sizes \(sizes)")
      }
      for (axis, size) in zip(axes, sizes) {
        target[axis] = size
        scales[axis] = Float(size) / Float(max(shape[axis], 1))
      }
    } else {
      guard let given = floats(try call.input(2)) else { throw ModelError(.unsupported, "computed scales") }
      guard given.count == axes.count, given.allSatisfy({ $0 >= 1e-4 && $0 < 4096 }) else {
        throw ModelError(.invalid, "scales \(given)")
      }
      for (axis, scale) in zip(axes, given) {
        scales[axis] = scale
        target[axis] = Int((Float(shape[axis]) * scale).rounded(.down))
      }
    }
    try emitResize(call, shape, target, scales)
  }

  private mutating func emitResize(
    _ call: ONNXCall, _ shape: [Int], _ target: [Int], _ scales: [Float]
  ) throws(ModelError) {
    var changed = shape.indices.filter { target[$0] != shape[$0] || scales[$0] != 1 }
    guard shape.count >= 2, changed.count <= 2, scales.allSatisfy({ $0 >= 1e-4 && $0 < 1e8 }) else {
      throw ModelError(.unsupported, "interpolates \(shape) to \(target)")
    }
    for axis in shape.indices.reversed() where changed.count < 2 && !changed.contains(axis) {
      changed.append(axis)
    }
    changed.sort()
    let mode = call.text("mode", default: "nearest")
    let transformation = call.text("coordinate_transformation_mode", default: "half_pixel")
    let rounding = call.text("nearest_mode", default: "round_prefer_floor")
    let transformations = [
      "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn",
      "half_pixel_symmetric",
    ]
    guard ["nearest", "linear", "cubic"].contains(mode), transformations.contains(transformation),
      ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].contains(rounding)
    else { throw ModelError(.unsupported, "interpolation \(mode), \(transformation), \(rounding)") }
    let cubic = Double(call.float("cubic_coeff_a", default: -0.75))
    try emitMoved(
      call, "onnx::resize",
      [
        .tensor(0), .ints(changed), .doubles(changed.map { Double(scales[$0]) }), .text(mode),
        .text(transformation), .text(rounding), .double(cubic),
      ], target)
  }
}
