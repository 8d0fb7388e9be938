/// Mean absolute and root mean square error of predictions against recorded truth.
///
/// Both are per *recording* first (the mean over its elements), then over recordings, so that the
/// pairs that a bootstrap resamples are recordings, which are independent, not elements, which are not.
public struct MeanError: Sendable, Hashable {
  /// Per recording: mean over elements of |prediction - truth|.
  public private(set) var absolute: [Double] = []
  /// Per recording: mean over elements of (prediction - truth) squared.
  public private(set) var squared: [Double] = []

  public init() {}

  /// Adds one recording.
  ///
  /// - Returns: false, and nothing is added, when the two are empty or differ in length.
  public mutating func add(prediction: Span<Float>, truth: Span<Float>) -> Bool {
    guard prediction.count == truth.count, !truth.isEmpty else { return false }
    var sum = 0.0
    var squares = 0.0
    for index in truth.indices {
      let error = Double(prediction[index]) - Double(truth[index])
      sum += abs(error)
      squares += error * error
    }
    absolute.append(sum / Double(truth.count))
    squared.append(squares / Double(truth.count))
    return true
  }

  /// Mean absolute error; `nil` without recordings, NaN when one held a NaN.
  public var meanAbsoluteError: Double? {
    absolute.isEmpty ? nil : absolute.reduce(0, +) / Double(absolute.count)
  }

  /// Root of the mean squared error; `nil` without recordings, NaN when one held a NaN.
  public var rootMeanSquareError: Double? {
    squared.isEmpty ? nil : (squared.reduce(0, +) / Double(squared.count)).squareRoot()
  }

  /// Judges "the mean absolute error rises by less than the margin", by paired bootstrap.
  public func nonInferiority(to reference: MeanError, margin: Double, seed: UInt64) -> NonInferiority? {
    guard let bootstrap = PairedBootstrap(candidate: absolute, reference: reference.absolute, seed: seed)
    else { return nil }
    return NonInferiority(
      difference: -bootstrap.mean, lowerBound: -bootstrap.upperBound, margin: margin,
      standardError: bootstrap.standardError, recordings: absolute.count)
  }
}
