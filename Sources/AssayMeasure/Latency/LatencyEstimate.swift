/// A latency with its bounds, in milliseconds.
public struct LatencyRange: Sendable, Hashable {
  public var milliseconds: Double
  public var lowMilliseconds: Double
  public var highMilliseconds: Double

  public init(milliseconds: Double, lowMilliseconds: Double, highMilliseconds: Double) {
    self.milliseconds = milliseconds
    self.lowMilliseconds = lowMilliseconds
    self.highMilliseconds = highMilliseconds
  }

  static let zero = LatencyRange(milliseconds: 0, lowMilliseconds: 0, highMilliseconds: 0)

  static func + (left: Self, right: Self) -> Self {
    Self(
      milliseconds: left.milliseconds + right.milliseconds,
      lowMilliseconds: left.lowMilliseconds + right.lowMilliseconds,
      highMilliseconds: left.highMilliseconds + right.highMilliseconds)
  }

  func scaled(by factor: Double) -> Self {
    Self(
      milliseconds: milliseconds * factor, lowMilliseconds: lowMilliseconds * factor,
      highMilliseconds: highMilliseconds * factor)
  }
}

/// One layer's share of an estimate.
public struct LayerLatency: Sendable, Hashable {
  /// Position among the operators of the main subgraph.
  public var index: Int
  /// As `inspect` numbers layers: `subgraph 0, operator 3 (CONV_2D)`.
  public var place: String
  public var operatorName: String
  public var path: KernelPath
  /// Why this path: "input channels 12 not a multiple of 8".
  public var reason: String
  /// Executed instructions, where the path's kernel was counted.
  public var instructions: Double?
  /// Cycles of the processor, with the waits for memory at this clock.
  public var cycles: Double
  /// Of those, waits for flash and PSRAM, which do not scale with the clock.
  public var memoryNanoseconds: Double
  /// Bytes over the bus of flash and PSRAM.
  public var busBytes: Double
  public var range: LatencyRange
  public var provenance: LatencyProvenance
}

/// A model's latency on a target, layer by layer. Never cycle-accurate: read it with its interval.
public struct LatencyEstimate: Sendable, Hashable {
  public var range: LatencyRange
  /// The best class that covers 95 % of the time together with the classes above it.
  public var provenance: LatencyProvenance
  public var layers: [LayerLatency]
  public var clockHertz: Int
  /// What was assumed because the target does not say, and what was left out.
  public var notes: [String]

  public init(layers: [LayerLatency], clockHertz: Int, notes: [String] = []) {
    self.layers = layers
    self.clockHertz = clockHertz
    self.notes = notes
    range = layers.reduce(.zero) { $0 + $1.range }
    provenance = Self.provenance(of: layers)
  }

  private static func provenance(of layers: [LayerLatency]) -> LatencyProvenance {
    let total = layers.reduce(0) { $0 + $1.range.milliseconds }
    var covered = 0.0
    for level in LatencyProvenance.allCases {
      covered += layers.filter { $0.provenance == level }.reduce(0) { $0 + $1.range.milliseconds }
      if covered >= 0.95 * total, layers.contains(where: { $0.provenance == level }) { return level }
    }
    return .unvalidated
  }

  /// Layers whose cost nobody knows, counted as nothing: the interval has no upper end then.
  public var unpriced: [LayerLatency] {
    guard provenance != .measured else { return [] }
    return layers.filter { [.unknown, .control].contains($0.path) && $0.provenance != .measured }
  }

  /// Each layer's share of the whole time, in 0...1; zeros for a model that takes none.
  public var shares: [Double] {
    let total = range.milliseconds
    return layers.map { total > 0 ? $0.range.milliseconds / total : 0 }
  }
}

/// Which end of the interval a budget is compared with.
public enum LatencyBudgetEnd: String, Sendable, Hashable, CaseIterable {
  case upper, estimate, lower
}

/// A latency held against its budget.
public struct LatencyVerdict: Sendable, Hashable {
  public var passes: Bool
  public var foundMilliseconds: Double
  public var budgetMilliseconds: Double
  public var end: LatencyBudgetEnd

  /// Compares an end of the interval (the upper one unless the suite says otherwise) with a budget.
  public init(_ range: LatencyRange, budgetMilliseconds: Double, end: LatencyBudgetEnd = .upper) {
    switch end {
    case .upper: foundMilliseconds = range.highMilliseconds
    case .estimate: foundMilliseconds = range.milliseconds
    case .lower: foundMilliseconds = range.lowMilliseconds
    }
    self.budgetMilliseconds = budgetMilliseconds
    self.end = end
    // Positive: NaN fails.
    passes = foundMilliseconds <= budgetMilliseconds
  }

  public var headroomMilliseconds: Double { budgetMilliseconds - foundMilliseconds }
}
