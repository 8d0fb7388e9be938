import AssayModel

/// One operator in one form, as the smallest graph that holds it: what a support matrix asks the
/// runtime about.
struct ProbeForm: Sendable {
  let builtin: BuiltinOperator
  /// What tells forms of one operator apart: `int4 weights`.
  let detail: String
  let operands: [ProbeOperand]
  let results: [[Int]]
  let options: OperatorOptions
  /// Of the outputs; `nil` = the data's.
  let resultType: ElementType?
  /// Types of data that the form is about; `nil` = any.
  let types: [ElementType]?

  init(
    _ builtin: BuiltinOperator, _ operands: [ProbeOperand], _ results: [[Int]],
    _ options: OperatorOptions = .none, detail: String = "", to resultType: ElementType? = nil,
    types: [ElementType]? = nil
  ) {
    self.builtin = builtin
    self.operands = operands
    self.results = results
    self.options = options
    self.detail = detail
    self.resultType = resultType
    self.types = types
  }

  /// The graph with data of `type`; every computed operand is an input of it.
  func graph(_ type: ElementType) -> Graph {
    var builder = ProbeGraph()
    let inputs = operands.map { builder.add($0, data: type, in: builtin) }
    let result = resultType ?? type
    let outputs = results.map { shape in
      builder.append(
        Tensor(
          name: "", type: result, shape: shape,
          quantization: Self.quantization(result, of: builtin, from: type)))
    }
    let step = Operator(code: .builtin(builtin), inputs: inputs, outputs: outputs, options: options)
    return builder.graph(step)
  }

  /// One that a tensor of `type` may have; results of functions with a fixed range have that range's.
  static func quantization(
    _ type: ElementType, of builtin: BuiltinOperator? = nil, from data: ElementType? = nil
  ) -> Quantization? {
    guard let codes = type.codeRange else { return nil }
    if builtin == .softmax, data == .int8, type == .int16 {
      return Quantization(scales: [0x1p-16], zeroPoints: [-32768])
    }
    if let builtin, let fixed = fixedQuantization(type, builtin) { return fixed }
    let isByte = type == .int8 || type == .uint8
    return Quantization(scales: [0.5], zeroPoints: [isByte ? Int32(codes.lowerBound + 125) : 0])
  }

  private static func fixedQuantization(_ type: ElementType, _ builtin: BuiltinOperator) -> Quantization? {
    let (scale, zeroPoint): (Float, Int32)
    switch (builtin, type) {
    case (.softmax, .int8), (.logistic, .int8): (scale, zeroPoint) = (0x1p-8, -128)
    case (.softmax, .int16), (.logistic, .int16), (.tanh, .int16): (scale, zeroPoint) = (0x1p-15, 0)
    case (.tanh, .int8), (.l2Normalization, .int8): (scale, zeroPoint) = (0x1p-7, 0)
    case (.logSoftmax, .int8): (scale, zeroPoint) = (0x1p-4, 127)
    default: return nil
    }
    return Quantization(scales: [scale], zeroPoints: [zeroPoint])
  }
}

/// What one input of a probed operator is.
enum ProbeOperand: Sendable {
  /// Of the data's type, computed.
  case data([Int])
  case typed(ElementType, [Int])
  /// Constant, of `type` or of what goes with the data: int8 with int16, else the data's own.
  case weights([Int], ElementType? = nil)
  /// Constant: int32 with int8, int64 with int16, else the data's type.
  case bias(Int)
  /// A constant of int32; one number is a scalar.
  case numbers([Int32])
  /// A variable tensor, of `type` or the data's.
  case state([Int], ElementType? = nil)
  /// The cell of an LSTM: int16 with codes, with a power of two for a scale.
  case cell([Int])
  case absent
}

/// Collects the tensors of a probed graph.
private struct ProbeGraph {
  private var tensors: [Tensor] = []
  private var constants: [UInt8] = []
  private var inputs: [Int] = []

  mutating func append(_ tensor: Tensor) -> Int {
    tensors.append(tensor)
    return tensors.count - 1
  }

  mutating func add(_ operand: ProbeOperand, data: ElementType, in builtin: BuiltinOperator) -> Int? {
    switch operand {
    case .absent: return nil
    case .data(let shape): return addInput(data, shape)
    case .typed(let type, let shape): return addInput(type, shape)
    case .weights(let shape, let type): return addWeights(type ?? (data == .int16 ? .int8 : data), shape)
    case .bias(let count):
      let wide: ElementType = data == .int8 ? .int32 : data == .int16 ? .int64 : data
      return addConstant(wide, [count], Quantization(scales: [0.125], zeroPoints: [0]))
    case .numbers(let numbers): return addNumbers(numbers)
    case .state(let shape, let type):
      let kind = type ?? data
      return append(variable(kind, shape, ProbeForm.quantization(kind)))
    case .cell(let shape):
      let power = Quantization(scales: [0x1p-11], zeroPoints: [0])
      return append(variable(data == .float32 ? data : .int16, shape, power))
    }
  }

  private func variable(_ type: ElementType, _ shape: [Int], _ quantization: Quantization?) -> Tensor {
    Tensor(name: "", type: type, shape: shape, isVariable: true, quantization: quantization)
  }

  private mutating func addInput(_ type: ElementType, _ shape: [Int]) -> Int {
    let quantization = ProbeForm.quantization(type)
    inputs.append(append(Tensor(name: "", type: type, shape: shape, quantization: quantization)))
    return tensors.count - 1
  }

  private mutating func addWeights(_ type: ElementType, _ shape: [Int]) -> Int {
    addConstant(type, shape, type.codeRange.map { _ in Quantization(scales: [0.25], zeroPoints: [0]) })
  }

  private mutating func addConstant(
    _ type: ElementType, _ shape: [Int], _ quantization: Quantization?
  ) -> Int {
    let count = type.packedByteCount(elements: shape.reduce(1, *)) ?? 0
    let range = keep(Array(repeating: 0, count: count))
    return append(Tensor(name: "", type: type, shape: shape, constant: range, quantization: quantization))
  }

  private mutating func addNumbers(_ numbers: [Int32]) -> Int {
    let bytes = numbers.flatMap { number in
      (0..<4).map { UInt8(truncatingIfNeeded: number >> Int32(8 * $0)) }
    }
    let shape = numbers.count == 1 ? [] : [numbers.count]
    return append(Tensor(name: "", type: .int32, shape: shape, constant: keep(bytes)))
  }

  private mutating func keep(_ bytes: [UInt8]) -> ConstantRange {
    let start = (constants.count + 15) / 16 * 16
    constants += Array(repeating: 0, count: start - constants.count) + bytes
    return ConstantRange(bytes: start..<start + bytes.count)
  }

  func graph(_ step: Operator) -> Graph {
    let main = Subgraph(
      name: "", tensors: tensors, operators: [step], inputs: inputs, outputs: step.outputs)
    return Graph(format: .tflite, storage: [constants], subgraphs: [main])
  }
}
