import AssayKernels
import AssayModel

/// Conversions between floats and codes: `quantized_decomposed::*` and the same of `cortex_m::*`.
enum PortableQuantization {
  static let kernels: [String: Preparation] = [
    "quantized_decomposed::quantize_per_tensor.out": quantize,
    "quantized_decomposed::dequantize_per_tensor.out": dequantize,
    "quantized_decomposed::dequantize_per_channel.out": dequantizeChannels,
    "cortex_m::quantize_per_tensor.out": quantize, "cortex_m::dequantize_per_tensor.out": dequantize,
  ]

  private static func scale(_ call: PortableCall) throws(ModelError) -> Float {
    let scale = Float(try call.number(1))
    try call.context.require(scale.isFinite && scale > 0, "scale \(scale)")
    return scale
  }

  private static func quantize(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.output())
    try context.requireSameLayout(input, output)
    guard let codes = output.type.codeRange, output.type == .int8 || output.type == .uint8 else {
      throw context.missing("codes of \(output.type.rawValue)")
    }
    let inverse = 1 / (try scale(call))
    let zero = try call.int32(2, in: codes)
    let (low, high) = (try call.int32(3, in: codes), try call.int32(4, in: codes))
    try context.require(low <= high, "codes from \(low) to \(high)")
    let (count, isSigned) = (input.count, output.type == .int8)
    return PreparedOperator { memory in
      let from = unsafe memory.input(input.position, as: Float.self)
      if isSigned {
        unsafe ak_portable_quantize_s8(
          from, memory.output(output.position, as: Int8.self), count, inverse, zero, low, high)
      } else {
        unsafe ak_portable_quantize_u8(
          from, memory.output(output.position, as: UInt8.self), count, inverse, zero, low, high)
      }
    }
  }

  private static func dequantize(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.operand(0), try call.floatOutput())
    try context.requireSameLayout(input, output)
    let zero = Int64(try call.int32(2, in: Int(Int32.min)...Int(Int32.max)))
    let (scale, count) = (try scale(call), input.count)
    try checkCodes(context, input)
    return PreparedOperator { memory in
      unsafe run(
        memory.input(input.position, as: UInt8.self), input.type,
        memory.output(output.position, as: Float.self), count, scale, zero)
    }
  }

  private static func checkCodes(_ context: OperatorContext, _ input: Operand) throws(ModelError) {
    guard [.int8, .uint8, .int32].contains(input.type) else {
      throw context.missing("codes of \(input.type.rawValue)")
    }
  }

  private static func run(
    _ from: UnsafePointer<UInt8>, _ type: ElementType, _ to: UnsafeMutablePointer<Float>, _ count: Int,
    _ scale: Float,
    _ zero: Int64
  ) {
    let raw = unsafe UnsafeRawPointer(from)
    switch type {
    case .int8:
      unsafe ak_portable_dequantize_s8(raw.assumingMemoryBound(to: Int8.self), to, count, scale, zero)
    case .uint8: unsafe ak_portable_dequantize_u8(from, to, count, scale, zero)
    default:
      unsafe ak_portable_dequantize_s32(raw.assumingMemoryBound(to: Int32.self), to, count, scale, zero)
    }
  }

  private static func dequantizeChannels(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, scales, output) = (try call.operand(0), try call.floats(1), try call.floatOutput())
    let axis = try call.axis(3, rank: input.shape.count)
    let zeros = try call.optionalOperand(2)
    if let zeros, ![.int64, .int32, .int8, .uint8].contains(zeros.type) {
      throw context.missing("zero points of \(zeros.type.rawValue)")
    }
    return try prepareChannels(context, input, scales: scales, zeros: zeros, output, axis: axis)
  }

  /// One scale and one zero point for each index of `axis`.
  static func prepareChannels(
    _ context: OperatorContext, _ input: Operand, scales: Operand, zeros: Operand?, _ output: Operand,
    axis: Int
  ) throws(ModelError) -> PreparedOperator {
    try checkCodes(context, input)
    try context.requireSameLayout(input, output)
    try context.require(
      input.isDense && input.shape.indices.contains(axis), "channels along axis \(axis) of \(input.shape)")
    let channels = input.shape[axis]
    try context.require(
      scales.count == channels && zeros.map { $0.count == channels } ?? true,
      "\(scales.count) scales for \(channels) channels")
    let inner = input.shape[(axis + 1)...].reduce(1, *)
    let outer = input.shape[..<axis].reduce(1, *)
    let bytes = try context.elementBytes(input.tensor)
    return PreparedOperator { memory in
      let factors = unsafe memory.input(scales.position, as: Float.self)
      let (from, to) = unsafe (
        memory.input(input.position, as: UInt8.self), memory.output(output.position, as: Float.self)
      )
      for block in 0..<outer * channels {
        let zero = zeros.map { zeroPoint(memory, $0, block % channels) } ?? 0
        unsafe run(
          from + block * inner * bytes, input.type, to + block * inner, inner, factors[block % channels], zero
        )
      }
    }
  }

  static func zeroPoint(_ memory: borrowing OperatorMemory, _ zeros: Operand, _ channel: Int) -> Int64 {
    switch zeros.type {
    case .int64: unsafe memory.input(zeros.position, as: Int64.self)[channel]
    case .int32: unsafe Int64(memory.input(zeros.position, as: Int32.self)[channel])
    case .uint8: unsafe Int64(memory.input(zeros.position, as: UInt8.self)[channel])
    default: unsafe Int64(memory.input(zeros.position, as: Int8.self)[channel])
    }
  }

  /// Elements of one type as another.
  static func cast(_ context: OperatorContext, _ input: Operand, _ output: Operand) throws(ModelError)
    -> PreparedOperator
  {
    guard let from = ak_type(element: input.type), let to = ak_type(element: output.type) else {
      if let cast = WideCast(from: input.type, to: output.type) { return cast.prepared(input, output) }
      throw context.missing("conversion from \(input.type.rawValue) to \(output.type.rawValue)")
    }
    let count = input.count
    return PreparedOperator { memory in
      unsafe ak_cast(
        from, memory.input(input.position, as: UInt8.self), to,
        memory.output(output.position, as: UInt8.self), count)
    }
  }
}

