import AssayKernels
import AssayModel

/// Batch and layer normalisation, embedding, interpolation.
enum PortableNormalization {
  static let kernels: [String: Preparation] = [
    "aten::_native_batch_norm_legit_no_training.out": batchNorm, "aten::native_layer_norm.out": layerNorm,
    "aten::embedding.out": embedding, "aten::index_select.out": indexSelect,
    "aten::upsample_nearest2d.vec_out": nearest, "aten::upsample_bilinear2d.vec_out": bilinear,
  ]

  private static func batchNorm(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    for index in 1..<max(1, context.outputCount) {
      guard try call.output(index).count == 0 else { throw context.missing("statistics as outputs") }
    }
    return try prepareBatchNorm(
      context, call.floats(0), call.floatOutput(), scale: call.optionalFloats(1),
      shift: call.optionalFloats(2),
      mean: call.floats(3), variance: call.floats(4), epsilon: call.number(6))
  }

  /// Normalises each channel (axis 1) by running statistics; `1 / sqrt(variance + epsilon)` is taken in
  /// double precision and rounded, as the portable kernel does.
  static func prepareBatchNorm(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, scale: Operand?, shift: Operand?,
    mean: Operand,
    variance: Operand, epsilon: Double
  ) throws(ModelError) -> PreparedOperator {
    try context.require(input.shape.count >= 2, "normalises channels of \(input.shape)")
    let channels = input.shape[1]
    try context.require(output, "output", shape: input.shape)
    for operand in [scale, shift, mean, variance] {
      try context.require(
        operand.map { $0.shape == [channels] } ?? true,
        "statistics \(operand?.shape ?? []) for \(channels) channels")
    }
    let axes = input.shape.indices.filter { $0 != 1 }
    let walk = StridedWalk(
      extents: axes.map { input.shape[$0] }, strides: axes.map { (output.strides[$0], input.strides[$0], 0) })
    let (inStep, outStep) = (input.strides[1], output.strides[1])
    return PreparedOperator { memory in
      let from = unsafe memory.input(input.position, as: Float.self)
      let to = unsafe memory.output(output.position, as: Float.self)
      for channel in 0..<channels {
        let spread = unsafe Double(memory.input(variance.position, as: Float.self)[channel]) + epsilon
        let by = unsafe ak_portable_normal(
          mean: memory.input(mean.position, as: Float.self)[channel], factor: Float(1 / spread.squareRoot()),
          scale: scale.map { unsafe memory.input($0.position, as: Float.self)[channel] } ?? 1,
          shift: shift.map { unsafe memory.input($0.position, as: Float.self)[channel] } ?? 0)
        walk.forEachRun { place, start, _ in
          unsafe ak_portable_normalize_f32(
            by, from + start + channel * inStep, walk.steps.1, to + place + channel * outStep, walk.steps.0,
            walk.count)
        }
      }
    }
  }

  private static func layerNorm(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let axes = try call.ints(1).count
    return try prepareLayerNorm(
      context, call.floats(0), call.floatOutput(), scale: call.optionalFloats(2),
      shift: call.optionalFloats(3),
      axes: axes, epsilon: Float(call.number(4)))
  }

  /// - Parameter axes: how many innermost dimensions are normalised together.
  static func prepareLayerNorm(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, scale: Operand?, shift: Operand?,
    axes: Int,
    epsilon: Float
  ) throws(ModelError) -> PreparedOperator {
    try context.require(
      (1...max(1, input.shape.count)).contains(axes), "normalises \(axes) dimensions of \(input.shape)")
    try context.requireSameLayout(input, output)
    let count = input.shape.suffix(axes).reduce(1, *)
    try context.require(
      input.isDense && count > 0 && [scale, shift].allSatisfy { $0.map { $0.count == count } ?? true },
      "rows of \(count) elements in \(input.shape)")
    let rows = input.count / count
    let statistics = try RowStatistics(context, rows: rows, count: count, epsilon: Double(epsilon))
    return PreparedOperator { memory in
      statistics.run(memory, input)
      unsafe ak_portable_layer_norm_f32(
        memory.input(input.position, as: Float.self), rows, count,
        scale.map { unsafe memory.input($0.position, as: Float.self) },
        shift.map { unsafe memory.input($0.position, as: Float.self) }, epsilon,
        memory.output(output.position, as: Float.self))
    }
  }

