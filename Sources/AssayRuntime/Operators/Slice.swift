import AssayModel

/// STRIDED_SLICE, SLICE, DYNAMIC_UPDATE_SLICE and REVERSE_V2.
enum Slice {
  static let operators: [BuiltinOperator: Preparation] = [
    .stridedSlice: stridedSlice, .slice: slice, .dynamicUpdateSlice: update, .reverseV2: reverse,
  ]

  private static func stridedSlice(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 4...4)
    guard case .stridedSlice(let options) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    guard options.ellipsisMask == 0, options.newAxisMask == 0, !options.offset else {
      throw context.missing("ellipsis, new axis and offset masks: TFLite Micro ignores them")
    }
    let (input, output, bytes) = try context.moved()
    return try context.planned(by: [1, 2, 3]) { [input, output] values throws(ControlFault) in
      let selection = try Selection(input.shape, begin: values[0], end: values[1], by: values[2], options)
      try ControlFault.require(
        output.shape == selection.shape, "output has shape \(output.shape), not \(selection.shape)")
      return selection.copy(of: input.shape, elementBytes: bytes)
    } run: { copy, memory in
      unsafe copy.run(memory.input(0, as: UInt8.self), memory.output(0, as: UInt8.self))
    }
  }

  /// SLICE: a size of -1 reaches to the end.
  private static func slice(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 3...3)
    let (input, output, bytes) = try context.moved()
    return try context.planned(by: [1, 2]) { [input, output] values throws(ControlFault) in
      let rank = input.shape.count
      try ControlFault.require(
        values[0].count == rank && values[1].count == rank, "begin and size need \(rank) values each")
      var selection = Selection()
      for (extent, (begin, stored)) in zip(input.shape, zip(values[0], values[1])) {
        try ControlFault.require((0...extent).contains(begin), "begin \(begin) is outside \(extent)")
        let size = stored == -1 ? extent - begin : stored
        try ControlFault.require(
          (0...extent - begin).contains(size), "size \(size) from \(begin) exceeds \(extent)")
        selection.append(start: begin, step: 1, count: size, keep: true)
      }
      try ControlFault.require(
        output.shape == selection.shape, "output has shape \(output.shape), not \(selection.shape)")
      return selection.copy(of: input.shape, elementBytes: bytes)
    } run: { copy, memory in
      unsafe copy.run(memory.input(0, as: UInt8.self), memory.output(0, as: UInt8.self))
    }
  }

  /// DYNAMIC_UPDATE_SLICE: input 0 with input 1 written over it at the place of input 2, which is moved
  /// inside where it reaches out.
  private static func update(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 3...3)
    let (whole, output, bytes) = try context.moved()
    let part = try context.input(1)
    try context.require(part, "input 1", type: whole.type)
    try context.require(output, "output", shape: whole.shape)
    try context.require(
      part.shape.count == whole.shape.count && zip(part.shape, whole.shape).allSatisfy { $0 <= $1 },
      "an update of shape \(part.shape) does not fit \(whole.shape)")
    let (byteCount, isEmpty) = (whole.elementCount * bytes, part.elementCount == 0)
    return try context.planned(by: [2]) { values throws(ControlFault) in
      try ControlFault.require(
        values[0].count == whole.shape.count, "start needs \(whole.shape.count) values")
      let strides = Shapes.denseStrides(whole.shape)
      let starts = whole.shape.indices.map { min(max(0, values[0][$0]), whole.shape[$0] - part.shape[$0]) }
      return StridedCopy(
        extents: part.shape, from: .init(strides: Shapes.denseStrides(part.shape)),
        to: .init(strides: strides, offset: zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 }),
        elementBytes: bytes)
    } run: { copy, memory in
      let out = unsafe memory.output(0, as: UInt8.self)
      unsafe out.update(from: memory.input(0, as: UInt8.self), count: byteCount)
      if !isEmpty { unsafe copy.run(memory.input(1, as: UInt8.self), out) }
    }
  }

  private static func reverse(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...2)
    let (input, output, bytes) = try context.moved()
    try context.require(output, "output", shape: input.shape)
    return try context.planned(by: [1]) { [input] values throws(ControlFault) in
      var reversed = Set<Int>()
      for axis in values[0] { reversed.insert(try resolvedAxis(axis, rank: input.shape.count)) }
      var selection = Selection()
      for (axis, extent) in input.shape.enumerated() {
        let backwards = reversed.contains(axis) && extent > 0
        selection.append(
          start: backwards ? extent - 1 : 0, step: backwards ? -1 : 1, count: extent, keep: true)
      }
      return selection.copy(of: input.shape, elementBytes: bytes)
    } run: { copy, memory in
      unsafe copy.run(memory.input(0, as: UInt8.self), memory.output(0, as: UInt8.self))
    }
  }
}

