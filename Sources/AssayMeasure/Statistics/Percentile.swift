internal import Glibc

/// Fewest samples for which a percentile may be printed: the largest sample then exceeds the true
/// percentile with 95 % confidence (59 for p95, 299 for p99, 2,995 for p99.9).
///
/// - Returns: `nil` for a share outside the open interval (0, 1).
public func samplesNeeded(forPercentile share: Double) -> Int? {
  guard share > 0, share < 1 else { return nil }
  // The quotient is a hair above or below a whole number only where both logarithms are equal.
  return Int((log(0.05) / log(share) - 1e-9).rounded(.up))
}

/// The nearest-rank percentile: the smallest value that at least `share` of the values do not exceed.
///
/// - Returns: `nil` with too few samples (``samplesNeeded(forPercentile:)``) or when one is NaN.
public func percentile(_ share: Double, of values: [Double]) -> Double? {
  guard let needed = samplesNeeded(forPercentile: share), values.count >= needed else { return nil }
  guard !values.contains(where: \.isNaN) else { return nil }
  return nearestRank(values.sorted(), share)
}

/// Middle value, or the mean of the middle two; `nil` when empty or when one is NaN.
public func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty, !values.contains(where: \.isNaN) else { return nil }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// Rank `ceil(share * count)`, counted from 1, of sorted values that are not empty.
func nearestRank(_ sorted: [Double], _ share: Double) -> Double {
  let rank = Int((share * Double(sorted.count) - 1e-9).rounded(.up))
  return sorted[min(sorted.count, max(1, rank)) - 1]
}
