public import AssayModel
internal import AssayRuntime

/// A runtime whose speed was never modelled: undecided, never the nearest one.
public struct UnmodelledLatency: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String
}

/// Estimates how long a model takes on a target, without a board.
///
/// Per layer: which kernel it takes and why, the kernel's executed instructions by formula, cycles
/// per instruction of a pipeline model, and nanoseconds for what misses the cache on the way to
/// flash and PSRAM.
/// ```swift
/// let estimate = try LatencyEstimator(target: target).estimate(graph)
/// ```
public struct LatencyEstimator: Sendable {
  let target: Target
  let chooser: KernelChooser
  let compute: ComputeModel
  let memory: MemoryModel

  /// - Throws: ``UnmodelledLatency`` for an esp-nn release whose kernels were never counted.
  public init(target: Target) throws(UnmodelledLatency) {
    let library: KernelLibrary
    do throws(UnmodelledKernelLibrary) {
      library = try target.runtime.kernelLibrary()
    } catch {
      throw UnmodelledLatency(description: error.description)
    }
    self.target = target
    chooser = KernelChooser(library: library, espTFLiteMicro: target.runtime.espTFLiteMicro)
    compute = ComputeModel(table: try Self.table(library))
    memory = MemoryModel(target: target)
  }

  private static func table(_ library: KernelLibrary) throws(UnmodelledLatency) -> InstructionTable {
    switch library {
    case .espNN112: return .version112
    case .espNN121, .espNN122: return .version121
    // Only softmax, which is C in every release, is looked up for the portable builds.
    case .espNN123, .ansi, .reference: return .version123
    case .espNN120:
      throw UnmodelledLatency(
        description: "latency with esp-nn 1.2.0 is not modelled: its kernels were never counted; "
          + "modelled are none, ansi, 1.1.2, 1.2.1, 1.2.2, 1.2.3")
    }
  }

  /// The latency of one invocation of the main subgraph.
  ///
  /// - Throws: a model that the target's runtime cannot load at all.
  public func estimate(_ graph: Graph) throws(UnmodelledLatency) -> LatencyEstimate {
    try checkFormat(graph.format)
    let subgraph = graph.main
    let layers = subgraph.operators.enumerated().map { layer($1, index: $0, in: subgraph, graph) }
    var estimate = LatencyEstimate(layers: layers, clockHertz: target.clockHertz, notes: notes(graph))
    if let first = estimate.unpriced.first {
      estimate.notes.append(
        "\(estimate.unpriced.count) of \(layers.count) operators have no known cost, first \(first.place): "
          + "\(first.reason); all figures are lower bounds")
    }
    return estimate
  }

  private func checkFormat(_ format: ModelFormat) throws(UnmodelledLatency) {
    let runtime = target.runtime.name
    let isLoadable: Bool
    switch format {
    case .onnx:
      throw UnmodelledLatency(description: "ONNX does not run on the board: it has no latency there")
    case .tflite: isLoadable = runtime == .tflm
    case .pte: isLoadable = runtime == .executorch
    }
    guard isLoadable else {
      throw UnmodelledLatency(
        description: "target \(target.name) runs \(runtime.rawValue), which loads no .\(format.rawValue) file"
      )
    }
  }

  private func layer(_ op: Operator, index: Int, in subgraph: Subgraph, _ graph: Graph) -> LayerLatency {
    let shape = LayerShape(op, in: subgraph)
    let choice =
      target.runtime.name == .executorch
      ? ExecuTorchChoice.choose(op) : chooser.choose(op, shape, in: subgraph)
    let cost = compute.cost(choice, shape, op)
    let traffic = memory.traffic(LayerBytes(op, shape, choice, in: subgraph))
    let cycles = cost.cycles + ComputeModel.interpreterCycles
    let nanoseconds = memory.nanoseconds(traffic)
    return LayerLatency(
      index: index, place: "subgraph 0, operator \(index) (\(op.code.name))", operatorName: op.code.name,
      path: choice.path, reason: choice.reason, instructions: cost.instructions,
      cycles: cycles + nanoseconds * Double(target.clockHertz) / 1e9, memoryNanoseconds: nanoseconds,
      busBytes: traffic.bytes, range: range(cost, nanoseconds), provenance: cost.provenance)
  }

