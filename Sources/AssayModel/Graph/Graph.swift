/// The file format a graph was read from.
public enum ModelFormat: String, Sendable, Hashable {
  case tflite, pte, onnx
}

/// A model, checked and ready to plan and run, whatever file it came from.
///
/// A graph never copies weights: constants are ranges into ``storage``, whose first buffer is the
/// model file itself. Readers establish, before a `Graph` exists, that every index, range and
/// element count in it is in bounds; nothing downstream needs to check them again.
public struct Graph: Sendable {
  public var format: ModelFormat
  /// Byte buffers that constants point into; `storage[0]` is the model file as read.
  public var storage: [[UInt8]]
  /// `subgraphs[0]` is the entry; others are reached from IF, WHILE and CALL_ONCE.
  public var subgraphs: [Subgraph]
  /// Free text from the file ("MLIR Converted."), bounded and made printable by the reader.
  public var modelDescription: String
  /// Fixed arena offsets of all tensors, all subgraphs in order, when the file carries an
  /// `OfflineMemoryAllocation` table; -1 leaves a tensor to the planner.
  public var offlineOffsets: [Int32]?
  /// What the file carries that the device's runtime ignores or takes otherwise than it is meant,
  /// in whole sentences: readable, but worth a refusal or a warning.
  public var notes: [String]
  /// What only an ExecuTorch program has: its method, its own memory plan.
  public var method: ExecuTorchMethod?

  public init(
    format: ModelFormat, storage: [[UInt8]], subgraphs: [Subgraph], modelDescription: String = "",
    offlineOffsets: [Int32]? = nil, notes: [String] = []
  ) {
    self.format = format
    self.storage = storage
    self.subgraphs = subgraphs
    self.modelDescription = modelDescription
    self.offlineOffsets = offlineOffsets
    self.notes = notes
  }

  /// The subgraph that `run` executes.
  public var main: Subgraph { subgraphs[0] }

  /// The bytes of the model file.
  public var file: [UInt8] { storage[0] }
}

/// One graph of tensors and operators, in execution order.
public struct Subgraph: Sendable {
  public var name: String
  public var tensors: [Tensor]
  public var operators: [Operator]
  /// Indices into ``tensors``.
  public var inputs: [Int]
  public var outputs: [Int]

  public init(name: String, tensors: [Tensor], operators: [Operator], inputs: [Int], outputs: [Int]) {
    self.name = name
    self.tensors = tensors
    self.operators = operators
    self.inputs = inputs
    self.outputs = outputs
  }
}

/// Where a constant's bytes are: a range of one of the graph's storage buffers.
public struct ConstantRange: Sendable, Hashable {
  public var buffer: Int
  public var bytes: Range<Int>

  public init(buffer: Int = 0, bytes: Range<Int>) {
    self.buffer = buffer
    self.bytes = bytes
  }
}

/// A typed, shaped value of a graph.
public struct Tensor: Sendable {
  public var name: String
  public var type: ElementType
  /// Dimensions, all at least 1 (0 only where an operator defines it); `[]` is a scalar.
  public var shape: [Int]
  /// Dimensions as exported, -1 where the exporter left one open; empty when the file has none.
  public var shapeSignature: [Int]
  /// Bytes of a constant; `nil` for what is computed, fed or kept as state.
  public var constant: ConstantRange?
  /// State that survives from one invocation to the next (`is_variable`).
  public var isVariable: Bool
  public var quantization: Quantization?
  /// Dimensions from outermost to innermost in memory (ExecuTorch's `dim_order`): `[0, 2, 3, 1]` is
  /// NCHW stored channels last. Empty where memory follows the shape.
  public var dimOrder: [Int] = []
  /// Why the stored bytes are not the elements (sparse, in another file), in words; whatever reads the
  /// tensor is refused. The constant's range is then that of the bytes as they are stored.
  public var unreadable: String?

  public init(
    name: String, type: ElementType, shape: [Int], shapeSignature: [Int] = [],
    constant: ConstantRange? = nil, isVariable: Bool = false, quantization: Quantization? = nil
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.shapeSignature = shapeSignature
    self.constant = constant
    self.isVariable = isVariable
    self.quantization = quantization
  }

  /// Number of elements. Readers guarantee that the product and the byte count fit an `Int`.
  public var elementCount: Int { shape.reduce(1, *) }

  /// Bytes in memory (`int4` unpacked); 0 for types without a fixed size.
  public var byteCount: Int { elementCount * (type.byteSize ?? 0) }
}

/// An affine map from integer codes to real values: `real = scale * (code - zeroPoint)`.
public struct Quantization: Sendable, Hashable {
  /// One scale per tensor, or one per slice along ``dimension``. Finite, normal and above zero.
  public var scales: [Float]
  /// As many as ``scales``, each inside the type's code range.
  public var zeroPoints: [Int32]
  /// The axis of per-channel scales, as stored; meaningless for one scale.
  public var dimension: Int
  /// How many scales and zero points the *file* stores: the device's runtime reserves by it.
  public var storedScaleCount: Int

  public init(scales: [Float], zeroPoints: [Int32], dimension: Int = 0, storedScaleCount: Int? = nil) {
    self.scales = scales
    self.zeroPoints = zeroPoints
    self.dimension = dimension
    self.storedScaleCount = storedScaleCount ?? scales.count
  }

  public var scale: Float { scales[0] }
  public var zeroPoint: Int32 { zeroPoints[0] }
  public var isPerChannel: Bool { scales.count > 1 }
}

/// One step of a subgraph.
public struct Operator: Sendable {
  public var code: OperatorCode
  /// The operator version the file asks for; the device's runtime refuses newer ones than it knows.
  public var version: Int
  /// Tensor indices; `nil` where an optional input is left out.
  public var inputs: [Int?]
  public var outputs: [Int]
  /// Tensors that only carry the quantisation of values inside the operator (LSTM).
  public var intermediates: [Int]
  public var options: OperatorOptions
  /// Offset of the operator's table in the file, for error messages.
  public var fileOffset: Int

  public init(
    code: OperatorCode, version: Int = 1, inputs: [Int?], outputs: [Int], options: OperatorOptions = .none,
    intermediates: [Int] = [], fileOffset: Int = 0
  ) {
    self.code = code
    self.version = version
    self.inputs = inputs
    self.outputs = outputs
    self.intermediates = intermediates
    self.options = options
    self.fileOffset = fileOffset
  }
}

/// What an operator computes.
public enum OperatorCode: Sendable, Hashable {
  case builtin(BuiltinOperator)
  /// A TensorFlow Lite custom operator, by its name.
  case custom(String)
  /// An ExecuTorch kernel with its overload: `aten::relu.out`.
  case executorch(String)
  /// A region of an ExecuTorch program handed to another backend, by the backend's name.
  case delegate(String)
  /// An ONNX operator, with its domain unless that is the default one: `Conv`, `com.microsoft.QLinearAdd`.
  case onnx(String)

  /// The name people know: `CONV_2D`, `CUSTOM:SignalWindow`.
  public var name: String {
    switch self {
    case .builtin(let builtin): builtin.name
    case .custom(let name): "CUSTOM:\(name)"
    case .executorch(let name), .onnx(let name): name
    case .delegate(let backend): "delegate \(backend)"
    }
  }

  public var builtin: BuiltinOperator? {
    if case .builtin(let builtin) = self { builtin } else { nil }
  }
}
