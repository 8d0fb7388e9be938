import AssayModel

/// Which element types an operator's kernel takes.
enum OperandTypes: Sendable {
  /// Bytes are moved, whatever they mean.
  case any
  /// One of these, for every input and output alike.
  case uniform([ElementType])
  /// One of these for data; parameters and outputs have types of their own.
  case mixed(MixedTypes)
  /// From the one input's type to the types the output can have.
  case conversion([ElementType: [ElementType]])
  /// Activations and weights: a sum of products.
  case weighted(WeightedTypes)

  /// Why the operands of `context` are refused, `nil` when they are taken.
  func refusal(_ context: OperatorContext) -> String? {
    switch self {
    case .any: nil
    case .uniform(let types): MixedTypes(types).refusal(context)
    case .mixed(let types): types.refusal(context)
    case .conversion(let conversions): Self.refusal(conversions, context)
    case .weighted(let types): types.refusal(context)
    }
  }

  private static func refusal(
    _ conversions: [ElementType: [ElementType]], _ context: OperatorContext
  ) -> String? {
    guard let input = context.optionalInput(0), let output = context.op.outputs.first else { return nil }
    let outputType = context.graph.subgraphs[context.subgraph].tensors[output].type
    guard let results = conversions[input.type] else {
      let types = ElementType.allCases.filter { conversions[$0] != nil }
      return "takes \(list(types)); input 0 is \(input.type.rawValue)"
    }
    guard results.contains(outputType) else {
      return "turns \(input.type.rawValue) into \(list(results)); the output is \(outputType.rawValue)"
    }
    return nil
  }

  /// `float32, int8 or int16`.
  static func list(_ types: [ElementType]) -> String {
    let names = types.map(\.rawValue)
    guard let last = names.last, names.count > 1 else { return names.first ?? "nothing" }
    return names.dropLast().joined(separator: ", ") + " or " + last
  }
}

/// Data of one type, with parameters beside it.
struct MixedTypes: Sendable {
  var accepted: [ElementType]
  /// The input whose type decides.
  var subject = 0
  /// Inputs with types of their own, by position; all others have the subject's.
  var parameters: [Int: [ElementType]] = [:]
  /// Types of the outputs; `nil` = the subject's.
  var outputs: [ElementType]?

  init(
    _ accepted: [ElementType], subject: Int = 0, parameters: [Int: [ElementType]] = [:],
    outputs: [ElementType]? = nil
  ) {
    self.accepted = accepted
    self.subject = subject
    self.parameters = parameters
    self.outputs = outputs
  }

  func refusal(_ context: OperatorContext) -> String? {
    guard let data = context.optionalInput(subject)?.type else { return nil }
    guard accepted.contains(data) else {
      return "takes \(OperandTypes.list(accepted)); input \(subject) is \(data.rawValue)"
    }
    for position in 0..<context.inputCount where position != subject {
      guard let type = context.optionalInput(position)?.type else { continue }
      let expected = parameters[position] ?? [data]
      guard expected.contains(type) else {
        return "input \(position) is \(type.rawValue), expected \(OperandTypes.list(expected))"
      }
    }
    return outputRefusal(context, data)
  }

  private func outputRefusal(_ context: OperatorContext, _ data: ElementType) -> String? {
    let expected = outputs ?? [data]
    let tensors = context.graph.subgraphs[context.subgraph].tensors
    for (position, output) in context.op.outputs.enumerated() where !expected.contains(tensors[output].type) {
      let type = tensors[output].type.rawValue
      return "output \(position) is \(type), expected \(OperandTypes.list(expected))"
    }
    return nil
  }
}

/// Activations with the weights that go with them.
struct WeightedTypes: Sendable {
  /// Position of the activations and of the weights that tell hybrid models.
  var activations = 0
  var weights = 1
  /// Weight types by activation type.
  var pairs: [ElementType: [ElementType]]

  func refusal(_ context: OperatorContext) -> String? {
    guard let input = context.optionalInput(activations)?.type,
      let filter = context.optionalInput(weights)?.type
    else { return nil }
    let isWhole = filter.codeRange != nil
    if input == .float32, isWhole {
      return "hybrid model: TFLite Micro cannot run it (float32 activations, \(filter.rawValue) weights)"
    }
    if input == .uint8 {
      return "legacy uint8 quantisation: TFLite Micro's kernel takes \(OperandTypes.list(types))"
    }
    guard let accepted = pairs[input] else {
      return "takes \(OperandTypes.list(types)); input \(activations) is \(input.rawValue)"
    }
    guard accepted.contains(filter) else {
      return
        "\(input.rawValue) activations go with \(OperandTypes.list(accepted)) weights; these are \(filter.rawValue)"
    }
    return outputRefusal(context, input)
  }

  private var types: [ElementType] { ElementType.allCases.filter { pairs[$0] != nil } }

  private func outputRefusal(_ context: OperatorContext, _ input: ElementType) -> String? {
    guard let output = context.op.outputs.first else { return nil }
    let type = context.graph.subgraphs[context.subgraph].tensors[output].type
    return type == input ? nil : "the output is \(type.rawValue), expected \(input.rawValue)"
  }
}
