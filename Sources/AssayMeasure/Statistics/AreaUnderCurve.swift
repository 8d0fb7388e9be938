/// Area under the receiver operating characteristic, with DeLong's variance.
///
/// The area is the chance that a positive recording scores above a negative one, ties counting half.
public struct AreaUnderCurve: Sendable, Hashable {
  public var area: Double
  public var standardError: Double
  /// Two-sided 95 % interval by DeLong's variance, cut to 0...1.
  public var interval: Interval
  /// Placement of each positive among the negatives, and of each negative among the positives.
  private var placements: Placements

  /// - Returns: `nil` when lengths differ, a score is NaN, or either class has fewer than two recordings.
  public init?(scores: [Double], positive: [Bool]) {
    guard scores.count == positive.count, !scores.contains(where: \.isNaN),
      let placements = Placements(scores: scores, positive: positive)
    else { return nil }
    self.placements = placements
    area = placements.ofPositives.reduce(0, +) / Double(placements.ofPositives.count)
    standardError = placements.variance.squareRoot()
    let spread = NormalDistribution.twoSided95 * standardError
    interval = Interval(lower: max(0, area - spread), upper: min(1, area + spread))
  }

  /// DeLong's standard error of `self - reference`, both scored on the same recordings.
  public func standardError(ofDifferenceTo reference: AreaUnderCurve) -> Double? {
    placements.minus(reference.placements)?.variance.squareRoot()
  }

  /// Judges "the area drops by less than the margin" on the same recordings.
  public func nonInferiority(to reference: AreaUnderCurve, margin: Double) -> NonInferiority? {
    guard let error = standardError(ofDifferenceTo: reference) else { return nil }
    let difference = area - reference.area
    return NonInferiority(
      difference: difference, lowerBound: difference - NormalDistribution.oneSided95 * error,
      margin: margin, standardError: error,
      recordings: placements.ofPositives.count + placements.ofNegatives.count)
  }
}

/// DeLong's structural components, each an average over the other class.
private struct Placements: Hashable {
  var ofPositives: [Double]
  var ofNegatives: [Double]

  init?(scores: [Double], positive: [Bool]) {
    let positives = zip(scores, positive).filter(\.1).map(\.0)
    let negatives = zip(scores, positive).filter { !$0.1 }.map(\.0)
    guard positives.count >= 2, negatives.count >= 2 else { return nil }
    let sortedPositives = positives.sorted()
    let sortedNegatives = negatives.sorted()
    ofPositives = positives.map { shareBelow($0, sortedNegatives) }
    ofNegatives = negatives.map { 1 - shareBelow($0, sortedPositives) }
  }

  var variance: Double {
    let positives = sampleDeviation(ofPositives)
    let negatives = sampleDeviation(ofNegatives)
    return positives * positives / Double(ofPositives.count)
      + negatives * negatives / Double(ofNegatives.count)
  }

  func minus(_ other: Placements) -> Placements? {
    guard ofPositives.count == other.ofPositives.count, ofNegatives.count == other.ofNegatives.count
    else { return nil }
    var difference = self
    difference.ofPositives = zip(ofPositives, other.ofPositives).map { $0 - $1 }
    difference.ofNegatives = zip(ofNegatives, other.ofNegatives).map { $0 - $1 }
    return difference
  }
}

/// Share of sorted values below `value`, ties counting half.
private func shareBelow(_ value: Double, _ sorted: [Double]) -> Double {
  let below = partition(sorted) { $0 >= value }
  let notAbove = partition(sorted) { $0 > value }
  return (Double(below) + Double(notAbove)) / (2 * Double(sorted.count))
}

/// Index of the first element that satisfies a predicate which holds from some element on.
private func partition(_ sorted: [Double], where predicate: (Double) -> Bool) -> Int {
  var low = 0
  var high = sorted.count
  while low < high {
    let middle = (low + high) / 2
    if predicate(sorted[middle]) { high = middle } else { low = middle + 1 }
  }
  return low
}
