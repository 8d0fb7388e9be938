/// Where everything lies in the tensor arena of a board, to the byte, and how large it must be.
///
/// ```swift
/// let plan = try MemoryPlan(graph, ArenaConfiguration(library: .espNN121))
/// plan.minimumBytes  // reserve this much
/// ```
///
/// The head holds tensors and scratch, shared over time; the tail holds what is never freed. What
/// must be reserved can be more than both together, because preparing and planning need room too:
/// ``limit`` says which of these decides. A base address that is not a multiple of 16 costs up to
/// 15 bytes more; these numbers are for an aligned one.
///
/// A pure function of graph and configuration; sizes are those of a 32-bit Xtensa build.
public struct MemoryPlan: Sendable {
  public let configuration: ArenaConfiguration
  /// The smallest arena in which the model starts, a multiple of 16.
  public let minimumBytes: Int
  /// Head and tail: what `arena_used_bytes()` returns on the board.
  public var usedBytes: Int { headBytes + tailBytes }
  /// Tensors and scratch at their planned offsets.
  public let headBytes: Int
  /// Structures and buffers that are never freed.
  public let tailBytes: Int
  /// The most scratch that one operator holds at once, as planned; part of the head.
  public let scratchBytes: Int
  /// Arena of the resource variables' table when it is separate, else 0.
  public let separateResourceBytes: Int
  /// What decides ``minimumBytes``.
  public let limit: ArenaStage
  /// Every moment of starting up that was compared, in order.
  public let stages: [ArenaStage]
  /// Planned tensors (all subgraphs in order), then scratch requests.
  public let buffers: [PlannedBuffer]
  /// The tail, allocation by allocation, from the arena's end down.
  public let tail: [TailAllocation]
  /// The head over time.
  public let timeline: ArenaTimeline
  /// Operators whose memory is not known: with any of them the sizes above are lower bounds.
  public let unmodelledOperators: [UnmodelledOperator]
  /// Operators whose sizes come from the runtime's source rather than a recording.
  public let operatorsFromSource: [String]
  private let indices: [[Int?]]

  init(_ planner: MemoryPlanner, _ layout: HeadLayout) {
    configuration = planner.configuration
    headBytes = layout.headBytes
    tailBytes = planner.tail.total
    stages = planner.stages
    limit = planner.limit
    minimumBytes = (planner.limit.byteCount + 15) / 16 * 16
    separateResourceBytes = planner.separateResourceBytes
    buffers = layout.buffers
    tail = planner.tail.allocations
    timeline = layout.timeline
    unmodelledOperators = planner.unmodelled
    operatorsFromSource = planner.fromSource.sorted()
    indices = layout.indices
    scratchBytes = layout.scratchBytes
  }

  /// The planned buffer of a tensor, `nil` for constants, variables and resource handles.
  public func buffer(subgraph: Int, tensor: Int) -> PlannedBuffer? {
    indices[subgraph][tensor].map { buffers[$0] }
  }

  /// Where the interpreter puts its tensors so that they share memory as on the board.
  public var placement: TensorPlacement {
    let offsets = indices.map { row in row.map { index in index.map { buffers[$0].offset } } }
    var (scratch, sizes): ([LayerIndex: Int], [LayerIndex: Int]) = ([:], [:])
    for buffer in buffers {
      guard case .scratch(let layer, request: 0) = buffer.content else { continue }
      scratch[layer] = buffer.offset
      sizes[layer] = buffer.byteCount
    }
    return TensorPlacement(
      offsets: offsets, byteCount: headBytes, scratchOffsets: scratch, scratchBytes: sizes)
  }

  /// Bytes of the tail by cause, in the order of ``TailCause``; together ``tailBytes``.
  public var tailByCause: [(cause: TailCause, bytes: Int)] {
    TailCause.allCases.map { cause in
      (cause, tail.lazy.filter { $0.cause == cause }.reduce(0) { $0 + $1.occupiedBytes })
    }
  }

  /// Bytes of the tail that `layer` is the reason for.
  public func tailBytes(of layer: LayerIndex) -> Int {
    tail.lazy.filter { $0.layer == layer }.reduce(0) { $0 + $1.occupiedBytes }
  }
}

/// A tensor or scratch request at its place in the arena's head.
public struct PlannedBuffer: Sendable, Hashable {
  public enum Content: Sendable, Hashable, CustomStringConvertible {
    case tensor(subgraph: Int, index: Int)
    /// Request number `request` of the operator, from 0.
    case scratch(LayerIndex, request: Int)

    public var description: String {
      switch self {
      case .tensor(let subgraph, let index): "subgraph \(subgraph), tensor \(index)"
      case .scratch(let layer, let request):
        "subgraph \(layer.subgraph), operator \(layer.index), scratch \(request)"
      }
    }
  }

  public var content: Content
  /// As needed; planned sizes are this rounded up to 16.
  public var requestedBytes: Int
  public var byteCount: Int
  /// First and last step of ``ArenaTimeline`` in which it is in use, both included; -1 for a
  /// tensor that nothing touches, which the runtime plans at the head's start all the same.
  public var firstStep: Int
  public var lastStep: Int
  /// From the arena's start, a multiple of 16.
  public var offset: Int
  /// The model file fixes the offset (`OfflineMemoryAllocation`).
  public var isFixedByFile: Bool

  public var end: Int { offset + byteCount }
  public var isScratch: Bool { if case .scratch = content { true } else { false } }

  func isAlive(with other: PlannedBuffer) -> Bool {
    firstStep <= other.lastStep && other.firstStep <= lastStep
  }
}

/// A moment of starting up, and how much of the arena it needs.
public struct ArenaStage: Sendable, Hashable {
  public enum Moment: Sendable, Hashable {
    /// Allocator, tensor structures and operator data.
    case initialise
    /// An operator prepares: its temporary tensors stand on the list of scratch requests.
    case prepare(LayerIndex)
    /// Lifetimes of all tensors are listed.
    case listLifetimes
    /// The planner works.
    case plan
    /// The head is reserved, before the structures of inputs and outputs.
    case reserveHead
    /// Head and tail while the model runs.
    case run
  }

  public var moment: Moment
  public var byteCount: Int
}

/// An operator whose memory on the device is not known.
public struct UnmodelledOperator: Sendable, Hashable {
  public var layer: LayerIndex
  /// `subgraph 0, operator 3 (CONV_2D)`.
  public var place: String
  public var reason: String
}
