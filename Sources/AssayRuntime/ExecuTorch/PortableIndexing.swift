import AssayKernels
import AssayModel

/// Elements picked and placed by indices that are computed: gather, scatter, index.
enum PortableIndexing {
  static let kernels: [String: Preparation] = [
    "aten::gather.out": gather, "aten::scatter.src_out": scatter(adds: false),
    "aten::scatter.value_out": scatter(adds: false), "aten::scatter_add.out": scatter(adds: true),
    "aten::index.Tensor_out": index, "aten::index_put.out": put, "aten::index_put_.default": put,
    "onnx::gather_nd": gatherND, "onnx::scatter_nd": scatterND,
  ]

  /// The index at an element offset, brought into `0..<extent`.
  static func place(
    _ memory: borrowing OperatorMemory, _ indices: Operand, _ offset: Int, extent: Int
  ) throws(RunError) -> Int {
    let value =
      unsafe indices.type == .int64
      ? memory.input(indices.position, as: Int64.self)[offset]
      : Int64(memory.input(indices.position, as: Int32.self)[offset])
    let place = value < 0 ? value &+ Int64(extent) : value
    guard place >= 0, place < Int64(extent) else {
      throw RunError(.modelDefect, "index \(value) is outside \(extent) entries")
    }
    return Int(place)
  }

  static func requireIndices(_ context: OperatorContext, _ indices: Operand) throws(ModelError) {
    guard indices.type == .int64 || indices.type == .int32 else {
      throw context.missing("indices of \(indices.type.rawValue)")
    }
  }

  // MARK: Along one axis

  /// Strides with an axis that is walked by index instead.
  private static func without(_ axis: Int, _ strides: [Int]) -> [Int] {
    strides.indices.map { $0 == axis ? 0 : strides[$0] }
  }

  private static func gather(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (table, indices, output) = (try call.operand(0), try call.operand(2), try call.output())
    let axis = try call.axis(1, rank: table.shape.count)
    try requireIndices(context, indices)
    try context.require(output, "output", shape: indices.shape)
    try context.require(output.tensor, "output", type: table.type)
    try context.require(
      table.shape.indices.contains(axis) && table.shape.count == indices.shape.count
        && table.shape.indices.allSatisfy { $0 == axis || indices.shape[$0] <= table.shape[$0] },
      "indices \(indices.shape) along axis \(axis) of \(table.shape)")
    let bytes = try context.elementBytes(table.tensor)
    let rest = without(axis, table.strides)
    let walk = StridedWalk(
      extents: output.shape,
      strides: output.shape.indices.map { (output.strides[$0], indices.strides[$0], rest[$0]) })
    let (extent, stride) = (table.shape[axis], table.strides[axis])
    return PreparedOperator { memory throws(RunError) in
      let from = unsafe memory.input(table.position, as: UInt8.self)
      let to = unsafe memory.output(output.position, as: UInt8.self)
      try walk.forEachElement { (target, index, base) throws(RunError) in
        let source = base + (try place(memory, indices, index, extent: extent)) * stride
        unsafe (to + target * bytes).update(from: from + source * bytes, count: bytes)
      }
    }
  }

  private static func scatter(adds: Bool) -> Preparation {
    { (context) throws(ModelError) in
      let call = try PortableCall(context)
      let (table, indices, output) = (try call.operand(0), try call.operand(2), try call.output())
      let axis = try call.axis(1, rank: table.shape.count)
      try requireIndices(context, indices)
      let source = call.isTensor(3) ? try call.operand(3) : nil
      let fill = source == nil ? ElementBytes.of(try call.number(3), table.type) : nil
      try context.require(output, "output", shape: table.shape)
      try context.require(output.tensor, "output", type: table.type)
      guard source.map({ $0.type == table.type }) ?? (fill != nil), !adds || table.type == .float32 else {
        throw context.missing("\(context.op.code.name) on \(table.type.rawValue)")
      }
      let rank = table.shape.count
      try context.require(
        table.shape.indices.contains(axis) && indices.shape.count == rank
          && table.shape.indices.allSatisfy { $0 == axis || indices.shape[$0] <= table.shape[$0] }
          && (source.map { source in
            source.shape.count == rank && zip(indices.shape, source.shape).allSatisfy { $0 <= $1 }
          } ?? true),
        "indices \(indices.shape) along axis \(axis) of \(table.shape)")
      return scattered(context, table, indices, source, fill ?? [], output, axis: axis, adds: adds)
    }
  }

