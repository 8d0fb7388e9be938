import AssayKernels
import AssayModel

/// Parts of tensors: windows, diagonals, slices that are replaced, ranges of numbers.
enum PortableParts {
  static let kernels: [String: Preparation] = [
    "aten::unfold_copy.out": unfold, "aten::diagonal_copy.out": diagonal,
    "aten::slice_scatter.out": sliceScatter, "aten::select_scatter.out": selectScatter,
    "aten::arange.out": arange, "aten::arange.start_out": arange, "onnx::slice": slice,
  ]

  /// Windows of `size` elements along an axis, `step` apart, as a last dimension.
  private static func unfold(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output, bytes) = try PortableMovement.moved(call)
    let axis = try call.axis(1, rank: input.shape.count)
    let (size, step) = (try call.int(2), try call.int(3))
    try context.require(
      input.shape.indices.contains(axis) && size >= 0 && size <= input.shape[axis]
        && (1...Int(Int32.max)).contains(step), "windows of \(size), \(step) apart, of \(input.shape)")
    var (shape, strides) = (input.shape, input.strides)
    shape[axis] = (shape[axis] - size) / step + 1
    strides.append(strides[axis])
    strides[axis] *= step
    try context.require(output, "output", shape: shape + [size])
    return PortableMovement.prepare(
      output.shape, from: (input.position, .init(strides: strides)),
      to: (output.position, .init(strides: output.strides)), elementBytes: bytes)
  }

  private static func diagonal(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output, bytes) = try PortableMovement.moved(call)
    let rank = input.shape.count
    let (offset, first, second) = (
      try call.int(1, default: 0), try call.axis(2, rank: rank, default: 0),
      try call.axis(3, rank: rank, default: 1)
    )
    try context.require(rank >= 2 && first != second, "diagonals of \(input.shape)")
    let (rows, columns) = (input.shape[first], input.shape[second])
    try context.require((-rows...columns).contains(offset), "diagonal \(offset) of \(input.shape)")
    let count = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    let others = input.shape.indices.filter { $0 != first && $0 != second }
    try context.require(output, "output", shape: others.map { input.shape[$0] } + [count])
    let start = offset >= 0 ? offset * input.strides[second] : -offset * input.strides[first]
    let strides = others.map { input.strides[$0] } + [input.strides[first] + input.strides[second]]
    return PortableMovement.prepare(
      output.shape, from: (input.position, .init(strides: strides, offset: count > 0 ? start : 0)),
      to: (output.position, .init(strides: output.strides)), elementBytes: bytes)
  }

  // MARK: Replaced parts

  private static func sliceScatter(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output, bytes) = try PortableMovement.moved(call)
    let source = try call.operand(1)
    let axis = try call.axis(2, rank: input.shape.count, default: 0)
    try context.require(input.shape.indices.contains(axis), "a scalar has no axis \(axis)")
    let extent = input.shape[axis]
    func place(_ value: Int) -> Int { min(max(value < 0 ? value &+ extent : value, 0), extent) }
    let start = place(try call.int(3, default: 0))
    let end = max(start, place(try call.int(4, default: extent)))
    let step = try call.int(5, default: 1)
    try context.require((1...Int(Int32.max)).contains(step), "step \(step)")
    var shape = input.shape
    shape[axis] = (end - start + step - 1) / step
    try context.require(source, "source", shape: shape)
    var target = StridedCopy.Side(strides: output.strides, offset: start * output.strides[axis])
    target.strides[axis] *= step
    return try replaced(context, input, output, bytes, source, shape, source.strides, target)
  }

  private static func selectScatter(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output, bytes) = try PortableMovement.moved(call)
    let source = try call.operand(1)
    let axis = try call.axis(2, rank: input.shape.count)
    let index = try call.int(3)
    try context.require(input.shape.indices.contains(axis), "a scalar has no axis \(axis)")
    let extent = input.shape[axis]
    try context.require((-extent..<extent).contains(index), "index \(index) of \(extent)")
    var (shape, strides) = (input.shape, output.strides)
    shape.remove(at: axis)
    let offset = strides.remove(at: axis) * (index < 0 ? index + extent : index)
    try context.require(source, "source", shape: shape)
    return try replaced(
      context, input, output, bytes, source, shape, source.strides, .init(strides: strides, offset: offset))
  }

  private static func replaced(
    _ context: OperatorContext, _ input: Operand, _ output: Operand, _ bytes: Int, _ source: Operand,
    _ shape: [Int], _ strides: [Int], _ target: StridedCopy.Side
  ) throws(ModelError) -> PreparedOperator {
    try context.require(output, "output", shape: input.shape)
    try context.require(source.tensor, "source", type: input.type)
    let copy = PortableMovement.prepare(
      input.shape, from: (input.position, .init(strides: input.strides)),
      to: (output.position, .init(strides: output.strides)), elementBytes: bytes)
    // An empty part lies nowhere.
    guard !shape.contains(0) else { return copy }
    let part = PortableMovement.prepare(
      shape, from: (source.position, .init(strides: strides)), to: (output.position, target),
      elementBytes: bytes)
    return PortableMovement.sequence([copy, part])
  }

  /// Elements along one axis, `step` apart, backwards where it is negative.
  private static func slice(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (input, output, bytes) = try PortableMovement.moved(call)
    let axis = try call.axis(1, rank: input.shape.count)
    let (start, step) = (try call.int(2), try call.int(3))
    try context.require(
      input.shape.indices.contains(axis) && output.shape.count == input.shape.count, "slices \(input.shape)")
    var shape = input.shape
    shape[axis] = output.shape[axis]
    try context.require(output, "output", shape: shape)
    let limit = Int(Int32.max)
    try context.require(
      (-limit...limit).contains(step) && (-limit...limit).contains(start), "from \(start), \(step) apart")
    let last = start + (shape[axis] - 1) * step
    let inside = 0..<max(1, input.shape[axis])
    try context.require(
      shape[axis] == 0 || inside.contains(start) && inside.contains(last), "from \(start) to \(last)")
    var side = StridedCopy.Side(strides: input.strides, offset: start * input.strides[axis])
    side.strides[axis] *= step
    return PortableMovement.prepare(
      shape, from: (input.position, side), to: (output.position, .init(strides: output.strides)),
      elementBytes: bytes)
  }

  // MARK: Ranges

  private static func arange(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let output = try call.output()
    let hasStart = context.op.code.name == "aten::arange.start_out"
    let start = hasStart ? try call.number(0) : 0
    let end = try call.number(hasStart ? 1 : 0)
    let step = hasStart ? try call.number(2, default: 1) : 1
    try context.require(
      [start, end, step].allSatisfy { $0.isFinite && $0.magnitude < 1e15 } && step != 0,
      "a range from \(start) to \(end) by \(step)")
    let length = ((end - start) / step).rounded(.up)
    try context.require(
      output.shape == [Int(min(max(length, 0), 1e9))], "\(length) numbers for output \(output.shape)")
    guard ElementBytes.of(0, output.type) != nil else {
      throw context.missing("a range of \(output.type.rawValue)")
    }
    let (count, type, bytes) = (output.count, output.type, try context.elementBytes(output.tensor))
    return PreparedOperator { memory in
      let to = unsafe memory.output(output.position, as: UInt8.self)
      for index in 0..<count {
        let element = ElementBytes.of(start + Double(index) * step, type) ?? []
        for (byte, value) in element.enumerated() { unsafe to[index * bytes + byte] = value }
      }
    }
  }
}
