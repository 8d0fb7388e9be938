/// The verdict of a check that rests on recordings, which may be too few to tell.
public enum NonInferiorityVerdict: Sendable, Hashable {
  case pass
  case fail
  /// Neither shown nor refuted; about `recordings` in all would decide with a power of 80 %.
  case undecided(recordings: Int)
}

/// "The candidate is worse by less than the margin", judged on paired recordings.
///
/// **fail** when the observed drop reaches the margin, **pass** when the one-sided 95 % lower bound
/// of the difference lies above minus the margin, else **undecided**. "Not significantly worse" is
/// deliberately not offered: with few recordings it passes real drops.
public struct NonInferiority: Sendable, Hashable {
  /// Candidate minus reference, in shares of 1; negative is a drop.
  public var difference: Double
  public var lowerBound: Double
  public var margin: Double
  public var verdict: NonInferiorityVerdict

  /// How far the lower bound lies inside the margin; negative when it does not.
  public var headroom: Double { lowerBound + margin }

  /// Judges accuracies.
  ///
  /// - Parameter margin: the drop that must be excluded, in shares of 1 (two points are 0.02).
  /// - Returns: `nil` without pairs, or for a margin that is not above 0.
  public init?(_ outcomes: PairedOutcomes, margin: Double) {
    guard margin > 0, margin.isFinite, let bound = PairedDifferenceBound(outcomes) else { return nil }
    let needed = recordingsNeeded(outcomes, margin: margin)
    self.init(difference: outcomes.difference, lowerBound: bound.lower, margin: margin, needed: needed)
  }

  /// Judges any figure where larger is better from its difference and the bound of it (AUC, minus an error).
  ///
  /// - Parameter standardError: of the difference, as `recordings` recordings show it.
  public init?(
    difference: Double, lowerBound: Double, margin: Double, standardError: Double, recordings: Int
  ) {
    guard margin > 0, margin.isFinite, recordings > 0 else { return nil }
    let variance = standardError * standardError * Double(recordings)
    let needed = recordingsNeeded(
      variance: variance, difference: difference, margin: margin, atLeast: recordings)
    self.init(difference: difference, lowerBound: lowerBound, margin: margin, needed: needed)
  }

  private init(difference: Double, lowerBound: Double, margin: Double, needed: Int) {
    self.difference = difference
    self.lowerBound = lowerBound
    self.margin = margin
    // A drop of exactly the margin fails also where the margin has no exact binary value. Written
    // positively: NaN fails.
    guard difference + margin > 1e-12 else {
      verdict = .fail
      return
    }
    verdict = lowerBound > -margin ? .pass : .undecided(recordings: needed)
  }
}

/// 80 %: the chance that an unchanged model is shown to be one.
let plannedPower = 0.8

/// Recordings that would decide, seen from outcomes that did not.
func recordingsNeeded(_ outcomes: PairedOutcomes, margin: Double) -> Int {
  // Half a pair per cell as in the bound: no discordant pair seen is not none to come.
  let share = (Double(outcomes.discordant) + 1) / (Double(outcomes.pairs) + 2)
  return recordingsNeeded(
    variance: share, difference: outcomes.difference, margin: margin, atLeast: outcomes.pairs)
}

/// Recordings for a margin when a share of pairs is discordant and nothing truly dropped.
///
/// - Parameter power: the chance of passing, 0.8 unless said otherwise.
/// - Returns: `nil` where the arguments make no sense.
public func recordingsNeeded(margin: Double, discordantShare: Double, power: Double = 0.8) -> Int? {
  guard margin > 0, discordantShare > 0, discordantShare <= 1, power > 0, power < 1 else { return nil }
  let z = NormalDistribution.oneSided95 + NormalDistribution.quantile(power)
  return wholeRecordings(discordantShare * z * z / (margin * margin))
}

/// The larger of two answers: enough for the planned power without a true drop, and enough for the
/// difference seen, should it be the true one. Always more than there are.
func recordingsNeeded(variance: Double, difference: Double, margin: Double, atLeast: Int) -> Int {
  let z = NormalDistribution.oneSided95
  let planned = z + NormalDistribution.quantile(plannedPower)
  let ifUnchanged = variance * planned * planned / (margin * margin)
  let distance = margin + min(0, difference)
  let ifAsSeen = variance * z * z / (distance * distance)
  return max(atLeast + 1, max(wholeRecordings(ifUnchanged), wholeRecordings(ifAsSeen)))
}

/// Rounds up, bounded so that no estimate traps.
private func wholeRecordings(_ estimate: Double) -> Int {
  guard estimate < 1e9 else { return 1_000_000_000 }
  return max(1, Int(estimate.rounded(.up)))
}
