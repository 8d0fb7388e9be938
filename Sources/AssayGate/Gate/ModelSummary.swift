public import AssayMeasure
import AssayModel
import AssayRuntime

/// What every format says about a model: sizes, operators, quantisation, memory.
public struct ModelSummary: Sendable {
  public struct OperatorCount: Sendable, Hashable {
    public var name: String
    public var count: Int
    public var types: [String]
  }

  public let model: LoadedModel
  /// In order of first appearance; nodes for ONNX, of however many kernels they are made here.
  public let operators: [OperatorCount]
  /// Bytes of constants: weights, biases, tables.
  public let constantBytes: Int
  /// Layers (see `assay compare`) that compute on codes, and in float.
  public let quantizedLayers: Int
  public let floatLayers: Int

  public init(_ model: LoadedModel) {
    self.model = model
    operators = Self.operators(model.graph)
    constantBytes = model.graph.subgraphs.reduce(0) { sum, subgraph in
      // One constant may be read under several names.
      let ranges = Set(subgraph.tensors.compactMap(\.constant))
      return sum + ranges.reduce(0) { $0 + $1.bytes.count }
    }
    let layers = LayerUnits(model.graph).units.map { Self.isQuantized($0.unit, model.graph.main) }
    quantizedLayers = layers.count { $0 }
    floatLayers = layers.count - quantizedLayers
  }

  /// `float32`, `int8`, `7 layers on codes, 2 in float`, and how the weights are scaled.
  public var quantization: String {
    guard quantizedLayers > 0 else { return "float32" }
    let share =
      floatLayers == 0
      ? "int8 throughout" : "\(ReportText.count(quantizedLayers, "layer")) on codes, \(floatLayers) in float"
    return "\(share), weights per \(hasChannelScales ? "channel" : "tensor")"
  }

  /// The memory that a firmware has to set aside, in one line.
  ///
  /// - Parameter runtime: of the target; TensorFlow Lite Micro's reference kernels when `nil`.
  public func memory(_ runtime: RuntimeProfile?) -> String {
    if let memory = ExecuTorchMemory(model.graph) {
      return "\(ReportText.bytes(memory.minimumBytes)): planned \(ReportText.bytes(memory.plannedBytes)), "
        + "loaded method \(ReportText.bytes(memory.methodBytes)), inputs \(ReportText.bytes(memory.inputBytes))"
    }
    guard model.graph.format == .tflite else { return "none: ONNX runs on no board" }
    let library: KernelLibrary
    do { library = try runtime?.kernelLibrary() ?? .reference } catch { return "unknown: \(error)" }
    guard let bytes = model.minimumArenaBytes(library) else { return "unknown: an operator is not modelled" }
    return "\(ReportText.bytes(bytes)) of tensor arena, \(library.title)"
  }

  /// Bytes behind ``memory(_:)``; `nil` where there are none.
  public func memoryBytes(_ runtime: RuntimeProfile?) -> Int? {
    if let memory = ExecuTorchMemory(model.graph) { return memory.minimumBytes }
    let library = try? runtime?.kernelLibrary() ?? .reference
    return library.flatMap { model.minimumArenaBytes($0) }
  }

  /// What a user should know about the memory of a program, in whole sentences.
  public var memoryFindings: [String] { ExecuTorchMemory(model.graph)?.findings ?? [] }

  // MARK: Facts

  private static func operators(_ graph: Graph) -> [OperatorCount] {
    var counts: [OperatorCount] = []
    var places: [String: Int] = [:]
    var nodes: Set<Int> = []
    for subgraph in graph.subgraphs {
      for op in subgraph.operators {
        let name = op.code.name
        let place = places[name] ?? counts.count
        if places[name] == nil {
          places[name] = place
          counts.append(OperatorCount(name: name, count: 0, types: []))
        }
        // A node of ONNX is several operators here; all of them stand where the node stands.
        if graph.format != .onnx || nodes.insert(op.fileOffset).inserted { counts[place].count += 1 }
        let tensors = op.outputs + op.inputs.compactMap { $0 }
        for type in tensors.map({ subgraph.tensors[$0].type.rawValue })
        where !counts[place].types.contains(type) {
          counts[place].types.append(type)
        }
      }
    }
    return counts
  }

  /// A layer is quantised when it writes codes, or values that were codes a step before.
  private static func isQuantized(_ unit: LayerUnit, _ subgraph: Subgraph) -> Bool {
    unit.layers.contains { layer in
      let op = subgraph.operators[layer.index]
      return op.kernelName?.contains("quantize_") == true
        || op.outputs.contains { [.int8, .uint8, .int16].contains(subgraph.tensors[$0].type) }
    }
  }

  /// Whether any weights have a scale for each channel, stated by the tensor or by how it is read.
  private var hasChannelScales: Bool {
    model.graph.main.operators.contains { op in
      if op.kernelName == "dequantize_per_channel" { return true }
      if let list = op.kernelArguments.first(where: { if case .doubles = $0 { true } else { false } }),
        case .doubles(let factors) = list, factors.count > 1
      {
        return true
      }
      // Factors of cortex_m convolutions are constants of one integer a channel.
      if op.kernelName?.hasPrefix("quantized_") == true {
        return op.inputs.compactMap { $0 }.contains { input in
          let tensor = model.graph.main.tensors[input]
          return tensor.type == .int32 && tensor.constant != nil && tensor.elementCount > 1
            && op.kernelName != "quantized_linear"
        }
      }
      return op.inputs.compactMap { $0 }.contains { input in
        let tensor = model.graph.main.tensors[input]
        return tensor.constant != nil && tensor.type == .int8 && tensor.quantization?.isPerChannel == true
      }
    }
  }
}
