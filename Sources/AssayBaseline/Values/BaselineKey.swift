internal import AssayFiles

/// What a budget, an accepted value or a measurement belongs to.
public struct BaselineKey: Sendable, Hashable, CustomStringConvertible {
  public var suite: String
  /// ``any`` in budgets and waivers: every model of the suite.
  public var model: String
  /// ``any`` in budgets and waivers: every target; elsewhere what does not depend on one.
  public var target: String

  public static let any = "*"

  public init(suite: String, model: String, target: String) {
    self.suite = suite
    self.model = model
    self.target = target
  }

  /// `digits/digits-v2/esp32s3-n16r8`.
  public var description: String { "\(suite)/\(model)/\(target)" }

  /// The keys whose budgets hold for this one, the most specific first.
  var applicable: [BaselineKey] {
    [
      self, BaselineKey(suite: suite, model: model, target: Self.any),
      BaselineKey(suite: suite, model: Self.any, target: target),
      BaselineKey(suite: suite, model: Self.any, target: Self.any),
    ]
  }

  static func precedes(_ a: BaselineKey, _ b: BaselineKey) -> Bool {
    for (x, y) in [(a.suite, b.suite), (a.model, b.model), (a.target, b.target)] where x != y {
      return Path.precedes(x, y)
    }
    return false
  }
}
