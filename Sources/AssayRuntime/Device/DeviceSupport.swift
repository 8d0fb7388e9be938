public import AssayModel

/// What TensorFlow Lite Micro refuses: operators without a kernel, types that a kernel does not
/// take, parameters that it wants as constants.
///
/// Refusal is per operator and type, never per model: uint8 is fine where a model quantises its
/// input, and refused inside a convolution. The rules were compared with the runtime itself, operator
/// by operator and type by type (x86-64 build of October 2026).
public enum DeviceSupport {
  /// Why a firmware's resolver lacks an operator (`CONV_2D`, `CUSTOM:Name`) at a version; `nil` when
  /// it has it.
  public typealias FirmwareRefusal = (_ name: String, _ version: Int) -> String?

  /// Everything in `graph` that the runtime would refuse, in the order of the operators.
  ///
  /// - Parameter firmware: asks what the firmware registers; `nil` = not known, not checked.
  /// - Complexity: O(operators + operands).
  public static func refusals(_ graph: Graph, firmware: FirmwareRefusal? = nil) -> [Refusal] {
    var refusals: [Refusal] = []
    for (subgraph, operators) in graph.subgraphs.map(\.operators).enumerated() {
      for index in operators.indices {
        let context = OperatorContext(graph: graph, subgraph: subgraph, index: index)
        guard let reason = reason(context, firmware) else { continue }
        let layer = LayerIndex(subgraph: subgraph, index: index)
        refusals.append(Refusal(layer: context.place, index: layer, reason: reason))
      }
    }
    return refusals
  }

  /// The first reason against one operator.
  private static func reason(_ context: OperatorContext, _ firmware: FirmwareRefusal?) -> String? {
    if let reason = context.unreadable { return reason }
    switch context.op.code {
    case .custom(let name):
      if firmware == nil, let reason = customReason(name) { return reason }
    case .executorch, .delegate, .onnx:
      return "not a TensorFlow Lite operator"
    case .builtin(.delegate):
      return "delegated to another runtime: TFLite Micro has no delegates"
    case .builtin(let builtin):
      guard let rule = OperandTypes.rules[builtin] else {
        return "TFLite Micro has no kernel for \(builtin.name)"
      }
      if let reason = chanceReason(context) ?? rule.refusal(context) ?? attributeReason(context, builtin) {
        return reason
      }
    }
    return firmware?(context.op.code.name, context.op.version)
  }

  /// A custom operator is what a firmware registers; without knowing that, only those that the
  /// runtime brings itself are taken as there.
  private static func customReason(_ name: String) -> String? {
    if brought.contains(name) { return nil }
    if name.hasPrefix("Flex") { return "TensorFlow operator \(name): TFLite Micro has no Flex delegate" }
    return "custom operator \(name): TFLite Micro has no kernel for it"
  }

  /// Custom operators whose kernels are part of TFLite Micro.
  private static let brought: Set<String> = [
    "CIRCULAR_BUFFER", "SignalDelay", "SignalEnergy", "SignalFftAutoScale", "SignalFilterBank",
    "SignalFilterBankLog", "SignalFilterBankSpectralSubtraction", "SignalFilterBankSquareRoot",
    "SignalFramer", "SignalIrfft", "SignalOverlapAdd", "SignalPCAN", "SignalRfft", "SignalStacker",
    "SignalWindow", "TFLite_Detection_PostProcess",
  ]
}

// MARK: - Attributes

extension DeviceSupport {
  private static func attributeReason(_ context: OperatorContext, _ builtin: BuiltinOperator) -> String? {
    constantReason(context, builtin) ?? rankReason(context, builtin) ?? otherReason(context)
  }

  /// Inputs that the runtime reads while it prepares, before anything is computed.
  private static let constants: [BuiltinOperator: [(position: Int, role: String)]] = [
    .broadcastTo: [(1, "shape")],
    .expandDims: [(1, "axis")],
    .fill: [(0, "dimensions")],
    .pad: [(1, "paddings")],
    .padv2: [(1, "paddings")],
    .resizeBilinear: [(1, "size")],
    .resizeNearestNeighbor: [(1, "size")],
    .split: [(0, "axis")],
    .splitV: [(2, "axis")],
    .stridedSlice: [(1, "begin"), (2, "end"), (3, "strides")],
    .transpose: [(1, "permutation")],
  ]

  private static func constantReason(_ context: OperatorContext, _ builtin: BuiltinOperator) -> String? {
    let computed = constants[builtin]?.first { position, _ in
      context.optionalInput(position).map { $0.constant == nil } ?? false
    }
    return computed.map {
      "dynamic shape: \($0.role) (input \($0.position)) is computed, and has to be constant"
    }
  }

  /// Most dimensions of the input that carries the data.
  private static let ranks: [BuiltinOperator: (position: Int, limit: Int)] = [
    .batchMatmul: (0, 5), .slice: (0, 5), .stridedSlice: (0, 4), .transpose: (0, 5),
  ]

  private static func rankReason(_ context: OperatorContext, _ builtin: BuiltinOperator) -> String? {
    guard let (position, limit) = ranks[builtin], let shape = context.optionalInput(position)?.shape,
      shape.count > limit
    else { return nil }
    return "takes up to \(limit) dimensions; input \(position) has \(shape.count)"
  }

  /// What the runtime computes with memory that it never set.
  private static func chanceReason(_ context: OperatorContext) -> String? {
    guard context.op.code.builtin == .greater, context.optionalInput(0)?.type == .int16 else { return nil }
    return "GREATER on int16: TFLite Micro compares with factors that it never sets, what comes out is chance"
  }

  private static func otherReason(_ context: OperatorContext) -> String? {
    switch context.op.options {
    case .concatenation(_, let activation) where activation != .none:
      "a fused activation (\(activation.rawValue)), which TFLite Micro does not have here"
    case .concatenation where context.inputCount > 10:
      "\(context.inputCount) inputs; TFLite Micro takes up to 10"
    case .fullyConnected(let options) where options.shuffledWeights:
      "shuffled weights (SHUFFLED4x16INT8), which TFLite Micro would read as if they were not"
    default: nil
    }
  }
}
