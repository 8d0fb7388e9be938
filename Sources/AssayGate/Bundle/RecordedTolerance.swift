import AssayModel

/// How far an output may lie from what a case expects.
public enum RecordedTolerance {
  /// What ExecuTorch's own verification of bundled programs uses unless its caller says otherwise.
  public static let defaultRelative = 1e-5
  public static let defaultAbsolute = 1e-8

  /// Share of the largest expected value that kernels in another order of summation may differ by.
  static let relativeToLargest = 1e-5

  /// The difference that passes, in the unit of ``RecordedOutputFacts/maxAbs``.
  ///
  /// Expected outputs are what PyTorch computed when the program was exported. A float output may
  /// differ by the order of its sums; one that is dequantised, and codes themselves, by one step,
  /// because PyTorch's description of an int8 kernel rounds otherwise than the kernel on some values.
  static func rule(_ output: Int, of graph: Graph, largest: Double) -> (tolerance: Double, words: String) {
    let tensor = graph.main.tensors[graph.main.outputs[output]]
    guard isFloat(tensor.type) else {
      let isCode = tensor.type == .int8 || tensor.type == .uint8
      return isCode ? (1, "one code") : (0, "exact")
    }
    let relative = relativeToLargest * largest
    guard let step = step(of: graph.main.outputs[output], in: graph.main), step > relative else {
      return (relative, "1e-05 of the largest expected value")
    }
    // A step is the difference of two float products, which itself is rounded.
    return (step * (1 + relativeToLargest), "one step of the output's scale")
  }

  /// Whether ExecuTorch's own check takes one float for the other.
  static func passesDefault(found: Double, expected: Double) -> Bool {
    if found.isNaN || expected.isNaN { return found.isNaN && expected.isNaN }
    if found.isInfinite || expected.isInfinite { return found == expected }
    return abs(found - expected) <= defaultAbsolute + defaultRelative * abs(found)
  }

  static func isFloat(_ type: ElementType) -> Bool {
    type == .float32 || type == .float64 || type == .float16
  }

  /// The scale of the DEQUANTIZE that writes a tensor; `nil` when something else does.
  private static func step(of tensor: Int, in subgraph: Subgraph) -> Double? {
    guard let op = subgraph.operators.last(where: { $0.outputs.contains(tensor) }),
      case .executorch(let name) = op.code, name.hasSuffix("::dequantize_per_tensor.out"),
      case .arguments(let arguments) = op.options, arguments.count > 1,
      case .double(let scale) = arguments[1], scale.isFinite, scale > 0
    else { return nil }
    return scale
  }
}
