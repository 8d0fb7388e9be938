import AssayKernels
import AssayModel

/// Logic, remainders, questions about elements, and choices between them.
enum PortableLogic {
  static let kernels: [String: Preparation] = [
    "aten::isnan.out": ask(AK_PORTABLE_IS_NAN), "aten::isinf.out": ask(AK_PORTABLE_IS_INFINITE),
    "aten::logical_not.out": negate, "aten::bitwise_not.out": negate, "aten::div.out_mode": divide,
    "aten::div.Scalar_mode_out": divide, "aten::rsub.Scalar_out": subtractFrom,
    "aten::clamp.Tensor_out": clampByTensors,
  ]

  /// Functions of two elements, as ``PortableElementwise`` prepares them.
  static let binary: [String: Preparation] = {
    var table: [String: Preparation] = [
      "aten::atan2.out": PortableElementwise.combine(AK_PORTABLE_ARC_TANGENT),
      "aten::floor_divide.out": PortableElementwise.combine(AK_PORTABLE_DIV_FLOOR),
      "aten::logical_and.out": PortableElementwise.combine(AK_PORTABLE_BOTH),
      "aten::logical_or.out": PortableElementwise.combine(AK_PORTABLE_EITHER),
      "aten::logical_xor.out": PortableElementwise.combine(AK_PORTABLE_ONE),
    ]
    let operations: [(String, ak_portable_operation)] = [
      ("fmod", AK_PORTABLE_FMOD), ("remainder", AK_PORTABLE_REMAINDER), ("bitwise_and", AK_PORTABLE_AND),
      ("bitwise_or", AK_PORTABLE_OR), ("bitwise_xor", AK_PORTABLE_XOR),
    ]
    for (name, operation) in operations {
      table["aten::\(name).Tensor_out"] = PortableElementwise.combine(operation)
      table["aten::\(name).Scalar_out"] = PortableElementwise.combine(operation)
    }
    return table
  }()

  // MARK: Questions

  private static func ask(_ question: ak_portable_question) -> Preparation {
    { (context) throws(ModelError) in
      let call = try PortableCall(context)
      return try prepare(context, question, call.floats(0), call.output())
    }
  }

  private static func prepare(
    _ context: OperatorContext, _ question: ak_portable_question, _ input: Operand, _ output: Operand
  ) throws(ModelError) -> PreparedOperator {
    try context.requireSameLayout(input, output)
    try context.require(output.tensor, "output", type: .bool)
    let count = input.count
    return PreparedOperator { memory in
      unsafe ak_portable_ask_f32(
        question, memory.input(input.position, as: Float.self),
        memory.output(output.position, as: UInt8.self),
        count)
    }
  }

