import AssayModel

/// When a buffer holds something, in steps of the plan, both ends included.
struct Lifetime: Sendable, Hashable {
  /// -1 while nothing touches the buffer.
  var first = -1
  var last = -1

  mutating func create(at step: Int) { if first == -1 { first = step } }
}

/// Where a step of the plan comes from.
public enum PlanStep: Sendable, Hashable {
  /// The model's inputs are in place.
  case start
  case runs(LayerIndex)
  /// A subgraph was entered by IF, WHILE or CALL_ONCE.
  case enters(subgraph: Int)
}

/// Lifetimes of all tensors and scratch requests, by walking the graph as the runtime's planner
/// does: the step counter rises by one per operator and by one per subgraph entered.
struct BufferLifetimes: Sendable {
  private(set) var tensors: [[Lifetime]]
  private(set) var scratch: [Lifetime]
  private(set) var steps: [PlanStep] = [.start]

  /// More steps than any device could take; a graph of nested calls can reach it with few bytes.
  static let maximumSteps = 1_000_000
  static let maximumDepth = 64

  private let graph: Graph
  private let requests: ScratchRequests

  init(_ graph: Graph, _ requests: ScratchRequests) throws(ModelError) {
    self.graph = graph
    self.requests = requests
    tensors = graph.subgraphs.map { Array(repeating: Lifetime(), count: $0.tensors.count) }
    scratch = Array(repeating: Lifetime(), count: requests.all.count)
    try walk(0, depth: 0)
  }

  private var step: Int { steps.count - 1 }

  private mutating func advance(_ origin: PlanStep, in place: String) throws(ModelError) {
    guard steps.count < Self.maximumSteps else {
      throw ModelError(.limit, in: place, "the plan has more than \(Self.maximumSteps) steps")
    }
    steps.append(origin)
  }

  private mutating func touch(_ subgraph: Int, _ indices: [Int]) {
    for index in indices {
      tensors[subgraph][index].create(at: step)
      tensors[subgraph][index].last = step
    }
  }

  private mutating func walk(_ subgraph: Int, depth: Int) throws(ModelError) {
    touch(subgraph, graph.subgraphs[subgraph].inputs)
    for index in graph.subgraphs[subgraph].operators.indices {
      try walk(OperatorContext(graph: graph, subgraph: subgraph, index: index), depth: depth)
    }
    touch(subgraph, graph.subgraphs[subgraph].outputs)
  }

  /// An operator's outputs and scratch live through every subgraph it enters.
  private mutating func walk(_ context: OperatorContext, depth: Int) throws(ModelError) {
    let layer = LayerIndex(subgraph: context.subgraph, index: context.index)
    try advance(.runs(layer), in: context.place)
    let start = step
    for output in context.op.outputs { tensors[context.subgraph][output].create(at: start) }
    for entered in context.op.enteredSubgraphs {
      try context.require(
        graph.subgraphs.indices.contains(entered), "enters subgraph \(entered), which does not exist")
      try context.require(depth < Self.maximumDepth, "subgraphs are nested deeper than \(Self.maximumDepth)")
      try advance(.enters(subgraph: entered), in: context.place)
      try walk(entered, depth: depth + 1)
    }
    for input in context.op.inputs.compactMap(\.self) { tensors[context.subgraph][input].last = step }
    for output in context.op.outputs { tensors[context.subgraph][output].last = step }
    for request in requests.indices(of: layer) {
      scratch[request].create(at: start)
      scratch[request].last = step
    }
  }
}

/// Scratch requests of all operators, in the order in which they were made.
struct ScratchRequests: Sendable {
  struct Request: Sendable {
    var layer: LayerIndex
    var byteCount: Int
  }

  private(set) var all: [Request] = []
  private var ranges: [[Range<Int>]]

  init(_ graph: Graph) { ranges = graph.subgraphs.map { $0.operators.map { _ in 0..<0 } } }

  mutating func add(_ sizes: [Int], of layer: LayerIndex) {
    let start = all.count
    all += sizes.map { Request(layer: layer, byteCount: $0) }
    ranges[layer.subgraph][layer.index] = start..<all.count
  }

  func indices(of layer: LayerIndex) -> Range<Int> { ranges[layer.subgraph][layer.index] }
}

extension Operator {
  /// Subgraphs that the operator runs, in the order in which the planner visits them.
  var enteredSubgraphs: [Int] {
    switch options {
    case .callOnce(let subgraph): [subgraph]
    case .ifElse(let then, let other): [then, other]
    case .whileLoop(let condition, let body): [condition, body]
    default: []
    }
  }
}
