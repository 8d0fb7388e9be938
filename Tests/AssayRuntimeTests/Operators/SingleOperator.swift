import AssayModel
import AssayRuntime

/// A graph of one operator whose parts a test changes before it is prepared or run.
struct SingleOperator {
  var code: BuiltinOperator
  var options: OperatorOptions
  /// Input 0 of the operator unless `feeds` says otherwise is fed; others are constants or state.
  var inputs: [Tensor?]
  var output: Tensor
  /// Outputs after the first.
  var furtherOutputs: [Tensor] = []
  /// The operator's input that is the graph's input.
  var feeds = 0
  private(set) var constants: [UInt8] = []

  init(_ code: BuiltinOperator, _ options: OperatorOptions, inputs: [Tensor?], output: Tensor) {
    self.code = code
    self.options = options
    self.inputs = inputs
    self.output = output
  }

  /// Makes input `position` a constant of these bytes.
  mutating func setConstant(_ position: Int, _ bytes: [UInt8]) {
    let start = (constants.count + 15) / 16 * 16
    constants += Array(repeating: 0, count: start - constants.count) + bytes
    inputs[position]?.constant = ConstantRange(bytes: start..<start + bytes.count)
  }

  /// Makes every input but the fed one and variables a constant of zeros.
  mutating func setZeroConstants() {
    for (position, tensor) in inputs.enumerated() where position != feeds {
      guard let tensor, !tensor.isVariable else { continue }
      let count = tensor.type.packedByteCount(elements: tensor.elementCount) ?? 0
      setConstant(position, Array(repeating: 0, count: count))
    }
  }

  func graph() -> Graph {
    let present = inputs.compactMap { $0 }
    var next = 0
    let indices = inputs.map { tensor -> Int? in
      guard tensor != nil else { return nil }
      defer { next += 1 }
      return next
    }
    let outputs = present.count...present.count + furtherOutputs.count
    let step = Operator(code: .builtin(code), inputs: indices, outputs: Array(outputs), options: options)
    let subgraph = Subgraph(
      name: "main", tensors: present + [output] + furtherOutputs, operators: [step],
      inputs: indices[feeds].map { [$0] } ?? [], outputs: Array(outputs))
    return Graph(format: .tflite, storage: [constants], subgraphs: [subgraph])
  }

  /// Why the operator cannot be prepared; `nil` when it can.
  func refusal() -> String? {
    do throws(ModelError) {
      return try Program(graph(), kernels: .reference).missing.first?.reason
    } catch { return error.message }
  }

  /// The outputs for inputs fed one after the other to one interpreter.
  func run<Element: FixedWidthInteger>(_ samples: [[Element]]) throws -> [[Element]] {
    let program = try Program(graph(), kernels: .reference)
    var interpreter = try Interpreter(program, placement: .preserveAll(program.graph))
    return try samples.map { sample in
      try interpreter.setInput(0, LittleEndian.bytes(sample).span)
      try interpreter.invoke()
      return LittleEndian.elements(interpreter.output(0))
    }
  }
}

enum LittleEndian {
  static func bytes<Element: FixedWidthInteger>(_ elements: [Element]) -> [UInt8] {
    elements.flatMap { element in
      (0..<Element.bitWidth / 8).map { UInt8(truncatingIfNeeded: element >> Element($0 * 8)) }
    }
  }

  static func elements<Element: FixedWidthInteger>(_ bytes: [UInt8]) -> [Element] {
    let width = Element.bitWidth / 8
    return (0..<bytes.count / width).map { index in
      (0..<width).reduce(Element(0)) {
        $0 | Element(truncatingIfNeeded: bytes[index * width + $1]) << Element($1 * 8)
      }
    }
  }
}

extension Tensor {
  /// A tensor with one scale, or with as many as are given.
  static func quantized(
    _ type: ElementType, _ shape: [Int], scales: [Float] = [1], zeroPoint: Int32 = 0, dimension: Int = 0,
    isVariable: Bool = false
  ) -> Tensor {
    Tensor(
      name: "", type: type, shape: shape, isVariable: isVariable,
      quantization: Quantization(
        scales: scales, zeroPoints: Array(repeating: zeroPoint, count: scales.count), dimension: dimension))
  }

  static func plain(_ type: ElementType, _ shape: [Int], isVariable: Bool = false) -> Tensor {
    Tensor(name: "", type: type, shape: shape, isVariable: isVariable)
  }
}
