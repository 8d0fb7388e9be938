import AssayModel

/// What one kind of operator keeps in the arena for good, and which tensors it looks at while it
/// prepares.
struct OperatorStorage: Sendable {
  /// The parsed attributes: size and alignment of TFLite Micro's parameter structure.
  var parameters: (bytes: Int, alignment: Int)?
  /// The kernel's own data (`OpData`), allocated when it initialises and aligned to 16.
  var dataBytes: Int?
  var temporaries: TemporaryTensors
  var provenance: StorageProvenance

  init(
    parameters: (Int, Int)? = nil, data: Int? = nil, temporaries: TemporaryTensors = .operands,
    _ provenance: StorageProvenance = .measured
  ) {
    self.parameters = parameters.map { (bytes: $0.0, alignment: $0.1) }
    dataBytes = data
    self.temporaries = temporaries
    self.provenance = provenance
  }

  /// The storage of an operator with `library`, `nil` where it is not known.
  static func of(_ code: OperatorCode, _ library: KernelLibrary) -> OperatorStorage? {
    guard case .builtin(let builtin) = code else {
      if case .custom(let name) = code { return SignalStorage.operators[name] }
      return nil
    }
    var storage = measured[builtin] ?? read[builtin]
    if library.hasWrappers, let wrapped = wrapperData[builtin] { storage?.dataBytes = wrapped }
    return storage
  }

  /// Operator data that ESP-NN's wrappers extend by the index of their scratch buffer.
  private static let wrapperData: [BuiltinOperator: Int] = [.conv2D: 60, .depthwiseConv2D: 60, .softmax: 64]
}

/// How the numbers of an operator are known.
public enum StorageProvenance: String, Sendable, Hashable {
  /// Recorded from a 32-bit build of the runtime.
  case measured
  /// Derived from the runtime's source code.
  case source
}

/// Operands whose `TfLiteTensor` an operator allocates while it prepares, in multiples.
enum TemporaryTensors: Sendable {
  case none
  /// Every input that is present and every output, once.
  case operands
  case inputs
  /// Inputs by position, then outputs by position; one that is left out counts nothing.
  case listed(inputs: [Int], outputs: [Int] = [])
  /// Every operand once, the first input once more.
  case operandsAndFirstInput
  /// Output, input and filter; unless they are float the same again, and the bias.
  case transposedConvolution

  /// The tensors of `op`, with repeats; `isFloat` says what its first output is.
  func tensors(of op: Operator, isFloat: Bool) -> [Int] {
    let operands = op.inputs.compactMap(\.self) + op.outputs
    let first = op.inputs.first.flatMap(\.self)
    switch self {
    case .none: return []
    case .operands: return operands
    case .inputs: return op.inputs.compactMap(\.self)
    case .listed(let inputs, let outputs):
      return inputs.compactMap { op.inputs.indices.contains($0) ? op.inputs[$0] : nil }
        + outputs.compactMap { op.outputs.indices.contains($0) ? op.outputs[$0] : nil }
    case .transposedConvolution:
      let again = isFloat ? Self.none : .listed(inputs: [2, 1, 3], outputs: [0])
      return Self.listed(inputs: [2, 1], outputs: [0]).tensors(of: op, isFloat: isFloat)
        + again.tensors(of: op, isFloat: isFloat)
    case .operandsAndFirstInput: return operands + [first].compactMap(\.self)
    }
  }
}

extension OperatorStorage {
  /// Sizes recorded from a 32-bit build of the runtime, operator by operator.
  static let measured: [BuiltinOperator: OperatorStorage] = [
    .add: .init(parameters: (8, 4), data: 60),
    .argMax: .init(parameters: (4, 4), temporaries: .none),
    .assignVariable: .init(temporaries: .listed(inputs: [1])),
    .averagePool2D: .init(parameters: (40, 4), data: 32),
    .callOnce: .init(parameters: (4, 4), data: 8, temporaries: .none),
    .cast: .init(parameters: (8, 4)),
    .concatenation: .init(parameters: (8, 4), data: 24, temporaries: .operandsAndFirstInput),
    .conv2D: .init(parameters: (28, 4), data: 56, temporaries: convolution),
    .depthwiseConv2D: .init(parameters: (28, 4), data: 56, temporaries: convolution),
    .dequantize: .init(data: 32),
    .div: .init(parameters: (4, 4), data: 28),
    .expandDims: .init(),
    .floorDiv: .init(),
    .fullyConnected: .init(parameters: (16, 4), data: 48),
    .gatherNd: .init(),
    .leakyRelu: .init(parameters: (4, 4), data: 24),
    .less: .init(data: 32, temporaries: .inputs),
    .logistic: .init(data: 16),
    .maxPool2D: .init(parameters: (40, 4), data: 32),
    .mean: .init(parameters: (1, 1), data: 44, temporaries: reduction),
    .mul: .init(parameters: (4, 4), data: 36),
    .pack: .init(parameters: (8, 4), temporaries: .none),
    .pad: .init(data: 56),
    .quantize: .init(data: 32),
    .readVariable: .init(temporaries: .listed(inputs: [0])),
    .reduceMax: .init(parameters: (1, 1), data: 44, temporaries: reduction),
    .reduceMin: .init(parameters: (1, 1), data: 44, temporaries: reduction),
    .reshape: .init(parameters: (36, 4), temporaries: .listed(inputs: [0], outputs: [0])),
    .resizeBilinear: .init(parameters: (2, 1)),
    .shape: .init(parameters: (4, 4), temporaries: .none),
    .softmax: .init(parameters: (4, 4), data: 56),
    .splitV: .init(parameters: (4, 4), temporaries: .listed(inputs: [2])),
    .sqrt: .init(),
    .stridedSlice: .init(parameters: (24, 4), data: 84),
    .sub: .init(parameters: (8, 4), data: 52),
    .svdf: .init(parameters: (12, 4), data: 36),
    .tanh: .init(data: 16, temporaries: .operandsAndFirstInput),
    .transpose: .init(),
    .unidirectionalSequenceLSTM: .init(parameters: (16, 4), data: 688),
    .unpack: .init(parameters: (8, 4), temporaries: .none),
    .varHandle: .init(parameters: (8, 4), data: 4, temporaries: .none),
  ]

  /// Output, input, filter by the operator; input, filter, bias, output once more by its helper.
  private static let convolution = TemporaryTensors.listed(inputs: [0, 1, 0, 1, 2], outputs: [0, 0])
  static let reduction = TemporaryTensors.listed(inputs: [0, 0, 1, 1], outputs: [0, 0])
}
