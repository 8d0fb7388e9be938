import AssayModel

/// The arena's head: every tensor and scratch request that is planned, at its offset.
struct HeadLayout {
  let buffers: [PlannedBuffer]
  /// Buffer by subgraph and tensor.
  let indices: [[Int?]]
  let timeline: ArenaTimeline

  /// - Throws: `ModelError` when a tensor's size or the file's offsets are unusable, or there are
  ///   more buffers than the planner is run for.
  init(_ graph: Graph, _ requests: ScratchRequests) throws(ModelError) {
    try graph.checkFixedOffsets()
    let lifetimes = try BufferLifetimes(graph, requests)
    var collector = BufferCollector()
    try collector.addTensors(of: graph, lifetimes)
    collector.addScratch(requests, lifetimes)
    guard collector.buffers.count <= MemoryPlanner.maximumBuffers else {
      throw ModelError(
        .limit, in: "tensor arena", "more than \(MemoryPlanner.maximumBuffers) planned buffers")
    }
    buffers = Self.placed(collector.buffers)
    indices = collector.indices
    timeline = ArenaTimeline(lifetimes.steps, buffers)
    try Self.checkFixed(buffers, graph)
  }

  /// Where the highest buffer ends.
  var headBytes: Int { buffers.reduce(0) { max($0, $1.end) } }

  /// The most that the scratch requests of one operator occupy together.
  var scratchBytes: Int {
    var perLayer: [LayerIndex: Int] = [:]
    for buffer in buffers {
      if case .scratch(let layer, _) = buffer.content { perLayer[layer, default: 0] += buffer.byteCount }
    }
    return perLayer.values.reduce(0, max)
  }

  private static func placed(_ buffers: [PlannedBuffer]) -> [PlannedBuffer] {
    let offsets = GreedyPlanner.offsets(
      buffers.map { buffer in
        GreedyPlanner.Buffer(
          size: buffer.byteCount, lifetime: Lifetime(first: buffer.firstStep, last: buffer.lastStep),
          fixedOffset: buffer.isFixedByFile ? buffer.offset : nil)
      })
    return zip(buffers, offsets).map { buffer, offset in
      var placed = buffer
      placed.offset = offset
      return placed
    }
  }

  /// The planner never lets buffers overlap; offsets that the file fixes can, and kernels would then
  /// read what they have just overwritten.
  private static func checkFixed(_ buffers: [PlannedBuffer], _ graph: Graph) throws(ModelError) {
    let fixed = buffers.filter(\.isFixedByFile)
    for (position, first) in fixed.enumerated() {
      for second in fixed[(position + 1)...]
      where first.offset < second.end && second.offset < first.end && first.isAlive(with: second) {
        throw ModelError(
          .invalid, in: "OfflineMemoryAllocation",
          "\(first.content) and \(second.content) share bytes while both are in use")
      }
    }
  }
}

/// What the planner is asked to place, in the order in which it numbers buffers.
private struct BufferCollector {
  private(set) var buffers: [PlannedBuffer] = []
  private(set) var indices: [[Int?]] = []

  mutating func addTensors(of graph: Graph, _ lifetimes: BufferLifetimes) throws(ModelError) {
    var position = 0
    for (number, subgraph) in graph.subgraphs.enumerated() {
      let handles = subgraph.resourceHandles
      var row: [Int?] = []
      for (index, tensor) in subgraph.tensors.enumerated() {
        let fixed = graph.fixedOffset(position)
        position += 1
        row.append(nil)
        guard tensor.isPlanned(fixed: fixed != nil), !handles.contains(index) else { continue }
        let place = "subgraph \(number), tensor \(index) (\"\(tensor.name)\")"
        let size = try tensor.checkedByteCount().bytes(in: place)
        guard size > 0 || tensor.isVariable else { continue }
        row[index] = buffers.count
        add(.tensor(subgraph: number, index: index), size, lifetimes.tensors[number][index], fixed)
      }
      indices.append(row)
    }
  }

  mutating func addScratch(_ requests: ScratchRequests, _ lifetimes: BufferLifetimes) {
    for (number, request) in requests.all.enumerated() {
      let first = requests.indices(of: request.layer).lowerBound
      let content = PlannedBuffer.Content.scratch(request.layer, request: number - first)
      add(content, request.byteCount, lifetimes.scratch[number], nil)
    }
  }

  private mutating func add(
    _ content: PlannedBuffer.Content, _ size: Int, _ lifetime: Lifetime, _ fixed: Int?
  ) {
    let alignment = DeviceStructures.bufferAlignment
    buffers.append(
      PlannedBuffer(
        content: content, requestedBytes: size, byteCount: (size + alignment - 1) / alignment * alignment,
        firstStep: lifetime.first, lastStep: lifetime.last, offset: fixed ?? 0, isFixedByFile: fixed != nil))
  }
}

extension Subgraph {
  /// Tensors that name a resource variable: the runtime sets them itself.
  fileprivate var resourceHandles: Set<Int> {
    Set(operators.lazy.filter { $0.code.builtin == .varHandle }.compactMap(\.outputs.first))
  }
}

extension Tensor {
  /// Whether the planner places it: variables only where the file says so.
  fileprivate func isPlanned(fixed: Bool) -> Bool { constant == nil && (!isVariable || fixed) }

  /// Bytes in the arena.
  func checkedByteCount() throws(ModelError) -> CheckedSize {
    guard let size = type.byteSize else {
      throw ModelError(
        .unsupported, in: "tensor \"\(name)\"", "\(type.rawValue) has no fixed size in an arena")
    }
    return .product(shape + [size])
  }
}
