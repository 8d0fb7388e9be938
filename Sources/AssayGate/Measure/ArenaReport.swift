public import AssayModel
public import AssayRuntime

extension ArenaFacts {
  /// Memory of a loaded ExecuTorch method: planned buffers as the head, the rest as the tail.
  public init(_ memory: ExecuTorchMemory, graph: Graph) {
    self.init(
      minimumBytes: memory.minimumBytes, usedBytes: memory.minimumBytes, headBytes: memory.plannedBytes,
      tailBytes: memory.methodBytes + memory.inputBytes, scratchBytes: 0)
    decidedBy = "the program's memory plan and the loaded method"
    tail = [
      ArenaItem(name: "loaded method", bytes: memory.methodBytes),
      ArenaItem(name: "inputs", bytes: memory.inputBytes),
    ]
    steps = memory.steps.map { step in
      let layer = LayerIndex(subgraph: 0, index: step.operatorIndex)
      return ArenaStep(
        layer: LayerName.text(graph, layer), tensorBytes: step.liveBytes, scratchBytes: 0,
        extentBytes: step.extentBytes)
    }
    peakStep = memory.peakStep
    peak = memory.peak.map { live in
      let tensor = graph.main.tensors[live.tensor]
      return ArenaItem(name: "\(tensor.name) \(tensor.type.rawValue) \(tensor.shape)", bytes: live.byteCount)
    }
  }

  /// The plan as reports show it.
  public init(_ plan: MemoryPlan, graph: Graph) {
    self.init(
      minimumBytes: plan.minimumBytes, usedBytes: plan.usedBytes, headBytes: plan.headBytes,
      tailBytes: plan.tailBytes, scratchBytes: plan.scratchBytes)
    decidedBy = Self.words(plan.limit.moment, graph)
    tail = plan.tailByCause.filter { $0.bytes > 0 }.map { ArenaItem(name: $0.cause.title, bytes: $0.bytes) }
    let timeline = plan.timeline
    peakStep = timeline.peakStep
    steps = timeline.steps.indices.map { index in
      let live = plan.buffers.filter { $0.firstStep <= index && index <= $0.lastStep }
      let scratch = live.filter(\.isScratch).reduce(0) { $0 + $1.byteCount }
      return ArenaStep(
        layer: Self.words(timeline.steps[index], graph), tensorBytes: timeline.liveBytes[index] - scratch,
        scratchBytes: scratch, extentBytes: timeline.extentBytes[index])
    }
    peak = timeline.buffersAtPeak.map { plan.buffers[$0] }.map { buffer in
      ArenaItem(name: Self.words(buffer.content, graph), bytes: buffer.byteCount)
    }
  }

  static func words(_ content: PlannedBuffer.Content, _ graph: Graph) -> String {
    switch content {
    case .tensor(let subgraph, let index):
      let tensor = graph.subgraphs[subgraph].tensors[index]
      return "tensor \(index) \(tensor.shape) \(LayerName.short(tensor.name))"
    case .scratch(let layer, let request): return "scratch \(request) of \(LayerName.text(graph, layer))"
    }
  }

  private static func words(_ step: PlanStep, _ graph: Graph) -> String {
    switch step {
    case .start: "inputs"
    case .runs(let layer): LayerName.text(graph, layer)
    case .enters(let subgraph): "subgraph \(subgraph)"
    }
  }

  private static func words(_ moment: ArenaStage.Moment, _ graph: Graph) -> String {
    switch moment {
    case .initialise: "the allocator and operator data"
    case .prepare(let layer): "preparing \(LayerName.text(graph, layer))"
    case .listLifetimes: "the list of lifetimes"
    case .plan: "the planner's working memory"
    case .reserveHead: "reserving the head"
    case .run: "head and tail"
    }
  }
}
