import AssayKernels

/// What this core multiplies and adds at best, in products per nanosecond; 0 where that is not known.
public struct CorePeak: Sendable {
  public let int8: Double
  public let float32: Double

  /// Takes a few milliseconds: the fastest of several short loops.
  public init() {
    int8 = Self.fastest { ak_peak_s8(ak_best_variant(), $0) }
    float32 = Self.fastest { ak_peak_f32(ak_best_variant(), $0) }
  }

  private static func fastest(_ loop: (Int) -> Int64) -> Double {
    var best = 0.0
    for _ in 0..<40 {
      let start = ContinuousClock.now
      let products = loop(20_000)
      best = max(best, Double(products) / ((ContinuousClock.now - start) / .nanoseconds(1)))
    }
    return best
  }
}
