/// Places buffers in the arena's head as TFLite Micro's `GreedyMemoryPlanner` does.
///
/// Buffers with a fixed offset first; then by size, largest first and the *higher* index first
/// among equals; each at the lowest offset where it fits between the buffers that are alive at the
/// same time. Quadratic in the number of buffers, as on the device.
struct GreedyPlanner {
  struct Buffer {
    var size: Int
    var lifetime: Lifetime
    var fixedOffset: Int?
  }

  private struct Placed {
    var offset: Int
    var end: Int
    var first: Int
    var last: Int
  }

  private var placed: [Placed] = []

  /// Offsets in the order of `buffers`.
  static func offsets(_ buffers: [Buffer]) -> [Int] {
    var planner = GreedyPlanner()
    planner.placed.reserveCapacity(buffers.count)
    var offsets = Array(repeating: 0, count: buffers.count)
    for index in order(buffers) {
      let buffer = buffers[index]
      let offset = buffer.fixedOffset ?? planner.firstGap(for: buffer)
      offsets[index] = offset
      planner.insert(buffer, at: offset)
    }
    return offsets
  }

  private static func order(_ buffers: [Buffer]) -> [Int] {
    let fixed = buffers.indices.filter { buffers[$0].fixedOffset != nil }
    let free = buffers.indices.filter { buffers[$0].fixedOffset == nil }
    return fixed + free.sorted { (buffers[$0].size, $0) > (buffers[$1].size, $1) }
  }

  private func firstGap(for buffer: Buffer) -> Int {
    var candidate = 0
    for other in placed where other.first <= buffer.lifetime.last && buffer.lifetime.first <= other.last {
      if other.offset - candidate >= buffer.size { break }
      candidate = max(candidate, other.end)
    }
    return candidate
  }

  /// Keeps the list ordered by offset, a newcomer behind its equals.
  private mutating func insert(_ buffer: Buffer, at offset: Int) {
    var low = 0
    var high = placed.count
    while low < high {
      let middle = (low + high) / 2
      if placed[middle].offset <= offset { low = middle + 1 } else { high = middle }
    }
    let entry = Placed(
      offset: offset, end: offset + buffer.size, first: buffer.lifetime.first, last: buffer.lifetime.last)
    placed.insert(entry, at: low)
  }
}
