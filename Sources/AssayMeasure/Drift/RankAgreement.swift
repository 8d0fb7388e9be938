/// How often two models put the same entries on top, over rows of outputs.
public struct RankAgreement: Sendable, Hashable {
  /// The `k` of top-k.
  public let depth: Int
  /// Rows compared: the denominator of both shares.
  public private(set) var rows = 0
  public private(set) var sameFirst = 0
  public private(set) var sameSet = 0

  /// - Parameter depth: at least 1.
  public init(depth: Int = 1) { self.depth = max(1, depth) }

  /// Compares one row; ties go to the lower index, a row with NaN agrees with nothing.
  ///
  /// - Returns: false, and nothing is counted, when lengths differ or are below the depth.
  public mutating func add(candidate: Span<Float>, reference: Span<Float>) -> Bool {
    guard candidate.count == reference.count, candidate.count >= depth else { return false }
    rows += 1
    guard let ours = largestIndices(candidate, count: depth),
      let theirs = largestIndices(reference, count: depth)
    else { return true }
    sameFirst += ours.first == theirs.first ? 1 : 0
    sameSet += Set(ours) == Set(theirs) ? 1 : 0
    return true
  }

  public mutating func merge(_ other: RankAgreement) -> Bool {
    guard other.depth == depth else { return false }
    rows += other.rows
    sameFirst += other.sameFirst
    sameSet += other.sameSet
    return true
  }

  /// Share of rows with the same largest entry; `nil` without rows.
  public var top1: Double? { rows > 0 ? Double(sameFirst) / Double(rows) : nil }
  /// Share of rows with the same set of `depth` largest entries; `nil` without rows.
  public var topK: Double? { rows > 0 ? Double(sameSet) / Double(rows) : nil }
}
