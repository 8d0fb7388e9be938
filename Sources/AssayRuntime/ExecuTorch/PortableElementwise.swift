import AssayKernels
import AssayModel

/// Functions of one element, and of two with broadcasting.
enum PortableElementwise {
  static let kernels: [String: Preparation] = unary.merging(binary) { first, _ in first }

  private static let unary: [String: Preparation] = [
    "aten::abs.out": map(AK_PORTABLE_ABS), "aten::ceil.out": map(AK_PORTABLE_CEIL),
    "aten::cos.out": map(AK_PORTABLE_COS), "aten::erf.out": map(AK_PORTABLE_ERF),
    "aten::exp.out": map(AK_PORTABLE_EXP), "aten::floor.out": map(AK_PORTABLE_FLOOR),
    "aten::log.out": map(AK_PORTABLE_LOG), "aten::neg.out": map(AK_PORTABLE_NEG),
    "aten::reciprocal.out": map(AK_PORTABLE_RECIPROCAL), "aten::relu.out": map(AK_PORTABLE_RELU),
    "aten::round.out": map(AK_PORTABLE_ROUND), "aten::rsqrt.out": map(AK_PORTABLE_RSQRT),
    "aten::sigmoid.out": map(AK_PORTABLE_SIGMOID), "aten::sin.out": map(AK_PORTABLE_SIN),
    "aten::sqrt.out": map(AK_PORTABLE_SQRT), "aten::tanh.out": map(AK_PORTABLE_TANH),
    "aten::acos.out": map(AK_PORTABLE_ACOS), "aten::acosh.out": map(AK_PORTABLE_ACOSH),
    "aten::asin.out": map(AK_PORTABLE_ASIN), "aten::asinh.out": map(AK_PORTABLE_ASINH),
    "aten::atan.out": map(AK_PORTABLE_ATAN), "aten::atanh.out": map(AK_PORTABLE_ATANH),
    "aten::cosh.out": map(AK_PORTABLE_COSH), "aten::expm1.out": map(AK_PORTABLE_EXPM1),
    "aten::log10.out": map(AK_PORTABLE_LOG10), "aten::log1p.out": map(AK_PORTABLE_LOG1P),
    "aten::log2.out": map(AK_PORTABLE_LOG2), "aten::sign.out": map(AK_PORTABLE_SIGN),
    "aten::sinh.out": map(AK_PORTABLE_SINH), "aten::tan.out": map(AK_PORTABLE_TAN),
    "aten::trunc.out": map(AK_PORTABLE_TRUNC), "aten::pow.Scalar_out": powerOf,
    "aten::gelu.out": gelu, "aten::clamp.out": clamp, "aten::hardtanh.out": hardtanh,
    "aten::leaky_relu.out": leakyRelu, "aten::elu.out": elu, "aten::pow.Tensor_Scalar_out": power,
  ]

  private static let binary: [String: Preparation] = {
    var table: [String: Preparation] = [
      "aten::maximum.out": combine(AK_PORTABLE_MAXIMUM), "aten::minimum.out": combine(AK_PORTABLE_MINIMUM),
      "aten::pow.Tensor_Tensor_out": combine(AK_PORTABLE_POWER),
      "aten::prelu.out": combine(AK_PORTABLE_PRELU),
    ]
    let arithmetic: [(String, ak_portable_operation)] = [
      ("add", AK_PORTABLE_ADD), ("sub", AK_PORTABLE_SUB), ("mul", AK_PORTABLE_MUL), ("div", AK_PORTABLE_DIV),
    ]
    for (name, operation) in arithmetic {
      table["aten::\(name).out"] = combine(operation)
      table["aten::\(name).Scalar_out"] = combine(operation)
    }
    let comparisons: [(String, ak_portable_operation)] = [
      ("eq", AK_PORTABLE_EQ), ("ne", AK_PORTABLE_NE), ("lt", AK_PORTABLE_LT), ("le", AK_PORTABLE_LE),
      ("gt", AK_PORTABLE_GT), ("ge", AK_PORTABLE_GE),
    ]
    for (name, operation) in comparisons {
      table["aten::\(name).Tensor_out"] = combine(operation)
      table["aten::\(name).Scalar_out"] = combine(operation)
    }
    return table.merging(PortableLogic.binary) { first, _ in first }
  }()

  // MARK: One operand

  static func map(_ function: ak_portable_function) -> Preparation {
    { (context) throws(ModelError) in
      let call = try PortableCall(context)
      let input = try call.operand(0)
      if input.type == .int64, let whole = PortableLogic.integerFunction(function) {
        return try PortableLogic.prepareIntegers(context, input, call.output(), whole)
      }
      return try prepare(context, function, call.floats(0), call.floatOutput())
    }
  }

