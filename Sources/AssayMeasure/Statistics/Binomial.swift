internal import Glibc

/// Binomial probabilities over a fixed number of trials.
struct Binomial {
  let trials: Int
  /// log(k!) for k in 0...trials.
  private let logFactorials: [Double]

  init(trials: Int) {
    self.trials = trials
    var sums = [0.0]
    for k in stride(from: 1, through: trials, by: 1) { sums.append(sums[k - 1] + log(Double(k))) }
    logFactorials = sums
  }

  /// P(X = successes).
  func mass(_ successes: Int, probability: Double) -> Double {
    if probability <= 0 { return successes == 0 ? 1 : 0 }
    if probability >= 1 { return successes == trials ? 1 : 0 }
    let choices = logFactorials[trials] - logFactorials[successes] - logFactorials[trials - successes]
    return exp(
      choices + Double(successes) * log(probability) + Double(trials - successes) * log1p(-probability))
  }

  /// P(X <= successes), summed from the smallest term up.
  func cumulative(upTo successes: Int, probability: Double) -> Double {
    guard successes >= 0 else { return 0 }
    guard successes < trials else { return 1 }
    return (0...successes).reduce(0) { $0 + mass($1, probability: probability) }
  }
}
