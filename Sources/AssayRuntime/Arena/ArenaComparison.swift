public import AssayModel

extension MemoryPlan {
  /// The plan of `graph` with every modelled kernel library, in the order of ``KernelLibrary``.
  ///
  /// - Throws: as ``init(_:_:)``.
  public static func byLibrary(
    _ graph: Graph, resourceVariables: ResourceVariableTable = .init()
  ) throws(ModelError) -> [MemoryPlan] {
    try KernelLibrary.allCases.map { library throws(ModelError) in
      try MemoryPlan(graph, ArenaConfiguration(library: library, resourceVariables: resourceVariables))
    }
  }
}

/// What changes in the arena of one model when the firmware changes.
///
/// ```swift
/// let change = ArenaDifference(from: onOneOneTwo, to: onOneTwoOne)
/// change.minimumBytes  // +7968
/// change.scratch.first // the request that grew most, with its layer
/// ```
public struct ArenaDifference: Sendable, Hashable {
  /// Scratch of one operator, as requested, before and after.
  public struct Scratch: Sendable, Hashable {
    public var layer: LayerIndex
    public var before: Int
    public var after: Int
    public var growth: Int { after - before }
  }

  /// Tail bytes of one cause, before and after.
  public struct Tail: Sendable, Hashable {
    public var cause: TailCause
    public var before: Int
    public var after: Int
    public var growth: Int { after - before }
  }

  public let before: ArenaConfiguration
  public let after: ArenaConfiguration
  /// Growth of the smallest arena; negative where it shrinks. Likewise below.
  public let minimumBytes: Int
  public let headBytes: Int
  public let tailBytes: Int
  /// Operators whose scratch changed, largest change first, then in the order of the graph.
  public let scratch: [Scratch]
  /// Causes whose share of the tail changed, in the order of ``TailCause``.
  public let tail: [Tail]

  /// Compares two plans of the same graph.
  public init(from old: MemoryPlan, to new: MemoryPlan) {
    before = old.configuration
    after = new.configuration
    minimumBytes = new.minimumBytes - old.minimumBytes
    headBytes = new.headBytes - old.headBytes
    tailBytes = new.tailBytes - old.tailBytes
    let (left, right) = (old.scratchByLayer, new.scratchByLayer)
    scratch = Set(left.keys).union(right.keys)
      .map { Scratch(layer: $0, before: left[$0] ?? 0, after: right[$0] ?? 0) }
      .filter { $0.growth != 0 }
      .sorted { (-abs($0.growth), $0.layer) < (-abs($1.growth), $1.layer) }
    tail = zip(old.tailByCause, new.tailByCause)
      .map { Tail(cause: $0.cause, before: $0.bytes, after: $1.bytes) }
      .filter { $0.growth != 0 }
  }
}

extension MemoryPlan {
  /// Bytes of scratch as each operator requests it.
  public var scratchByLayer: [LayerIndex: Int] {
    buffers.reduce(into: [:]) { sums, buffer in
      if case .scratch(let layer, _) = buffer.content { sums[layer, default: 0] += buffer.requestedBytes }
    }
  }
}