  private static func scattered(
    _ context: OperatorContext, _ table: Operand, _ indices: Operand, _ source: Operand?, _ fill: [UInt8],
    _ output: Operand, axis: Int, adds: Bool
  ) -> PreparedOperator {
    let rest = without(axis, output.strides)
    let walk = StridedWalk(
      extents: indices.shape,
      strides: indices.shape.indices.map { (indices.strides[$0], source?.strides[$0] ?? 0, rest[$0]) })
    let (extent, stride, bytes) = (output.shape[axis], output.strides[axis], table.type.byteSize ?? 1)
    let copy = PortableMovement.prepare(
      table.shape, from: (table.position, .init(strides: table.strides)),
      to: (output.position, .init(strides: output.strides)), elementBytes: bytes)
    return PreparedOperator { memory throws(RunError) in
      try copy.invoke(memory)
      let from = unsafe source.map { unsafe memory.input($0.position, as: UInt8.self) }
      let to = unsafe memory.output(output.position, as: UInt8.self)
      try walk.forEachElement { (index, element, base) throws(RunError) in
        let target = base + (try place(memory, indices, index, extent: extent)) * stride
        guard let from = unsafe from else {
          for byte in 0..<bytes { unsafe to[target * bytes + byte] = fill[byte] }
          return
        }
        if adds {
          let sum = unsafe UnsafeMutableRawPointer(to + target * bytes).assumingMemoryBound(to: Float.self)
          unsafe sum.pointee += UnsafeRawPointer(from + element * bytes).loadUnaligned(as: Float.self)
        } else {
          unsafe (to + target * bytes).update(from: from + element * bytes, count: bytes)
        }
      }
    }
  }

  // MARK: By several indices

  /// Neighbouring dimensions picked by tensors of one count; what is behind them moves as one slice.
  private struct Picked {
    var outer: Int
    var extents: [Int]
    var indices: [Operand]
    /// Strides of each index in the shape that they have together.
    var strides: [[Int]]
    var pickedShape: [Int]
    var count: Int
    var shape: [Int]
    /// Elements of a slice.
    var slice: Int

    init(_ context: OperatorContext, _ call: PortableCall, _ table: Operand, _ lists: [Operand?])
      throws(ModelError)
    {
      let given = lists.indices.filter { lists[$0] != nil }
      guard let first = given.first, let last = given.last, given.count == last - first + 1 else {
        throw context.missing("indices with a gap between them")
      }
      try context.require(
        last < table.shape.count && table.isDense, "\(lists.count) indices of \(table.shape)")
      indices = lists[first...last].compactMap { $0 }
      var shape: [Int] = []
      for index in indices {
        try PortableIndexing.requireIndices(context, index)
        let rank = max(shape.count, index.shape.count)
        let left = Array(repeating: 1, count: rank - shape.count) + shape
        let right = Array(repeating: 1, count: rank - index.shape.count) + index.shape
        shape = zip(left, right).map { $0 == 1 ? $1 : $0 }
      }
      count = shape.reduce(1, *)
      strides = []
      for index in indices {
        guard let own = StridedWalk.broadcast(index, to: shape) else {
          throw context.invalid("indices of shapes \(indices.map(\.shape))")
        }
        strides.append(own)
      }
      pickedShape = shape
      outer = table.shape[..<first].reduce(1, *)
      extents = Array(table.shape[first...last])
      slice = table.shape[(last + 1)...].reduce(1, *)
      self.shape = Array(table.shape[..<first]) + shape + Array(table.shape[(last + 1)...])
    }

    private func offset(of item: Int, _ strides: [Int]) -> Int {
      var (rest, offset) = (item, 0)
      for axis in pickedShape.indices.reversed() {
        offset += rest % pickedShape[axis] * strides[axis]
        rest /= pickedShape[axis]
      }
      return offset
    }

    /// Calls `body` with the element offset of each slice, in the table and among the picked ones.
    func forEachSlice(
      _ memory: borrowing OperatorMemory, _ body: (Int, Int) -> Void
    ) throws(RunError) {
      let whole = extents.reduce(1, *)
      for item in 0..<count {
        var position = 0
        for (number, extent) in extents.enumerated() {
          let (index, offset) = (indices[number], offset(of: item, strides[number]))
          position = position * extent + (try PortableIndexing.place(memory, index, offset, extent: extent))
        }
        for block in 0..<outer { body((block * whole + position) * slice, (block * count + item) * slice) }
      }
    }
  }

  private static func index(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (table, output) = (try call.operand(0), try call.output())
    let picked = try Picked(context, call, table, call.optionalOperands(1))
    try context.require(output.tensor, "output", type: table.type)
    try context.require(output, "output", shape: picked.shape)
    try context.require(output.isDense, "memory orders other than that of the shape")
    let bytes = try context.elementBytes(table.tensor)
    return PreparedOperator { memory throws(RunError) in
      let from = unsafe memory.input(table.position, as: UInt8.self)
      let to = unsafe memory.output(output.position, as: UInt8.self)
      try picked.forEachSlice(memory) { source, target in
        unsafe (to + target * bytes).update(from: from + source * bytes, count: picked.slice * bytes)
      }
    }
  }

