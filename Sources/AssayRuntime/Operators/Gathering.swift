import AssayKernels
import AssayModel

/// GATHER, GATHER_ND and EMBEDDING_LOOKUP: slices chosen by indices that the model computes.
enum Gathering {
  static let operators: [BuiltinOperator: Preparation] = [
    .gather: gather, .gatherNd: gatherND, .embeddingLookup: embeddingLookup,
  ]

  private static func gather(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .gather(let storedAxis, let storedBatch) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    try context.requireArity(inputs: 2...2)
    let (input, output, bytes) = try context.moved()
    let indices = try context.input(1)
    try context.require(indices, "indices", type: .int32)
    let axis = try context.axis(storedAxis, rank: input.shape.count)
    let batch = storedBatch < 0 ? storedBatch + indices.shape.count : storedBatch
    try context.require(
      (0...min(axis, indices.shape.count)).contains(batch)
        && input.shape.prefix(batch) == indices.shape.prefix(batch),
      "\(storedBatch) batch dimensions do not fit \(input.shape) and \(indices.shape)")
    let shape = input.shape[..<axis] + indices.shape[batch...] + input.shape[(axis + 1)...]
    try context.require(output, "output", shape: Array(shape))
    let split = Shapes.split(input.shape, at: axis)
    let batches = input.shape.prefix(batch).reduce(1, *)
    let choice = Choice(
      outer: batches == 0 ? 0 : split.outer / batches, axis: split.axis, sliceBytes: split.inner * bytes,
      count: indices.shape[batch...].reduce(1, *))
    return choice.prepared(context, batches: batches, source: 0, indices: 1)
  }

  /// EMBEDDING_LOOKUP: input 0 chooses rows of input 1.
  private static func embeddingLookup(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...2)
    let (table, output, bytes) = try context.moved(1)
    let indices = try context.input(0)
    try context.require(indices, "indices", type: .int32)
    try context.require(indices, "indices", rank: 1)
    try context.require(!table.shape.isEmpty, "the table is a scalar")
    try context.require(output, "output", shape: indices.shape + table.shape[1...])
    let split = Shapes.split(table.shape, at: 0)
    let choice = Choice(
      outer: 1, axis: split.axis, sliceBytes: split.inner * bytes, count: indices.elementCount)
    return choice.prepared(context, batches: 1, source: 1, indices: 0)
  }

  /// GATHER_ND: the innermost dimension of the indices is a position in the leading dimensions.
  private static func gatherND(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...2)
    let (input, output, bytes) = try context.moved()
    let indices = try context.input(1)
    try context.require(indices, "indices", type: .int32)
    guard let depth = indices.shape.last, depth <= input.shape.count else {
      throw context.invalid("indices of shape \(indices.shape) do not fit \(input.shape)")
    }
    try context.require(output, "output", shape: indices.shape.dropLast() + input.shape[depth...])
    let leading = Array(input.shape[..<depth])
    let strides = Shapes.denseStrides(leading)
    let sliceBytes = input.shape[depth...].reduce(1, *) * bytes
    let (slices, place) = (indices.shape.dropLast().reduce(1, *), context.place)
    return PreparedOperator { memory throws(RunError) in
      let (from, out) = unsafe (memory.input(0, as: UInt8.self), memory.output(0, as: UInt8.self))
      let positions = unsafe memory.input(1, as: Int32.self)
      for slice in 0..<slices {
        var flat = 0
        for (axis, extent) in leading.enumerated() {
          let index = unsafe Int(positions[slice * depth + axis])
          guard (0..<extent).contains(index) else {
            throw RunError(.modelDefect, in: place, "index \(index) is outside axis \(axis) of \(extent)")
          }
          flat += index * strides[axis]
        }
        unsafe (out + slice * sliceBytes).update(from: from + flat * sliceBytes, count: sliceBytes)
      }
    }
  }
}

/// Slices of one axis in the order of indices.
private struct Choice {
  var outer: Int
  var axis: Int
  var sliceBytes: Int
  var count: Int

  func prepared(
    _ context: OperatorContext, batches: Int, source: Int, indices: Int
  ) -> PreparedOperator {
    let place = context.place
    return PreparedOperator { memory throws(RunError) in
      let from = unsafe memory.input(source, as: UInt8.self)
      let chosen = unsafe memory.input(indices, as: Int32.self)
      let out = unsafe memory.output(0, as: UInt8.self)
      let outside = unsafe ak_indices_outside(chosen, batches * count, axis)
      guard outside == 0 else {
        throw RunError(.modelDefect, in: place, "\(outside) indices are outside [0, \(axis - 1)]")
      }
      for batch in 0..<batches {
        unsafe ak_gather(
          from + batch * outer * axis * sliceBytes, outer, axis, sliceBytes, chosen + batch * count, count,
          out + batch * outer * count * sliceBytes)
      }
    }
  }
}
