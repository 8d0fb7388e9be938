import AssayModel

/// The operators that a firmware's resolver registers, each with the newest version it knows.
///
/// TFLite Micro itself does not compare versions; a firmware's team does, because a newer version
/// can mean a meaning that its kernel does not have.
public struct RegisteredOperators: Sendable, Hashable {
  /// By the name that models use: `CONV_2D`, `SignalWindow`.
  public var maximumVersions: [String: Int]

  public init(maximumVersions: [String: Int]) { self.maximumVersions = maximumVersions }

  /// Why the firmware lacks `op`, `nil` when it has it.
  func refusal(of op: Operator) -> String? {
    let name = Self.name(of: op.code)
    guard let version = maximumVersions[name] else { return "the firmware does not register \(name)" }
    guard op.version <= version else {
      return "version \(op.version) of \(name); the firmware registers up to version \(version)"
    }
    return nil
  }

  private static func name(of code: OperatorCode) -> String {
    switch code {
    case .builtin(let builtin): builtin.name
    case .custom(let name): name
    }
  }
}
