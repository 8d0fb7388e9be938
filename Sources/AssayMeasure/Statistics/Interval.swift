/// A closed interval of a figure, lower end first.
public struct Interval: Sendable, Hashable {
  public var lower: Double
  public var upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// False for every value when an end is NaN.
  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}
