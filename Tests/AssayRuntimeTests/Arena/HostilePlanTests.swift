import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

@Suite struct `A plan of hostile input` {
  private func reference(_ graph: Graph) throws -> MemoryPlan {
    try MemoryPlan(graph, ArenaConfiguration(library: .espNN121))
  }

  /// One float operator between an input and an output.
  private func graph(
    _ code: OperatorCode, _ shape: [Int], options: OperatorOptions = .none, offsets: [Int32]? = nil
  ) -> Graph {
    let tensors = ["x", "y"].map { Tensor(name: $0, type: .float32, shape: shape) }
    let op = Operator(code: code, inputs: [0], outputs: [1], options: options)
    let main = Subgraph(name: "main", tensors: tensors, operators: [op], inputs: [0], outputs: [1])
    return Graph(format: .tflite, storage: [[]], subgraphs: [main], offlineOffsets: offsets)
  }

  @Test(arguments: [
    ([1 << 31, 1 << 31], "subgraph 0, tensor 0 (\"x\"): needs more memory than 32 bits address"),
    ([Int.max, 2], "subgraph 0, tensor 0 (\"x\"): needs more memory than 32 bits address"),
    ([1 << 30], "subgraph 0, tensor 0 (\"x\"): needs more memory than 32 bits address"),
    ([1 << 29], "tensor arena: needs more memory than 32 bits address"),
  ])
  func `refuses sizes that no board addresses`(_ shape: [Int], _ message: String) {
    let error = #expect(throws: ModelError.self) { try reference(graph(.builtin(.relu), shape)) }
    #expect(error?.description == message)
  }

  @Test(arguments: [
    ([0, -2], "OfflineMemoryAllocation: offset -2 of tensor 1 is negative"),
    ([Int32.min, 0], "OfflineMemoryAllocation: offset -2147483648 of tensor 0 is negative"),
    ([8, 0], "OfflineMemoryAllocation: offset 8 of tensor 0 is not a multiple of 16"),
    ([0], "OfflineMemoryAllocation: 1 offsets for 2 tensors"),
  ])
  func `refuses offsets in the file that cannot be`(_ offsets: [Int32], _ message: String) {
    let error = #expect(throws: ModelError.self) {
      try reference(graph(.builtin(.relu), [4], offsets: offsets))
    }
    #expect(error?.description == message)
  }

  @Test func `keeps offsets of the file, and plans the rest around them`() throws {
    let apart = try reference(graph(.builtin(.relu), [4], offsets: [64, 0]))
    #expect(apart.buffers.map(\.offset) == [64, 0])
    #expect(apart.headBytes == 80)
    let mixed = try reference(graph(.builtin(.relu), [4], offsets: [0, -1]))
    #expect(mixed.buffers.map(\.offset) == [0, 16])
  }

  @Test func `refuses offsets of the file that make live tensors overlap`() {
    let error = #expect(throws: ModelError.self) {
      try reference(graph(.builtin(.relu), [8], offsets: [16, 32]))
    }
    #expect(
      error?.description == "OfflineMemoryAllocation: subgraph 0, tensor 0 and subgraph 0, tensor 1 "
        + "share bytes while both are in use")
  }

  @Test func `never counts an operator that it does not know as nothing`() throws {
    let custom = try reference(graph(.custom("Mystery"), [4]))
    #expect(custom.unmodelledOperators.map(\.place) == ["subgraph 0, operator 0 (CUSTOM:Mystery)"])
    #expect(
      custom.unmodelledOperators.map(\.reason) == ["structure sizes of CUSTOM:Mystery are not modelled"])
    let builtin = try reference(graph(.builtin(.topkV2), [4]))
    #expect(builtin.unmodelledOperators.count == 1)
    #expect(try reference(graph(.builtin(.relu), [4])).operatorsFromSource == ["RELU"])
  }

  @Test func `ends for subgraphs that enter themselves`() {
    let recursive = graph(.builtin(.callOnce), [4], options: .callOnce(subgraph: 0))
    #expect(throws: ModelError.self) { try reference(recursive) }
    let missing = graph(.builtin(.callOnce), [4], options: .callOnce(subgraph: 7))
    #expect(throws: ModelError.self) { try reference(missing) }
  }

  @Test func `ends for calls that branch without end`() {
    // 30 subgraphs, each entering the next twice: 2^30 steps from a few hundred bytes.
    let tensors = ["x", "y"].map { Tensor(name: $0, type: .bool, shape: [1]) }
    let subgraphs = (0..<30).map { index in
      let next = min(index + 1, 29)
      let op = Operator(
        code: .builtin(index < 29 ? .if : .relu), inputs: [0], outputs: [1],
        options: index < 29 ? .ifElse(then: next, else: next) : .none)
      return Subgraph(name: "", tensors: tensors, operators: [op], inputs: [0], outputs: [1])
    }
    let graph = Graph(format: .tflite, storage: [[]], subgraphs: subgraphs)
    let error = #expect(throws: ModelError.self) { try reference(graph) }
    #expect(error?.code == .limit)
  }

  @Test func `refuses convolutions without what the runtime reads`() {
    let window = OperatorOptions.conv2D(Conv2DOptions(padding: .same, strideHeight: 1, strideWidth: 1))
    #expect(throws: ModelError.self) {
      try reference(graph(.builtin(.conv2D), [1, 4, 4, 1], options: window))
    }
    #expect(throws: ModelError.self) { try reference(graph(.builtin(.mean), [4])) }
    #expect(throws: ModelError.self) { try reference(graph(.builtin(.svdf), [4])) }
  }
}
