import AssayKernels
import AssayModel

/// MEAN, SUM, REDUCE_MAX, REDUCE_MIN and REDUCE_ALL over any set of axes.
enum Reduction {
  static let operators: [BuiltinOperator: Preparation] = [
    .mean: mean, .sum: sum, .reduceMax: maximum, .reduceMin: minimum, .reduceAll: all,
  ]

  private static func mean(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try Operands(context)
    switch operands.input.type {
    case .float32:
      return unsafe try operands.folding(ak_reduce_sum_f32, from: 0 as Float) { reduced, out, count in
        unsafe ak_divide_f32(out, count, Float(reduced))
      }
    case .int8:
      return unsafe context.vectorized(
        try operands.coding(operands.sumOfCodes, ak_sums_to_s8, isMean: true))
    case .int16: return unsafe try operands.coding(ak_reduce_sum_s16, ak_sums_to_s16, isMean: true)
    default: throw operands.missingType()
    }
  }

  private static func sum(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try Operands(context)
    switch operands.input.type {
    case .float32: return unsafe try operands.folding(ak_reduce_sum_f32, from: 0 as Float)
    case .int32: return unsafe try operands.folding(ak_reduce_sum_s32, from: 0 as Int32)
    case .int8:
      return unsafe context.vectorized(
        try operands.coding(operands.sumOfCodes, ak_sums_to_s8, isMean: false))
    case .int16: return unsafe try operands.coding(ak_reduce_sum_s16, ak_sums_to_s16, isMean: false)
    default: throw operands.missingType()
    }
  }

  private static func maximum(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try Operands(context)
    try operands.requireSameCodes()
    switch operands.input.type {
    case .float32: return unsafe try operands.folding(ak_reduce_max_f32, from: -Float.greatestFiniteMagnitude)
    case .int8: return unsafe try operands.folding(ak_reduce_max_s8, from: Int8.min)
    case .int16: return unsafe try operands.folding(ak_reduce_max_s16, from: Int16.min)
    default: throw operands.missingType()
    }
  }

  private static func minimum(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try Operands(context)
    try operands.requireSameCodes()
    switch operands.input.type {
    case .float32: return unsafe try operands.folding(ak_reduce_min_f32, from: Float.greatestFiniteMagnitude)
    case .int8: return unsafe try operands.folding(ak_reduce_min_s8, from: Int8.max)
    case .int16: return unsafe try operands.folding(ak_reduce_min_s16, from: Int16.max)
    default: throw operands.missingType()
    }
  }

  private static func all(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let operands = try Operands(context)
    guard operands.input.type == .bool else { throw operands.missingType() }
    return unsafe try operands.folding(ak_reduce_all, from: 1 as UInt8)
  }
}

/// The walk of a reduction over its input.
private struct ReductionPlan: Sendable {
  var rows: RowPlan
  /// Elements that fold into one.
  var reduced: Int

  /// - Parameter axes: as the file has them: negative from the end, repeats allowed.
  init(_ input: [Int], axes: [Int], output: [Int]) throws(ControlFault) {
    var isReduced = Array(repeating: false, count: input.count)
    for axis in axes { isReduced[try resolvedAxis(axis, rank: input.count)] = true }
    let kept = zip(input, isReduced).map { $1 ? 1 : $0 }
    try ControlFault.require(
      kept.filter { $0 != 1 } == output.filter { $0 != 1 },
      "output has shape \(output), the axes leave \(kept)")
    reduced = zip(input, isReduced).reduce(1) { $1.1 ? $0 * $1.0 : $0 }
    let (dense, folded) = (Shapes.denseStrides(input), Shapes.denseStrides(kept))
    rows = RowPlan(
      extents: input,
      strides: input.indices.map { RowPlan.Offsets(isReduced[$0] ? 0 : folded[$0], dense[$0], 0, 0) })
  }
}

/// Input and output of a reduction; input 1 holds the axes.
private struct Operands {
  let context: OperatorContext
  let input: Tensor
  let output: Tensor

  init(_ context: OperatorContext) throws(ModelError) {
    try context.requireArity(inputs: 2...2)
    self.context = context
    input = try context.input(0)
    output = try context.output(0)
    try context.require(output, "output", type: input.type)
    try context.require(input.elementCount > 0, "input of shape \(input.shape) is empty")
  }