  // MARK: Look-ups

  private static func embedding(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    return try prepareGather(context, call.operand(0), call.operand(1), call.output(), axis: 0)
  }

  private static func indexSelect(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let table = try call.operand(0)
    return try prepareGather(
      context, table, call.operand(2), call.output(), axis: call.axis(1, rank: table.shape.count))
  }

  /// Slices of `table` along `axis` in the order of integer `indices`, which are checked as they come.
  static func prepareGather(
    _ context: OperatorContext, _ table: Operand, _ indices: Operand, _ output: Operand, axis: Int
  ) throws(ModelError) -> PreparedOperator {
    guard indices.type == .int64 || indices.type == .int32 else {
      throw context.missing("indices of \(indices.type.rawValue)")
    }
    try context.require(output.tensor, "output", type: table.type)
    try context.require(table.shape.indices.contains(axis), "axis \(axis) of \(table.shape)")
    try context.require(table.isDense && output.isDense, "memory orders other than that of the shape")
    let (head, tail) = (Array(table.shape[..<axis]), Array(table.shape[(axis + 1)...]))
    try context.require(output, "output", shape: head + indices.shape + tail)
    let slice = tail.reduce(try context.elementBytes(table.tensor), *)
    let (outer, extent, count) = (head.reduce(1, *), table.shape[axis], indices.count)
    return PreparedOperator { memory throws(RunError) in
      var places: [Int64] = []
      places.reserveCapacity(count)
      for index in 0..<count {
        let value =
          unsafe indices.type == .int64
          ? memory.input(indices.position, as: Int64.self)[index]
          : Int64(memory.input(indices.position, as: Int32.self)[index])
        let place = value < 0 ? value &+ Int64(extent) : value
        guard place >= 0, place < Int64(extent) else {
          throw RunError(.modelDefect, "index \(value) is outside \(extent) entries")
        }
        places.append(place)
      }
      let (from, to) = unsafe (
        memory.input(table.position, as: UInt8.self), memory.output(output.position, as: UInt8.self)
      )
      for block in 0..<outer {
        unsafe ak_portable_embedding(
          from + block * extent * slice, slice, places, count, to + block * count * slice)
      }
    }
  }

  // MARK: Interpolation

