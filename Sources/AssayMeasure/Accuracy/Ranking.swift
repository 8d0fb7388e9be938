/// The index of the largest value, the lowest index on a tie, as the device's runtime decides.
///
/// - Returns: `nil` when empty or when any value is NaN: such an output predicts nothing.
public func largestIndex(_ values: Span<Float>) -> Int? {
  guard !values.isEmpty else { return nil }
  var best = 0
  for index in values.indices {
    if values[index].isNaN { return nil }
    if values[index] > values[best] { best = index }
  }
  return best
}

/// The indices of the `count` largest values, largest first, lower indices first on ties.
///
/// - Returns: `nil` when there are fewer values or any is NaN.
public func largestIndices(_ values: Span<Float>, count: Int) -> [Int]? {
  guard count > 0, values.count >= count else { return nil }
  var chosen: [Int] = []
  for index in values.indices {
    if values[index].isNaN { return nil }
    let place = chosen.firstIndex { values[index] > values[$0] } ?? chosen.count
    guard place < count else { continue }
    chosen.insert(index, at: place)
    if chosen.count > count { chosen.removeLast() }
  }
  return chosen
}
