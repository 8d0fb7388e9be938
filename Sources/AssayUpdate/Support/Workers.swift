internal import Dispatch
internal import Synchronization

/// Work spread over a number of threads, with results in the order of the pieces.
enum Workers {
  /// The results of `count` independent pieces, in order, whatever ran when.
  static func map<Piece: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Piece) -> [Piece] {
    let results = Mutex<[Int: Piece]>([:])
    DispatchQueue.concurrentPerform(iterations: max(0, count)) { index in
      let piece = body(index)
      results.withLock { $0[index] = piece }
    }
    let finished = results.withLock { $0 }
    return (0..<max(0, count)).compactMap { finished[$0] }
  }
}
