import AssayKernels
import AssayModel

/// Kernels that only ONNX nodes need; everything else is lowered onto the portable ones.
enum ONNXKernels {
  static let kernels: [String: Preparation] = [
    "onnx::quantize_linear": quantize, "onnx::qlinear_conv": convolution, "onnx::hard_sigmoid": hardSigmoid,
    "onnx::hard_swish": PortableElementwise.map(AK_PORTABLE_HARD_SWISH),
    "onnx::softplus": PortableElementwise.map(AK_PORTABLE_SOFTPLUS),
  ]

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
}