  func missingType() -> ModelError { context.missing("\(context.op.code.name) on \(input.type.rawValue)") }

  /// Maxima and minima are codes of the input and are written as they are.
  func requireSameCodes() throws(ModelError) {
    guard input.type == .int8 || input.type == .int16 else { return }
    let (source, target) = (try context.perTensor(input, "input"), try context.perTensor(output, "output"))
    try context.require(
      source.scale == target.scale && source.zeroPoint == target.zeroPoint,
      "input and output differ in scale or zero point")
  }

  typealias Fold<In, Out> = @Sendable (UnsafePointer<In>, Int, UnsafeMutablePointer<Out>, Int) -> Void

  /// Folds in the output itself, from `neutral`; then calls `finish` with the elements per result.
  func folding<Element: Sendable & SendableMetatype>(
    _ fold: @escaping Fold<Element, Element>, from neutral: Element,
    finish: @escaping @Sendable (Int, UnsafeMutablePointer<Element>, Int) -> Void = { _, _, _ in }
  ) throws(ModelError) -> PreparedOperator {
    let (shape, target, count) = (input.shape, output.shape, output.elementCount)
    return try context.planned(by: [1]) { values throws(ControlFault) in
      try ReductionPlan(shape, axes: values[0], output: target)
    } run: { plan, memory in
      let from = unsafe memory.input(0, as: Element.self)
      let out = unsafe memory.output(0, as: Element.self)
      let (length, step) = (plan.rows.count, plan.rows.step[0])
      unsafe out.update(repeating: neutral, count: count)
      plan.rows.forEachRow { at in unsafe fold(from + at[1], length, out + at[0], step) }
      unsafe finish(plan.reduced, out, count)
    }
  }

  var sumOfCodes: Fold<Int8, Int32> {
    { [variant = context.variant] in unsafe ak_reduce_sum_s8_vectorized(variant, $0, $1, $2, $3) }
  }

  typealias Coder<Code> =
    @Sendable (UnsafePointer<Int32>, UnsafeMutablePointer<Code>, Int, UnsafePointer<ak_sum_quantization>) ->
    Void

  /// Sums codes in scratch memory and scales the sums.
  func coding<Code: SendableMetatype>(
    _ fold: @escaping Fold<Code, Int32>, _ code: @escaping Coder<Code>, isMean: Bool
  ) throws(ModelError) -> PreparedOperator {
    let (source, target) = (try context.perTensor(input, "input"), try context.perTensor(output, "output"))
    let scale = try context.multiplier(Double(source.scale) / Double(target.scale), "scale ratio")
    let (shape, outShape, count) = (input.shape, output.shape, output.elementCount)
    return try context.planned(by: [1], scratchBytes: count * 4) { values throws(ControlFault) in
      let plan = try ReductionPlan(shape, axes: values[0], output: outShape)
      let quantization = ak_sum_quantization(
        sum_zero_point: Int32(truncatingIfNeeded: Int(source.zeroPoint) &* plan.reduced),
        out_zero_point: target.zeroPoint, scale: isMean ? scale.divided(by: plan.reduced) : scale)
      return (plan: plan, quantization: quantization)
    } run: { planned, memory in
      let (rows, from) = unsafe (planned.plan.rows, memory.input(0, as: Code.self))
      let sums = unsafe memory.scratch.assumingMemoryBound(to: Int32.self)
      var quantization = planned.quantization
      unsafe sums.update(repeating: 0, count: count)
      let (length, step) = (rows.count, rows.step[0])
      rows.forEachRow { at in unsafe fold(from + at[1], length, sums + at[0], step) }
      unsafe code(sums, memory.output(0, as: Code.self), count, &quantization)
    }
  }
}

extension ak_multiplier {
  /// The factor of a mean: shifted as far left as 32 bits allow, so that the division keeps precision.
  fileprivate func divided(by count: Int) -> ak_multiplier {
    let bits = min(Int.bitWidth - 1 - count.leadingZeroBitCount, 32, 31 + Int(shift))
    return ak_multiplier(
      mantissa: Int32(truncatingIfNeeded: (Int64(mantissa) << Int64(bits)) / Int64(count)),
      shift: shift - Int32(bits))
  }
}
