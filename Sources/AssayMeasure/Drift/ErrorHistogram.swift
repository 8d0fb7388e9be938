/// Counts of magnitudes in bins of 32 to the octave, for percentiles in one pass.
///
/// A bin is the exponent and the five highest mantissa bits of a `Float`: a percentile read from it
/// lies above the true one by at most one part in 32 (3.2 %). Counts are integers, so merging in any
/// order gives the same bytes.
struct ErrorHistogram: Sendable, Hashable {
  private static let mantissaBits = 5
  private static let bins = 255 << mantissaBits
  private var counts: [UInt64] = []
  private(set) var total: UInt64 = 0

  /// Counts a magnitude that is finite and not below 0.
  mutating func add(_ magnitude: Double) {
    if counts.isEmpty { counts = [UInt64](repeating: 0, count: Self.bins) }
    let narrowed = min(Float(magnitude), Float.greatestFiniteMagnitude)
    counts[Int(narrowed.bitPattern >> (23 - UInt32(Self.mantissaBits)))] += 1
    total += 1
  }

  mutating func merge(_ other: ErrorHistogram) {
    guard other.total > 0 else { return }
    total += other.total
    if counts.isEmpty {
      counts = other.counts
    } else {
      for bin in counts.indices { counts[bin] += other.counts[bin] }
    }
  }

  /// The upper edge of the bin that holds the nearest-rank percentile.
  ///
  /// - Returns: `nil` with fewer samples than ``samplesNeeded(forPercentile:)`` asks for.
  func percentile(_ share: Double) -> Double? {
    guard let needed = samplesNeeded(forPercentile: share), total >= UInt64(needed) else { return nil }
    let rank = (share * Double(total) - 1e-9).rounded(.up)
    var seen = 0.0
    for (bin, count) in counts.enumerated() {
      seen += Double(count)
      guard seen >= rank else { continue }
      // The first bin holds exact zeros and numbers too small to matter.
      return bin == 0 ? 0 : Double(Float(bitPattern: UInt32(bin + 1) << (23 - UInt32(Self.mantissaBits))))
    }
    return nil
  }
}
