import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

/// One operator, and what it alone adds to the tail and asks for as scratch.
struct StorageCase: CustomTestStringConvertible, Sendable {
  let code: OperatorCode
  let inputs: [Tensor]
  let outputs: [Tensor]
  var options = OperatorOptions.none
  let tail: [Int]
  var scratch: [Int] = []
  var testDescription: String { "\(code.name) \(inputs[0].type.rawValue)" }

  var graph: Graph {
    let op = Operator(
      code: code, inputs: Array(inputs.indices),
      outputs: outputs.indices.map { inputs.count + $0 }, options: options)
    let main = Subgraph(
      name: "main", tensors: inputs + outputs, operators: [op], inputs: [0], outputs: op.outputs)
    return Graph(format: .tflite, storage: [[]], subgraphs: [main])
  }

  private static func tensor(_ type: ElementType, _ shape: [Int]) -> Tensor {
    Tensor(name: "", type: type, shape: shape)
  }

  /// The x86-64 build of the runtime allocates the same, structures with pointers apart.
  static let all: [StorageCase] = [
    .init(
      code: .builtin(.transposeConv),
      inputs: [tensor(.int32, [4]), tensor(.int8, [4, 3, 3, 4]), tensor(.int8, [1, 4, 4, 4])],
      outputs: [tensor(.int8, [1, 8, 8, 4])], tail: [20, 72, 16, 16], scratch: [1024]),
    .init(
      code: .builtin(.transposeConv),
      inputs: [tensor(.int32, [4]), tensor(.float32, [4, 3, 3, 4]), tensor(.float32, [1, 4, 4, 4])],
      outputs: [tensor(.float32, [1, 8, 8, 4])], tail: [20, 72, 16, 16]),
    .init(
      code: .builtin(.batchMatmul), inputs: [tensor(.float32, [1, 4, 8]), tensor(.float32, [1, 8, 4])],
      outputs: [tensor(.float32, [1, 4, 4])], options: .batchMatMul(adjointX: false, adjointY: false),
      tail: [3, 16, 12, 16, 128, 16]),
    .init(
      code: .builtin(.batchMatmul), inputs: [tensor(.int8, [1, 4, 8]), tensor(.int8, [1, 4, 8])],
      outputs: [tensor(.int8, [1, 4, 4])], options: .batchMatMul(adjointX: false, adjointY: true),
      tail: [3, 16, 28, 16]),
    .init(
      code: .builtin(.gather), inputs: [tensor(.int8, [4, 5, 6]), tensor(.int32, [2])],
      outputs: [tensor(.int8, [2, 5, 6])], tail: [8, 16]),
    .init(
      code: .builtin(.gatherNd), inputs: [tensor(.float32, [4, 5, 6]), tensor(.int32, [2, 3])],
      outputs: [tensor(.float32, [2])], tail: [8]),
    .init(
      code: .builtin(.mirrorPad), inputs: [tensor(.int8, [1, 4, 4, 8]), tensor(.int32, [4, 2])],
      outputs: [tensor(.int8, [1, 6, 6, 8])], tail: [4, 20], scratch: [16, 16]),
    .init(
      code: .builtin(.mean), inputs: [tensor(.int8, [1, 4, 4, 8]), tensor(.int32, [2])],
      outputs: [tensor(.int8, [1, 8])], tail: [1, 44], scratch: [32, 16, 8]),
    .init(
      code: .builtin(.reduceMax), inputs: [tensor(.int8, [1, 4, 4, 8]), tensor(.int32, [2])],
      outputs: [tensor(.int8, [1, 8])], tail: [1, 44], scratch: [16, 8]),
    .init(
      code: .builtin(.addN), inputs: Array(repeating: tensor(.int8, [4]), count: 5),
      outputs: [tensor(.int8, [4])], tail: [40], scratch: [20]),
    .init(
      code: .builtin(.logSoftmax), inputs: [tensor(.int8, [1, 8])], outputs: [tensor(.int8, [1, 8])],
      tail: [28]),
    .init(
      code: .builtin(.cumsum), inputs: [tensor(.int8, [1, 8]), tensor(.int32, [])],
      outputs: [tensor(.int8, [1, 8])], tail: [2, 36]),
    .init(
      code: .custom("SignalRfft"), inputs: [tensor(.int16, [512])], outputs: [tensor(.int16, [514])],
      tail: [32, 2836], scratch: [1024]),
    .init(
      code: .custom("SignalFilterBank"), inputs: [tensor(.uint32, [257])], outputs: [tensor(.uint64, [40])],
      tail: [36, 328]),
    .init(
      code: .custom("SignalFilterBankSpectralSubtraction"), inputs: [tensor(.uint32, [40])],
      outputs: [tensor(.uint32, [40]), tensor(.uint32, [40])], tail: [44, 160]),
  ]
}

@Suite struct `Memory of one operator` {
  @Test(arguments: StorageCase.all)
  func `is what its kernel allocates`(_ test: StorageCase) throws {
    let plan = try MemoryPlan(test.graph, ArenaConfiguration(library: .reference))
    let layer = LayerIndex(subgraph: 0, index: 0)
    #expect(plan.tail.filter { $0.layer == layer }.map(\.requestedBytes) == test.tail)
    #expect(plan.buffers.filter(\.isScratch).map(\.requestedBytes) == test.scratch)
    #expect(plan.unmodelledOperators.isEmpty)
  }

  /// Temporary structures (40 bytes each here) of the operands, above 144 bytes for scratch requests.
  @Test(arguments: [
    (BuiltinOperator.concatenation, 4, 6), (.pack, 4, 0), (.maximum, 2, 0), (.add, 2, 3), (.less, 2, 2),
    (.tanh, 1, 3), (.relu6, 1, 1), (.expandDims, 2, 3),
  ])
  func `holds as many operands while it prepares as its kernel looks at`(
    _ builtin: BuiltinOperator, _ inputs: Int, _ structures: Int
  ) throws {
    let tensor = Tensor(name: "", type: .float32, shape: [1])
    let test = StorageCase(
      code: .builtin(builtin), inputs: Array(repeating: tensor, count: inputs), outputs: [tensor], tail: [])
    let plan = try MemoryPlan(test.graph, ArenaConfiguration(library: .reference))
    let layer = LayerIndex(subgraph: 0, index: 0)
    let needs = plan.stages.filter { $0.moment == .prepare(layer) }.map(\.byteCount)
    #expect(needs.count == 2 && needs[0] - needs[1] == 40 * structures)
  }

  @Test func `is modelled for every operator that the runtime takes`() {
    let missing = BuiltinOperator.allCases.filter { builtin in
      let op = Operator(code: .builtin(builtin), inputs: [], outputs: [])
      let main = Subgraph(name: "", tensors: [], operators: [op], inputs: [], outputs: [])
      let graph = Graph(format: .tflite, storage: [[]], subgraphs: [main])
      let isRefused = DeviceSupport.refusals(graph).contains { $0.reason.contains("no kernel") }
      guard !isRefused, let plan = try? MemoryPlan(graph, ArenaConfiguration(library: .espNN121)) else {
        return false
      }
      return !plan.unmodelledOperators.isEmpty
    }
    #expect(missing.map(\.name) == ["DELEGATE"])
  }
}
