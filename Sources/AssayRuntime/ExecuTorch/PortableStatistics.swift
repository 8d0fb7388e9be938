import AssayKernels
import AssayModel

/// Variance, extrema with their places, any, and normalisation by statistics of the input itself.
enum PortableStatistics {
  static let kernels: [String: Preparation] = [
    "aten::var.out": variance, "aten::var.correction_out": variance,
    "aten::max.dim_max": extremum(largest: true), "aten::min.dim_min": extremum(largest: false),
    "aten::max.unary_out": whole(AK_PORTABLE_LARGEST), "aten::min.unary_out": whole(AK_PORTABLE_SMALLEST),
    "aten::mean.dtype_out": whole(AK_PORTABLE_MEAN), "aten::prod.out": whole(AK_PORTABLE_PRODUCT),
    "aten::prod.int_out": product, "aten::any.out": any, "aten::any.all_out": any, "aten::any.dims_out": any,
    "aten::native_group_norm.out": groupNorm,
    "aten::_native_batch_norm_legit.no_stats_out": ownBatchNorm,
  ]

  private static func whole(_ kind: ak_portable_reduction) -> Preparation {
    { (context) throws(ModelError) in
      let call = try PortableCall(context)
      return try PortableReduction.prepare(
        context, kind, call.floats(0), call.floatOutput(), axes: [], keep: false)
    }
  }

  private static func product(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    return try PortableReduction.prepare(
      context, AK_PORTABLE_PRODUCT, call.floats(0), call.floatOutput(), axes: [call.int(1)],
      keep: call.bool(2))
  }

  private static func extremum(largest: Bool) -> Preparation {
    { (context) throws(ModelError) in
      let call = try PortableCall(context)
      let input = try call.floats(0)
      let (axis, keep) = (try call.axis(1, rank: input.shape.count), try call.bool(2))
      let values = try PortableReduction.prepare(
        context, largest ? AK_PORTABLE_LARGEST : AK_PORTABLE_SMALLEST, input, call.floatOutput(0),
        axes: [axis],
        keep: keep)
      let places = try PortableReduction.prepareArgument(
        context, input, call.output(1), axis: axis, keep: keep, largest: largest)
      return PortableMovement.sequence([values, places])
    }
  }

