import AssayKernels
import AssayModel

/// TRANSPOSE, SPACE_TO_DEPTH, DEPTH_TO_SPACE, SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND.
enum Rearrangement {
  static let operators: [BuiltinOperator: Preparation] = [
    .transpose: transpose, .spaceToDepth: spaceToDepth, .depthToSpace: depthToSpace,
    .spaceToBatchNd: spaceToBatch, .batchToSpaceNd: batchToSpace,
  ]

  private static func transpose(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 2...2)
    let (input, output, bytes) = try context.moved()
    return try context.planned(by: [1]) { [input, output] values throws(ControlFault) in
      let rank = input.shape.count
      var axes: [Int] = []
      for axis in values[0] { axes.append(try resolvedAxis(axis, rank: rank)) }
      try ControlFault.require(
        axes.sorted() == Array(0..<rank), "\(values[0]) is not a permutation of \(rank) axes")
      let shape = axes.map { input.shape[$0] }
      try ControlFault.require(output.shape == shape, "output has shape \(output.shape), not \(shape)")
      let strides = Shapes.denseStrides(input.shape)
      return StridedCopy(
        extents: shape, from: .init(strides: axes.map { strides[$0] }),
        to: .init(strides: Shapes.denseStrides(shape)), elementBytes: bytes)
    } run: { copy, memory in
      unsafe copy.run(memory.input(0, as: UInt8.self), memory.output(0, as: UInt8.self))
    }
  }

  private static func spaceToDepth(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let (input, output, bytes) = try context.moved()
    return try spaceAndDepth(context, space: input, depth: output, elementBytes: bytes)
  }

  private static func depthToSpace(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let (input, output, bytes) = try context.moved()
    return try spaceAndDepth(context, space: output, depth: input, elementBytes: bytes)
  }

  /// Blocks of `[batch, rows * block, columns * block, channels]` against the channels of
  /// `[batch, rows, columns, block * block * channels]`.
  private static func spaceAndDepth(
    _ context: OperatorContext, space: Tensor, depth: Tensor, elementBytes: Int
  ) throws(ModelError) -> PreparedOperator {
    guard case .spaceDepth(let block) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    try context.requireArity(inputs: 1...1)
    try context.require((1...4096).contains(block), "block size \(block) is not between 1 and 4096")
    try context.require(space.shape.count == 4 && depth.shape.count == 4, "expected 4 dimensions")
    let (rows, columns, channels) = (depth.shape[1], depth.shape[2], space.shape[3])
    try context.require(
      space.shape == [depth.shape[0], rows * block, columns * block, channels]
        && depth.shape[3] == block * block * channels,
      "shapes \(space.shape) and \(depth.shape) do not fit a block of \(block)")
    let extents = [space.shape[0], rows, block, columns, block, channels]
    let spaceStrides = Shapes.denseStrides(extents)
    let packed = Shapes.denseStrides([space.shape[0], rows, columns, block, block, channels])
    let depthStrides = [0, 1, 3, 2, 4, 5].map { packed[$0] }
    let toDepth = context.op.code.builtin == .spaceToDepth
    let copy = StridedCopy(
      extents: extents, from: .init(strides: toDepth ? spaceStrides : depthStrides),
      to: .init(strides: toDepth ? depthStrides : spaceStrides), elementBytes: elementBytes)
    return PreparedOperator { memory in
      unsafe copy.run(memory.input(0, as: UInt8.self), memory.output(0, as: UInt8.self))
    }
  }

  private static func spaceToBatch(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 3...3)
    let (input, output, bytes) = try context.moved()
    // The device's runtime pads with code 0, whatever the zero point.
    let padding = [UInt8](repeating: 0, count: bytes)
    let count = output.elementCount
    return try context.planned(by: [1, 2]) { [input, output] values throws(ControlFault) in
      let blocks = try Blocks(space: input.shape, batch: output.shape, block: values[0], margins: values[1])
      try ControlFault.require(blocks.fillsBatch, "paddings \(values[1]) do not fit the shapes")
      return try blocks.copies(toBatch: true, elementBytes: bytes)
    } run: { copies, memory in
      let out = unsafe memory.output(0, as: UInt8.self)
      unsafe ak_fill(out, count, padding, bytes)
      for copy in copies { unsafe copy.run(memory.input(0, as: UInt8.self), out) }
    }
  }

  private static func batchToSpace(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    try context.requireArity(inputs: 3...3)
    let (input, output, bytes) = try context.moved()
    return try context.planned(by: [1, 2]) { [input, output] values throws(ControlFault) in
      let blocks = try Blocks(space: output.shape, batch: input.shape, block: values[0], margins: values[1])
      try ControlFault.require(blocks.fillsBatch, "crops \(values[1]) do not fit the shapes")
      return try blocks.copies(toBatch: false, elementBytes: bytes)
    } run: { copies, memory in
      for copy in copies {
        unsafe copy.run(memory.input(0, as: UInt8.self), memory.output(0, as: UInt8.self))
      }
    }
  }
}

