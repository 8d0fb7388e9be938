import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

@Suite struct `Several samples in one invocation` {
  /// The outputs of samples drawn from a seed: one by one, and all at once.
  private func outputs(_ graph: Graph, samples: Int) throws -> (alone: [UInt8], together: [UInt8])? {
    guard let batched = BatchedGraph.make(graph, samples: samples) else { return nil }
    var random = SeededGenerator(seed: 5)
    var drawn: [[[UInt8]]] = []
    for _ in 0..<samples {
      drawn.append(graph.main.inputs.map { Self.values(of: graph.main.tensors[$0], &random) })
    }
    var all: [[UInt8]] = []
    for input in graph.main.inputs.indices { all.append(Array(drawn.map { $0[input] }.joined())) }
    return (try run(graph, drawn), try run(batched, [all]))
  }

  private func run(_ graph: Graph, _ fed: [[[UInt8]]]) throws -> [UInt8] {
    let program = try Program(graph)
    var interpreter = try Interpreter(program, placement: .preserveAll(program.graph))
    var outputs: [UInt8] = []
    for inputs in fed {
      for (index, bytes) in inputs.enumerated() { try interpreter.setInput(index, bytes.span) }
      try interpreter.invoke()
      outputs += interpreter.output(0)
    }
    return outputs
  }

  private static func values(of tensor: Tensor, _ random: inout SeededGenerator) -> [UInt8] {
    (0..<tensor.elementCount).flatMap { _ in
      tensor.type == .float32
        ? littleEndian(Float.random(in: -4...4, using: &random).bitPattern)
        : (0..<tensor.byteCount / tensor.elementCount).map { _ in
          UInt8(truncatingIfNeeded: random.next())
        }
    }
  }

  @Test func `gives each the numbers of a run by itself`() throws {
    let graph = try Graph.read(SampleModels.classifier().bytes())
    let found = try #require(try outputs(graph, samples: 7))
    #expect(found.alone == found.together)
  }

  @Test(.enabled(if: !ArenaRow.all.isEmpty, "the conformance fixtures are not beside this checkout"))
  func `gives each the numbers of a run by itself on the field models`() throws {
    var batched = 0
    for model in ArenaRow.all {
      let graph = try model.graph()
      guard graph.main.outputs.count == 1, let found = try outputs(graph, samples: 3) else { continue }
      #expect(found.alone == found.together, "\(model)")
      batched += 1
    }
    #expect(batched >= 20)
  }

  @Test func `is never asked of a model with state`() throws {
    let graph = try Graph.read(SampleModels.accumulator().bytes())
    #expect(BatchedGraph.make(graph, samples: 2) == nil)
  }

  @Test(arguments: ["mean over samples", "joined samples", "rows of samples", "a vector", "padded samples"])
  func `is refused where samples would meet`(_ name: String) throws {
    var model = ModelWriter()
    let x = model.input("x", .float32, name == "a vector" ? [1] : [1, 2, 2])
    let shape: [Int] =
      switch name {
      case "mean over samples": [2, 2]
      case "joined samples": [2, 2, 2]
      case "rows of samples": [2, 2]
      case "padded samples": [2, 2, 2]
      default: [1]
      }
    let y = model.tensor("y", .float32, shape)
    switch name {
    case "mean over samples":
      let axes = model.constant("axes", [0])
      model.add(.mean, inputs: [x, axes], outputs: [y], options: .reducer(keepDimensions: false))
    case "joined samples":
      model.add(.concatenation, inputs: [x, x], outputs: [y], options: .concatenation(axis: 0, .none))
    case "rows of samples":
      model.add(.reshape, inputs: [x], outputs: [y], options: .reshape(newShape: [2, 2]))
    case "padded samples":
      let paddings = model.constant("paddings", [1, 0, 0, 0, 0, 0], shape: [3, 2])
      model.add(.pad, inputs: [x, paddings], outputs: [y])
    default: model.add(.relu, inputs: [x], outputs: [y])
    }
    model.outputs([y])
    #expect(BatchedGraph.make(try Graph.read(model.bytes()), samples: 2) == nil)
  }
}
