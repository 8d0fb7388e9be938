public import AssayModel
internal import AssayRuntime

/// Writes bundled programs (`.bpte`): any program, with cases that may be wrong in any way.
public struct BundleWriter: Sendable {
  public var program: [UInt8]
  public var suites: [BundledProgram.Suite]

  public init(program: [UInt8], suites: [BundledProgram.Suite] = []) {
    self.program = program
    self.suites = suites
  }

  /// An existing bundle, to be changed and written again.
  public init(reading bytes: [UInt8]) throws {
    let bundle = try BundledProgram(bytes)
    self.init(program: bundle.program, suites: bundle.suites)
  }

  /// A program with inputs of `count` cases and whatever it computes of them here.
  public init(recording program: [UInt8], method: String = "forward", count: Int) throws {
    let graph = try Graph.read(program, options: ReadingOptions(method: method))
    var interpreter = try Interpreter(Program(graph), placement: .preserveAll(graph))
    var random = SeededGenerator(seed: UInt64(program.count))
    var suite = BundledProgram.Suite(method: method, cases: [])
    for _ in 0..<count {
      var inputs: [BundledValue] = []
      for (index, tensor) in graph.main.inputs.map({ graph.main.tensors[$0] }).enumerated() {
        let values = (0..<tensor.elementCount).map { _ in Float.random(in: 0...1, using: &random) }
        let bytes = RealValues.encode(values, as: tensor) ?? []
        try interpreter.setInput(index, bytes.span)
        inputs.append(.tensor(type: tensor.type, shape: tensor.shape, bytes: bytes, dimOrder: []))
      }
      try interpreter.invoke()
      let outputs = graph.main.outputs.enumerated().map { index, tensor in
        BundledValue.tensor(
          type: graph.main.tensors[tensor].type, shape: graph.main.tensors[tensor].shape,
          bytes: interpreter.output(index), dimOrder: [])
      }
      suite.cases.append(BundledProgram.Case(inputs: inputs, expectedOutputs: outputs))
    }
    self.init(program: program, suites: [suite])
  }

  public var bytes: [UInt8] {
    let tables = suites.map { suite in
      FlatTableValue([
        0: .string(suite.method),
        1: .tables(
          suite.cases.map { FlatTableValue([0: values($0.inputs), 1: values($0.expectedOutputs)]) }),
      ])
    }
    return FlatWriter.file(FlatTableValue([1: .tables(tables), 2: .bytes(program)]), identifier: "BP08")
  }

  private func values(_ values: [BundledValue]) -> FlatValue {
    .tables(
      values.map { value in
        switch value {
        case .tensor(let type, let shape, let bytes, let order):
          let tensor = FlatTableValue([
            0: .int8(Self.number(type)), 1: .int32s(shape.map { Int32($0) }), 2: .bytes(bytes),
            3: .bytes((order.isEmpty ? Array(shape.indices) : order).map { UInt8($0) }),
          ])
          return FlatTableValue([0: .uint8(1), 1: .table(tensor)])
        case .int(let number): return member(2, .uint64(UInt64(bitPattern: Int64(number))))
        case .bool(let flag): return member(3, .bool(flag))
        case .double(let number): return member(4, .uint64(number.bitPattern))
        }
      })
  }

  private func member(_ type: UInt8, _ value: FlatValue) -> FlatTableValue {
    FlatTableValue([0: .uint8(type), 1: .table(FlatTableValue([0: value]))])
  }

  /// ExecuTorch's number of a type.
  private static func number(_ type: ElementType) -> Int8 {
    switch type {
    case .int8: 1
    case .int32: 3
    case .int64: 4
    case .float32: 6
    case .float64: 7
    default: 0
    }
  }
}
