internal import Glibc

/// How far a tensor of a candidate is from its reference, over all samples.
///
/// `n` below is ``elements``, all elements of all samples. When a single pair holds a NaN or an
/// infinity every error figure is NaN, and with it fails whatever it is compared with.
public struct DriftSummary: Sendable, Hashable {
  /// Pairs compared: the denominator of every mean and share.
  public var elements: Int
  public var candidateNaN: Int
  public var candidateInfinite: Int
  public var referenceNaN: Int
  public var referenceInfinite: Int
  /// max |candidate - reference|, in real units.
  public var maximumAbsoluteError: Double
  /// sum |candidate - reference| / n, in real units.
  public var meanAbsoluteError: Double
  /// 99th percentile of |candidate - reference|, at most 3.2 % too high; `nil` below 299 elements.
  public var percentile99AbsoluteError: Double?
  /// sqrt(sum (candidate - reference)^2 / n), in real units.
  public var rootMeanSquareError: Double
  /// sum c r / sqrt(sum c^2 sum r^2); `nil` when a side is all zeros, where no angle exists.
  public var cosine: Double?
  /// 10 log10(sum r^2 / sum (c - r)^2): infinite without an error, `nil` when the reference is all zeros.
  public var signalToNoiseDecibels: Double?
  /// Present when the candidate has codes.
  public var steps: StepSummary?

  public var nonFinite: Int { candidateNaN + candidateInfinite + referenceNaN + referenceInfinite }
}

/// A drift counted in steps of the candidate's code (LSB).
public struct StepSummary: Sendable, Hashable {
  /// Elements that differ by 0, 1, 2 and more than 2 steps; their sum is the number of elements.
  public var histogram: [Int]
  public var maximum: Int
  /// Root mean square error divided by the candidate's scale.
  public var rootMeanSquareErrorOverScale: Double
  /// Shares of all elements whose code is the lowest or the highest of the type.
  public var candidateSaturation: EndShares
  /// The same for the reference quantised with the candidate's scale and zero point.
  public var referenceSaturation: EndShares

  public init(
    histogram: [Int], maximum: Int, rootMeanSquareErrorOverScale: Double, candidateSaturation: EndShares,
    referenceSaturation: EndShares
  ) {
    self.histogram = histogram
    self.maximum = maximum
    self.rootMeanSquareErrorOverScale = rootMeanSquareErrorOverScale
    self.candidateSaturation = candidateSaturation
    self.referenceSaturation = referenceSaturation
  }
}

/// Shares, in 0...1, of codes at the two ends of their range.
public struct EndShares: Sendable, Hashable {
  public var low: Double
  public var high: Double

  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }
}

extension DriftAccumulator {
  /// Figures over everything added so far; `nil` before the first element.
  public var summary: DriftSummary? {
    guard sums.elements > 0 else { return nil }
    let clean = sums.candidateNaN + sums.candidateInfinite + sums.referenceNaN + sums.referenceInfinite == 0
    let n = Double(sums.elements)
    let rootMeanSquare = clean ? (sums.sumSquaredError / n).squareRoot() : .nan
    return DriftSummary(
      elements: sums.elements, candidateNaN: sums.candidateNaN,
      candidateInfinite: sums.candidateInfinite, referenceNaN: sums.referenceNaN,
      referenceInfinite: sums.referenceInfinite,
      maximumAbsoluteError: clean ? sums.maximumError : .nan,
      meanAbsoluteError: clean ? sums.sumError / n : .nan,
      percentile99AbsoluteError: clean ? errors.percentile(0.99).map { min($0, sums.maximumError) } : nil,
      rootMeanSquareError: rootMeanSquare, cosine: clean ? sums.cosine : .nan,
      signalToNoiseDecibels: clean ? sums.signalToNoiseDecibels : .nan,
      steps: codes.map { steps.summary(elements: n, rootMeanSquareError: rootMeanSquare, scale: $0.scale) })
  }
}

extension DriftSums {
  fileprivate var cosine: Double? {
    guard sumCandidateSquared > 0, sumReferenceSquared > 0 else { return nil }
    // Squares of floats lie within 1e-90...1e77: their products stay inside a double. One root of
    // the product gives exactly 1 for equal vectors; rounding may pass 1 by a bit otherwise.
    let norms = (sumCandidateSquared * sumReferenceSquared).squareRoot()
    return min(1, max(-1, sumProducts / norms))
  }

  fileprivate var signalToNoiseDecibels: Double? {
    guard sumReferenceSquared > 0 else { return nil }
    return sumSquaredError > 0 ? 10 * log10(sumReferenceSquared / sumSquaredError) : .infinity
  }
}

extension CodeSteps {
  fileprivate func summary(elements n: Double, rootMeanSquareError: Double, scale: Float) -> StepSummary {
    StepSummary(
      histogram: histogram, maximum: maximum,
      rootMeanSquareErrorOverScale: rootMeanSquareError / Double(scale),
      candidateSaturation: EndShares(low: Double(candidateLow) / n, high: Double(candidateHigh) / n),
      referenceSaturation: EndShares(low: Double(referenceLow) / n, high: Double(referenceHigh) / n))
  }
}
