import AssayKernels
import AssayModel

/// The one operand of a function of one element.
struct UnaryOperands {
  let context: OperatorContext
  let input: Tensor
  let output: Tensor

  var type: ElementType { input.type }
  var count: Int { input.elementCount }

  init(_ context: OperatorContext) throws(ModelError) {
    try context.requireArity(inputs: 1...1)
    self.context = context
    input = try context.input(0)
    output = try context.output(0)
    try context.require(output, "output", type: input.type)
    try context.require(output, "output", shape: input.shape)
  }

  func missingType() -> ModelError { context.missing("\(context.op.code.name) on \(type.rawValue)") }

  func scales() throws(ModelError) -> (source: Float, target: Float) {
    (try context.perTensor(input, "input").scale, try context.perTensor(output, "output").scale)
  }

  /// Input units over output units, divided in double precision.
  func ratio() throws(ModelError) -> ak_multiplier {
    let (source, target) = try scales()
    return try context.multiplier(Double(source) / Double(target), "scale ratio")
  }

  /// Zero points and the type's own range; an int16 code has zero point 0.
  func quantization() throws(ModelError) -> ak_map_quantization {
    guard type == .int8 || type == .int16, let codes = type.codeRange else { throw missingType() }
    let (source, target) = (try context.perTensor(input, "input"), try context.perTensor(output, "output"))
    var result = ak_map_quantization()
    result.in_zero_point = source.zeroPoint
    result.out_zero_point = target.zeroPoint
    result.min = Int32(codes.lowerBound)
    result.max = Int32(codes.upperBound)
    return result
  }

  func map(_ function: ak_function) -> PreparedOperator {
    let count = count
    return PreparedOperator { memory in
      unsafe ak_map_f32(function, memory.input(0, as: Float.self), memory.output(0, as: Float.self), count)
    }
  }

  typealias Map<Code> =
    @Sendable (
      UnsafePointer<Code>, UnsafeMutablePointer<Code>, Int, UnsafePointer<ak_map_quantization>
    ) -> Void

  func map<Code: SendableMetatype>(
    _ quantization: ak_map_quantization, _ kernel: @escaping Map<Code>
  ) -> PreparedOperator {
    let count = count
    return PreparedOperator { memory in
      var quantization = quantization
      unsafe kernel(memory.input(0, as: Code.self), memory.output(0, as: Code.self), count, &quantization)
    }
  }

  /// By the input's type.
  func map(
    _ quantization: ak_map_quantization, _ int8: Map<Int8>, _ int16: @escaping Map<Int16>
  ) throws(ModelError) -> PreparedOperator {
    switch type {
    case .int8: unsafe lookUp(quantization, int8)
    case .int16: unsafe map(quantization, int16)
    default: throw missingType()
    }
  }

  /// Runs `operation` unless an element has no square root.
  func refusing<Code: SendableMetatype>(
    _ isNegative: @escaping @Sendable (Code) -> Bool, then operation: PreparedOperator
  ) -> PreparedOperator {
    let (count, place) = (count, context.place)
    return PreparedOperator { memory throws(RunError) in
      let codes = unsafe UnsafeBufferPointer(start: memory.input(0, as: Code.self), count: count)
      if let index = unsafe codes.firstIndex(where: isNegative) {
        throw RunError(.modelDefect, in: place, "square root of a negative number: element \(index)")
      }
      try operation.invoke(memory)
    }
  }

  // MARK: int8 functions have 256 values

  /// Computes all of them with the kernel now; running is then looking up.
  func lookUp(_ quantization: ak_map_quantization, _ kernel: Map<Int8>) -> PreparedOperator {
    let codes = Array(Int8.min...Int8.max)
    var table = codes
    var quantization = quantization
    unsafe kernel(codes, &table, codes.count, &quantization)
    return lookUp(table)
  }

  /// - Parameter function: codes to codes, both in [-128, 127].
  func lookUp(_ function: (Int32) -> Int32) -> PreparedOperator {
    lookUp((-128...127).map { Int8(clamping: function($0)) })
  }

  private func lookUp(_ table: [Int8]) -> PreparedOperator {
    let count = count
    return PreparedOperator { memory in
      unsafe ak_lookup_s8(table, memory.input(0, as: Int8.self), memory.output(0, as: Int8.self), count)
    }
  }
}
