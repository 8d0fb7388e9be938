import AssayKernels
import AssayModel

/// ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM, SQUARED_DIFFERENCE, FLOOR_DIV, FLOOR_MOD and PRELU, with
/// broadcasting.
enum Arithmetic {
  static let operators: [BuiltinOperator: Preparation] = [
    .add: add, .sub: subtract, .mul: multiply, .div: divide, .maximum: maximum, .minimum: minimum,
    .squaredDifference: squaredDifference, .floorDiv: floorDivide, .floorMod: floorModulo, .prelu: prelu,
    .addN: addMany,
  ]

  private static func add(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let (operands, variant) = (try BinaryOperands(context), context.variant)
    switch operands.type {
    case .float32:
      return unsafe context.vectorized(
        operands.run(
          { unsafe ak_add_f32_vectorized(variant, $0, $1, $2, $3, $4, $5, $6) }, try operands.range()))
    // The device's runtime ignores a fused activation here, and here only.
    case .int32: return unsafe operands.run(ak_add_s32, operands.unclamped)
    case .int8:
      return unsafe context.vectorized(
        operands.run(
          { unsafe ak_add_s8_vectorized(variant, $0, $1, $2, $3, $4, $5, $6) },
          try operands.sum(leftShift: 20)))
    case .int16: return unsafe operands.run(ak_add_s16, try operands.sum(leftShift: 15))
    default: throw operands.missingType()
    }
  }

  private static func subtract(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try BinaryOperands(context)
    switch operands.type {
    case .float32: return unsafe operands.run(ak_sub_f32, try operands.range())
    case .int32: return unsafe operands.run(ak_sub_s32, try operands.range())
    case .int8: return unsafe operands.run(ak_sub_s8, try operands.sum(leftShift: 20))
    case .int16: return unsafe operands.run(ak_sub_s16, try operands.sum(leftShift: 15))
    default: throw operands.missingType()
    }
  }

  private static func multiply(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let (operands, variant) = (try BinaryOperands(context), context.variant)
    switch operands.type {
    case .float32: return unsafe operands.run(ak_mul_f32, try operands.range())
    case .int32: return unsafe operands.run(ak_mul_s32, try operands.range())
    case .int8:
      return unsafe context.vectorized(
        operands.run(
          { unsafe ak_mul_s8_vectorized(variant, $0, $1, $2, $3, $4, $5, $6) }, try operands.product()))
    case .int16: return unsafe operands.run(ak_mul_s16, try operands.product())
    default: throw operands.missingType()
    }
  }

  private static func maximum(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try BinaryOperands(context)
    switch operands.type {
    case .float32: return unsafe operands.run(ak_maximum_f32, operands.unclamped)
    case .int32: return unsafe operands.run(ak_maximum_s32, operands.unclamped)
    case .int8: return unsafe operands.run(ak_maximum_s8, ak_binary_quantization())
    case .int16: return unsafe operands.run(ak_maximum_s16, ak_binary_quantization())
    case .int64: return unsafe operands.run(ak_maximum_s64)
    default: throw operands.missingType()
    }
  }

  private static func minimum(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try BinaryOperands(context)
    switch operands.type {
    case .float32: return unsafe operands.run(ak_minimum_f32, operands.unclamped)
    case .int32: return unsafe operands.run(ak_minimum_s32, operands.unclamped)
    case .int8: return unsafe operands.run(ak_minimum_s8, ak_binary_quantization())
    case .int16: return unsafe operands.run(ak_minimum_s16, ak_binary_quantization())
    case .int64: return unsafe operands.run(ak_minimum_s64)
    default: throw operands.missingType()
    }
  }

  private static func squaredDifference(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try BinaryOperands(context)
    switch operands.type {
    case .float32: return unsafe operands.run(ak_squared_difference_f32, operands.unclamped)
    case .int32: return unsafe operands.run(ak_squared_difference_s32, operands.unclamped)
    case .int8: return unsafe operands.run(ak_squared_difference_s8, try operands.squares(leftShift: 7))
    case .int16: return unsafe operands.run(ak_squared_difference_s16, try operands.squares(leftShift: 0))
    default: throw operands.missingType()
    }
  }

  private static func floorDivide(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try BinaryOperands(context)
    guard operands.type == .float32 else { throw operands.missingType() }
    return unsafe operands.refusingDivisor(
      0 as Float, then: operands.run(ak_floor_div_f32, operands.unclamped))
  }

  private static func floorModulo(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try BinaryOperands(context)
    guard operands.type == .float32 else { throw operands.missingType() }
    return unsafe operands.run(ak_floor_mod_f32, operands.unclamped)
  }

  private static func divide(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try BinaryOperands(context)
    switch operands.type {
    case .float32: return unsafe operands.run(ak_div_f32, try operands.range())
    case .int32:
      let quotient = unsafe operands.run(ak_div_s32, try operands.range())
      return operands.refusingDivisor(0 as Int32, then: quotient)
    case .int8:
      let quantization = try operands.quotient()
      let quotient = unsafe operands.run(ak_div_s8, quantization)
      return operands.refusingDivisor(Int8(truncatingIfNeeded: quantization.b_zero_point), then: quotient)
    default: throw operands.missingType()
    }
  }

  private static func prelu(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    // int16 codes have int8 factors.
    let isInt16 = try context.input(0).type == .int16
    let operands = try BinaryOperands(context, secondType: isInt16 ? .int8 : nil)
    switch operands.type {
    case .float32: return unsafe operands.run(ak_prelu_f32, operands.unclamped)
    case .int8: return unsafe operands.run(ak_prelu_s8, try operands.prelu())
    case .int16: return unsafe operands.run(ak_prelu_s16, try operands.prelu())
    default: throw operands.missingType()
    }
  }

  /// ADD_N: any number of tensors of one shape; int8 inputs share scale and zero point.
  private static func addMany(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...1024)
    let output = try context.output(0)
    let first = try context.input(0).quantization
    for index in 0..<context.inputCount {
      let input = try context.input(index)
      try context.require(input, "input \(index)", shape: output.shape)
      try context.require(input, "input \(index)", type: output.type)
      try context.require(
        output.type != .int8
          || (input.quantization?.scales == first?.scales
            && input.quantization?.zeroPoints == first?.zeroPoints),
        "inputs differ in scale or zero point")
    }
    let (inputs, count) = (context.inputCount, output.elementCount)
    switch output.type {
    case .float32:
      return PreparedOperator { memory in
        var range = ak_binary_range.unlimited
        let out = unsafe memory.output(0, as: Float.self)
        unsafe out.update(from: memory.input(0, as: Float.self), count: count)
        for index in 1..<inputs {
          unsafe ak_add_f32(out, 1, memory.input(index, as: Float.self), 1, out, count, &range)
        }
      }
    case .int8:
      let quantization = try BinaryOperands(context, inputs: inputs).sum(leftShift: 20)
      return PreparedOperator(scratchBytes: count * MemoryLayout<Int32>.stride) { memory in
        var quantization = quantization
        let sums = unsafe memory.scratch.assumingMemoryBound(to: Int32.self)
        unsafe sums.update(repeating: 0, count: count)
        for index in 0..<inputs {
          unsafe ak_accumulate_s8(memory.input(index, as: Int8.self), sums, count, &quantization)
        }
        unsafe ak_accumulated_s8(sums, memory.output(0, as: Int8.self), count, &quantization)
      }
    default: throw context.missing("ADD_N on \(output.type.rawValue)")
    }
  }
}
