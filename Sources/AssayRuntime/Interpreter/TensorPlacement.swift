public import AssayModel

/// Where each computed tensor lives in the interpreter's arena.
///
/// With the device's own plan (tensors share memory as they will on the board) a wrong plan shows
/// as a wrong result; with ``preserveAll(_:)`` every tensor keeps its value to the end of the
/// invocation, for comparison layer by layer.
public struct TensorPlacement: Sendable, Hashable {
  /// Offset by subgraph and tensor; `nil` for constants, variables and handles.
  public var offsets: [[Int?]]
  /// Bytes of the arena.
  public var byteCount: Int
  /// Offset of each operator's first scratch request, where the plan knows it.
  public var scratchOffsets: [LayerIndex: Int]
  /// Bytes of that request.
  public var scratchBytes: [LayerIndex: Int]

  public init(
    offsets: [[Int?]], byteCount: Int, scratchOffsets: [LayerIndex: Int] = [:],
    scratchBytes: [LayerIndex: Int] = [:]
  ) {
    self.offsets = offsets
    self.scratchOffsets = scratchOffsets
    self.scratchBytes = scratchBytes
    self.byteCount = byteCount
  }

  /// Every computed tensor at a place of its own.
  ///
  /// Views of an ExecuTorch method stay in the memory of the tensor they are views of; where that
  /// differs from step to step, its own plan is all there is.
  public static func preserveAll(_ graph: Graph) -> TensorPlacement {
    if let method = graph.method {
      return method.viewsAreFixed ? preserveAll(graph, method) : TensorPlacement(method, graph)
    }
    var next = 0
    let offsets = graph.subgraphs.map { subgraph in
      subgraph.tensors.map { tensor -> Int? in
        guard tensor.constant == nil, !tensor.isVariable else { return nil }
        defer { next += (tensor.byteCount + 63) / 64 * 64 }
        return next
      }
    }
    return TensorPlacement(offsets: offsets, byteCount: next)
  }

  /// The program's own plan: its buffers one behind the other, each aligned to 64 bytes, and behind
  /// them what the caller provides.
  public init(_ method: ExecuTorchMethod, _ graph: Graph) {
    var next = 0
    let starts = method.plannedByteCounts.map { count in
      defer { next += (count + 63) / 64 * 64 }
      return next
    }
    let offsets = graph.main.tensors.enumerated().map { index, tensor -> Int? in
      guard tensor.constant == nil else { return nil }
      if let place = method.places[index] { return starts[place.buffer] + place.offset }
      defer { next += (tensor.byteCount + 63) / 64 * 64 }
      return next
    }
    self.init(offsets: [offsets], byteCount: next)
  }

  private static func preserveAll(_ graph: Graph, _ method: ExecuTorchMethod) -> TensorPlacement {
    var next = 0
    var offsets: [Int?] = graph.main.tensors.enumerated().map { index, tensor in
      guard tensor.constant == nil, method.views[index] == nil else { return nil }
      defer { next += (tensor.byteCount + 63) / 64 * 64 }
      return next
    }
    for (index, view) in method.views.sorted(by: { $0.key < $1.key }) {
      var (owner, offset) = (view.owner, view.offset)
      // A view of a part of state leads on to the state; chains are as long as that.
      if let further = method.views[owner] {
        owner = further.owner
        offset += further.offset
      }
      offsets[index] = offsets[owner].map { $0 + offset }
    }
    return TensorPlacement(offsets: [offsets], byteCount: next)
  }
}
