import AssayKernels
import AssayModel

/// Operators about shapes whose elements stay in order: RESHAPE, SQUEEZE, EXPAND_DIMS, SHAPE, RANK,
/// FILL, ZEROS_LIKE, BROADCAST_TO and BROADCAST_ARGS.
enum Shape {
  static let operators: [BuiltinOperator: Preparation] = [
    .reshape: reshape, .squeeze: squeeze, .expandDims: expandDimensions, .shape: shape, .rank: rank,
    .fill: fill, .zerosLike: zerosLike, .broadcastTo: broadcastTo, .broadcastArgs: broadcastArguments,
  ]

  /// The result has the shape that the file stores for the output. The device's runtime never reads
  /// the shape input: a constant one must agree, a computed one is left alone.
  private static func reshape(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 1...2)
    let (input, output, bytes) = try context.moved()
    let count = input.elementCount
    try context.require(
      output.elementCount == count,
      "output \(output.shape) holds \(output.elementCount) elements, the input \(count)")
    if context.optionalInput(1) != nil, let shape = try ControlInput(context, 1).constant {
      do { try requireElements(count, of: shape) } catch { throw context.invalid(error.message) }
    }
    return copy(count * bytes)
  }

  private static func requireElements(_ count: Int, of shape: [Int]) throws(ControlFault) {
    // A shape of [0] is how old files write a scalar.
    if shape == [0], count == 1 { return }
    let unknown = shape.filter { $0 == -1 }.count
    var known = 1
    for extent in shape where extent != -1 {
      let (product, overflow) = known.multipliedReportingOverflow(by: extent)
      try ControlFault.require(extent >= 0 && !overflow, "shape \(shape) is not a shape")
      known = product
    }
    let holds = unknown == 0 ? known == count : unknown == 1 && known > 0 && count % known == 0
    try ControlFault.require(holds, "shape \(shape) does not hold \(count) elements")
  }

  private static func copy(_ byteCount: Int) -> PreparedOperator {
    PreparedOperator { memory in
      unsafe memory.output(0, as: UInt8.self).update(from: memory.input(0, as: UInt8.self), count: byteCount)
    }
  }

  private static func squeeze(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 1...1)
    let (input, output, bytes) = try context.moved()
    var removed = input.shape.map { $0 == 1 }
    if case .squeeze(let dimensions) = context.op.options, !dimensions.isEmpty {
      removed = Array(repeating: false, count: input.shape.count)
      for dimension in dimensions {
        let axis = try context.axis(dimension, rank: input.shape.count)
        try context.require(input.shape[axis] == 1, "dimension \(axis) is \(input.shape[axis]), not 1")
        removed[axis] = true
      }
    }
    let kept = zip(input.shape, removed).filter { !$0.1 }.map(\.0)
    try context.require(output, "output", shape: kept)
    return copy(input.elementCount * bytes)
  }

  private static func expandDimensions(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...2)
    let (input, output, bytes) = try context.moved()
    let byteCount = input.elementCount * bytes
    return try context.planned(by: [1]) { [input, output] values throws(ControlFault) in
      try ControlFault.require(values[0].count == 1, "\(values[0].count) axes, expected 1")
      let axis = try resolvedAxis(values[0][0], rank: input.shape.count + 1)
      var expanded = input.shape
      expanded.insert(1, at: axis)
      try ControlFault.require(output.shape == expanded, "output has shape \(output.shape), not \(expanded)")
    } run: { _, memory in
      unsafe memory.output(0, as: UInt8.self).update(from: memory.input(0, as: UInt8.self), count: byteCount)
    }
  }

  private static func shape(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 1...1)
    let (input, output) = (try context.input(0), try context.output(0))
    guard output.type == .int32 else { throw context.missing("SHAPE to \(output.type.rawValue)") }
    try context.require(output, "output", shape: [input.shape.count])
    return constantIntegers(input.shape.map(Int32.init(clamping:)))
  }

  private static func rank(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 1...1)
    try context.require(try context.output(0), "output", type: .int32)
    try context.require(try context.output(0).elementCount == 1, "output is not a scalar")
    return constantIntegers([Int32(clamping: try context.input(0).shape.count)])
  }

  private static func constantIntegers(_ values: [Int32]) -> PreparedOperator {
    PreparedOperator { memory in
      unsafe memory.output(0, as: Int32.self).update(from: values, count: values.count)
    }
  }

  private static func zerosLike(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 1...1)
    let (input, output, bytes) = try context.moved()
    try context.require(output, "output", shape: input.shape)
    let byteCount = input.elementCount * bytes
    return PreparedOperator { memory in
      unsafe memory.output(0, as: UInt8.self).update(repeating: 0, count: byteCount)
    }
  }

  private static func fill(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...2)
    let (value, output, bytes) = try context.moved(1)
    try context.require(value.elementCount == 1, "fills with \(value.elementCount) values, expected 1")
    return try context.planned(by: [0]) { [output] values throws(ControlFault) in
      try ControlFault.require(
        values[0] == output.shape, "output has shape \(output.shape), not \(values[0])")
      return output.elementCount
    } run: { count, memory in
      unsafe ak_fill(memory.output(0, as: UInt8.self), count, memory.input(1, as: UInt8.self), bytes)
    }
  }

  private static func broadcastTo(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...2)
    let (input, output, bytes) = try context.moved()
    return try context.planned(by: [1]) { [input, output] values throws(ControlFault) in
      try ControlFault.require(
        values[0] == output.shape, "output has shape \(output.shape), not \(values[0])")
      guard let strides = Shapes.broadcastStrides(input.shape, to: output.shape) else {
        throw ControlFault("shape \(input.shape) does not broadcast to \(output.shape)")
      }
      return StridedCopy(
        extents: output.shape, from: .init(strides: strides),
        to: .init(strides: Shapes.denseStrides(output.shape)), elementBytes: bytes)
    } run: { copy, memory in
      unsafe copy.run(memory.input(0, as: UInt8.self), memory.output(0, as: UInt8.self))
    }
  }

  /// The shape to which two shapes broadcast, as a tensor of their type.
  private static func broadcastArguments(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...2)
    let output = try context.output(0)
    try context.require(output, "output", type: try context.input(0).type)
    let isWide = output.type == .int64
    return try context.planned(by: [0, 1]) { [output] values throws(ControlFault) -> [Int] in
      guard let shape = Shapes.broadcast(values) else {
        throw ControlFault("shapes \(values) do not broadcast")
      }
      try ControlFault.require(output.shape == [shape.count], "output has shape \(output.shape)")
      return shape
    } run: { shape, memory in
      if isWide {
        unsafe memory.output(0, as: Int64.self).update(from: shape.map(Int64.init), count: shape.count)
      } else {
        unsafe memory.output(0, as: Int32.self).update(
          from: shape.map(Int32.init(clamping:)), count: shape.count)
      }
    }
  }
}

extension OperatorContext {
  /// An attribute's axis, counted from the end when negative.
  func axis(_ axis: Int, rank: Int) throws(ModelError) -> Int {
    do { return try resolvedAxis(axis, rank: rank) } catch { throw invalid(error.message) }
  }
}
