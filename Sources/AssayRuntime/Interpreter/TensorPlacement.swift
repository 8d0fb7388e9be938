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

  public init(offsets: [[Int?]], byteCount: Int) {
    self.offsets = offsets
    self.byteCount = byteCount
  }

  /// Every computed tensor at a place of its own.
  public static func preserveAll(_ graph: Graph) -> TensorPlacement {
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
}
