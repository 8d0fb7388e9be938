import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

/// Graphs of element-wise operators with random shapes and connections.
enum RandomGraph {
  static func make(seed: UInt64) -> Graph {
    var random = SeededGenerator(seed: seed)
    let operators = Int.random(in: 1...60, using: &random)
    let tensors = (0...operators).map { index in
      Tensor(name: "t\(index)", type: .int8, shape: [1, Int.random(in: 1...4000, using: &random)])
    }
    let chain = (0..<operators).map { index in
      Operator(
        code: .builtin(Bool.random(using: &random) ? .add : .softmax),
        inputs: [index, Int.random(in: 0...index, using: &random)], outputs: [index + 1])
    }
    let main = Subgraph(
      name: "main", tensors: tensors, operators: chain, inputs: [0], outputs: [operators])
    return Graph(format: .tflite, storage: [[]], subgraphs: [main])
  }
}

@Suite struct `Every plan` {
  @Test(arguments: (0..<60).map { UInt64($0) })
  func `keeps live buffers apart, aligned, and at the same places each time`(_ seed: UInt64) throws {
    let graph = RandomGraph.make(seed: seed)
    let configuration = ArenaConfiguration(library: .espNN121)
    let plan = try MemoryPlan(graph, configuration)
    for (index, buffer) in plan.buffers.enumerated() {
      #expect(buffer.offset.isMultiple(of: 16) && buffer.end <= plan.headBytes, "seed \(seed)")
      for other in plan.buffers[..<index]
      where buffer.firstStep <= other.lastStep
        && other.firstStep <= buffer.lastStep
      {
        #expect(buffer.end <= other.offset || other.end <= buffer.offset, "seed \(seed)")
      }
    }
    #expect(try MemoryPlan(graph, configuration).buffers == plan.buffers, "seed \(seed)")
  }

  @Test(arguments: (0..<60).map { UInt64($0) })
  func `reserves what is live, and what it draws is what it places`(_ seed: UInt64) throws {
    let plan = try MemoryPlan(RandomGraph.make(seed: seed), ArenaConfiguration(library: .espNN123))
    for step in plan.timeline.steps.indices {
      let live = plan.buffers.filter { $0.firstStep <= step && step <= $0.lastStep }
      #expect(plan.timeline.liveBytes[step] == live.reduce(0) { $0 + $1.byteCount }, "seed \(seed)")
      #expect(plan.timeline.extentBytes[step] == live.map(\.end).max() ?? 0, "seed \(seed)")
      #expect(plan.timeline.liveBytes[step] <= plan.headBytes, "seed \(seed)")
    }
    #expect(plan.timeline.extentBytes.max() == plan.headBytes, "seed \(seed)")
    #expect(plan.minimumBytes >= plan.usedBytes && plan.minimumBytes.isMultiple(of: 16), "seed \(seed)")
  }
}
