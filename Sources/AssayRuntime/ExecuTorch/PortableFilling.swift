import AssayKernels
import AssayModel

/// Kernels that write values of their own: padding, constants, choices.
extension PortableMovement {
  static func pad(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output, _) = try moved(call)
    let pads = try call.ints(1)
    let rank = input.shape.count
    try context.require(pads.count % 2 == 0 && pads.count / 2 <= rank, "pads \(pads) for \(input.shape)")
    var (before, after) = (Array(repeating: 0, count: rank), Array(repeating: 0, count: rank))
    for index in 0..<pads.count / 2 {
      before[rank - 1 - index] = pads[2 * index]
      after[rank - 1 - index] = pads[2 * index + 1]
    }
    return try padded(context, input, output, before: before, after: after, value: call.number(2, default: 0))
  }

  /// Cells added (or, where negative, cut off) around a tensor.
  static func padded(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, before: [Int], after: [Int],
    value: Double
  ) throws(ModelError) -> PreparedOperator {
    let limits = -32_767...32_767
    try context.require((before + after).allSatisfy(limits.contains), "pads \(before), \(after)")
    let shape = input.shape.indices.map { input.shape[$0] + before[$0] + after[$0] }
    try context.require(output, "output", shape: shape)
    let (first, second) = (before.map { max(0, -$0) }, before.map { max(0, $0) })
    let kept = input.shape.indices.map { axis in
      max(0, min(input.shape[axis] - first[axis], output.shape[axis] - second[axis]))
    }
    let from = StridedCopy.Side(strides: input.strides, offset: dot(first, input.strides))
    let to = StridedCopy.Side(strides: output.strides, offset: dot(second, output.strides))
    let bytes = try context.elementBytes(input.tensor)
    let copy = prepare(kept, from: (input.position, from), to: (output.position, to), elementBytes: bytes)
    return sequence([try filled(context, output, value), copy])
  }

  static func dot(_ a: [Int], _ b: [Int]) -> Int { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  static func full(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let value: Double =
      switch context.op.code.name {
      // What is never written holds nothing that a result may depend on.
      case "aten::zeros.out", "aten::empty.out", "dim_order_ops::_empty_dim_order.out": 0
      case "aten::scalar_tensor.out": try call.number(0)
      case "aten::ones.out": 1
      default: try call.number(1)
      }
    return try filled(context, call.output(), value)
  }

  static func filled(_ context: OperatorContext, _ output: Operand, _ value: Double) throws(ModelError)
    -> PreparedOperator
  {
    guard let element = ElementBytes.of(value, output.type) else {
      throw context.missing("\(context.op.code.name) with \(value) as \(output.type.rawValue)")
    }
    let count = output.count
    return PreparedOperator { memory in
      unsafe ak_fill(memory.output(output.position, as: UInt8.self), count, element, element.count)
    }
  }

  static func choose(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (condition, a, b, output) = (
      try call.operand(0), try call.operand(1), try call.operand(2), try call.output()
    )
    return try PortableLogic.choose(context, condition, a, b, output)
  }
}
