/// Wilson's score interval of a proportion, two-sided 95 %.
///
/// Unlike the textbook interval it stays inside [0, 1] and keeps its coverage near the ends, which
/// is where accuracies of released models are.
///
/// - Returns: `nil` without trials, or when the counts contradict each other.
public func wilsonInterval(successes: Int, trials: Int) -> Interval? {
  guard trials > 0, successes >= 0, successes <= trials else { return nil }
  let n = Double(trials)
  let share = Double(successes) / n
  let zz = NormalDistribution.twoSided95 * NormalDistribution.twoSided95
  let centre = (share + zz / (2 * n)) / (1 + zz / n)
  let spread = (zz * (share * (1 - share) / n + zz / (4 * n * n))).squareRoot() / (1 + zz / n)
  return Interval(
    lower: successes == 0 ? 0 : max(0, centre - spread),
    upper: successes == trials ? 1 : min(1, centre + spread))
}
