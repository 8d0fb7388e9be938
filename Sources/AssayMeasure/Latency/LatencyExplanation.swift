/// Says in words where the time of an estimate goes and what would help most.
public struct LatencyExplanation: Sendable {
  let estimate: LatencyEstimate

  public init(_ estimate: LatencyEstimate) { self.estimate = estimate }

  /// Time by who wrote the code, largest first: share in 0...1.
  public var sharesByFamily: [(family: KernelPath.Family, share: Double)] {
    let total = estimate.range.milliseconds
    guard total > 0 else { return [] }
    return KernelPath.Family.allCases.compactMap { family in
      let time = estimate.layers.filter { $0.path.family == family }.reduce(0) { $0 + $1.range.milliseconds }
      return time > 0 ? (family, time / total) : nil
    }.sorted { $0.share > $1.share }
  }

  /// One sentence each, the most useful first; at most five.
  public var sentences: [String] {
    guard estimate.range.milliseconds > 0 else { return ["No layer takes time."] }
    var sentences = [heaviest]
    if let slow = slowCode { sentences.append(slow) }
    if let waiting { sentences.append(waiting) }
    if let uncertain { sentences.append(uncertain) }
    return sentences + clock
  }

  private var heaviest: String {
    let ranked = zip(estimate.layers, estimate.shares).sorted { $0.1 > $1.1 }.prefix(3)
    let parts = ranked.map { layer, share in
      "operator \(layer.index) (\(layer.operatorName)) \(percent(share)) on \(layer.path.title)"
    }
    return "Most of the time: " + parts.joined(separator: ", ") + "."
  }

  /// Layers that a small change of the model or of the library would speed up several times.
  private var slowCode: String? {
    let slow = zip(estimate.layers, estimate.shares).filter { layer, _ in
      [.ansi, .reference].contains(layer.path.family) && layer.path != .ansiSoftmax
    }
    let share = slow.reduce(0) { $0 + $1.1 }
    guard share > 0.05, let worst = slow.max(by: { $0.1 < $1.1 }) else { return nil }
    return "\(percent(share)) of the time runs in C instead of S3 code; most of it operator \(worst.0.index) "
      + "(\(worst.0.operatorName)): \(worst.0.reason)."
  }

  private var waiting: String? {
    let waited = estimate.layers.reduce(0) { $0 + $1.memoryNanoseconds } / 1e6
    let share = waited / estimate.range.milliseconds
    guard share > 0.1 else { return nil }
    return
      "\(percent(share)) of the time waits for flash or PSRAM: a faster mode, wider cache lines or weights "
      + "and arena in internal RAM would help, a faster clock would not."
  }

  private var uncertain: String? {
    let weak = zip(estimate.layers, estimate.shares).filter { $0.0.provenance > .validated }
    let share = weak.reduce(0) { $0 + $1.1 }
    guard share > 0.05, let worst = weak.max(by: { $0.1 < $1.1 }) else { return nil }
    return "\(percent(share)) of the time rests on estimated counts, most of it operator \(worst.0.index) "
      + "(\(worst.0.operatorName)): a device profile would narrow the interval."
  }

  private var clock: [String] {
    guard estimate.clockHertz < 240_000_000 else { return [] }
    return ["The clock is \(estimate.clockHertz / 1_000_000) MHz; the chip's highest is 240 MHz."]
  }

  private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
