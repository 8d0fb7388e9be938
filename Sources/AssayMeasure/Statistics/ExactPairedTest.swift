internal import Glibc

/// Unconditional exact test of a paired difference of proportions.
///
/// The null hypothesis is `P(gain) - P(loss) <= difference`. Outcomes are ordered by Tango's score
/// (1998); the p-value is the largest probability, over every share of discordant pairs that the
/// hypothesis allows, of an outcome at least as favourable as the observed one. Unlike a test given
/// the discordant pairs it can reject when there are none.
struct ExactPairedTest {
  let pairs: Int
  private let binomial: Binomial
  /// Values of the nuisance parameter tried, denser towards 0 where the maximum usually lies.
  private static let gridSteps = 48

  init(pairs: Int) {
    self.pairs = pairs
    binomial = Binomial(trials: pairs)
  }

  func pValue(gains: Int, losses: Int, difference: Double) -> Double {
    let observed = tangoScore(gains: gains, losses: losses, difference: difference)
    let thresholds = (0...pairs).map {
      smallestGains(discordant: $0, difference: difference, score: observed)
    }
    // P(gain) ranges over what leaves P(loss) = P(gain) - difference inside the simplex.
    let least = max(0, difference)
    let greatest = (1 + difference) / 2
    func probability(_ position: Double) -> Double {
      let gain = least + (greatest - least) * position * position
      return tail(gain: gain, loss: gain - difference, thresholds: thresholds)
    }
    let steps = Double(Self.gridSteps)
    let coarse = (0...Self.gridSteps).map { probability(Double($0) / steps) }
    let peak = coarse.indices.max { coarse[$0] < coarse[$1] } ?? 0
    let refined = (-4...4).map { probability(min(1, max(0, (Double(peak) + Double($0) / 5) / steps))) }
    return max(coarse[peak], refined.max() ?? 0)
  }

  /// The fewest gains, among `discordant` pairs, that score at least `score`; `discordant + 1` if none.
  ///
  /// The score grows with the gains for a fixed number of discordant pairs, so a bisection finds it.
  private func smallestGains(discordant: Int, difference: Double, score: Double) -> Int {
    var low = 0
    var high = discordant + 1
    while low < high {
      let middle = (low + high) / 2
      let found = tangoScore(gains: middle, losses: discordant - middle, difference: difference)
      if found >= score - 1e-9 { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// P(an outcome at or beyond the thresholds) for given probabilities of a gain and of a loss.
  private func tail(gain: Double, loss: Double, thresholds: [Int]) -> Double {
    let discordantShare = min(1, max(0, gain + loss))
    let gainShare = discordantShare > 0 ? min(1, max(0, gain / discordantShare)) : 0
    var total = 0.0
    for discordant in 0...pairs {
      let weight = binomial.mass(discordant, probability: discordantShare)
      guard weight > 1e-13, thresholds[discordant] <= discordant else { continue }
      total += weight * upperTail(trials: discordant, from: thresholds[discordant], probability: gainShare)
    }
    return total
  }

  /// P(X >= from), each term from its neighbour.
  private func upperTail(trials: Int, from: Int, probability: Double) -> Double {
    if from <= 0 { return 1 }
    if probability <= 0 { return 0 }
    if probability >= 1 { return 1 }
    let odds = probability / (1 - probability)
    // At most 200 trials: (1 - p)^n does not underflow unless the tail is 1 to the last bit.
    var term = pow(1 - probability, Double(trials))
    guard term > 0 else { return 1 }
    var below = 0.0
    for k in 0..<from {
      below += term
      term *= odds * Double(trials - k) / Double(k + 1)
    }
    return max(0, 1 - below)
  }

  /// Tango's score of an outcome against a difference: observed minus expected over its standard
  /// deviation under the restricted maximum likelihood estimate.
  private func tangoScore(gains: Int, losses: Int, difference: Double) -> Double {
    let n = Double(pairs)
    let b = Double(gains)
    let c = Double(losses)
    let linear = -b - c + (2 * n - b + c) * difference
    let constant = -c * difference * (1 - difference)
    let root = max(0, linear * linear - 8 * n * constant).squareRoot()
    let lossShare = (root - linear) / (4 * n)
    let variance = n * (2 * lossShare + difference * (1 - difference))
    let excess = b - c - n * difference
    guard variance > 1e-12 else { return excess == 0 ? 0 : (excess > 0 ? .infinity : -.infinity) }
    return excess / variance.squareRoot()
  }
}
