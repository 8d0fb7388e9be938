/// Holm's step-down adjusted p-values, in the order given.
///
/// For alarms of the kind "something got worse" among many metrics: adjusted values at or below the
/// level keep the chance of any false alarm at or below it. Checks that must all hold need no correction.
///
/// - Returns: adjusted values in 0...1; NaN stays NaN, and counts as one of the tests.
public func holmAdjusted(_ pValues: [Double]) -> [Double] {
  let order = pValues.indices.filter { !pValues[$0].isNaN }.sorted {
    pValues[$0] == pValues[$1] ? $0 < $1 : pValues[$0] < pValues[$1]
  }
  var adjusted = [Double](repeating: .nan, count: pValues.count)
  var running = 0.0
  for (rank, index) in order.enumerated() {
    running = max(running, min(1, Double(pValues.count - rank) * pValues[index]))
    adjusted[index] = running
  }
  return adjusted
}
