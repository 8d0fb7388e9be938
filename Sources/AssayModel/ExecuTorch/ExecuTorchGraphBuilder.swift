/// Makes a graph of a method: values become tensors, kernel calls become operators.
///
/// Integers that follow from shapes are computed here, so that a graph always has fixed shapes: those
/// of the bounds, or smaller ones that a caller asks for.
struct ExecuTorchGraphBuilder {
  let plan: ExecuTorchPlan
  let file: ExecuTorchFileFacts
  let limits: ModelLimits

  func graph(inputShapes: [[Int]]?) throws(ModelError) -> Graph {
    var work = ExecuTorchLowering(plan, resized: inputShapes != nil)
    if let inputShapes { try work.resizeInputs(to: inputShapes) }
    var count = 0
    for chain in plan.chains {
      for (instruction, fileOffset) in chain {
        count += 1
        guard count <= limits.methodInstructions else {
          throw ModelError(.limit, at: fileOffset, "more than \(limits.methodInstructions) instructions")
        }
        do throws(ModelError) {
          try work.add(instruction, at: fileOffset)
        } catch {
          throw error.placed(in: "method \(plan.name), instruction \(count - 1)", at: fileOffset)
        }
      }
    }
    let inputs = try boundary(plan.inputs, "input", work)
    let outputs = try boundary(plan.outputs, "output", work)
    guard !outputs.isEmpty else { throw ModelError(.invalid, in: "method \(plan.name)", "has no outputs") }
    guard Set(inputs).count == inputs.count else {
      throw ModelError(.invalid, in: "method \(plan.name)", "one tensor is an input twice")
    }
    let subgraph = Subgraph(
      name: plan.name, tensors: work.tensors, operators: work.operators, inputs: inputs, outputs: outputs)
    var graph = Graph(format: .pte, storage: file.storage, subgraphs: [subgraph])
    graph.method = try method(work, subgraph)
    return graph
  }

  /// Tensors of the method's inputs or outputs.
  private func boundary(
    _ values: [Int], _ what: String, _ work: ExecuTorchLowering
  ) throws(ModelError) -> [Int] {
    var indices: [Int] = []
    for (position, value) in values.enumerated() {
      let place = "method \(plan.name), \(what) \(position)"
      guard let index = work.tensorOfValue[value] else {
        throw ModelError(.unsupported, in: place, "is not a tensor; only methods from tensors to tensors run")
      }
      guard what == "output" || work.tensors[index].constant == nil else {
        throw ModelError(.invalid, in: place, "is a constant")
      }
      guard work.tensors[index].elementCount > 0 else {
        throw ModelError(.invalid, in: place, "has no elements: shape \(work.tensors[index].shape)")
      }
      indices.append(index)
    }
    return indices
  }

  private func method(
    _ work: ExecuTorchLowering, _ subgraph: Subgraph
  ) throws(ModelError) -> ExecuTorchMethod {
    var history = MemoryHistory(subgraph, places: work.places)
    try history.follow()
    return ExecuTorchMethod(
      name: plan.name, methodNames: file.methodNames, plannedByteCounts: plan.bufferByteCounts,
      places: work.places, views: history.views, viewsAreFixed: history.viewsAreFixed,
      initialValues: work.initialValues, loadedByteCount: MethodAllocator.loadedBytes(plan),
      temporaryByteCount: MethodAllocator.temporaryBytes(plan),
      delegates: plan.delegates, plan: plan, file: file, limits: limits)
  }
}
