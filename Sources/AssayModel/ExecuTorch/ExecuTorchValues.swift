/// One entry of a method's table of values (EValue).
enum ExecuTorchValue: Sendable {
  case null
  case int(Int)
  case bool(Bool)
  case double(Double)
  case text(String)
  case tensor(ExecuTorchTensor)
  /// Indices of values, not literals: an element may be computed while the method runs.
  case ints([Int])
  case doubles([Double])
  case bools([Bool])
  /// Indices of values; `nil` where an optional tensor is left out.
  case tensors([Int?])
}

/// A tensor as the file describes it.
struct ExecuTorchTensor: Sendable {
  /// Where its bytes are.
  enum Storage: Sendable, Hashable {
    /// In a planned buffer.
    case planned(PlannedPlace)
    case constant(ConstantRange)
    /// Neither: given by the caller, or without elements.
    case none
  }

  var name: String
  var type: ElementType
  /// Upper bounds where ``isDynamic``.
  var shape: [Int]
  var dimOrder: [Int]
  var isDynamic: Bool
  var storage: Storage
  /// Bytes a mutable buffer starts with.
  var initialValue: ConstantRange?
  /// A buffer of the model that outlives an execution.
  var isState: Bool
  var fileOffset: Int

  var byteCount: Int { shape.reduce(1, *) * (type.byteSize ?? 0) }
}

/// A place in a method's planned memory.
public struct PlannedPlace: Sendable, Hashable {
  /// Memory id of the file, counted from 1.
  public var buffer: Int
  /// Bytes from the start of that buffer.
  public var offset: Int

  public init(buffer: Int, offset: Int) {
    self.buffer = buffer
    self.offset = offset
  }
}

/// One instruction of a method.
enum ExecuTorchInstruction: Sendable {
  /// A kernel by its index among the method's operators, with indices of values.
  case kernel(Int, [Int])
  case delegate(Int, [Int])
  case move(from: Int, to: Int)
  case jumpIfFalse
  /// Gives memory back early; nothing to do in a planned arena.
  case free
}

/// A method as the file holds it, indices checked: what graphs are made from, at the bound of
/// dynamic shapes or below.
struct ExecuTorchPlan: Sendable {
  var name: String
  var values: [ExecuTorchValue]
  /// Indices of values.
  var inputs: [Int]
  var outputs: [Int]
  /// `aten::relu.out`, by index.
  var operators: [String]
  /// Backend names, by index.
  var delegates: [String]
  /// Bytes by memory id; the first is reserved.
  var bufferByteCounts: [Int]
  /// Instructions with the byte of the file they stand at, chain by chain.
  var chains: [[(instruction: ExecuTorchInstruction, fileOffset: Int)]]
}