  /// `var(x, axes, unbiased, keep)`, or with a correction in place of the flag.
  private static func variance(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.floatOutput())
    let isNumber = context.op.code.name.hasSuffix("correction_out")
    let correction = isNumber ? try call.number(2, default: 1) : try call.bool(2, default: true) ? 1 : 0
    let reduced = try ReducedWalk(context, input, output, axes: call.ints(1), keep: call.bool(3))
    return PreparedOperator { memory in
      let places = reduced.places
      let divisor = max(0, Float(Double(places.count) - correction))
      let (from, to) = unsafe (
        memory.input(input.position, as: Float.self), memory.output(output.position, as: Float.self)
      )
      reduced.walk.forEachElement { target, source, _ in
        unsafe to[target] = unsafe ak_portable_variance_f32(from + source, places, places.count, divisor)
      }
    }
  }

  /// Whether any element along the axes (all of them without any) is not 0.
  private static func any(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.operand(0), try call.output())
    guard input.type == .bool, output.type == .bool else {
      throw context.missing("\(context.op.code.name) on \(input.type.rawValue)")
    }
    let isWhole = context.op.code.name == "aten::any.all_out"
    let reduced = try ReducedWalk(
      context, input, output, axes: isWhole ? [] : call.ints(1), keep: isWhole ? false : call.bool(2))
    return PreparedOperator { memory in
      let places = reduced.places
      let (from, to) = unsafe (
        memory.input(input.position, as: UInt8.self), memory.output(output.position, as: UInt8.self)
      )
      reduced.walk.forEachElement { target, source, _ in
        unsafe to[target] = places.contains { unsafe from[source + $0] != 0 } ? 1 : 0
      }
    }
  }

  // MARK: Normalisation

  private static func groupNorm(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.floatOutput())
    let (scale, shift) = (try call.optionalFloats(1), try call.optionalFloats(2))
    let groups = try call.int(6)
    try context.requireSameLayout(input, output)
    try context.require(
      input.isDense && input.shape.count >= 2 && groups >= 1 && input.count > 0
        && input.shape[1] % groups == 0
        && [scale, shift].allSatisfy { $0.map { $0.shape == [input.shape[1]] } ?? true },
      "\(groups) groups of \(input.shape)")
    let epsilon = try call.number(7)
    let channels = input.shape[1] / groups
    let plane = input.shape[2...].reduce(1, *)
    let batches = input.shape[0]
    let statistics = try RowStatistics(
      context, rows: batches * groups, count: channels * plane, epsilon: epsilon)
    return PreparedOperator { memory in
      statistics.run(memory, input)
      for batch in 0..<batches {
        let start = batch * groups * channels * plane
        unsafe ak_portable_group_norm_f32(
          memory.input(input.position, as: Float.self) + start, groups, channels, plane,
          scale.map { unsafe memory.input($0.position, as: Float.self) },
          shift.map { unsafe memory.input($0.position, as: Float.self) }, epsilon,
          memory.output(output.position, as: Float.self) + start)
      }
    }
  }

  /// Batch normalisation by the statistics of the batch: instance normalisation as it is exported.
  private static func ownBatchNorm(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.floatOutput())
    let (scale, shift) = (try call.optionalFloats(1), try call.optionalFloats(2))
    let epsilon = try call.number(5)
    try context.require(output, "output", shape: input.shape)
    try context.require(input.shape.count >= 2 && input.count > 0, "normalises channels of \(input.shape)")
    let channels = input.shape[1]
    for operand in [scale, shift] {
      try context.require(operand.map { $0.shape == [channels] } ?? true, "scales for \(channels) channels")
    }
    var statistics: [Operand] = []
    for index in 1..<context.outputCount {
      let operand = try call.floatOutput(index)
      try context.require(operand.count == channels, "statistics \(operand.shape) for \(channels) channels")
      statistics.append(operand)
    }
    let axes = input.shape.indices.filter { $0 != 1 }
    let walk = StridedWalk(
      extents: axes.map { input.shape[$0] }, strides: axes.map { (output.strides[$0], input.strides[$0], 0) })
    return PreparedOperator { [statistics] memory in
      let places = ReducedWalk.places(input, axes)
      let from = unsafe memory.input(input.position, as: Float.self)
      let to = unsafe memory.output(output.position, as: Float.self)
      for channel in 0..<channels {
        var (mean, variance) = (Float.zero, Float.zero)
        let start = unsafe from + channel * input.strides[1]
        unsafe ak_portable_statistics_f32(start, places, places.count, &mean, &variance)
        let factor = Float(1 / (Double(variance) + epsilon).squareRoot())
        for (operand, value) in zip(statistics, [mean, factor]) {
          unsafe memory.output(operand.position, as: Float.self)[channel] = value
        }
        let by = ak_portable_normal(
          mean: mean, factor: factor,
          scale: scale.map { unsafe memory.input($0.position, as: Float.self)[channel] } ?? 1,
          shift: shift.map { unsafe memory.input($0.position, as: Float.self)[channel] } ?? 0)
        walk.forEachRun { place, source, _ in
          unsafe ak_portable_normalize_f32(
            by, start + source, walk.steps.1, to + place + channel * output.strides[1], walk.steps.0,
            walk.count)
        }
      }
    }
  }
}

/// A walk over what is left of reduced dimensions, with the elements that each stands for.
struct ReducedWalk: Sendable {
  /// Offsets in the output and in the input.
  let walk: StridedWalk
  private let input: Operand
  private let axes: [Int]

  /// - Parameter axes: all of them when empty.
  init(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, axes: [Int], keep: Bool
  ) throws(ModelError) {
    var reduced: Set<Int> = []
    for axis in axes { reduced.insert(try context.axis(axis, rank: input.shape.count)) }
    if axes.isEmpty { reduced = Set(input.shape.indices) }
    let kept = input.shape.indices.filter { !reduced.contains($0) }
    let shape = input.shape.indices.compactMap { reduced.contains($0) ? (keep ? 1 : nil) : input.shape[$0] }
    try context.require(output, "output", shape: shape)
    self.input = input
    self.axes = input.shape.indices.filter(reduced.contains)
    let strides = keep ? kept.map { output.strides[$0] } : output.strides
    walk = StridedWalk(
      extents: kept.map { input.shape[$0] },
      strides: kept.indices.map { (strides[$0], input.strides[kept[$0]], 0) })
  }

  /// Made when it is needed and not kept: a large tensor has as many places.
  var places: [Int] { Self.places(input, axes) }

  /// Element offsets along `axes`, in logical order.
  static func places(_ input: Operand, _ axes: [Int]) -> [Int] {
    var places = [0]
    for axis in axes {
      let (extent, stride) = (input.shape[axis], input.strides[axis])
      places = places.flatMap { place in (0..<extent).map { place + $0 * stride } }
    }
    return places
  }
}
