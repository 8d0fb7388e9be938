/// Codes: quantised and dequantised tensors, and the operators that compute on codes.
extension ONNXLowering {
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