  static func prepare(
    _ context: OperatorContext, _ function: ak_portable_function, _ input: Operand, _ output: Operand,
    _ p: Float = 0, _ q: Float = 0
  ) throws(ModelError) -> PreparedOperator {
    try context.requireSameLayout(input, output)
    let count = input.count
    return PreparedOperator { memory in
      unsafe ak_portable_map_f32(
        function, p, q, memory.input(input.position, as: Float.self),
        memory.output(output.position, as: Float.self),
        count)
    }
  }

  private static func gelu(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let approximation = try call.text(1, default: "none")
    try context.require(["none", "tanh"].contains(approximation), "approximation \"\(approximation)\"")
    let function = approximation == "tanh" ? AK_PORTABLE_GELU_TANH : AK_PORTABLE_GELU
    return try prepare(context, function, call.floats(0), call.floatOutput())
  }

  private static func clamp(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let input = try call.operand(0)
    let low = try call.number(1, default: -.infinity)
    let high = try call.number(2, default: .infinity)
    if input.type == .int8 { return try clampCodes(context, input, call.output(), low, high) }
    if input.type == .int64 {
      return try PortableLogic.clampIntegers(context, input, call.output(), low, high)
    }
    return try prepare(
      context, AK_PORTABLE_CLAMP, call.floats(0), call.floatOutput(), Float(low), Float(high))
  }

  private static func clampCodes(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, _ low: Double, _ high: Double
  ) throws(ModelError) -> PreparedOperator {
    try context.requireSameLayout(input, output)
    try context.require(output.tensor, "output", type: .int8)
    let (least, most) = (Int32(min(max(low, -128), 127)), Int32(min(max(high, -128), 127)))
    let count = input.count
    return PreparedOperator { memory in
      unsafe ak_portable_clamp_s8(
        memory.input(input.position, as: Int8.self), memory.output(output.position, as: Int8.self), count,
        least, most)
    }
  }

  private static func hardtanh(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (low, high) = (try call.number(1, default: -1), try call.number(2, default: 1))
    return try prepare(
      context, AK_PORTABLE_CLAMP, call.floats(0), call.floatOutput(), Float(low), Float(high))
  }

  private static func leakyRelu(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let slope = try call.number(1, default: 0.01)
    return try prepare(context, AK_PORTABLE_LEAKY_RELU, call.floats(0), call.floatOutput(), Float(slope))
  }

  private static func elu(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (alpha, scale, inner) = (
      try call.number(1, default: 1), try call.number(2, default: 1), try call.number(3, default: 1)
    )
    guard inner == 1 else { throw context.missing("ELU with an input scale") }
    return try prepare(
      context, AK_PORTABLE_ELU, call.floats(0), call.floatOutput(), Float(alpha) * Float(scale), Float(scale))
  }

  private static func power(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    return try prepare(context, AK_PORTABLE_POW, call.floats(0), call.floatOutput(), Float(call.number(1)))
  }

  private static func powerOf(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    return try prepare(
      context, AK_PORTABLE_POWER_OF, call.floats(1), call.floatOutput(), Float(call.number(0)))
  }

  // MARK: Two operands

  static func combine(_ operation: ak_portable_operation) -> Preparation {
    { (context) throws(ModelError) in
      let call = try PortableCall(context)
      let (a, output) = (try call.operand(0), try call.output())
      let takesAlpha = operation == AK_PORTABLE_ADD || operation == AK_PORTABLE_SUB
      if operation == AK_PORTABLE_DIV, call.isPresent(2) { throw context.missing("DIV with rounding") }
      let alpha = takesAlpha ? try call.number(2, default: 1) : 1
      if call.isTensor(1) {
        return try prepare(context, operation, a, call.operand(1), output, alpha: alpha)
      }
      return try prepare(context, operation, a, number: call.number(1), output, alpha: alpha)
    }
  }

