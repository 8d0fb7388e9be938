public import AssayModel

/// How a kernel of ESP-NN comes to write outside the memory that it was given.
public enum BoardOverwrite: Sendable, Hashable {
  /// Rule F: the whole padded input is copied to scratch that holds as many rows as the filter has.
  case wholeInput
  /// Rule G of 1.1.2: filter and input in 16 bits in scratch that was asked for in 8.
  case widened
  /// Rule G since 1.2.1: input and output are copied with both paddings, asked for was one input.
  case compacted
  /// Rule H of 1.1.2: the gap behind the widened filter was asked for too small.
  case gap
  /// Rule D: rows of a high output lie behind its end.
  case outputRows
}

/// What one layer overwrites in one memory plan.
public struct BoardOverrun: Sendable, Hashable {
  /// A tensor or scratch in use at that moment.
  public struct Victim: Sendable, Hashable {
    public var content: PlannedBuffer.Content
    /// Bytes of it that are overwritten.
    public var byteCount: Int
    /// The layer's own input or output.
    public var isOwn: Bool
  }

  public var layer: LayerIndex
  /// What the layer may write, from the arena's start: its scratch, or its output.
  public var given: Range<Int>
  /// Where its writing ends.
  public var writtenEnd: Int
  /// By offset.
  public var victims: [Victim]
  /// Bytes written into what the runtime keeps for good, at the arena's end.
  public var tailBytes: Int
  /// The arena that this was counted for, and the smallest in which nothing of the tail is hit.
  public var arenaBytes: Int
  public var harmlessArenaBytes: Int

  public var outsideBytes: Int { writtenEnd - given.upperBound }

  /// - Parameter arenaBytes: what the firmware reserves; `nil` for the plan's minimum.
  /// - Returns: `nil` when nothing is written outside.
  /// - Throws: `ModelError` when the layer is not one that the overwrite can happen to.
  public init?(
    _ graph: Graph, _ plan: MemoryPlan, layer: LayerIndex, _ overwrite: BoardOverwrite,
    arenaBytes: Int? = nil
  ) throws(ModelError) {
    let context = OperatorContext(graph: graph, subgraph: layer.subgraph, index: layer.index)
    guard let own = Self.given(context, plan, layer, overwrite) else { return nil }
    let written = try Self.written(context, overwrite).bytes(in: context.place)
    // The planner hands out multiples of 16: what is written into the rounding harms nobody.
    guard own.offset + written > own.end else { return nil }
    self.layer = layer
    given = own.offset..<own.offset + own.requestedBytes
    writtenEnd = own.offset + written
    let outside = own.end..<writtenEnd
    victims = Self.victims(plan, own, context.op, layer, outside)
    self.arenaBytes = max(arenaBytes ?? 0, plan.minimumBytes)
    tailBytes = min(plan.tailBytes, max(0, writtenEnd - (self.arenaBytes - plan.tailBytes)))
    harmlessArenaBytes = (writtenEnd + plan.tailBytes + 15) / 16 * 16
  }

  private static func victims(
    _ plan: MemoryPlan, _ own: PlannedBuffer, _ op: Operator, _ layer: LayerIndex, _ outside: Range<Int>
  ) -> [Victim] {
    let alive = plan.buffers.filter {
      $0.content != own.content && $0.firstStep >= 0 && $0.isAlive(with: own)
    }
    return alive.sorted { $0.offset < $1.offset }.compactMap { buffer in
      let hit = min(outside.upperBound, buffer.end) - max(outside.lowerBound, buffer.offset)
      return hit <= 0
        ? nil : Victim(content: buffer.content, byteCount: hit, isOwn: isOwn(buffer, op, layer))
    }
  }

  private static func isOwn(_ buffer: PlannedBuffer, _ op: Operator, _ layer: LayerIndex) -> Bool {
    guard case .tensor(layer.subgraph, let index) = buffer.content else { return false }
    return op.inputs.contains(index) || op.outputs.contains(index)
  }

  private static func given(
    _ context: OperatorContext, _ plan: MemoryPlan, _ layer: LayerIndex, _ overwrite: BoardOverwrite
  ) -> PlannedBuffer? {
    if overwrite == .outputRows {
      return context.op.outputs.first.flatMap { plan.buffer(subgraph: layer.subgraph, tensor: $0) }
    }
    return plan.buffers.first { $0.content == .scratch(layer, request: 0) }
  }

  /// Bytes from the start of the scratch or output to the last one written.
  private static func written(
    _ context: OperatorContext, _ overwrite: BoardOverwrite
  ) throws(ModelError) -> CheckedSize {
    if overwrite == .outputRows { return try outputRows(context) }
    guard case .depthwiseConv2D(let options) = context.op.options else {
      throw context.invalid("is no depthwise convolution")
    }
    let geometry = try ConvolutionGeometry(context, options.window)
    let channels = CheckedSize(geometry.inputChannels)
    let filter = geometry.filter.area * CheckedSize(geometry.outputChannels)
    // The gap behind the filter is a whole sixteen where none is needed.
    let gap = CheckedSize(
      16 - (Int(geometry.filter.width) * geometry.filter.height * geometry.outputChannels) % 16)
    switch overwrite {
    case .wholeInput: return filter + gap + (geometry.input + geometry.overhang).area * channels
    case .widened, .gap: return 2 * (filter + gap + geometry.input.area * channels)
    case .compacted:
      let padded = geometry.input + Extent(2 * geometry.padding.width, 2 * geometry.padding.height)
      let right = max(geometry.output.width * geometry.stride.width + 2 - padded.width, 0)
      let bottom = max(geometry.output.height * geometry.stride.height + 2 - padded.height, 0)
      let copies = (padded + Extent(right, bottom)).area + geometry.output.area
      return filter + 16 + copies * channels
    case .outputRows: return 0
    }
  }

  private static func outputRows(_ context: OperatorContext) throws(ModelError) -> CheckedSize {
    let shape = try context.output(0).shape
    try context.require(shape.count == 4, "output has not 4 dimensions")
    let last = CheckedSize(shape[1] - 1) * CheckedSize(shape[1]) + CheckedSize(shape[2])
    let images = CheckedSize(shape[0] - 1) * CheckedSize(shape[1]) * CheckedSize(shape[2])
    return (images + last) * CheckedSize(shape[3])
  }
}
