import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

@Suite struct `Work of one invocation` {
  @Test func `a small file that asks for hours is stopped before it starts`() throws {
    var model = ModelWriter()
    let a = model.input("a", .float32, [2048, 2048])
    let b = model.input("b", .float32, [2048, 2048])
    let y = model.tensor("y", .float32, [2048, 2048])
    model.add(
      .batchMatmul, inputs: [a, b], outputs: [y], options: .batchMatMul(adjointX: false, adjointY: false))
    model.outputs([y])
    let bytes = model.bytes()
    #expect(bytes.count < 1_024)
    let program = try Program(Graph.read(bytes), kernels: .reference)
    var interpreter = try Interpreter(program, placement: .preserveAll(program.graph))
    let error = try #require(throws: RunError.self) { try interpreter.invoke() }
    #expect(error.code == .limit)
    #expect(
      error.description
        == "subgraph 0, operator 0 (BATCH_MATMUL): more than 2000000000 multiply-accumulates in one invocation"
    )
  }
}
