public import AssayModel

extension MemoryPlan {
  /// Plans the arena of `graph` as TFLite Micro's allocator does.
  ///
  /// Complexity: quadratic in the number of computed tensors; a few milliseconds for hundreds.
  ///
  /// - Throws: `ModelError` when an operator lacks what the runtime would read, a size is above
  ///   what 32 bits address, the file's own offsets are unusable, or the graph is above a limit.
  public init(_ graph: Graph, _ configuration: ArenaConfiguration) throws(ModelError) {
    var planner = MemoryPlanner(graph, configuration)
    let layout = try planner.plan()
    self.init(planner, layout)
  }
}

/// Follows the runtime's start: allocate structures, prepare operators, plan the head, allocate
/// the model's inputs and outputs.
struct MemoryPlanner {
  let graph: Graph
  let configuration: ArenaConfiguration
  private(set) var tail = TailLedger()
  private(set) var stages: [ArenaStage] = []
  private(set) var separateResourceBytes = 0
  private(set) var unmodelled: [UnmodelledOperator] = []
  private(set) var fromSource: Set<String> = []
  private var requests: ScratchRequests
  private var assigned: Set<ResourceName> = []

  /// Tensors and scratch requests together; the planner is quadratic.
  static let maximumBuffers = 16_384

  init(_ graph: Graph, _ configuration: ArenaConfiguration) {
    self.graph = graph
    self.configuration = configuration
    requests = ScratchRequests(graph)
  }

  /// The first stage that needs the most.
  var limit: ArenaStage {
    stages.reduce(ArenaStage(moment: .initialise, byteCount: 0)) { $1.byteCount > $0.byteCount ? $1 : $0 }
  }

  mutating func plan() throws(ModelError) -> HeadLayout {
    try allocateStructures()
    for layer in layers { try prepare(layer) }
    let handles = requests.all.count * DeviceStructures.scratchBufferHandle
    if handles > 0 { tail.allocate(handles, alignment: DeviceStructures.pointer, .scratchHandles) }
    try allocateVariables()
    let layout = try HeadLayout(graph, requests)
    notePlanning(layout)
    note(.reserveHead, layout.headBytes + tail.total)
    try allocateInputsAndOutputs()
    note(.run, layout.headBytes + tail.total)
    _ = try CheckedSize(limit.byteCount).bytes(in: "tensor arena")
    return layout
  }

  private mutating func note(_ moment: ArenaStage.Moment, _ byteCount: Int) {
    stages.append(ArenaStage(moment: moment, byteCount: byteCount))
  }

  private var layers: [LayerIndex] {
    graph.subgraphs.indices.flatMap { subgraph in
      graph.subgraphs[subgraph].operators.indices.map { LayerIndex(subgraph: subgraph, index: $0) }
    }
  }

  private func context(_ layer: LayerIndex) -> OperatorContext {
    OperatorContext(graph: graph, subgraph: layer.subgraph, index: layer.index)
  }

  /// The list of scratch requests at the arena's start, with its spare entries.
  private var requestListBytes: Int {
    DeviceStructures.scratchBufferRequest
      * (requests.all.count + DeviceStructures.spareScratchBufferRequests)
  }
}

// MARK: - Structures

extension MemoryPlanner {
  private mutating func allocateStructures() throws(ModelError) {
    allocateAllocator()
    allocateResourceTable()
    let pointer = DeviceStructures.pointer
    tail.allocate(DeviceStructures.builtinDataAllocator, alignment: pointer, .allocator)
    tail.allocate(
      DeviceStructures.subgraphAllocations * graph.subgraphs.count, alignment: pointer, .allocator)
    for subgraph in graph.subgraphs {
      tail.allocate(
        DeviceStructures.evalTensor * subgraph.tensors.count, alignment: pointer, .evalTensors)
    }
    for subgraph in graph.subgraphs {
      tail.allocate(
        DeviceStructures.nodeAndRegistration * subgraph.operators.count, alignment: pointer, .operators)
    }
    try allocateOperatorData()
    note(.initialise, requestListBytes + tail.total)
  }

  private mutating func allocateAllocator() {
    let recording = configuration.recordsAllocations
    let sizes = [
      recording
        ? DeviceStructures.recordingSingleArenaBufferAllocator : DeviceStructures.singleArenaBufferAllocator,
      DeviceStructures.greedyMemoryPlanner,
      recording ? DeviceStructures.recordingMicroAllocator : DeviceStructures.microAllocator,
    ]
    for size in sizes { tail.allocate(size, alignment: DeviceStructures.pointer, .allocator) }
  }

  /// The table of resource variables, here or in an arena of its own that starts with an allocator
  /// like this one.
  private mutating func allocateResourceTable() {
    let handles = graph.subgraphs.lazy.flatMap(\.operators).count { $0.code.builtin == .varHandle }
    let count = configuration.resourceVariables.count ?? handles
    guard count > 0 else { return }
    let sizes = [DeviceStructures.microResourceVariables, DeviceStructures.resourceVariable * count]
    switch configuration.resourceVariables.placement {
    case .shared:
      for size in sizes {
        tail.allocate(size, alignment: DeviceStructures.bufferAlignment, .resourceVariables)
      }
    case .separate:
      var other = tail
      for size in sizes {
        other.allocate(size, alignment: DeviceStructures.bufferAlignment, .resourceVariables)
      }
      separateResourceBytes = other.total
    }
  }

