import AssayKernels
import AssayModel

/// ARG_MAX, ARG_MIN and CUMSUM: operators that go along one axis.
enum Scanning {
  static let operators: [BuiltinOperator: Preparation] = [
    .argMax: argMaximum, .argMin: argMinimum, .cumsum: cumulativeSum,
  ]

  /// The dimensions before, at and after the axis that input 1 names.
  private struct Split: Sendable {
    var outer: Int
    var axis: Int
    var inner: Int

    /// - Parameter output: the shape the output must have, given the axis; `nil` leaves it unchecked.
    init(_ shape: [Int], _ axes: [Int], output: [Int]? = nil) throws(ControlFault) {
      try ControlFault.require(axes.count == 1, "\(axes.count) axes, expected 1")
      let axis = try resolvedAxis(axes[0], rank: shape.count)
      (outer, self.axis, inner) = Shapes.split(shape, at: axis)
      var kept = shape
      kept.remove(at: axis)
      try ControlFault.require(
        output == nil || output == kept, "output has shape \(output ?? []), not \(kept)")
    }
  }

  private static func argMaximum(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    switch try context.input(0).type {
    case .float32: return unsafe try best(context, ak_arg_max_f32)
    case .int8: return unsafe try best(context, ak_arg_max_s8)
    case let type: throw context.missing("ARG_MAX on \(type.rawValue)")
    }
  }

  private static func argMinimum(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    switch try context.input(0).type {
    case .float32: return unsafe try best(context, ak_arg_min_f32)
    case .int8: return unsafe try best(context, ak_arg_min_s8)
    case let type: throw context.missing("ARG_MIN on \(type.rawValue)")
    }
  }

  private static func best<Element: SendableMetatype>(
    _ context: OperatorContext,
    _ kernel: @escaping @Sendable (UnsafePointer<Element>, UnsafeMutablePointer<Int32>, Int, Int, Int) -> Void
  ) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...2)
    let (input, output) = (try context.input(0), try context.output(0))
    guard output.type == .int32 else {
      throw context.missing("\(context.op.code.name) to \(output.type.rawValue)")
    }
    try context.require(input.elementCount > 0, "input of shape \(input.shape) is empty")
    return try context.planned(by: [1]) { [input, output] values throws(ControlFault) in
      try Split(input.shape, values[0], output: output.shape)
    } run: { split, memory in
      unsafe kernel(
        memory.input(0, as: Element.self), memory.output(0, as: Int32.self), split.outer, split.axis,
        split.inner)
    }
  }

  private static func cumulativeSum(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .cumsum(let exclusive, let reverse) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    try context.requireArity(inputs: 2...2)
    let (input, output) = (try context.input(0), try context.output(0))
    try context.require(output, "output", shape: input.shape)
    try context.require(output, "output", type: input.type)
    let order = ak_cumsum_order(exclusive: exclusive, reverse: reverse)
    switch input.type {
    case .float32:
      return try context.planned(by: [1]) { [input] values throws(ControlFault) in
        try Split(input.shape, values[0])
      } run: { split, memory in
        unsafe ak_cumsum_f32(
          memory.input(0, as: Float.self), memory.output(0, as: Float.self), split.outer, split.axis,
          split.inner,
          order)
      }
    case .int8: return try cumulativeCodes(context, input, output, order)
    default: throw context.missing("CUMSUM on \(input.type.rawValue)")
    }
  }

  private static func cumulativeCodes(
    _ context: OperatorContext, _ input: Tensor, _ output: Tensor, _ order: ak_cumsum_order
  ) throws(ModelError) -> PreparedOperator {
    let (source, target) = (try context.perTensor(input, "input"), try context.perTensor(output, "output"))
    let ratio = 2 * Double(source.scale) / (0x1p20 * Double(target.scale))
    try context.require(ratio < 1, "scale ratio \(ratio) is not below 1: TFLite Micro aborts here")
    let scale = try context.multiplier(ratio, "scale ratio")
    return try context.planned(by: [1]) { [input] values throws(ControlFault) in
      try Split(input.shape, values[0])
    } run: { split, memory in
      unsafe ak_cumsum_s8(
        memory.input(0, as: Int8.self), memory.output(0, as: Int8.self), split.outer, split.axis, split.inner,
        order, source.zeroPoint, target.zeroPoint, scale)
    }
  }
}
