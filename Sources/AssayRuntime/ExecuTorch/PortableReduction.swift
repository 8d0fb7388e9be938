import AssayKernels
import AssayModel

/// `mean`, `sum`, `amax`, `amin`, `argmax`, `argmin`, softmax.
enum PortableReduction {
  static let kernels: [String: Preparation] = [
    "aten::mean.out": fold(AK_PORTABLE_MEAN), "aten::sum.IntList_out": fold(AK_PORTABLE_SUM),
    "aten::amax.out": fold(AK_PORTABLE_LARGEST), "aten::amin.out": fold(AK_PORTABLE_SMALLEST),
    "onnx::reduce_prod": fold(AK_PORTABLE_PRODUCT), "onnx::reduce_l1": fold(AK_PORTABLE_MAGNITUDES),
    "onnx::reduce_l2": fold(AK_PORTABLE_NORM), "onnx::reduce_sum_square": fold(AK_PORTABLE_SQUARES),
    "onnx::reduce_log_sum": fold(AK_PORTABLE_LOG_SUM),
    "onnx::reduce_log_sum_exp": fold(AK_PORTABLE_LOG_SUM_OF_EXP),
    "aten::argmax.out": argument(largest: true), "aten::argmin.out": argument(largest: false),
    "aten::_softmax.out": softmax(logarithm: false), "aten::_log_softmax.out": softmax(logarithm: true),
  ]

  private static func fold(_ kind: ak_portable_reduction) -> Preparation {
    { (context) throws(ModelError) in
      let call = try PortableCall(context)
      let input = try call.operand(0)
      if input.type == .int64, kind != AK_PORTABLE_MEAN {
        return try prepareIntegers(
          context, kind, input, call.output(), axes: call.ints(1), keep: call.bool(2))
      }
      return try prepare(
        context, kind, call.floats(0), call.floatOutput(), axes: call.ints(1), keep: call.bool(2))
    }
  }

  private static func prepareIntegers(
    _ context: OperatorContext, _ kind: ak_portable_reduction, _ input: Operand, _ output: Operand,
    axes: [Int], keep: Bool
  ) throws(ModelError) -> PreparedOperator {
    try context.require(output.tensor, "output", type: .int64)
    let reduced = try ReducedWalk(context, input, output, axes: axes, keep: keep)
    try context.require(input.count > 0 || kind == AK_PORTABLE_SUM, "nothing to reduce in \(input.shape)")
    return PreparedOperator { memory in
      let places = reduced.places
      let (from, to) = unsafe (
        memory.input(input.position, as: Int64.self), memory.output(output.position, as: Int64.self)
      )
      reduced.walk.forEachElement { target, source, _ in
        unsafe to[target] = unsafe ak_portable_reduce_s64(kind, from + source, places, places.count)
      }
    }
  }

  /// - Parameter axes: all of them when empty.
  static func prepare(
    _ context: OperatorContext, _ kind: ak_portable_reduction, _ input: Operand, _ output: Operand,
    axes: [Int],
    keep: Bool
  ) throws(ModelError) -> PreparedOperator {
    var reduced: Set<Int> = []
    for axis in axes { reduced.insert(try context.axis(axis, rank: input.shape.count)) }
    if axes.isEmpty { reduced = Set(input.shape.indices) }
    let kept = input.shape.indices.filter { !reduced.contains($0) }
    let shape = input.shape.indices.compactMap { reduced.contains($0) ? (keep ? 1 : nil) : input.shape[$0] }
    try context.require(output, "output", shape: shape)
    let axes = input.shape.indices.filter(reduced.contains)
    try context.require(
      axes.allSatisfy { input.shape[$0] > 0 } || kind == AK_PORTABLE_SUM,
      "nothing to reduce in \(input.shape)")
    let outStrides = keep ? kept.map { output.strides[$0] } : output.strides
    let walk = StridedWalk(
      extents: kept.map { input.shape[$0] },
      strides: kept.indices.map { (outStrides[$0], input.strides[kept[$0]], 0) })
    return PreparedOperator { memory in
      // Made here and not kept: a large tensor has as many places.
      let places = ReducedWalk.places(input, axes)
      let (from, to) = unsafe (
        memory.input(input.position, as: Float.self), memory.output(output.position, as: Float.self)
      )
      walk.forEachRun { place, start, _ in
        for index in 0..<walk.count {
          unsafe to[place + index * walk.steps.0] = unsafe ak_portable_reduce_f32(
            kind, from + start + index * walk.steps.1, places, places.count)
        }
      }
    }
  }

