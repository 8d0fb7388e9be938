/// How two models fared on the same recordings, each judged right or wrong.
public struct PairedOutcomes: Sendable, Hashable {
  public var bothRight: Int
  public var bothWrong: Int
  /// Only the candidate is right.
  public var gains: Int
  /// Only the reference is right.
  public var losses: Int

  public init(bothRight: Int, bothWrong: Int, gains: Int, losses: Int) {
    self.bothRight = bothRight
    self.bothWrong = bothWrong
    self.gains = gains
    self.losses = losses
  }

  /// Counts outcomes pair by pair.
  ///
  /// - Returns: `nil` when the two differ in length: an unpaired recording has no place here.
  public init?(candidate: [Bool], reference: [Bool]) {
    guard candidate.count == reference.count else { return nil }
    self.init(bothRight: 0, bothWrong: 0, gains: 0, losses: 0)
    for (ours, theirs) in zip(candidate, reference) {
      switch (ours, theirs) {
      case (true, true): bothRight += 1
      case (false, false): bothWrong += 1
      case (true, false): gains += 1
      case (false, true): losses += 1
      }
    }
  }

  public var pairs: Int { bothRight + bothWrong + gains + losses }
  public var discordant: Int { gains + losses }

  /// Candidate accuracy minus reference accuracy; NaN without pairs.
  public var difference: Double { Double(gains - losses) / Double(pairs) }

  /// Two-sided p-value of McNemar's exact test: how surprising this split of the discordant pairs
  /// would be if neither model were better. For the report; never for the verdict, because a test
  /// that finds no difference on few recordings proves nothing.
  public var mcNemarPValue: Double {
    let smaller = min(gains, losses)
    return min(1, 2 * Binomial(trials: discordant).cumulative(upTo: smaller, probability: 0.5))
  }
}
