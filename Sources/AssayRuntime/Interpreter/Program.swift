public import AssayModel

/// A graph with every operator prepared: immutable, shared by interpreters on several threads.
///
/// ```swift
/// let program = try Program(graph)
/// var interpreter = try Interpreter(program, placement: .preserveAll(program.graph))
/// ```
///
/// Preparing is where a model is proven runnable: shapes, types, attributes and quantisation of
/// every operator are checked here, so that invoking cannot leave its memory.
public struct Program: Sendable {
  /// The graph that runs; constants that lay misaligned in the file have aligned copies.
  public let graph: Graph
  public let kernels: KernelSelection
  /// Operators without a kernel, in execution order. A program with any cannot be interpreted,
  /// but can be inspected and planned.
  public let missing: [MissingKernel]

  /// What to do for each operator of each subgraph.
  let steps: [[Step]]
  /// Operations of each operator, as ``WorkEstimate`` counts them.
  let operations: [[Int]]
  let resources: [ResourceVariable]
  /// Bytes that running needs beside arena and model file: the largest request of an operator.
  public let scratchBytes: Int
  /// Bytes of weights packed for this CPU, kept once however many interpreters share the program.
  public let packedBytes: Int
  /// Bytes that must stand behind the arena for what board kernels reach there.
  let reachBytes: Int

  /// - Throws: `ModelError.invalid` when an operator contradicts itself, `.limit` when an ExecuTorch
  ///   or ONNX program computes more than an interpreter does; legal operators without
  ///   a kernel are collected in ``missing`` instead.
  public init(_ graph: Graph, kernels: KernelSelection = .fast) throws(ModelError) {
    try Self.checkWork(graph)
    let graph = ConstantAlignment.aligned(graph)
    var missing: [MissingKernel] = []
    var (scratch, packed, reach) = (0, 0, 0)
    let resources = try ResourceTable(graph)
    try Self.requireReadableOutputs(graph)
    var steps: [[Step]] = []
    for subgraph in graph.subgraphs.indices {
      var row: [Step] = []
      for index in graph.subgraphs[subgraph].operators.indices {
        let context = OperatorContext(graph: graph, subgraph: subgraph, index: index)
        do {
          let step = try Step(context, resources: resources, kernels: kernels)
          if case .kernel(let prepared) = step {
            scratch = max(scratch, prepared.scratchBytes)
            packed += prepared.packedBytes
            reach = max(reach, prepared.reach?.byteCount ?? 0)
          }
          row.append(step)
        } catch  where error.code == .unsupported {
          missing.append(MissingKernel(context, reason: error.message))
          row.append(.missing)
        }
      }
      steps.append(row)
    }
    self.graph = graph
    self.kernels = kernels
    self.missing = missing
    self.steps = steps
    self.operations = graph.subgraphs.indices.map { subgraph in
      graph.subgraphs[subgraph].operators.indices.map {
        WorkEstimate(context: OperatorContext(graph: graph, subgraph: subgraph, index: $0)).operations
      }
    }
    self.resources = resources.variables
    self.scratchBytes = scratch
    self.packedBytes = packed
    reachBytes = reach
  }

  /// What a subgraph hands out is copied whole, which no operator would refuse.
  private static func requireReadableOutputs(_ graph: Graph) throws(ModelError) {
    for (number, subgraph) in graph.subgraphs.enumerated() {
      for output in subgraph.outputs where subgraph.tensors[output].unreadable != nil {
        throw ModelError(
          .unsupported, in: "subgraph \(number), output tensor \(output)",
          subgraph.tensors[output].unreadable ?? "")
      }
    }
  }

  func writesScratch(_ layer: LayerIndex) -> Bool {
    guard case .kernel(let prepared) = steps[layer.subgraph][layer.index] else { return false }
    return prepared.reach?.writesScratch ?? false
  }

  /// Programs that run straight through are refused before anything is prepared for them: what
  /// preparing keeps grows with the work.
  private static func checkWork(_ graph: Graph) throws(ModelError) {
    guard graph.format != .tflite, WorkEstimate.total(graph) > Interpreter.maximumOperations else { return }
    throw ModelError(
      .limit, "more than \(Interpreter.maximumOperations) multiply-accumulates in one invocation")
  }

  /// Multiply-accumulates of an operator; 0 where it is no sum of products.
  public func products(of layer: LayerIndex) -> Int {
    let subgraph = graph.subgraphs[layer.subgraph]
    return ProductCount(subgraph.operators[layer.index], in: subgraph).value
  }

  /// Whether anything survives from one invocation to the next.
  public var isStateful: Bool {
    !resources.isEmpty || graph.subgraphs.contains { $0.tensors.contains(where: \.isVariable) }
  }
}

/// A legal operator that this program has no kernel for.
public struct MissingKernel: Sendable, Hashable {
  /// `subgraph 0, operator 3 (CONV_2D)`.
  public var layer: String
  /// `CONV_2D`.
  public var name: String
  public var reason: String

  init(_ context: OperatorContext, reason: String) {
    self.layer = context.place
    self.name = context.op.code.name
    self.reason = reason
  }
}

/// What one operator does when its turn comes.
enum Step: Sendable {
  case kernel(PreparedOperator)
  case callOnce(subgraph: Int)
  case ifElse(then: Int, else: Int)
  case whileLoop(condition: Int, body: Int)
  /// The output is a name for a resource, resolved when the program was prepared.
  case resourceHandle
  case readVariable(resource: Int)
  case assignVariable(resource: Int)
  case missing

  init(_ context: OperatorContext, resources: ResourceTable, kernels: KernelSelection) throws(ModelError) {
    if let reason = context.unreadable { throw context.missing(reason) }
    switch (context.op.code.builtin, context.op.options) {
    case (.callOnce?, .callOnce(let target)):
      try ControlFlow.checkCallOnce(context, target: target)
      self = .callOnce(subgraph: target)
    case (.if?, .ifElse(let then, let other)):
      try ControlFlow.checkIf(context, branches: [then, other])
      self = .ifElse(then: then, else: other)
    case (.while?, .whileLoop(let condition, let body)):
      try ControlFlow.checkWhile(context, condition: condition, body: body)
      self = .whileLoop(condition: condition, body: body)
    case (.varHandle?, _): self = .resourceHandle
    case (.readVariable?, _): self = .readVariable(resource: try resources.checkedRead(context))
    case (.assignVariable?, _): self = .assignVariable(resource: try resources.checkedAssign(context))
    default: self = .kernel(try OperatorRegistry.prepare(context, kernels: kernels))
    }
  }
}
