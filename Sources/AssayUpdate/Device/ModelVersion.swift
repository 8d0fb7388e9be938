/// A model's version, `major.minor.patch`, each number at most 65,535.
///
/// It orders models; it does not identify them: identity is the SHA-256.
public struct ModelVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let major, minor, patch: UInt16

  public init(_ major: UInt16, _ minor: UInt16, _ patch: UInt16) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Three decimal numbers without signs or leading zeros; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let numbers = parts.compactMap { part -> UInt16? in
      guard let number = UInt16(part), String(number) == part else { return nil }
      return number
    }
    guard numbers.count == 3 else { return nil }
    self.init(numbers[0], numbers[1], numbers[2])
  }

  public var description: String { "\(major).\(minor).\(patch)" }

  public static func < (a: ModelVersion, b: ModelVersion) -> Bool {
    (a.major, a.minor, a.patch) < (b.major, b.minor, b.patch)
  }
}
