import Dispatch
import Synchronization

/// Work spread over the machine's cores, with results that do not depend on how many there are.
enum Parallel {
  /// The results of `count` independent pieces, in order.
  ///
  /// - Throws: the error of the *first* piece that failed, whichever thread met one first.
  static func map<Piece: Sendable, Failure: Error>(
    _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Piece
  ) throws(Failure) -> [Piece] {
    let results = Mutex<[Int: Result<Piece, Failure>]>([:])
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let result: Result<Piece, Failure>
      do throws(Failure) { result = .success(try body(index)) } catch { result = .failure(error) }
      results.withLock { $0[index] = result }
    }
    let finished = results.withLock { $0 }
    var pieces: [Piece] = []
    for index in 0..<count {
      if let result = finished[index] { pieces.append(try result.get()) }
    }
    return pieces
  }

  /// Consecutive ranges of at most `size`: fixed by the data, never by the machine.
  static func chunks(_ count: Int, of size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}
