public import AssayModel

/// An operator's place in a graph.
public struct LayerIndex: Sendable, Hashable, Comparable {
  public var subgraph: Int
  public var index: Int

  public init(subgraph: Int, index: Int) {
    self.subgraph = subgraph
    self.index = index
  }

  public static func < (left: LayerIndex, right: LayerIndex) -> Bool {
    (left.subgraph, left.index) < (right.subgraph, right.index)
  }
}

/// What an observer sees between two operators: the bytes of any tensor, in place.
///
/// In a planned arena only live tensors hold their own values.
@safe public struct TensorView: ~Copyable {
  private let pointers: UnsafeBufferPointer<UnsafeMutableRawPointer?>
  private let bases: [Int]
  public let graph: Graph

  init(pointers: UnsafeBufferPointer<UnsafeMutableRawPointer?>, bases: [Int], graph: Graph) {
    unsafe self.pointers = unsafe pointers
    self.bases = bases
    self.graph = graph
  }

  /// The bytes of a tensor in the order of its shape; valid inside `body` only.
  public func withBytes<Result>(
    subgraph: Int, tensor: Int, _ body: (Span<UInt8>) -> Result
  ) -> Result {
    let description = graph.subgraphs[subgraph].tensors[tensor]
    let count = description.byteCount
    guard count > 0, let pointer = unsafe pointers[bases[subgraph] + tensor] else { return body(Span()) }
    let bytes = unsafe UnsafeBufferPointer(start: pointer.assumingMemoryBound(to: UInt8.self), count: count)
    if !description.dimOrder.isEmpty {
      return body(LogicalOrder.fromMemory(unsafe Array(bytes), of: description).span)
    }
    return body(unsafe Span(_unsafeElements: bytes))
  }

  /// The bytes of a tensor, copied.
  public func bytes(subgraph: Int, tensor: Int) -> [UInt8] {
    withBytes(subgraph: subgraph, tensor: tensor) { span in
      unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
    }
  }
}
