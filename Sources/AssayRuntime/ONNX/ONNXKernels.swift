import AssayKernels
import AssayModel

/// Kernels that only ONNX nodes need; everything else is lowered onto the portable ones.
enum ONNXKernels {
  static let kernels: [String: Preparation] = [
    "onnx::quantize_linear": quantize, "onnx::qlinear_conv": convolution, "onnx::hard_sigmoid": hardSigmoid,
    "onnx::hard_swish": PortableElementwise.map(AK_PORTABLE_HARD_SWISH),
    "onnx::softplus": PortableElementwise.map(AK_PORTABLE_SOFTPLUS),
    "onnx::softsign": PortableElementwise.map(AK_PORTABLE_SOFTSIGN),
    "onnx::mish": PortableElementwise.map(AK_PORTABLE_MISH),
    "onnx::celu": parameterised(AK_PORTABLE_CELU), "onnx::shrink": parameterised(AK_PORTABLE_SHRINK),
    "onnx::thresholded_relu": parameterised(AK_PORTABLE_THRESHOLD),
    "onnx::quick_gelu": parameterised(AK_PORTABLE_QUICK_GELU),
    "onnx::average_pool": averagePool, "onnx::quantize_linear_axis": quantizeAxis,
    "onnx::qlinear_add": combine(isSum: true), "onnx::qlinear_mul": combine(isSum: false),
    "onnx::conv_integer": convolutionInteger, "onnx::dynamic_quantize_linear": quantizeDynamically,
    "onnx::recurrent": ONNXRecurrent.prepare, "onnx::resize": ONNXResize.prepare, "onnx::pad": ONNXResize.pad,
  ]

  private static func parameterised(_ function: ak_portable_function) -> Preparation {
    { (context) throws(ModelError) in
      let call = try PortableCall(context)
      return try PortableElementwise.prepare(
        context, function, call.floats(0), call.floatOutput(), Float(call.number(1)),
        Float(call.number(2, default: 0)))
    }
  }

