import AssayKernels
import AssayModel

/// QUANTIZE, DEQUANTIZE and CAST.
enum Quantize {
  static let operators: [BuiltinOperator: Preparation] = [
    .quantize: quantize, .dequantize: dequantize, .cast: cast,
  ]

  /// The one input and the output, of the same number of elements.
  private static func operands(
    _ context: OperatorContext
  ) throws(ModelError) -> (input: Tensor, output: Tensor) {
    try context.requireArity(inputs: 1...1)
    let (input, output) = (try context.input(0), try context.output(0))
    try context.require(output, "output", shape: input.shape)
    return (input, output)
  }

  private static func quantize(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let (input, output) = try operands(context)
    let (count, target) = (input.elementCount, try context.perTensor(output, "output"))
    guard input.type == .float32 else { return try rescale(context, input, output) }
    switch output.type {
    case .int8: return unsafe affine(ak_quantize_s8, count, target)
    case .uint8: return unsafe affine(ak_quantize_u8, count, target)
    case .int16: return unsafe affine(ak_quantize_s16, count, target)
    case .int32: return unsafe affine(ak_quantize_s32, count, target)
    default: throw context.missing("QUANTIZE to \(output.type.rawValue)")
    }
  }

  /// Codes to codes.
  private static func rescale(
    _ context: OperatorContext, _ input: Tensor, _ output: Tensor
  ) throws(ModelError) -> PreparedOperator {
    let (source, target) = (try context.perTensor(input, "input"), try context.perTensor(output, "output"))
    let by = ak_rescale(
      in_zero_point: source.zeroPoint, out_zero_point: target.zeroPoint,
      scale: try context.multiplier(Double(source.scale) / Double(target.scale), "scale ratio"))
    let count = input.elementCount
    switch (input.type, output.type) {
    case (.int8, .int8): return unsafe tabulated(ak_rescale_s8_to_s8, count, by)
    case (.int8, .uint8): return unsafe tabulated(ak_rescale_s8_to_u8, count, by)
    case (.int8, .int16): return unsafe rescaling(ak_rescale_s8_to_s16, count, by)
    case (.int8, .int32): return unsafe rescaling(ak_rescale_s8_to_s32, count, by)
    case (.uint8, .int8): return unsafe tabulated(ak_rescale_u8_to_s8, count, by)
    case (.int16, .int8): return unsafe rescaling(ak_rescale_s16_to_s8, count, by)
    case (.int16, .int16): return unsafe rescaling(ak_rescale_s16_to_s16, count, by)
    case (.int16, .int32): return unsafe rescaling(ak_rescale_s16_to_s32, count, by)
    case (.int32, .int8): return unsafe rescaling(ak_rescale_s32_to_s8, count, by)
    case (.int32, .int16): return unsafe rescaling(ak_rescale_s32_to_s16, count, by)
    default: throw context.missing("QUANTIZE from \(input.type.rawValue) to \(output.type.rawValue)")
    }
  }

  private static func dequantize(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let (input, output) = try operands(context)
    try context.require(output, "output", type: .float32)
    let (count, source) = (input.elementCount, try context.perTensor(input, "input"))
    switch input.type {
    case .int8: return unsafe affine(ak_dequantize_s8, count, source)
    case .uint8: return unsafe affine(ak_dequantize_u8, count, source)
    case .int16: return unsafe affine(ak_dequantize_s16, count, source)
    case .int32: return unsafe affine(ak_dequantize_s32, count, source)
    default: throw context.missing("DEQUANTIZE from \(input.type.rawValue)")
    }
  }

  private static func cast(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let (input, output) = try operands(context)
    guard let from = ak_type(element: input.type), let to = ak_type(element: output.type) else {
      throw context.missing("CAST from \(input.type.rawValue) to \(output.type.rawValue)")
    }
    let count = input.elementCount
    return PreparedOperator { memory in
      unsafe ak_cast(from, memory.input(0, as: UInt8.self), to, memory.output(0, as: UInt8.self), count)
    }
  }

  private static func affine<From: SendableMetatype, To: SendableMetatype>(
    _ kernel: @escaping @Sendable (UnsafePointer<From>, UnsafeMutablePointer<To>, Int, Float, Int32) -> Void,
    _ count: Int, _ quantization: Quantization
  ) -> PreparedOperator {
    let (scale, zeroPoint) = (quantization.scale, quantization.zeroPoint)
    return PreparedOperator { memory in
      unsafe kernel(memory.input(0, as: From.self), memory.output(0, as: To.self), count, scale, zeroPoint)
    }
  }

  private static func rescaling<From: SendableMetatype, To: SendableMetatype>(
    _ kernel:
      @escaping @Sendable (UnsafePointer<From>, UnsafeMutablePointer<To>, Int, UnsafePointer<ak_rescale>) ->
      Void,
    _ count: Int, _ by: ak_rescale
  ) -> PreparedOperator {
    PreparedOperator { memory in
      var by = by
      unsafe kernel(memory.input(0, as: From.self), memory.output(0, as: To.self), count, &by)
    }
  }
}

extension Quantize {
  /// As ``rescaling(_:_:_:)`` between bytes, of which there are 256: computed now, looked up later.
  private static func tabulated<From: FixedWidthInteger & SendableMetatype, To: FixedWidthInteger>(
    _ kernel: (UnsafePointer<From>, UnsafeMutablePointer<To>, Int, UnsafePointer<ak_rescale>) -> Void,
    _ count: Int, _ by: ak_rescale
  ) -> PreparedOperator {
    let codes = (Int8.min...Int8.max).map { From(truncatingIfNeeded: $0) }
    var values = [To](repeating: 0, count: codes.count)
    var by = by
    unsafe kernel(codes, &values, codes.count, &by)
    let table = values.map { Int8(truncatingIfNeeded: $0) }
    return PreparedOperator { memory in
      unsafe ak_lookup_s8(table, memory.input(0, as: Int8.self), memory.output(0, as: Int8.self), count)
    }
  }
}