/// Space of `[batch, spatial..., rest...]` cut into blocks whose places become batches.
private struct Blocks {
  let space: [Int]
  let batch: [Int]
  let block: [Int]
  /// Before and after, for each spatial dimension: padding, or what was cropped.
  let margins: [Int]

  init(space: [Int], batch: [Int], block: [Int], margins: [Int]) throws(ControlFault) {
    try ControlFault.require(
      space.count == batch.count && (1..<max(space.count, 2)).contains(block.count)
        && margins.count == 2 * block.count, "\(block.count) block sizes do not fit \(space.count) dimensions"
    )
    try ControlFault.require(
      block.allSatisfy { (1...1024).contains($0) } && block.reduce(1, { $0 * min($1, 4096) }) <= 4096,
      "block \(block) is not between 1 and 4096 places")
    try ControlFault.require(
      margins.allSatisfy { (0...Int(Int32.max)).contains($0) }, "margins \(margins) below 0")
    try ControlFault.require(
      batch[0] == space[0] * block.reduce(1, *) && space[(block.count + 1)...] == batch[(block.count + 1)...],
      "shapes \(space) and \(batch) do not fit a block of \(block)")
    (self.space, self.batch, self.block, self.margins) = (space, batch, block, margins)
  }

  /// Whether the blocks fill the space and its margins exactly.
  var fillsBatch: Bool {
    block.indices.allSatisfy { axis in
      let whole = space[axis + 1] + margins[2 * axis] + margins[2 * axis + 1]
      return batch[axis + 1] * block[axis] == whole
    }
  }

  /// One copy for each place in a block, of the cells that lie inside the space.
  func copies(toBatch: Bool, elementBytes: Int) throws(ControlFault) -> [StridedCopy] {
    let (spaceStrides, batchStrides) = (Shapes.denseStrides(space), Shapes.denseStrides(batch))
    var copies: [StridedCopy] = []
    for place in 0..<block.reduce(1, *) {
      var extents = space
      var inSpace = StridedCopy.Side(strides: spaceStrides)
      var inBatch = StridedCopy.Side(strides: batchStrides, offset: place * space[0] * batchStrides[0])
      var rest = place
      for axis in block.indices.reversed() {
        // Cell `c` of the batch is cell `c * size + shift` of the space.
        let size = block[axis]
        let shift = rest % size - margins[2 * axis]
        rest /= size
        let first = shift >= 0 ? 0 : (-shift + size - 1) / size
        let past = min(batch[axis + 1], max(0, (space[axis + 1] - shift + size - 1) / size))
        extents[axis + 1] = max(0, past - first)
        inSpace.offset += (first * size + shift) * spaceStrides[axis + 1]
        inSpace.strides[axis + 1] *= size
        inBatch.offset += first * batchStrides[axis + 1]
      }
      guard !extents.contains(0) else { continue }
      copies.append(
        StridedCopy(
          extents: extents, from: toBatch ? inSpace : inBatch, to: toBatch ? inBatch : inSpace,
          elementBytes: elementBytes))
    }
    return copies
  }
}