  /// Mean of each window, cells of the padding not counted; padding may be uneven.
  private static func averagePool(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.floatOutput())
    let pads = try call.ints(3)
    try context.require(
      pads.count == 4 && pads.allSatisfy(PortableConvolution.paddings.contains), "pads \(pads)")
    let window = PortableConvolution.Window(
      stride: try call.pair(2, in: PortableConvolution.sides), padding: (pads[0], pads[1]), dilation: (1, 1),
      paddingEnd: (pads[2], pads[3]))
    let shape = try PortablePooling.geometry(
      context, input, output,
      PortablePooling.PoolWindow(kernel: call.pair(1, in: PortableConvolution.sides), window: window),
      ceil: call.bool(4))
    return PortablePooling.prepareAverage(shape, input, output, divisor: 0, includePad: false)
  }

  private static func hardSigmoid(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    return try PortableElementwise.prepare(
      context, AK_PORTABLE_HARD_SIGMOID, call.floats(0), call.floatOutput(), Float(call.number(1)),
      Float(call.number(2)))
  }

  private static func quantize(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.output())
    try context.requireSameLayout(input, output)
    guard let codes = output.type.codeRange, output.type.byteSize == 1 else {
      throw context.missing("codes of \(output.type.rawValue)")
    }
    let (scale, zero) = (Float(try call.number(1)), try call.int32(2, in: codes))
    try context.require(scale > 0 && scale.isFinite, "scale \(scale)")
    let (low, high) = (try call.int32(3, in: codes), try call.int32(4, in: codes))
    let count = input.count
    return PreparedOperator { memory in
      unsafe ak_onnx_quantize(
        memory.input(input.position, as: Float.self), memory.output(output.position, as: UInt8.self), count,
        scale,
        zero, low, high)
    }
  }

  /// A matrix as an image of one cell.
  private static func image(_ operand: Operand) -> Operand {
    guard operand.shape.count == 2 else { return operand }
    var tensor = operand.tensor
    tensor.shape += [1, 1]
    return Operand(tensor, operand.position)
  }

  private static func codes(_ context: OperatorContext, _ operand: Operand) throws(ModelError) -> Operand {
    guard operand.type == .int8 || operand.type == .uint8 else {
      throw context.missing("codes of \(operand.type.rawValue)")
    }
    return image(operand)
  }

  private static func convolution(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let input = try codes(context, call.operand(0))
    let filter = try codes(context, call.operand(2))
    let output = try codes(context, call.output())
    let bias = try call.optionalOperand(4)
    try context.require(bias.map { $0.type == .int32 } ?? true, "bias is not int32")
    let pads = try call.ints(8)
    try context.require(
      pads.count == 4 && pads.allSatisfy(PortableConvolution.paddings.contains), "pads \(pads)")
    let window = PortableConvolution.Window(
      stride: try call.pair(7, in: PortableConvolution.sides), padding: (pads[0], pads[1]),
      dilation: try call.pair(9, in: PortableConvolution.sides), paddingEnd: (pads[2], pads[3]))
    let shape = try PortableConvolution.geometry(
      context, input, filter, bias, output, window, groups: call.int(10, default: 1), transposed: nil)
    let factors = try call.doubles(5).map { Float($0) }
    try context.require(
      factors.count == 1 || factors.count == output.shape[1],
      "\(factors.count) factors for \(output.shape[1]) channels")
    let zeros = try [1, 3, 6].map { index throws(ModelError) in try call.int32(index, in: -128...255) }
    let signs = [input, filter, output].map { $0.type == .int8 }
    return PreparedOperator { memory in
      var shape = shape
      unsafe factors.withUnsafeBufferPointer { list in
        var codes = unsafe ak_onnx_codes(
          input_zero_point: zeros[0], filter_zero_point: zeros[1], output_zero_point: zeros[2],
          input_signed: signs[0], filter_signed: signs[1], output_signed: signs[2], factors: list.baseAddress,
          factor_step: list.count > 1 ? 1 : 0)
        unsafe ak_onnx_convolution(
          &shape, &codes, memory.input(input.position, as: UInt8.self),
          memory.input(filter.position, as: UInt8.self),
          bias.map { unsafe memory.input($0.position, as: Int32.self) },
          memory.output(output.position, as: UInt8.self))
      }
    }
  }

  // MARK: Codes

  /// One constant scale and zero point for each index of an axis.
  private static func quantizeAxis(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.output())
    try context.requireSameLayout(input, output)
    let axis = try call.axis(1, rank: input.shape.count)
    let (scales, zeros) = (
      try call.doubles(2).map { Float($0) }, try call.ints(3).map { Int32(clamping: $0) }
    )
    guard let codes = output.type.codeRange, output.type.byteSize == 1 else {
      throw context.missing("codes of \(output.type.rawValue)")
    }
    try context.require(
      input.isDense && input.shape.indices.contains(axis) && scales.count == input.shape[axis]
        && zeros.count == scales.count && scales.allSatisfy { $0.isFinite && $0 > 0 }
        && zeros.allSatisfy { codes.contains(Int($0)) },
      "\(scales.count) scales along axis \(axis) of \(input.shape)")
    let inner = input.shape[(axis + 1)...].reduce(1, *)
    let blocks = inner == 0 ? 0 : input.count / inner
    let (low, high) = (Int32(codes.lowerBound), Int32(codes.upperBound))
    return PreparedOperator { memory in
      let from = unsafe memory.input(input.position, as: Float.self)
      let to = unsafe memory.output(output.position, as: UInt8.self)
      for block in 0..<blocks {
        let channel = block % scales.count
        unsafe ak_onnx_quantize(
          from + block * inner, to + block * inner, inner, scales[channel], zeros[channel], low, high)
      }
    }
  }

  /// Sums and products of codes: scales and zero points of a, b and the result in two lists.
  private static func combine(isSum: Bool) -> Preparation {
    { (context) throws(ModelError) in
      let call = try PortableCall(context)
      let (a, b, output) = (
        try codes(context, call.operand(0)), try codes(context, call.operand(1)),
        try codes(context, call.output())
      )
      let (scales, zeros) = (try call.doubles(2).map { Float($0) }, try call.ints(3))
      try context.require(a.type == b.type && a.type == output.type, "types differ")
      let range = a.type.codeRange ?? 0...0
      try context.require(
        scales.count == 3 && zeros.count == 3 && scales.allSatisfy { $0.isFinite && $0 > 0 }
          && zeros.allSatisfy(range.contains), "scales \(scales), zero points \(zeros)")
      guard let walk = StridedWalk(output: output, a, b) else {
        throw context.invalid("\(a.shape) and \(b.shape) do not combine to \(output.shape)")
      }
      let quantization = ak_onnx_operands(
        a_scale: scales[0], b_scale: scales[1], out_scale: scales[2], a_zero_point: Int32(zeros[0]),
        b_zero_point: Int32(zeros[1]), out_zero_point: Int32(zeros[2]), is_signed: a.type == .int8)
      let run = unsafe isSum ? ak_onnx_add : ak_onnx_mul
      return PreparedOperator { memory in
        var quantization = quantization
        walk.forEachRun { place, first, second in
          unsafe run(
            &quantization, memory.input(a.position, as: UInt8.self) + first, walk.steps.1,
            memory.input(b.position, as: UInt8.self) + second, walk.steps.2,
            memory.output(output.position, as: UInt8.self) + place, walk.steps.0, walk.count)
        }
      }
    }
  }

  /// Sums of products of codes; zero points may be computed.
  private static func convolutionInteger(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, filter) = (try codes(context, call.operand(0)), try codes(context, call.operand(1)))
    let output = image(try call.output())
    try context.require(output.tensor, "output", type: .int32)
    var zeros: [Operand?] = []
    for (index, type) in [(2, input.type), (3, filter.type)] {
      let zero = try call.optionalOperand(index)
      guard zero.map({ $0.count == 1 && $0.type == type }) ?? true else {
        throw context.missing("zero points of \(zero?.shape ?? [])")
      }
      zeros.append(zero)
    }
    let pads = try call.ints(5)
    try context.require(
      pads.count == 4 && pads.allSatisfy(PortableConvolution.paddings.contains), "pads \(pads)")
    let window = PortableConvolution.Window(
      stride: try call.pair(4, in: PortableConvolution.sides), padding: (pads[0], pads[1]),
      dilation: try call.pair(6, in: PortableConvolution.sides), paddingEnd: (pads[2], pads[3]))
    let shape = try PortableConvolution.geometry(
      context, input, filter, nil, output, window, groups: call.int(7, default: 1), transposed: nil)
    return PreparedOperator { [zeros] memory in
      var shape = shape
      var codes = unsafe ak_onnx_codes(
        input_zero_point: zeroPoint(memory, zeros[0]), filter_zero_point: zeroPoint(memory, zeros[1]),
        output_zero_point: 0,
        input_signed: input.type == .int8, filter_signed: filter.type == .int8, output_signed: true,
        factors: nil,
        factor_step: 0)
      unsafe ak_onnx_convolution_integer(
        &shape, &codes, memory.input(input.position, as: UInt8.self),
        memory.input(filter.position, as: UInt8.self), memory.output(output.position, as: Int32.self))
    }
  }

  private static func zeroPoint(_ memory: borrowing OperatorMemory, _ operand: Operand?) -> Int32 {
    guard let operand else { return 0 }
    let byte = unsafe memory.input(operand.position, as: UInt8.self)[0]
    return operand.type == .int8 ? Int32(Int8(bitPattern: byte)) : Int32(byte)
  }

  /// Codes, scale and zero point that fit the input's own range, 0 included.
  private static func quantizeDynamically(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.output(0))
    let (scale, zero) = (try call.floatOutput(1), try call.output(2))
    try context.requireSameLayout(input, output)
    try context.require(
      output.type == .uint8 && zero.type == .uint8 && scale.count == 1 && zero.count == 1,
      "outputs of other types")
    let count = input.count
    return PreparedOperator { memory in
      let from = unsafe memory.input(input.position, as: Float.self)
      var (low, high) = (Float.zero, Float.zero)
      for index in 0..<count {
        let value = unsafe from[index]
        if value < low { low = value }
        if value > high { high = value }
      }
      let step = low == high ? 1 : (high - low) / 255
      let start = step.isFinite && step > 0 ? min(max((-low / step).rounded(.toNearestOrEven), 0), 255) : 0
      unsafe memory.output(1, as: Float.self)[0] = step
      unsafe memory.output(2, as: UInt8.self)[0] = UInt8(start)
      unsafe ak_onnx_quantize(
        from, memory.output(0, as: UInt8.self), count, step, Int32(start), 0, 255)
    }
  }
}
