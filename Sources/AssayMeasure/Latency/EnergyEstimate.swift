/// Energy of one inference, from latency and board power: a rough figure, labelled as one.
public struct EnergyEstimate: Sendable, Hashable {
  public var millijoules: Double
  public var lowMillijoules: Double
  public var highMillijoules: Double

  /// - Returns: `nil` unless the target states its power: there is no default.
  public init?(_ range: LatencyRange, on target: Target) {
    guard let power = target.power else { return nil }
    let watts = power.activeMilliwatts / 1000
    millijoules = range.milliseconds * watts
    lowMillijoules = range.lowMilliseconds * watts
    highMillijoules = range.highMilliseconds * watts
  }

  public static let label = "estimate: latency x the board power the target states, not measured"
}
