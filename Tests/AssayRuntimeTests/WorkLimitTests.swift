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

extension `Work of one invocation` {
  private static let tooMuch = "more than 2000000000 multiply-accumulates in one invocation"

  @Test func `a small program that asks for hours is refused before anything is prepared`() throws {
    var program = ProgramWriter()
    let (a, b) = (program.input(.float32, [2048, 2048]), program.input(.float32, [2048, 2048]))
    let y = program.tensor(.float32, [2048, 2048])
    program.call("aten::mm", "out", [a, b, y, y])
    program.output(y)
    let graph = try Graph.read(program.bytes())
    let error = try #require(throws: ModelError.self) { _ = try Program(graph) }
    #expect(error.description == Self.tooMuch)
  }

  @Test func `a pool whose window reaches far beyond its image counts all of the window`() throws {
    var model = ONNXWriter()
    model.input("x", .float32, [1, 1, 64, 64])
    model.node(
      "MaxPool", ["x"], ["y"],
      [
        ONNXWriter.attribute("kernel_shape", [32_000, 32_000]),
        ONNXWriter.attribute("pads", [16_000, 16_000, 16_000, 16_000]),
      ])
    model.output("y", .float32, [1, 1, 65, 65])
    let graph = try Graph.read(model.bytes())
    let error = try #require(throws: ModelError.self) { _ = try Program(graph) }
    #expect(error.description == Self.tooMuch)
  }

  @Test func `many cheap nodes together are too much`() throws {
    var model = ONNXWriter()
    model.input("x", .float32, [1, 1 << 20])
    for index in 0..<120 { model.node("Relu", ["x"], ["y\(index)"]) }
    model.output("y0", .float32, [1, 1 << 20])
    let graph = try Graph.read(model.bytes())
    let error = try #require(throws: ModelError.self) { _ = try Program(graph) }
    #expect(error.description == Self.tooMuch)
  }
}
