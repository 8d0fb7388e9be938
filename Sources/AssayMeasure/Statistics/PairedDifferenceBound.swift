/// The one-sided 95 % lower bound of `candidate accuracy - reference accuracy` over pairs.
public struct PairedDifferenceBound: Sendable, Hashable {
  public enum Method: String, Sendable, Hashable {
    /// Unconditional exact test inverted; below 200 pairs.
    case exact
    /// Agresti and Min's adjusted Wald bound; from 200 pairs on. Its level is 5 to about 6 %.
    case agrestiMin
  }

  public var lower: Double
  public var method: Method

  /// From this many pairs on, Agresti and Min's bound keeps its coverage.
  public static let exactBelow = 200

  /// - Returns: `nil` without pairs.
  public init?(_ outcomes: PairedOutcomes) {
    guard outcomes.pairs > 0 else { return nil }
    if outcomes.pairs < Self.exactBelow {
      lower = exactLowerBound(outcomes)
      method = .exact
    } else {
      lower = agrestiMinLowerBound(outcomes)
      method = .agrestiMin
    }
  }
}

/// Agresti and Min (2005): half a pair added to each of the four cells, then Wald's bound.
func agrestiMinLowerBound(_ outcomes: PairedOutcomes) -> Double {
  let pairs = Double(outcomes.pairs) + 2
  let gains = Double(outcomes.gains) + 0.5
  let losses = Double(outcomes.losses) + 0.5
  let difference = gains - losses
  let variance = gains + losses - difference * difference / pairs
  return max(-1, (difference - NormalDistribution.oneSided95 * variance.squareRoot()) / pairs)
}

/// The difference at which the exact test of "no better than this" has a p-value of 5 %.
func exactLowerBound(_ outcomes: PairedOutcomes) -> Double {
  let test = ExactPairedTest(pairs: outcomes.pairs)
  var rejected = -1.0
  var accepted = outcomes.difference
  // 1e-5 is a hundredth of the smallest step that 200 pairs can show.
  while accepted - rejected > 1e-5 {
    let middle = (accepted + rejected) / 2
    if test.pValue(gains: outcomes.gains, losses: outcomes.losses, difference: middle) <= 0.05 {
      rejected = middle
    } else {
      accepted = middle
    }
  }
  return rejected
}
