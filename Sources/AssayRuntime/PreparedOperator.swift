/// An operator after preparation: everything that does not depend on tensor contents is computed
/// (multipliers, padding, packed weights), so that invoking is one call into the kernels.
///
/// Prepared operators are immutable and shared between interpreters on several threads.
public struct PreparedOperator: Sendable {
  /// Bytes of scratch the kernel wants while it runs; the interpreter keeps one buffer of the
  /// largest request, aligned to 64.
  public var scratchBytes: Int
  /// Bytes of weights kept in the order that the kernel reads them in, beside the model file.
  public var packedBytes: Int
  /// Whether kernels for the vector units of this CPU compute it; the numbers are the same.
  public var isVectorized: Bool
  /// What a board kernel touches outside its operands; `nil` for every other kernel.
  public var reach: ArenaReach?
  /// Computes the outputs from the inputs.
  ///
  /// - Throws: `RunError.modelDefect` when tensor contents drive the operator out of its range.
  public var invoke: @Sendable (borrowing OperatorMemory) throws(RunError) -> Void

  public init(
    scratchBytes: Int = 0, packedBytes: Int = 0, isVectorized: Bool = false,
    invoke: @escaping @Sendable (borrowing OperatorMemory) throws(RunError) -> Void
  ) {
    self.scratchBytes = scratchBytes
    self.packedBytes = packedBytes
    self.isVectorized = isVectorized
    self.invoke = invoke
  }
}

/// What an operator sees of memory while it runs: its own inputs, outputs and scratch, nothing else.
///
/// Pointers are valid inside `invoke` only. Every tensor is 16-byte aligned. A kernel reads its
/// inputs in full and writes its outputs in full: sizes were settled when it was prepared.
@safe public struct OperatorMemory: ~Copyable {
  let inputs: UnsafeBufferPointer<UnsafeMutableRawPointer?>
  let outputs: UnsafeBufferPointer<UnsafeMutableRawPointer>
  /// At least the prepared `scratchBytes`, 64-byte aligned.
  public let scratch: UnsafeMutableRawPointer
  /// The operator's scratch request in the board's memory plan, for kernels with an ``ArenaReach``.
  public let plannedScratch: UnsafeMutableRawPointer

  /// The first element of input `index`; the caller knows type and count from preparation.
  public func input<Element>(_ index: Int, as type: Element.Type) -> UnsafePointer<Element> {
    guard let pointer = unsafe inputs[index] else { preconditionFailure("optional input \(index) is absent") }
    return unsafe UnsafePointer(pointer.assumingMemoryBound(to: Element.self))
  }

  /// As ``input(_:as:)`` for an input that may be left out.
  public func optionalInput<Element>(_ index: Int, as type: Element.Type) -> UnsafePointer<Element>? {
    guard unsafe index < inputs.count, let pointer = unsafe inputs[index] else { return nil }
    return unsafe UnsafePointer(pointer.assumingMemoryBound(to: Element.self))
  }

  /// An input that the operator updates in place (variable tensors of SVDF and LSTM).
  public func state<Element>(_ index: Int, as type: Element.Type) -> UnsafeMutablePointer<Element> {
    guard let pointer = unsafe inputs[index] else { preconditionFailure("state input \(index) is absent") }
    return unsafe pointer.assumingMemoryBound(to: Element.self)
  }

  /// The first element of output `index`.
  public func output<Element>(_ index: Int, as type: Element.Type) -> UnsafeMutablePointer<Element> {
    unsafe outputs[index].assumingMemoryBound(to: Element.self)
  }
}
