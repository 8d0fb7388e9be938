/// Explicit limits on what a model file may ask for.
///
/// The defaults are far above any model a microcontroller can hold, and low enough that a hostile
/// file can neither exhaust memory nor time while it is read.
public struct ModelLimits: Sendable, Hashable {
  /// Bytes of the file.
  public var fileBytes = 1 << 30
  /// Tables visited while a FlatBuffers file is read; offsets may share tables, so this bounds time.
  public var flatTables = 1_000_000
  /// Elements of vectors and names read, weights not counted; tensors may share vectors, too.
  public var flatElements = 1 << 25
  /// Tables nested inside each other.
  public var flatDepth = 32
  public var subgraphs = 64
  /// Tensors of all subgraphs together.
  public var tensors = 100_000
  /// Operators of all subgraphs together.
  public var operators = 100_000
  /// Inputs or outputs of one operator.
  public var operands = 4_096
  /// Dimensions of one tensor.
  public var rank = 8
  /// Bytes of one tensor in memory.
  public var tensorBytes = 128 << 20
  /// Bytes of all tensors together that are not constants.
  public var activationBytes = 512 << 20
  /// Strides, dilations, filter sides, block sizes and depth multipliers.
  public var windowSide = 32_767
  /// Nesting of subgraph calls, the entry included.
  public var callDepth = 8
  /// Operators after every subgraph call is written out in place of the calling operator.
  public var expandedOperators = 1_000_000
  /// Instructions of an ExecuTorch method.
  public var methodInstructions = 20_000
  /// Bytes of a name that identifies something (resource variables, custom operators).
  public var identifierBytes = 1_024
  /// Bytes of a name or description that is only shown; longer ones are cut.
  public var shownNameBytes = 4_096

  public init() {}

  public static let `default` = ModelLimits()
}