  private static func negate(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.operand(0), try call.output())
    if input.type == .float32 { return try prepare(context, AK_PORTABLE_IS_ZERO, input, output) }
    guard input.type == .bool else {
      throw context.missing("\(context.op.code.name) on \(input.type.rawValue)")
    }
    try context.requireSameLayout(input, output)
    try context.require(output.tensor, "output", type: .bool)
    let count = input.count
    return PreparedOperator { memory in
      let (from, to) = unsafe (
        memory.input(input.position, as: UInt8.self), memory.output(output.position, as: UInt8.self)
      )
      for index in 0..<count { unsafe to[index] = from[index] == 0 ? 1 : 0 }
    }
  }

  // MARK: Arithmetic

  private static func divide(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let operation: ak_portable_operation =
      switch try call.text(2, default: "") {
      case "floor": AK_PORTABLE_DIV_FLOOR
      case "trunc": AK_PORTABLE_DIV_TRUNC
      case "": AK_PORTABLE_DIV
      case let mode: throw context.invalid("rounding mode \"\(mode)\"")
      }
    let (a, output) = (try call.operand(0), try call.output())
    if call.isTensor(1) {
      return try PortableElementwise.prepare(context, operation, a, call.operand(1), output)
    }
    return try PortableElementwise.prepare(context, operation, a, number: call.number(1), output, alpha: 1)
  }

  /// `number - alpha * x`.
  private static func subtractFrom(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.floatOutput())
    try context.requireSameLayout(input, output)
    let (number, alpha) = (Float(try call.number(1)), Float(try call.number(2, default: 1)))
    let count = input.count
    return PreparedOperator { memory in
      let (from, to) = unsafe (
        memory.input(input.position, as: Float.self), memory.output(output.position, as: Float.self)
      )
      for index in 0..<count { unsafe to[index] = number - alpha * from[index] }
    }
  }

  /// What a function does to integers; `nil` for those that have no meaning there.
  static func integerFunction(_ function: ak_portable_function) -> (@Sendable (Int64) -> Int64)? {
    switch function {
    case AK_PORTABLE_ABS: { $0 < 0 ? 0 &- $0 : $0 }
    case AK_PORTABLE_NEG: { 0 &- $0 }
    case AK_PORTABLE_RELU: { max($0, 0) }
    case AK_PORTABLE_SIGN: { $0.signum() }
    default: nil
    }
  }

  static func prepareIntegers(
    _ context: OperatorContext, _ input: Operand, _ output: Operand,
    _ function: @escaping @Sendable (Int64) -> Int64
  ) throws(ModelError) -> PreparedOperator {
    try context.requireSameLayout(input, output)
    try context.require(output.tensor, "output", type: .int64)
    let count = input.count
    return PreparedOperator { memory in
      let (from, to) = unsafe (
        memory.input(input.position, as: Int64.self), memory.output(output.position, as: Int64.self)
      )
      for index in 0..<count { unsafe to[index] = function(from[index]) }
    }
  }

  static func clampIntegers(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, _ low: Double, _ high: Double
  ) throws(ModelError) -> PreparedOperator {
    try context.requireSameLayout(input, output)
    try context.require(output.tensor, "output", type: .int64)
    // Saturating: bounds are doubles, and may be infinite.
    let least = Int64(exactly: low.rounded(.up)) ?? (low > 0 ? .max : .min)
    let most = Int64(exactly: high.rounded(.down)) ?? (high < 0 ? .min : .max)
    let count = input.count
    return PreparedOperator { memory in
      let (from, to) = unsafe (
        memory.input(input.position, as: Int64.self), memory.output(output.position, as: Int64.self)
      )
      for index in 0..<count { unsafe to[index] = min(max(from[index], least), most) }
    }
  }

  /// Bounds of their own for each element, repeated where they are smaller.
  private static func clampByTensors(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.floatOutput())
    guard let copy = StridedWalk(output: output, input, input) else {
      throw context.invalid("\(input.shape) does not become \(output.shape)")
    }
    var bounds: [(operation: ak_portable_operation, operand: Operand, walk: StridedWalk)] = []
    for (index, operation) in [(1, AK_PORTABLE_MAXIMUM), (2, AK_PORTABLE_MINIMUM)] {
      guard let bound = try call.optionalFloats(index) else { continue }
      guard let walk = StridedWalk(output: output, output, bound) else {
        throw context.invalid("bounds \(bound.shape) of \(output.shape)")
      }
      bounds.append((operation, bound, walk))
    }
    return PreparedOperator { [bounds] memory in
      let from = unsafe memory.input(input.position, as: Float.self)
      let to = unsafe memory.output(output.position, as: Float.self)
      copy.forEachRun { place, first, _ in
        for index in 0..<copy.count {
          unsafe to[place + index * copy.steps.0] = from[first + index * copy.steps.1]
        }
      }
      for (operation, operand, walk) in bounds {
        let other = unsafe memory.input(operand.position, as: Float.self)
        walk.forEachRun { place, first, second in
          unsafe ak_portable_combine_f32(
            operation, 1, to + first, walk.steps.1, other + second, walk.steps.2, to + place, walk.steps.0,
            walk.count)
        }
      }
    }
  }

  // MARK: Choice

  /// `condition ? a : b`, each repeated to the output's shape.
  static func choose(
    _ context: OperatorContext, _ condition: Operand, _ a: Operand, _ b: Operand, _ output: Operand
  ) throws(ModelError) -> PreparedOperator {
    try context.require(
      condition.type == .bool || condition.type == .uint8, "a condition of \(condition.type.rawValue)")
    try context.require(a.type == b.type && a.type == output.type, "types differ")
    let bytes = try context.elementBytes(output.tensor)
    guard let first = StridedWalk(output: output, condition, a),
      let second = StridedWalk(output: output, condition, b)
    else {
      throw context.invalid(
        "shapes \(condition.shape), \(a.shape), \(b.shape) do not combine to \(output.shape)")
    }
    return PreparedOperator { memory in
      let flags = unsafe memory.input(condition.position, as: UInt8.self)
      let to = unsafe memory.output(output.position, as: UInt8.self)
      for (walk, operand, taken) in [(first, a, true), (second, b, false)] {
        let from = unsafe memory.input(operand.position, as: UInt8.self)
        walk.forEachRun { place, flag, source in
          for index in 0..<walk.count {
            guard unsafe (flags[flag + index * walk.steps.1] != 0) == taken else { continue }
            unsafe (to + (place + index * walk.steps.0) * bytes).update(
              from: from + (source + index * walk.steps.2) * bytes, count: bytes)
          }
        }
      }
    }
  }
}
