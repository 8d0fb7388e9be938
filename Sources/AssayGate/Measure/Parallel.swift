import Dispatch
import Synchronization

/// Work spread over the machine's cores, with results that do not depend on how many there are.
public enum Parallel {
  /// Threads that work at once; `nil` for one per core.
  @TaskLocal private static var threads: Int?

  /// Does `body` on at most `threads` threads.
  public static func limited<Result>(to threads: Int?, _ body: () throws -> Result) rethrows -> Result {
    try $threads.withValue(threads, operation: body)
  }

  /// The results of `count` independent pieces, in order.
  ///
  /// - Throws: the error of the *first* piece that failed, whichever thread met one first.
  static func map<Piece: Sendable, Failure: Error>(
    _ count: Int, _ body: @Sendable (Int) throws(Failure) -> Piece
  ) throws(Failure) -> [Piece] {
    let results = Mutex<[Int: Result<Piece, Failure>]>([:])
    let work: @Sendable (Int) -> Void = { index in
      let result: Result<Piece, Failure>
      do throws(Failure) { result = .success(try body(index)) } catch { result = .failure(error) }
      results.withLock { $0[index] = result }
    }
    perform(count, work)
    let finished = results.withLock { $0 }
    var pieces: [Piece] = []
    for index in 0..<count {
      if let result = finished[index] { pieces.append(try result.get()) }
    }
    return pieces
  }

  private static func perform(_ count: Int, _ work: @Sendable (Int) -> Void) {
    guard let threads, threads < count else {
      return DispatchQueue.concurrentPerform(iterations: count, execute: work)
    }
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        work(index)
      }
    }
  }

  /// Consecutive ranges of at most `size`: fixed by the data, never by the machine.
  static func chunks(_ count: Int, of size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}