  private static func put(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (table, values, output) = (try call.operand(0), try call.operand(2), try call.output())
    let picked = try Picked(context, call, table, call.optionalOperands(1))
    let adds = try call.bool(3)
    try context.require(output, "output", shape: table.shape)
    try context.require(
      output.type == table.type && values.type == table.type && output.isDense && values.isDense,
      "types differ")
    guard values.shape == picked.shape || values.count == 1, !adds || table.type == .float32 else {
      throw context.missing("values \(values.shape) for \(picked.shape)")
    }
    let bytes = try context.elementBytes(table.tensor)
    let step = values.count == 1 ? 0 : 1
    let copy = PortableMovement.prepare(
      [table.count], from: (table.position, .init(strides: [1])), to: (output.position, .init(strides: [1])),
      elementBytes: bytes)
    return PreparedOperator { memory throws(RunError) in
      try copy.invoke(memory)
      let from = unsafe memory.input(values.position, as: UInt8.self)
      let to = unsafe memory.output(output.position, as: UInt8.self)
      try picked.forEachSlice(memory) { target, source in
        for element in 0..<picked.slice {
          let (place, value) = unsafe (
            to + (target + element) * bytes, from + (source + element) * step * bytes
          )
          if adds {
            unsafe UnsafeMutableRawPointer(place).assumingMemoryBound(to: Float.self).pointee +=
              UnsafeRawPointer(value).loadUnaligned(as: Float.self)
          } else {
            unsafe place.update(from: value, count: bytes)
          }
        }
      }
    }
  }

  // MARK: Tuples of indices

  private static func gatherND(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (table, indices, output) = (try call.operand(0), try call.operand(1), try call.output())
    let batches = try call.int(2)
    let (rows, depth, slice) = try tuples(context, table, indices, batches: batches)
    try context.require(output.tensor, "output", type: table.type)
    try context.require(output.isDense && output.count == rows * slice, "output \(output.shape)")
    let bytes = try context.elementBytes(table.tensor)
    let shared = table.shape[..<batches].reduce(1, *)
    let extents = Array(table.shape[batches..<batches + depth])
    return PreparedOperator { memory throws(RunError) in
      let from = unsafe memory.input(table.position, as: UInt8.self)
      let to = unsafe memory.output(output.position, as: UInt8.self)
      for row in 0..<rows {
        var position = row / (rows / shared)
        for (axis, extent) in extents.enumerated() {
          position = position * extent + (try place(memory, indices, row * depth + axis, extent: extent))
        }
        unsafe (to + row * slice * bytes).update(from: from + position * slice * bytes, count: slice * bytes)
      }
    }
  }

  private static func tuples(
    _ context: OperatorContext, _ table: Operand, _ indices: Operand, batches: Int
  ) throws(ModelError) -> (rows: Int, depth: Int, slice: Int) {
    try requireIndices(context, indices)
    let depth = indices.shape.last ?? 0
    try context.require(
      depth >= 1 && batches >= 0 && batches < indices.shape.count && batches + depth <= table.shape.count
        && table.isDense && indices.isDense && indices.count > 0 && table.count > 0
        && table.shape.prefix(batches) == indices.shape.prefix(batches),
      "indices \(indices.shape) of \(table.shape)")
    return (indices.count / depth, depth, table.shape[(batches + depth)...].reduce(1, *))
  }

  private static func scatterND(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let (table, indices, values, output) = (
      try call.operand(0), try call.operand(1), try call.operand(2), try call.output()
    )
    let (rows, depth, slice) = try tuples(context, table, indices, batches: 0)
    try context.require(output, "output", shape: table.shape)
    try context.require(
      output.type == table.type && values.type == table.type && values.isDense && output.isDense
        && values.count == rows * slice, "values \(values.shape)")
    let bytes = try context.elementBytes(table.tensor)
    let copy = PortableMovement.prepare(
      [table.count], from: (table.position, .init(strides: [1])), to: (output.position, .init(strides: [1])),
      elementBytes: bytes)
    let extents = Array(table.shape.prefix(depth))
    return PreparedOperator { memory throws(RunError) in
      try copy.invoke(memory)
      let from = unsafe memory.input(values.position, as: UInt8.self)
      let to = unsafe memory.output(output.position, as: UInt8.self)
      for row in 0..<rows {
        var position = 0
        for (axis, extent) in extents.enumerated() {
          position = position * extent + (try place(memory, indices, row * depth + axis, extent: extent))
        }
        unsafe (to + position * slice * bytes).update(from: from + row * slice * bytes, count: slice * bytes)
      }
    }
  }
}
