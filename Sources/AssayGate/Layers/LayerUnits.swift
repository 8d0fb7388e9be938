import AssayModel
import AssayRuntime

/// Finds the layers of a graph, and how they order their elements.
struct LayerUnits: Sendable {
  private(set) var units: [(kind: LayerKind, unit: LayerUnit)] = []

  private let graph: Graph
  private let subgraph: Subgraph
  private let isChannelsFirstFormat: Bool
  private var readers: [Int: [Int]] = [:]
  /// Tensors whose values follow from constants alone, such as dequantised weights.
  private var isConstant: [Bool]
  private var isChannelsFirst: [Bool]

  init(_ graph: Graph) {
    self.graph = graph
    subgraph = graph.main
    isChannelsFirstFormat = graph.format != .tflite
    isConstant = subgraph.tensors.map { $0.constant != nil }
    isChannelsFirst = subgraph.tensors.map { _ in false }
    for (index, op) in subgraph.operators.enumerated() { follow(op, index) }
    var taken: Set<Int> = []
    for (index, op) in subgraph.operators.enumerated() where !taken.contains(index) {
      guard let kind = LayerKind(op), let output = op.outputs.first, !isConstant[output] else { continue }
      let chain = chain(from: index, kind)
      taken.formUnion(chain)
      units.append((self.kind(kind, op), unit(chain, op, kind)))
    }
  }

  /// A product of matrices that is written as a convolution of one cell.
  private func kind(_ kind: LayerKind, _ op: Operator) -> LayerKind {
    guard kind == .convolution, let output = op.outputs.first else { return kind }
    return subgraph.tensors[output].shape.count == 2 ? .dense : kind
  }

  // MARK: Facts about tensors

  private mutating func follow(_ op: Operator, _ index: Int) {
    let inputs = op.inputs.compactMap { $0 }
    for input in Set(inputs) { readers[input, default: []].append(index) }
    let follows = !inputs.isEmpty && inputs.allSatisfy { isConstant[$0] }
    let first = ordersChannelsFirst(op, inputs)
    for output in op.outputs {
      if follows { isConstant[output] = true }
      isChannelsFirst[output] = first && subgraph.tensors[output].shape.count > 2
    }
  }

  /// Images are channels first by the definition of the kernels that compute them; what computes
  /// element by element keeps the order.
  private func ordersChannelsFirst(_ op: Operator, _ inputs: [Int]) -> Bool {
    guard let output = op.outputs.first else { return false }
    if let axes = axes(op) { return turnsChannelsFirst(axes, inputs) }
    guard isChannelsFirstFormat || inputs.contains(where: { isChannelsFirst[$0] }) else { return false }
    let kind = LayerKind(op)
    let rank = subgraph.tensors[output].shape.count
    if let kind, kind.isOfImages { return isChannelsFirstFormat }
    if kind == .average || kind == .reduceMax, op.kernelName?.contains("pool") == true { return true }
    // Reshaping and turning axes leave no order that is known; the rest keeps rank and order.
    let moves = ["view", "transpose", "reshape", "unsqueeze", "squeeze", "expand"]
    guard !moves.contains(where: { op.kernelName?.contains($0) == true }) else { return false }
    guard op.code.builtin != .reshape, op.code.builtin != .expandDims else { return false }
    return inputs.contains { isChannelsFirst[$0] && subgraph.tensors[$0].shape.count == rank }
  }

  /// The axes of an operator that only turns axes, constant in every exporter's files.
  private func axes(_ op: Operator) -> [Int]? {
    if op.kernelName == "permute_copy", op.kernelArguments.count > 1,
      case .ints(let axes) = op.kernelArguments[1]
    {
      return axes
    }
    guard op.code.builtin == .transpose, op.inputs.count > 1, let list = op.inputs[1],
      let range = subgraph.tensors[list].constant, subgraph.tensors[list].type == .int32
    else { return nil }
    let bytes = Array(graph.storage[range.buffer][range.bytes])
    return stride(from: 0, to: bytes.count - 3, by: 4).map { start in
      Int(Int32(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }))
    }
  }

  /// `[0, 3, 1, 2]` puts channels first, `[0, 2, 3, 1]` puts them last; anything else is no image.
  private func turnsChannelsFirst(_ axes: [Int], _ inputs: [Int]) -> Bool {
    let rank = axes.count
    guard rank > 2, let input = inputs.first, !isChannelsFirst[input] else { return false }
    return axes == [0, rank - 1] + Array(1..<rank - 1)
  }

  // MARK: Chains

  /// The operators of one layer, from its own to the last that only finishes its result.
  private func chain(from start: Int, _ kind: LayerKind) -> [Int] {
    var chain = [start]
    var isActivated = false
    while let next = successor(of: chain, kind, isActivated) {
      chain.append(next)
      if LayerKind(subgraph.operators[next]) == .relu { isActivated = true }
    }
    // Codes at the end stand for values only with the step back to them.
    while chain.count > 1, isStep(subgraph.operators[chain[chain.count - 1]], "quantize_") {
      chain.removeLast()
    }
    return chain
  }

  private func successor(of chain: [Int], _ kind: LayerKind, _ isActivated: Bool) -> Int? {
    let last = subgraph.operators[chain[chain.count - 1]]
    guard let tensor = last.outputs.first, !subgraph.outputs.contains(tensor) || isCode(tensor) else {
      return nil
    }
    let following = readers[tensor] ?? []
    // Codes are read back once for each reader: any of them gives the same values.
    if isStep(last, "quantize_") { return following.first { isStep(subgraph.operators[$0], "dequantize_") } }
    guard following.count == 1, let next = following.first else { return nil }
    let op = subgraph.operators[next]
    if isStep(op, "quantize_") { return next }
    guard !isActivated, kind != .relu else { return nil }
    switch LayerKind(op) {
    case .relu: return next
    case .batchNorm where kind == .dense || kind == .convolution: return next
    case .add where kind == .dense || kind == .convolution:
      return op.inputs.contains { $0.map { isConstant[$0] } ?? false } ? next : nil
    default: return nil
    }
  }

  private func isCode(_ tensor: Int) -> Bool { subgraph.tensors[tensor].type != .float32 }

  private func isStep(_ op: Operator, _ prefix: String) -> Bool {
    guard let name = op.kernelName else { return false }
    return name.hasPrefix(prefix) && (name.hasPrefix("quantize_") || name.hasPrefix("dequantize_"))
  }

  private func unit(_ chain: [Int], _ op: Operator, _ kind: LayerKind) -> LayerUnit {
    let inputs = op.inputs.compactMap { $0 }.filter { !isConstant[$0] }.map { input in
      tensor(input, isImage: kind.isOfImages && subgraph.tensors[input].shape.count > 2)
    }
    let output = subgraph.operators[chain[chain.count - 1]].outputs[0]
    let read = chain.flatMap { subgraph.operators[$0].inputs.compactMap { $0 } }
    return LayerUnit(
      layers: chain.map { LayerIndex(subgraph: 0, index: $0) }, inputs: inputs,
      output: tensor(output, isImage: false),
      constants: read.filter { isConstant[$0] && subgraph.tensors[$0].constant == nil })
  }

  private func tensor(_ index: Int, isImage: Bool) -> LayerTensor {
    LayerTensor(
      subgraph: 0, index: index, isChannelsFirst: isChannelsFirst[index] || isImage && isChannelsFirstFormat)
  }
}