extension ak_type {
  init?(element type: ElementType) {
    switch type {
    case .bool: self = AK_BOOL
    case .int8: self = AK_S8
    case .uint8: self = AK_U8
    case .int16: self = AK_S16
    case .int32: self = AK_S32
    case .uint32: self = AK_U32
    case .int64: self = AK_S64
    case .float32: self = AK_F32
    default: return nil
    }
  }
}

/// Conversions that the int8 runtimes do not have: by way of double precision, integers saturating.
private struct WideCast: Sendable {
  let from: ElementType
  let to: ElementType

  private static let types: Set<ElementType> = [
    .bool, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .float16, .float32, .float64,
  ]

  init?(from: ElementType, to: ElementType) {
    guard Self.types.contains(from), Self.types.contains(to) else { return nil }
    self.from = from
    self.to = to
  }

  func prepared(_ input: Operand, _ output: Operand) -> PreparedOperator {
    let count = input.count
    return PreparedOperator { memory in
      let source = unsafe UnsafeRawPointer(memory.input(input.position, as: UInt8.self))
      let target = unsafe UnsafeMutableRawPointer(memory.output(output.position, as: UInt8.self))
      for index in 0..<count { unsafe write(read(source, index), target, index) }
    }
  }

  private func read(_ source: UnsafeRawPointer, _ index: Int) -> Double {
    func load<Element: BitwiseCopyable>(_ type: Element.Type) -> Element {
      unsafe source.loadUnaligned(fromByteOffset: index * MemoryLayout<Element>.size, as: type)
    }
    return switch from {
    case .bool, .uint8: Double(load(UInt8.self))
    case .int8: Double(load(Int8.self))
    case .int16: Double(load(Int16.self))
    case .uint16: Double(load(UInt16.self))
    case .int32: Double(load(Int32.self))
    case .uint32: Double(load(UInt32.self))
    case .int64: Double(load(Int64.self))
    case .float16: Double(Float16(bitPattern: load(UInt16.self)))
    case .float32: Double(load(Float.self))
    default: load(Double.self)
    }
  }

  private func write(_ value: Double, _ target: UnsafeMutableRawPointer, _ index: Int) {
    func store<Element: BitwiseCopyable>(_ element: Element) {
      unsafe target.storeBytes(
        of: element, toByteOffset: index * MemoryLayout<Element>.size, as: Element.self)
    }
    func whole<Whole: FixedWidthInteger & BitwiseCopyable>(_ type: Whole.Type) {
      let rounded = value.isNaN ? 0 : value.rounded(.towardZero)
      store(Whole(exactly: rounded) ?? (rounded < 0 ? Whole.min : Whole.max))
    }
    switch to {
    case .bool: store(UInt8(value != 0 ? 1 : 0))
    case .uint8: whole(UInt8.self)
    case .int8: whole(Int8.self)
    case .int16: whole(Int16.self)
    case .uint16: whole(UInt16.self)
    case .int32: whole(Int32.self)
    case .uint32: whole(UInt32.self)
    case .int64: whole(Int64.self)
    case .float16: store(Float16(value).bitPattern)
    case .float32: store(Float(value))
    default: store(value)
    }
  }
}
