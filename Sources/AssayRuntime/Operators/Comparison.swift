import AssayKernels
import AssayModel

/// EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, LOGICAL_AND, LOGICAL_OR, LOGICAL_NOT
/// and SELECT_V2, with broadcasting.
enum Comparison {
  static let operators: [BuiltinOperator: Preparation] = [
    .equal: { context throws(ModelError) in try compare(context, AK_EQUAL) },
    .notEqual: { context throws(ModelError) in try compare(context, AK_NOT_EQUAL) },
    .less: { context throws(ModelError) in try compare(context, AK_LESS) },
    .lessEqual: { context throws(ModelError) in try compare(context, AK_LESS_EQUAL) },
    .greater: { context throws(ModelError) in try compare(context, AK_GREATER) },
    .greaterEqual: { context throws(ModelError) in try compare(context, AK_GREATER_EQUAL) },
    .logicalAnd: { context throws(ModelError) in unsafe try logical(context, ak_logical_and) },
    .logicalOr: { context throws(ModelError) in unsafe try logical(context, ak_logical_or) },
    .logicalNot: logicalNot, .selectV2: select,
  ]

  private static func compare(
    _ context: OperatorContext, _ comparison: ak_comparison
  ) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...2)
    let (a, b) = (try context.input(0), try context.input(1))
    try context.require(b, "input 1", type: a.type)
    try context.require(try context.output(0), "output", type: .bool)
    let plan = try context.broadcastPlan(inputs: 2)
    switch a.type {
    case .float32: return unsafe plain(comparison, plan, ak_compare_f32)
    case .int32: return unsafe plain(comparison, plan, ak_compare_s32)
    case .int64: return unsafe plain(comparison, plan, ak_compare_s64)
    case .bool where comparison == AK_EQUAL || comparison == AK_NOT_EQUAL:
      return unsafe plain(comparison, plan, ak_compare_bool)
    case .int8:
      let quantization = try quantization(context, a, b)
      return unsafe plain(comparison, plan) {
        (comparison, a: UnsafePointer<Int8>, aStep, b, bStep, out, count) in
        var quantization = quantization
        unsafe ak_compare_s8(comparison, a, aStep, b, bStep, out, count, &quantization)
      }
    case .int16 where comparison == AK_GREATER:
      throw context.missing("GREATER on int16: TFLite Micro compares with factors that it never sets")
    default: throw context.missing("\(context.op.code.name) on \(a.type.rawValue)")
    }
  }

  private static func quantization(
    _ context: OperatorContext, _ a: Tensor, _ b: Tensor
  ) throws(ModelError) -> ak_comparison_quantization {
    let (first, second) = (try context.perTensor(a, "input 0"), try context.perTensor(b, "input 1"))
    try context.require(
      first.scale < 1 && second.scale < 1,
      "scales \(first.scale) and \(second.scale) are not below 1: TFLite Micro aborts here")
    return ak_comparison_quantization(
      a_zero_point: first.zeroPoint, b_zero_point: second.zeroPoint,
      a_scale: try context.multiplier(Double(first.scale), "scale of input 0"),
      b_scale: try context.multiplier(Double(second.scale), "scale of input 1"))
  }

  private typealias Plain<Element> =
    @Sendable (
      ak_comparison, UnsafePointer<Element>, Int, UnsafePointer<Element>, Int, UnsafeMutablePointer<UInt8>,
      Int
    ) -> Void

  private static func plain<Element: SendableMetatype>(
    _ comparison: ak_comparison, _ plan: RowPlan, _ kernel: @escaping Plain<Element>
  ) -> PreparedOperator {
    PreparedOperator { memory in
      let (a, b) = unsafe (memory.input(0, as: Element.self), memory.input(1, as: Element.self))
      let out = unsafe memory.output(0, as: UInt8.self)
      plan.forEachRow { at in
        unsafe kernel(comparison, a + at[1], plan.step[1], b + at[2], plan.step[2], out + at[0], plan.count)
      }
    }
  }

  private static func logical(
    _ context: OperatorContext, _ row: @escaping BinaryOperands.PlainRow<UInt8>
  ) throws(ModelError) -> PreparedOperator {
    let operands = try BinaryOperands(context)
    guard operands.type == .bool else { throw operands.missingType() }
    return unsafe operands.run(row)
  }

  private static func logicalNot(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 1...1)
    let (input, output) = (try context.input(0), try context.output(0))
    try context.require(input, "input", type: .bool)
    try context.require(output, "output", type: .bool)
    try context.require(output, "output", shape: input.shape)
    let count = input.elementCount
    return PreparedOperator { memory in
      unsafe ak_logical_not(memory.input(0, as: UInt8.self), memory.output(0, as: UInt8.self), count)
    }
  }

  private static func select(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 3...3)
    try context.require(try context.input(0), "condition", type: .bool)
    let (a, _, bytes) = try context.moved(1)
    try context.require(try context.input(2), "input 2", type: a.type)
    let plan = try context.broadcastPlan(inputs: 3)
    return PreparedOperator { memory in
      let condition = unsafe memory.input(0, as: UInt8.self)
      let (a, b) = unsafe (memory.input(1, as: UInt8.self), memory.input(2, as: UInt8.self))
      let out = unsafe memory.output(0, as: UInt8.self)
      plan.forEachRow { at in
        unsafe ak_select(
          condition + at[1], plan.step[1], a + at[2] * bytes, plan.step[2], b + at[3] * bytes, plan.step[3],
          out + at[0] * bytes, plan.count, bytes)
      }
    }
  }
}