  private static func bilinear(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.floats(0), try call.floatOutput())
    return try prepareBilinear(context, input, output, alignCorners: call.bool(2), scales: call.doubles(3))
  }

  /// - Parameter scales: output over input along rows and columns; the ratio of the shapes when empty.
  static func prepareBilinear(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, alignCorners: Bool, scales: [Double]
  ) throws(ModelError) -> PreparedOperator {
    try checkPlanes(context, input, output, scales)
    let axes = [2, 3].map { axis in
      ak_portable_axis(
        input: input.shape[axis], output: output.shape[axis],
        scale: scale(
          input.shape[axis], output.shape[axis], alignCorners, scales.isEmpty ? nil : scales[axis - 2]),
        align_corners: alignCorners)
    }
    let (from, to) = (input.planeStrides, output.planeStrides)
    let (batches, channels) = (input.shape[0], input.shape[1])
    return PreparedOperator { memory in
      var (rows, columns) = (axes[0], axes[1])
      for batch in 0..<batches {
        for channel in 0..<channels {
          unsafe ak_portable_resize_bilinear_f32(
            &rows, &columns,
            memory.input(input.position, as: Float.self) + batch * from.batch + channel * from.channel, from,
            memory.output(output.position, as: Float.self) + batch * to.batch + channel * to.channel, to)
        }
      }
    }
  }

  private static func checkPlanes(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, _ scales: [Double]
  ) throws(ModelError) {
    try context.require(
      input.shape.count == 4 && output.shape.count == 4 && input.shape.prefix(2) == output.shape.prefix(2)
        && input.shape[2] > 0 && input.shape[3] > 0,
      "interpolates \(input.shape) to \(output.shape)")
    try context.require(
      scales.isEmpty || scales.count == 2 && scales.allSatisfy { $0.isFinite && $0 > 1e-4 && $0 < 1e4 },
      "scale factors \(scales)")
  }

  /// Input pixels per output pixel.
  private static func scale(_ input: Int, _ output: Int, _ alignCorners: Bool, _ factor: Double?) -> Float {
    if alignCorners { return output > 1 ? Float(Double(input - 1) / Double(output - 1)) : 0 }
    return factor.map { Float(1 / $0) } ?? Float(Double(input) / Double(output))
  }

  private static func nearest(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output) = (try call.operand(0), try call.output())
    let scales = try call.doubles(2)
    try checkPlanes(context, input, output, scales)
    return try prepareNearest(context, input, output) { axis, place in
      let ratio = scale(input.shape[axis], output.shape[axis], false, scales.isEmpty ? nil : scales[axis - 2])
      return min(Int((Float(place) * ratio).rounded(.down)), input.shape[axis] - 1)
    }
  }

  /// - Parameter source: index along an axis for each index of the output; inside the input.
  static func prepareNearest(
    _ context: OperatorContext, _ input: Operand, _ output: Operand,
    source: (_ axis: Int, _ place: Int) -> Int
  ) throws(ModelError) -> PreparedOperator {
    try context.require(output.tensor, "output", type: input.type)
    try context.require(output.isDense, "memory orders other than that of the shape")
    let bytes = try context.elementBytes(input.tensor)
    let tables = output.shape.indices.flatMap { axis in
      (0..<output.shape[axis]).map { place in
        let index = output.shape[axis] == input.shape[axis] ? place : source(axis, place)
        return min(max(index, 0), input.shape[axis] - 1) * input.strides[axis] * bytes
      }
    }
    let shape = output.shape
    return PreparedOperator { memory in
      unsafe ak_copy_indexed(
        shape.count, shape, tables, memory.input(input.position, as: UInt8.self),
        memory.output(output.position, as: UInt8.self), bytes)
    }
  }
}

/// Mean and reciprocal deviation of each row, where a kernel hands them out behind its result.
struct RowStatistics: Sendable {
  private let rows: Int
  private let count: Int
  private let epsilon: Double
  private let outputs: Int

  init(_ context: OperatorContext, rows: Int, count: Int, epsilon: Double) throws(ModelError) {
    (self.rows, self.count, self.epsilon, outputs) = (rows, count, epsilon, context.outputCount)
    try context.require(outputs <= 3, "\(outputs) outputs")
    for index in 1..<max(1, outputs) {
      let output = try context.output(index)
      guard output.type == .float32 else { throw context.missing("statistics of \(output.type.rawValue)") }
      try context.require(
        output.elementCount == rows, "output \(index) has shape \(output.shape) for \(rows) rows")
    }
  }

  func run(_ memory: borrowing OperatorMemory, _ input: Operand) {
    guard outputs > 1 else { return }
    let places = Array(0..<count)
    let from = unsafe memory.input(input.position, as: Float.self)
    for row in 0..<rows {
      var (mean, variance) = (Float.zero, Float.zero)
      unsafe ak_portable_statistics_f32(from + row * count, places, count, &mean, &variance)
      unsafe memory.output(1, as: Float.self)[row] = mean
      if outputs > 2 {
        unsafe memory.output(2, as: Float.self)[row] = Float(1 / (Double(variance) + epsilon).squareRoot())
      }
    }
  }
}
