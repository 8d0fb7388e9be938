/// The arena's head over time, step by step, for drawing it and for naming its peak.
public struct ArenaTimeline: Sendable {
  /// What happens at each step; step 0 is the model's inputs.
  public let steps: [PlanStep]
  /// Bytes of the buffers in use at each step.
  public let liveBytes: [Int]
  /// Where the highest buffer in use ends at each step: what is in use, and the gaps beneath.
  public let extentBytes: [Int]
  /// The step that reaches highest; among several the one with most in use, then the first.
  public let peakStep: Int
  /// Indices of the plan's buffers in use at the peak, largest first.
  public let buffersAtPeak: [Int]

  init(_ steps: [PlanStep], _ buffers: [PlannedBuffer]) {
    self.steps = steps
    liveBytes = Self.sums(buffers, steps.count)
    extentBytes = Self.extents(buffers, steps.count)
    let (live, extent) = (liveBytes, extentBytes)
    peakStep = steps.indices.reduce(0) { (extent[$1], live[$1]) > (extent[$0], live[$0]) ? $1 : $0 }
    let peak = peakStep
    buffersAtPeak = buffers.indices
      .filter { buffers[$0].firstStep <= peak && peak <= buffers[$0].lastStep }
      .sorted { (buffers[$1].byteCount, $0) < (buffers[$0].byteCount, $1) }
  }

  private static func sums(_ buffers: [PlannedBuffer], _ count: Int) -> [Int] {
    var changes = Array(repeating: 0, count: count + 1)
    for buffer in buffers where buffer.firstStep >= 0 && buffer.firstStep <= buffer.lastStep {
      changes[buffer.firstStep] += buffer.byteCount
      changes[buffer.lastStep + 1] -= buffer.byteCount
    }
    var live = 0
    return changes.dropLast().map { change in
      live += change
      return live
    }
  }

  /// Paints steps from the highest buffer down, each step once: `next` skips painted ones.
  private static func extents(_ buffers: [PlannedBuffer], _ count: Int) -> [Int] {
    var extents = Array(repeating: 0, count: count)
    var next = Array(0...count)
    func unpainted(from step: Int) -> Int {
      var found = step
      while next[found] != found { found = next[found] }
      var walk = step
      while next[walk] != walk { (next[walk], walk) = (found, next[walk]) }
      return found
    }
    for buffer in buffers.sorted(by: { $0.end > $1.end }) where buffer.firstStep >= 0 {
      var step = unpainted(from: buffer.firstStep)
      while step <= buffer.lastStep {
        extents[step] = buffer.end
        next[step] = step + 1
        step = unpainted(from: step + 1)
      }
    }
    return extents
  }
}