  /// Bands: 6 % on counted kernels in internal RAM, 20 % on waits for memory, 45 % on estimates;
  /// further down where favourable data saves work.
  private func range(_ cost: ComputeCost, _ nanoseconds: Double) -> LatencyRange {
    func milliseconds(_ cycles: Double) -> Double {
      (cycles + ComputeModel.interpreterCycles) / Double(target.clockHertz) * 1e3
    }
    let (computed, waited) = (milliseconds(cost.cycles), nanoseconds / 1e6)
    let share = cost.provenance <= .validated ? 0.06 : 0.45
    let least = cost.leastCycles.map(milliseconds) ?? computed
    return LatencyRange(
      milliseconds: computed + waited, lowMilliseconds: (1 - share) * least + 0.8 * waited,
      highMilliseconds: (1 + share) * computed + 1.2 * waited)
  }

  private func notes(_ graph: Graph) -> [String] {
    var notes: [String] = []
    if target.runtime.name == .tflm, target.runtime.espNN == "1.2.3", target.runtime.espTFLiteMicro == nil {
      notes.append(
        "runtime.esp_tflite_micro is not stated: 1.3.8 or newer assumed (before it, every CONV_2D runs in C)")
    }
    if graph.main.operators.contains(where: { $0.code.builtin == .callOnce }) {
      notes.append("operators that CALL_ONCE runs at the first invocation are not counted")
    }
    if target.runtime.name == .executorch {
      notes.append("ExecuTorch has no usable published figure for this chip: unvalidated")
    }
    return notes
  }
}

/// ExecuTorch's kernels: C, whatever the operator.
enum ExecuTorchChoice {
  static func choose(_ op: Operator) -> KernelChoice {
    op.code.name.contains("cortex_m")
      ? KernelChoice(path: .executorchCortexM, counted: nil, reason: "cortex_m kernel in plain C")
      : KernelChoice(path: .executorchPortable, counted: nil, reason: "portable kernel")
  }
}

extension LayerBytes {
  /// Operand bytes, and how often the chosen kernel walks through weights and inputs.
  init(_ op: Operator, _ shape: LayerShape, _ choice: KernelChoice, in subgraph: Subgraph) {
    let operands = op.inputs.compactMap { $0 }.map { subgraph.tensors[$0] }
    weights = operands.filter { $0.constant != nil }.reduce(0) { $0 + Double($1.byteCount) }
    if choice.path != .copy || op.code.builtin != .reshape {
      inputs = operands.filter { $0.constant == nil }.reduce(0) { $0 + Double($1.byteCount) }
      outputs = op.outputs.reduce(0) { $0 + Double(subgraph.tensors[$1].byteCount) }
    }
    switch choice.path {
    case .s3Convolution1x1, .s3Convolution1x1C:
      weightWalks =
        (shape.octetSource / 8).rounded(.down) + shape.octetSource.truncatingRemainder(dividingBy: 8)
    case .s3Convolution, .s3Convolution1x1Padded, .s3ConvolutionColumns:
      // The filter, and a padded copy of the input, are laid out anew in the scratch of the arena.
      scratch =
        shape.filterElements + (shape.isPaddedBefore || shape.isPaddedAfterOnly ? shape.inputElements : 0)
    case .s3Depthwise3x3, .s3Depthwise, .s3Depthwise3x3Padded:
      // Sixteen channels at a time: a pass over the image for every group.
      inputWalks = (shape.inputChannels / 16).rounded(.up)
      scratch = shape.inputElements
    case .ansiConvolution, .referenceInteger, .referenceFloat: weightWalks = max(1, shape.pixels)
    default: break
    }
    // A shape that contradicts itself must not turn into a negative or endless count of walks.
    weightWalks = max(1, weightWalks.isFinite ? weightWalks : 1)
  }
}