  /// Attributes of all operators, then the data of all operators.
  private mutating func allocateOperatorData() throws(ModelError) {
    let storages = layers.map { layer in (layer, storage(of: layer)) }
    for (layer, storage) in storages {
      guard let parameters = storage?.parameters else { continue }
      tail.allocate(parameters.bytes, alignment: parameters.alignment, .parameters, layer)
    }
    for (layer, storage) in storages {
      let context = context(layer)
      let sizes = [storage?.dataBytes].compactMap { $0.map { CheckedSize($0) } }
      for size in sizes + (try SignalStorage.buffers(context)) {
        let bytes = try size.bytes(in: context.place)
        tail.allocate(bytes, alignment: DeviceStructures.bufferAlignment, .operatorData, layer)
      }
    }
  }

  private mutating func storage(of layer: LayerIndex) -> OperatorStorage? {
    let context = context(layer)
    guard let storage = OperatorStorage.of(context.op.code, configuration.library) else {
      let name = context.op.code.name
      report(context, "structure sizes of \(name) are not modelled")
      return nil
    }
    if storage.provenance == .source { fromSource.insert(context.op.code.name) }
    return storage
  }

  private mutating func report(_ context: OperatorContext, _ reason: String) {
    let layer = LayerIndex(subgraph: context.subgraph, index: context.index)
    unmodelled.append(UnmodelledOperator(layer: layer, place: context.place, reason: reason))
  }
}

// MARK: - Prepare

extension MemoryPlanner {
  private mutating func prepare(_ layer: LayerIndex) throws(ModelError) {
    let context = context(layer)
    let asked = try PrepareRequests(context, configuration.library)
    if let reason = asked.unmodelled { report(context, reason) }
    let before = tail.total
    for size in asked.persistent {
      let bytes = try size.bytes(in: context.place)
      tail.allocate(bytes, alignment: DeviceStructures.bufferAlignment, .prepared, layer)
    }
    try allocateResource(context, layer)
    // Requests made so far are in the list; this operator's own follow once it is prepared.
    let beneath = asked.persistsAfterOperands ? before : tail.total
    note(.prepare(layer), requestListBytes + temporaryBytes(context) + beneath)
    var scratch: [Int] = []
    for size in asked.scratch { scratch.append(try size.bytes(in: context.place)) }
    requests.add(scratch, of: layer)
    note(.prepare(layer), requestListBytes + tail.total)
  }

  /// Operands stay allocated until the operator is prepared.
  private func temporaryBytes(_ context: OperatorContext) -> Int {
    let pattern = OperatorStorage.of(context.op.code, configuration.library)?.temporaries ?? .operands
    let tensors = graph.subgraphs[context.subgraph].tensors
    let isFloat = context.op.outputs.first.map { tensors[$0].type == .float32 } ?? false
    return pattern.tensors(of: context.op, isFloat: isFloat).reduce(0) {
      $0 + Self.structureBytes(tensors[$1])
    }
  }

  /// A `TfLiteTensor` with its quantisation: the list of zero points is one longer than its count.
  private static func structureBytes(_ tensor: Tensor) -> Int {
    quantizationBytes(tensor).reduce(DeviceStructures.tensor, +)
  }

  private static func quantizationBytes(_ tensor: Tensor) -> [Int] {
    guard let count = tensor.quantization?.storedScaleCount, count > 0 else { return [] }
    return [DeviceStructures.affineQuantization, DeviceStructures.word * (count + 1)]
  }
}

// MARK: - State, planning, inputs and outputs

extension MemoryPlanner {
  /// The first ASSIGN_VARIABLE of a variable allocates its contents.
  private mutating func allocateResource(
    _ context: OperatorContext, _ layer: LayerIndex
  ) throws(ModelError) {
    guard context.op.code.builtin == .assignVariable else { return }
    guard assigned.insert(try ResourceName(context)).inserted else { return }
    let value = try context.input(1)
    let bytes = try value.checkedByteCount().bytes(in: context.place)
    tail.allocate(bytes, alignment: DeviceStructures.bufferAlignment, .prepared, layer)
  }

  /// Lifetimes stand on the list of scratch requests; the planner's entries come on top.
  private mutating func notePlanning(_ layout: HeadLayout) {
    let tensors = graph.subgraphs.reduce(0) { $0 + $1.tensors.count }
    let list =
      requestListBytes + DeviceStructures.word * graph.subgraphs.count
      + DeviceStructures.allocationInfo * (tensors + requests.all.count)
    note(.listLifetimes, list + tail.total)
    let alignment = DeviceStructures.bufferAlignment
    let base = [list, tail.total].reduce(0) { $0 + ($1 + alignment - 1) / alignment * alignment }
    note(.plan, base + DeviceStructures.plannerEntry * layout.buffers.count)
  }

  private mutating func allocateVariables() throws(ModelError) {
    var index = 0
    for (number, subgraph) in graph.subgraphs.enumerated() {
      for (position, tensor) in subgraph.tensors.enumerated() {
        defer { index += 1 }
        guard tensor.isVariable, graph.fixedOffset(index) == nil else { continue }
        let place = "subgraph \(number), tensor \(position) (\"\(tensor.name)\")"
        let bytes = try tensor.checkedByteCount().bytes(in: place)
        tail.allocate(bytes, alignment: DeviceStructures.bufferAlignment, .variables)
      }
    }
  }

  private mutating func allocateInputsAndOutputs() throws(ModelError) {
    for list in [graph.main.inputs, graph.main.outputs] {
      tail.allocate(
        DeviceStructures.pointer * list.count, alignment: DeviceStructures.bufferAlignment,
        .inputsAndOutputs)
      for index in list {
        let tensor = graph.main.tensors[index]
        for bytes in [DeviceStructures.tensor] + Self.quantizationBytes(tensor) {
          tail.allocate(bytes, alignment: DeviceStructures.pointer, .inputsAndOutputs)
        }
      }
    }
  }
}