  static func prepare(
    _ context: OperatorContext, _ operation: ak_portable_operation, _ a: Operand, _ b: Operand,
    _ output: Operand,
    alpha: Double = 1
  ) throws(ModelError) -> PreparedOperator {
    try checkTypes(context, operation, a, output, alpha: alpha)
    try context.require(b.tensor, "second operand", type: a.type)
    guard let walk = StridedWalk(output: output, a, b) else {
      throw context.invalid("\(a.shape) and \(b.shape) do not combine to \(output.shape)")
    }
    let size = output.type.byteSize ?? 1
    return PreparedOperator { memory in
      let target = unsafe memory.output(output.position, as: UInt8.self)
      walk.forEachRun { place, first, second in
        switch a.type {
        case .float32:
          unsafe ak_portable_combine_f32(
            operation, Float(alpha), memory.input(a.position, as: Float.self) + first, walk.steps.1,
            memory.input(b.position, as: Float.self) + second, walk.steps.2, target + place * size,
            walk.steps.0,
            walk.count)
        case .bool, .uint8:
          unsafe ak_portable_combine_u8(
            operation, 1, memory.input(a.position, as: UInt8.self) + first, walk.steps.1,
            memory.input(b.position, as: UInt8.self) + second, walk.steps.2, target + place * size,
            walk.steps.0,
            walk.count)
        case .int64:
          unsafe ak_portable_combine_s64(
            operation, Int64(alpha), memory.input(a.position, as: Int64.self) + first, walk.steps.1,
            memory.input(b.position, as: Int64.self) + second, walk.steps.2, target + place * size,
            walk.steps.0,
            walk.count)
        default:
          unsafe ak_portable_combine_s32(
            operation, Int32(alpha), memory.input(a.position, as: Int32.self) + first, walk.steps.1,
            memory.input(b.position, as: Int32.self) + second, walk.steps.2, target + place * size,
            walk.steps.0,
            walk.count)
        }
      }
    }
  }

  /// With a number as second operand.
  static func prepare(
    _ context: OperatorContext, _ operation: ak_portable_operation, _ a: Operand, number: Double,
    _ output: Operand,
    alpha: Double
  ) throws(ModelError) -> PreparedOperator {
    try checkTypes(context, operation, a, output, alpha: alpha)
    guard let walk = StridedWalk(output: output, a, a), a.shape == output.shape else {
      throw context.invalid("\(a.shape) does not become \(output.shape)")
    }
    if a.type == .int64 || a.type == .int32 {
      return try prepareIntegers(context, operation, a, number: number, output, walk, alpha: alpha)
    }
    guard a.type == .float32 else { throw context.missing("\(context.op.code.name) on \(a.type.rawValue)") }
    let size = output.type.byteSize ?? 1
    return PreparedOperator { memory in
      let target = unsafe memory.output(output.position, as: UInt8.self)
      var value = Float(number)
      walk.forEachRun { place, first, _ in
        unsafe ak_portable_combine_f32(
          operation, Float(alpha), memory.input(a.position, as: Float.self) + first, walk.steps.1, &value, 0,
          target + place * size, walk.steps.0, walk.count)
      }
    }
  }

  private static func prepareIntegers(
    _ context: OperatorContext, _ operation: ak_portable_operation, _ a: Operand, number: Double,
    _ output: Operand, _ walk: StridedWalk, alpha: Double
  ) throws(ModelError) -> PreparedOperator {
    guard let whole = Int32(exactly: number) else {
      throw context.missing("\(context.op.code.name) of \(a.type.rawValue) with \(number)")
    }
    let size = output.type.byteSize ?? 1
    return PreparedOperator { memory in
      let target = unsafe memory.output(output.position, as: UInt8.self)
      var (narrow, wide) = (whole, Int64(whole))
      walk.forEachRun { place, first, _ in
        if a.type == .int64 {
          unsafe ak_portable_combine_s64(
            operation, Int64(alpha), memory.input(a.position, as: Int64.self) + first, walk.steps.1, &wide, 0,
            target + place * size, walk.steps.0, walk.count)
        } else {
          unsafe ak_portable_combine_s32(
            operation, Int32(alpha), memory.input(a.position, as: Int32.self) + first, walk.steps.1, &narrow,
            0, target + place * size, walk.steps.0, walk.count)
        }
      }
    }
  }

  private static func checkTypes(
    _ context: OperatorContext, _ operation: ak_portable_operation, _ a: Operand, _ output: Operand,
    alpha: Double
  ) throws(ModelError) {
    try context.require(alpha.magnitude <= 1_000_000_000, "alpha \(alpha)")
    let isComparison = (AK_PORTABLE_EQ.rawValue...AK_PORTABLE_ONE.rawValue).contains(operation.rawValue)
    let isOfBits = operation.rawValue >= AK_PORTABLE_AND.rawValue
    let isOfFloats = [
      AK_PORTABLE_POWER, AK_PORTABLE_PRELU, AK_PORTABLE_DIV, AK_PORTABLE_ARC_TANGENT,
    ].contains(operation)
    let isTyped =
      switch a.type {
      case .float32: !isOfBits
      case .int32, .int64: !isOfFloats
      case .bool: isComparison || isOfBits
      case .uint8: isComparison || isOfBits || operation.rawValue < AK_PORTABLE_DIV.rawValue
      default: false
      }
    guard isTyped else { throw context.missing("\(context.op.code.name) on \(a.type.rawValue)") }
    guard output.type == (isComparison ? .bool : a.type) else {
      throw context.missing("\(context.op.code.name) from \(a.type.rawValue) to \(output.type.rawValue)")
    }
  }
}