  private static func argument(largest: Bool) -> Preparation {
    { (context) throws(ModelError) in
      let call = try PortableCall(context)
      let input = try call.floats(0)
      if !call.isPresent(1) {
        try context.require(input.isDense, "a position in \(input.tensor.dimOrder) order")
        return try prepareArgument(
          context, flat(input), call.output(), axis: 0, keep: false, largest: largest)
      }
      return try prepareArgument(
        context, input, call.output(), axis: call.axis(1, rank: input.shape.count), keep: call.bool(2),
        largest: largest)
    }
  }

  private static func flat(_ operand: Operand) -> Operand {
    var tensor = operand.tensor
    tensor.dimOrder = []
    tensor.shape = [operand.count]
    return Operand(tensor, operand.position)
  }

  static func prepareArgument(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, axis: Int, keep: Bool, largest: Bool
  ) throws(ModelError) -> PreparedOperator {
    try context.require(output.tensor, "output", type: .int64)
    let walk = try rows(context, input, output, axis: axis, keep: keep)
    let (count, step) = (input.shape[axis], input.strides[axis])
    return PreparedOperator { memory in
      let (from, to) = unsafe (
        memory.input(input.position, as: Float.self), memory.output(output.position, as: Int64.self)
      )
      walk.forEachRun { place, start, _ in
        for index in 0..<walk.count {
          unsafe to[place + index * walk.steps.0] = unsafe ak_portable_argument_f32(
            largest, from + start + index * walk.steps.1, count, step)
        }
      }
    }
  }

  /// A walk over everything but one axis.
  private static func rows(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, axis: Int, keep: Bool
  ) throws(ModelError) -> StridedWalk {
    try context.require(
      input.shape.indices.contains(axis) && input.shape[axis] > 0, "axis \(axis) of \(input.shape)")
    let kept = input.shape.indices.filter { $0 != axis }
    var shape = input.shape
    if keep { shape[axis] = 1 } else { shape.remove(at: axis) }
    try context.require(output, "output", shape: shape)
    return StridedWalk(
      extents: kept.map { input.shape[$0] },
      strides: kept.indices.map { index in
        (output.strides[keep ? kept[index] : index], input.strides[kept[index]], 0)
      })
  }

  private static func softmax(logarithm: Bool) -> Preparation {
    { (context) throws(ModelError) in
      let call = try PortableCall(context)
      let input = try call.floats(0)
      return try prepareSoftmax(
        context, input, call.floatOutput(), axis: call.axis(1, rank: input.shape.count), logarithm: logarithm)
    }
  }

  static func prepareSoftmax(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, axis: Int, logarithm: Bool
  ) throws(ModelError) -> PreparedOperator {
    try context.require(output, "output", shape: input.shape)
    try context.require(
      input.shape.indices.contains(axis) && input.shape[axis] > 0, "axis \(axis) of \(input.shape)")
    let kept = input.shape.indices.filter { $0 != axis }
    let walk = StridedWalk(
      extents: kept.map { input.shape[$0] }, strides: kept.map { (output.strides[$0], input.strides[$0], 0) })
    let (count, inStep, outStep) = (input.shape[axis], input.strides[axis], output.strides[axis])
    return PreparedOperator { memory in
      let (from, to) = unsafe (
        memory.input(input.position, as: Float.self), memory.output(output.position, as: Float.self)
      )
      walk.forEachRun { place, start, _ in
        for index in 0..<walk.count {
          unsafe ak_portable_softmax_f32(
            logarithm, from + start + index * walk.steps.1, inStep, to + place + index * walk.steps.0,
            outStep, count)
        }
      }
    }
  }
}
