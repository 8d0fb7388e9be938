public import AssayModel

/// What preparing an operator sees: its tensors, attributes and constants, with checks that throw
/// a `ModelError` naming the layer.
///
/// A preparing function validates *everything* the kernel relies on (ranks, types, agreement of
/// shapes, quantisation, attribute ranges): kernels check nothing.
public struct OperatorContext: Sendable {
  public let graph: Graph
  public let subgraph: Int
  public let index: Int
  /// Which implementation to prepare.
  var kernels = KernelSelection.reference

  public init(graph: Graph, subgraph: Int, index: Int) {
    self.graph = graph
    self.subgraph = subgraph
    self.index = index
  }

  public var op: Operator { graph.subgraphs[subgraph].operators[index] }

  /// `subgraph 0, operator 3 (CONV_2D)`.
  public var place: String { "subgraph \(subgraph), operator \(index) (\(op.code.name))" }

  public var inputCount: Int { op.inputs.count }
  public var outputCount: Int { op.outputs.count }

  /// Input `position`, or an error when it is left out or missing.
  public func input(_ position: Int) throws(ModelError) -> Tensor {
    guard let tensor = optionalInput(position) else { throw invalid("input \(position) is missing") }
    return tensor
  }

  /// Input `position`, `nil` where the file leaves it out.
  public func optionalInput(_ position: Int) -> Tensor? {
    guard position < op.inputs.count, let tensor = op.inputs[position] else { return nil }
    return graph.subgraphs[subgraph].tensors[tensor]
  }

  public func output(_ position: Int) throws(ModelError) -> Tensor {
    guard position < op.outputs.count else { throw invalid("output \(position) is missing") }
    return graph.subgraphs[subgraph].tensors[op.outputs[position]]
  }

  /// Why an input's bytes cannot be read, with its position; `nil` when all can.
  var unreadable: String? {
    let first = op.inputs.indices.first { optionalInput($0)?.unreadable != nil }
    return first.flatMap { position in
      optionalInput(position)?.unreadable.map { "input \(position) has \($0)" }
    }
  }

  /// The bytes of a constant input, `nil` when it is computed at run time.
  public func constantBytes(_ position: Int) -> ArraySlice<UInt8>? {
    guard let range = optionalInput(position)?.constant else { return nil }
    return graph.storage[range.buffer][range.bytes]
  }

  /// The elements of a constant int32 input, `nil` when it is computed at run time.
  public func constantInt32(_ position: Int) -> [Int]? {
    guard let bytes = constantBytes(position) else { return nil }
    return stride(from: bytes.startIndex, to: bytes.endIndex - 3, by: 4).map { start in
      let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
      return Int(Int32(bitPattern: word))
    }
  }

  /// A contradiction inside the model: exit 2.
  public func invalid(_ message: String) -> ModelError {
    ModelError(.invalid, at: op.fileOffset, in: place, message)
  }

  /// A legal operator that this program has no kernel for: named, counted, never guessed.
  public func missing(_ message: String) -> ModelError {
    ModelError(.unsupported, at: op.fileOffset, in: place, message)
  }

  public func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(ModelError) {
    guard condition else { throw invalid(message()) }
  }
}
