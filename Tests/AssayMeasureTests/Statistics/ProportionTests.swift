import AssayMeasure
import Testing

/// Equal to nine digits of the larger magnitude.
func isClose(_ found: Double?, _ expected: Double, digits: Double = 1e-9) -> Bool {
  guard let found else { return false }
  return abs(found - expected) <= digits * max(1, abs(expected))
}

struct `Proportions` {
  // scipy.stats.binomtest(k, n).proportion_ci(method="wilson")
  @Test(arguments: [
    (0, 10, 0.0, 0.27753279986288926), (10, 10, 0.7224672001371109, 1.0),
    (9, 10, 0.5958499732047615, 0.9821237869049271), (873, 900, 0.9567033358692507, 0.9793015262044982),
    (450, 900, 0.46740342529477164, 0.5325965747052284), (1, 3, 0.06149194472039626, 0.7923403991979523),
  ])
  func `Wilson's interval equals scipy's`(successes: Int, trials: Int, lower: Double, upper: Double) {
    let interval = wilsonInterval(successes: successes, trials: trials)
    #expect(isClose(interval?.lower, lower) && isClose(interval?.upper, upper))
  }

  @Test(arguments: [(0, 0), (-1, 5), (6, 5)])
  func `contradicting counts have no interval`(successes: Int, trials: Int) {
    #expect(wilsonInterval(successes: successes, trials: trials) == nil)
  }

  // scipy.stats.norm.ppf(p)
  @Test(arguments: [
    (1e-10, -6.361340902404056), (1e-4, -3.7190164854556804), (0.025, -1.9599639845400545),
    (0.3, -0.5244005127080409), (0.5, 0.0), (0.8, 0.8416212335729143), (0.999999, 4.753424308817087),
  ])
  func `normal quantiles equal scipy's and invert the distribution`(probability: Double, expected: Double) {
    let found = NormalDistribution.quantile(probability)
    #expect(isClose(found, expected, digits: 1e-13))
    #expect(abs(NormalDistribution.cumulative(found) / probability - 1) < 1e-12)
  }

  @Test(arguments: [0.0, 1.0, -1.0, Double.nan])
  func `outside 0 to 1 there is no quantile`(probability: Double) {
    #expect(NormalDistribution.quantile(probability).isNaN)
  }

  // scipy.stats.binomtest(min(b, c), b + c, 0.5).pvalue
  @Test(arguments: [
    (0, 0, 1.0), (3, 9, 0.14599609375), (10, 2, 0.03857421875), (1, 12, 0.00341796875),
    (40, 60, 0.05688793364098089),
  ])
  func `McNemar's exact p-value equals scipy's`(gains: Int, losses: Int, expected: Double) {
    let outcomes = PairedOutcomes(bothRight: 100, bothWrong: 3, gains: gains, losses: losses)
    #expect(isClose(outcomes.mcNemarPValue, expected))
  }

  @Test func `outcomes are counted pair by pair and lengths must agree`() {
    let found = PairedOutcomes(
      candidate: [true, true, false, false, false], reference: [true, false, true, false, true])
    #expect(found == PairedOutcomes(bothRight: 1, bothWrong: 1, gains: 1, losses: 2))
    #expect(PairedOutcomes(candidate: [true], reference: []) == nil)
  }
}
