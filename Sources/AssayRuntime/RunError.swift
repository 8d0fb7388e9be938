/// Why a model could not be run, or why a run stopped.
public struct RunError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// An operator, or a type of it, that this program has no kernel for.
    case missingKernel
    /// Bytes or shapes handed in do not fit the model's inputs.
    case inputMismatch
    /// The model's own data drove an index or an intermediate out of its range.
    case modelDefect
    /// An explicit limit of this program (steps of a loop, nesting, memory).
    case limit
  }

  public var code: Code
  /// Layer at fault, as `inspect` numbers it: `subgraph 0, operator 3 (CONV_2D)`.
  public var place: String?
  public var message: String

  public init(_ code: Code, in place: String? = nil, _ message: String) {
    self.code = code
    self.place = place
    self.message = message
  }

  public var description: String { place.map { "\($0): \(message)" } ?? message }
}