/// Which elements of each dimension are taken, all inside it.
private struct Selection {
  private var starts: [Int] = []
  private var steps: [Int] = []
  private var counts: [Int] = []
  /// The shape of what is taken, without dimensions that are dropped.
  private(set) var shape: [Int] = []

  init() {}

  mutating func append(start: Int, step: Int, count: Int, keep: Bool) {
    starts.append(start)
    steps.append(step)
    counts.append(count)
    if keep { shape.append(count) }
  }

  /// Ranges in the manner of Python: negative positions count from the end, ranges are clipped, a
  /// mask bit leaves an end open. A shrunk axis takes the one element at `begin`, which must exist.
  init(
    _ extents: [Int], begin: [Int], end: [Int], by step: [Int], _ options: StridedSliceOptions
  ) throws(ControlFault) {
    let rank = extents.count
    try ControlFault.require(
      rank <= 32 && begin.count == rank && end.count == rank && step.count == rank,
      "begin, end and strides need \(rank) values each")
    for (axis, extent) in extents.enumerated() {
      let bit = UInt32(1) << UInt32(axis)
      try ControlFault.require(
        step[axis] != 0 && (-Int(Int32.max)...Int(Int32.max)).contains(step[axis]),
        "stride \(step[axis]) on axis \(axis)")
      if options.shrinkAxisMask & bit != 0 {
        let index = options.beginMask & bit != 0 ? (step[axis] > 0 ? 0 : extent - 1) : begin[axis]
        try ControlFault.require(
          (-extent..<extent).contains(index), "index \(index) is outside axis \(axis) of \(extent)")
        append(start: index < 0 ? index + extent : index, step: 1, count: 1, keep: false)
      } else {
        let range = Self.range(
          of: extent, from: options.beginMask & bit != 0 ? nil : begin[axis],
          to: options.endMask & bit != 0 ? nil : end[axis], by: step[axis])
        append(start: range.start, step: step[axis], count: range.count, keep: true)
      }
    }
  }

  private static func range(of extent: Int, from begin: Int?, to end: Int?, by step: Int) -> (
    start: Int, count: Int
  ) {
    // Backwards, the position before the first element is a legal end.
    let (lowest, highest) = step > 0 ? (0, extent) : (-1, extent - 1)
    func clip(_ position: Int) -> Int {
      max(lowest, min(highest, position < 0 ? position + extent : position))
    }
    let first = begin.map(clip) ?? (step > 0 ? lowest : highest)
    let past = end.map(clip) ?? (step > 0 ? highest : lowest)
    let distance = step > 0 ? past - first : first - past
    return (first, distance <= 0 ? 0 : (distance - 1) / abs(step) + 1)
  }

  func copy(of extents: [Int], elementBytes: Int) -> StridedCopy {
    let dense = Shapes.denseStrides(extents)
    let empty = counts.contains(0)
    let offset = empty ? 0 : zip(starts, dense).reduce(0) { $0 + $1.0 * $1.1 }
    let strides = zip(steps, dense).map { $0.multipliedReportingOverflow(by: $1).partialValue }
    return StridedCopy(
      extents: counts, from: .init(strides: strides, offset: offset),
      to: .init(strides: Shapes.denseStrides(counts)), elementBytes: elementBytes)
  }
}
