/// A bootstrapped mean of paired differences.
public struct PairedBootstrap: Sendable, Hashable {
  /// Mean of `candidate - reference`.
  public var mean: Double
  /// Standard deviation of the resampled means.
  public var standardError: Double
  /// Two-sided 95 % percentile interval.
  public var interval: Interval
  /// One-sided 95 % bounds.
  public var lowerBound: Double
  public var upperBound: Double

  /// Resamples recordings, pair by pair, with replacement.
  ///
  /// - Parameter seed: the same seed gives the same interval on every machine.
  /// - Returns: `nil` when the two differ in length, are empty, or hold a value that is not finite.
  public init?(candidate: [Double], reference: [Double], resamples: Int = 4000, seed: UInt64) {
    guard candidate.count == reference.count, !candidate.isEmpty, resamples >= 100 else { return nil }
    let differences = zip(candidate, reference).map { $0 - $1 }
    guard differences.allSatisfy(\.isFinite) else { return nil }
    var generator = ResamplingGenerator(seed: seed)
    var means: [Double] = []
    means.reserveCapacity(resamples)
    for _ in 0..<resamples {
      var sum = 0.0
      for _ in differences.indices { sum += differences[generator.index(below: differences.count)] }
      means.append(sum / Double(differences.count))
    }
    means.sort()
    mean = differences.reduce(0, +) / Double(differences.count)
    standardError = sampleDeviation(means)
    interval = Interval(lower: nearestRank(means, 0.025), upper: nearestRank(means, 0.975))
    lowerBound = nearestRank(means, 0.05)
    upperBound = nearestRank(means, 0.95)
  }
}

/// Standard deviation with n - 1; 0 for fewer than two values.
func sampleDeviation(_ values: [Double]) -> Double {
  guard values.count > 1 else { return 0 }
  let mean = values.reduce(0, +) / Double(values.count)
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (squares / Double(values.count - 1)).squareRoot()
}
