import AssayMeasure
import Testing

private let labels = [false, false, false, false, true, true, true, true, false, true, false, true]
private let candidate = [0.6, 0.9, 0.8, 0.2, 0.7, 1.3, 0.4, 1.2, 0.8, 0.9, 0.3, 0.7]
private let reference = [0.3, 0.4, 0.5, 0.6, 1.2, 1.0, 0.8, 1.2, 0.2, 0.4, 0.6, 0.2]

struct `Areas, percentiles and resampling` {
  @Test func `the area and DeLong's errors equal scikit-learn's and numpy's`() throws {
    let ours = try #require(AreaUnderCurve(scores: candidate, positive: labels))
    let theirs = try #require(AreaUnderCurve(scores: reference, positive: labels))
    #expect(isClose(ours.area, 0.7083333333333333) && isClose(theirs.area, 0.75))
    #expect(isClose(ours.standardError, 0.16315750172876015))
    #expect(isClose(theirs.standardError, 0.16942167424418786))
    #expect(isClose(ours.standardError(ofDifferenceTo: theirs), 0.23323410588537036))
    #expect(ours.interval.contains(0.5) && ours.interval.upper == 1)
  }

  @Test func `a small drop of the area on few recordings is undecided, on itself it passes`() throws {
    let ours = try #require(AreaUnderCurve(scores: candidate, positive: labels))
    let theirs = try #require(AreaUnderCurve(scores: reference, positive: labels))
    guard case .undecided(let needed)? = ours.nonInferiority(to: theirs, margin: 0.05)?.verdict else {
      Issue.record("decided")
      return
    }
    #expect(needed > 1000)
    #expect(ours.nonInferiority(to: ours, margin: 0.05)?.verdict == .pass)
    #expect(ours.nonInferiority(to: theirs, margin: 0.04)?.verdict == .fail)
  }

  @Test(
    arguments: [
      ([0.1, 0.2], [true, false]), ([0.1, .nan, 0.2, 0.3], [true, false, true, false]), ([], []),
      ([0.1, 0.2, 0.3], [true, true, true]), ([0.1], [true, false]),
    ] as [([Double], [Bool])])
  func `scores that cannot be ranked have no area`(scores: [Double], positive: [Bool]) {
    #expect(AreaUnderCurve(scores: scores, positive: positive) == nil)
  }

  @Test func `the bootstrap is paired, seeded and close to the normal interval`() throws {
    let theirs = (0..<300).map { Double($0 % 17) }
    let ours = theirs.enumerated().map { $1 + 0.1 * Double($0 % 5) }
    let first = try #require(PairedBootstrap(candidate: ours, reference: theirs, seed: 11))
    #expect(first == PairedBootstrap(candidate: ours, reference: theirs, seed: 11))
    #expect(first != PairedBootstrap(candidate: ours, reference: theirs, seed: 12))
    // Differences 0, 0.1 ... 0.4 equally often: mean 0.2, deviation 0.1414, error of the mean 0.00816.
    #expect(isClose(first.mean, 0.2))
    #expect(abs(first.interval.lower - 0.184) < 0.0015 && abs(first.interval.upper - 0.216) < 0.0015)
    #expect(abs(first.standardError - 0.00816) < 0.0004)
    #expect(first.lowerBound > first.interval.lower && first.upperBound < first.interval.upper)
  }

  @Test func `what is not finite or not paired is not resampled`() {
    #expect(PairedBootstrap(candidate: [1, .nan], reference: [1, 1], seed: 1) == nil)
    #expect(PairedBootstrap(candidate: [1], reference: [1, 1], seed: 1) == nil)
    #expect(PairedBootstrap(candidate: [], reference: [], seed: 1) == nil)
  }

  @Test(arguments: [(0.95, 59), (0.99, 299), (0.999, 2995), (0.5, 5)])
  func `a percentile is printed from enough samples on`(share: Double, needed: Int) {
    #expect(samplesNeeded(forPercentile: share) == needed)
    let values = (1...needed).map(Double.init)
    #expect(percentile(share, of: values) != nil)
    #expect(percentile(share, of: Array(values.dropLast())) == nil)
  }

  @Test func `percentiles are nearest ranks and NaN has none`() {
    let values = (1...100).map(Double.init).reversed()
    #expect(percentile(0.95, of: Array(values)) == 95)
    #expect(percentile(0.95, of: values.map { $0 == 7 ? .nan : $0 }) == nil)
    #expect(percentile(1.0, of: Array(values)) == nil)
    #expect(median([3, 1, 2]) == 2 && median([4, 1, 2, 3]) == 2.5 && median([]) == nil)
    #expect(median([1, .nan]) == nil)
  }

  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
  @Test func `Holm's correction equals R's`() {
    let adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005])
    #expect(zip(adjusted, [0.03, 0.06, 0.06, 0.02]).allSatisfy { isClose($0, $1) })
    #expect(holmAdjusted([0.9, 0.8]) == [1, 1])
    #expect(holmAdjusted([]).isEmpty)
    #expect(holmAdjusted([.nan, 0.01])[0].isNaN && isClose(holmAdjusted([.nan, 0.01])[1], 0.02))
  }
}
