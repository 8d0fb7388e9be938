/// What an ExecuTorch method brings beside its graph: its memory plan, and what loading it takes.
///
/// Tensors share memory as the exporter planned it, and views are nothing but that: an interpreter
/// has to use these places.
public struct ExecuTorchMethod: Sendable {
  public var name: String
  /// All methods of the program, in file order.
  public var methodNames: [String]
  /// Bytes of each planned buffer, by memory id; the first is reserved and empty.
  public var plannedByteCounts: [Int]
  /// Place of each tensor of the graph; `nil` for constants and for what the caller provides.
  public var places: [PlannedPlace?]
  /// Tensors that are views of memory another tensor was written to.
  public var views: [Int: View]
  /// Whether every view has one tensor it is a view of; without that, tensors cannot be kept apart.
  public var viewsAreFixed: Bool
  /// What mutable buffers start with, by tensor; others start at zero.
  public var initialValues: [Int: ConstantRange]
  /// Bytes that loading the method takes on a 32-bit chip.
  public var loadedByteCount: Int
  /// Most bytes that loading takes from the temporary pool at one time; running takes none.
  public var temporaryByteCount: Int
  /// Backends that regions of the method are handed to, in file order.
  public var delegates: [String]
  /// What the graph was made from.
  let plan: ExecuTorchPlan
  let file: ExecuTorchFileFacts
  let limits: ModelLimits

  /// One tensor as a part of another's memory.
  public struct View: Sendable, Hashable {
    /// Tensor that is written.
    public var owner: Int
    /// Bytes from its start.
    public var offset: Int
  }

  /// Bytes of all planned buffers.
  public var plannedByteCount: Int { plannedByteCounts.reduce(0, +) }

  /// Whether shapes of inputs may be smaller than the graph's.
  public var isDynamic: Bool {
    plan.values.contains { if case .tensor(let tensor) = $0 { tensor.isDynamic } else { false } }
  }
}

extension Graph {
  /// The same method with its dynamic inputs at these shapes, each dimension at most its bound.
  ///
  /// - Throws: `ModelError` when a shape is outside its bound, or an operator's output shape is not
  ///   known to follow from its inputs.
  public func resized(to inputShapes: [[Int]]) throws(ModelError) -> Graph {
    guard let method, inputShapes != main.inputs.map({ main.tensors[$0].shape }) else { return self }
    let builder = ExecuTorchGraphBuilder(plan: method.plan, file: method.file, limits: method.limits)
    return try builder.graph(inputShapes: inputShapes)
  }
}
