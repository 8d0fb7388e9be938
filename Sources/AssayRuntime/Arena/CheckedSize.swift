import AssayModel

/// A size in bytes, or a factor of one, that cannot wrap.
///
/// The device addresses 32 bits: a size that reaches ``limit`` stays there through every further
/// operation and is refused once, by ``bytes(in:)``, instead of at each of a formula's terms.
struct CheckedSize: Sendable, Hashable, Comparable, ExpressibleByIntegerLiteral {
  static let limit = 1 << 32
  private let value: Int

  /// A negative value counts as 0.
  init(_ value: Int) { self.value = min(max(value, 0), Self.limit) }

  init(integerLiteral value: Int) { self.init(value) }

  var isTooLarge: Bool { value == Self.limit }

  /// - Throws: `ModelError` when the size does not fit the device's address space.
  func bytes(in place: String) throws(ModelError) -> Int {
    guard !isTooLarge else { throw ModelError(.limit, in: place, "needs more memory than 32 bits address") }
    return value
  }

  func roundedUp(to multiple: Int) -> CheckedSize {
    CheckedSize((value + multiple - 1) / multiple * multiple)
  }

  func isMultiple(of divisor: Int) -> Bool { value.isMultiple(of: divisor) }

  static func + (left: Self, right: Self) -> Self { Self(left.value + right.value) }

  static func * (left: Self, right: Self) -> Self {
    let (product, overflow) = left.value.multipliedReportingOverflow(by: right.value)
    return Self(overflow ? limit : product)
  }

  /// The difference, at least 0; too large stays too large.
  func reduced(by other: Self) -> Self { isTooLarge ? self : Self(value - other.value) }

  static func < (left: Self, right: Self) -> Bool { left.value < right.value }

  static func product(_ factors: [Int]) -> Self { factors.reduce(1) { $0 * Self($1) } }
}
