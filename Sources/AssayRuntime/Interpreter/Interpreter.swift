import AssayModel

/// Runs a program operator by operator in one arena, as the device's interpreter does.
///
/// ```swift
/// var interpreter = try Interpreter(program, placement: placement)
/// try interpreter.setInput(0, bytes)
/// try interpreter.invoke()
/// let output = interpreter.output(0)
/// ```
///
/// State (variable tensors, resource variables) survives from one invocation to the next until
/// ``reset()``. An interpreter belongs to one thread; programs are shared.
@safe public struct Interpreter: ~Copyable {
  public let program: Program
  private let arena: AlignedBuffer
  private let state: AlignedBuffer
  private let scratch: AlignedBuffer
  private let locations: TensorLocations
  /// Where board kernels find their scratch: planned, or behind the arena where no plan says.
  private let plannedScratch: [LayerIndex: Int]
  private let scratchBehindArena: Int
  /// Scratch in which a board's kernel leaves what nobody here computes: it counts as unknown.
  private let unknownScratch: [LayerIndex: Range<Int>]
  private let memoryFill: UInt8
  private var table: PointerTable
  private var calledOnce: Set<[Int]> = []
  private var steps = 0
  private var operations = 0
  /// Set while one operator runs by itself, and how often it does.
  private var single: (layer: LayerIndex, times: Int)?

  /// Most iterations of one WHILE, and most operators run in one invocation.
  static let maximumLoopIterations = 65_536
  static let maximumSteps = 1_000_000
  /// Multiply-accumulates of one invocation: more than a board does in many seconds.
  static let maximumOperations = 2_000_000_000

  /// - Parameter memoryFill: what arena and scratch hold before anything is computed; results never
  ///   depend on it, which is what tests vary it for.
  /// - Throws: `RunError.missingKernel` naming the first operator without one;
  ///   `RunError.limit` when the placement does not hold every computed tensor.
  public init(
    _ program: Program, placement: TensorPlacement, memoryFill: UInt8 = 0
  ) throws(RunError) {
    if let first = program.missing.first {
      throw RunError(.missingKernel, in: first.layer, first.reason)
    }
    let locations = try TensorLocations(program, placement)
    let end = (placement.byteCount + 63) / 64 * 64
    let arena = AlignedBuffer(byteCount: end + program.reachBytes, fill: memoryFill)
    self.program = program
    self.locations = locations
    self.table = unsafe PointerTable(program, dummy: arena.base)
    self.arena = arena
    plannedScratch =
      program.reachBytes == 0
      ? [:] : placement.scratchOffsets.filter { $0.value >= 0 && $0.value <= placement.byteCount }
    scratchBehindArena = end
    self.memoryFill = memoryFill
    unknownScratch = Self.unknownScratch(program, placement)
    state = AlignedBuffer(byteCount: locations.stateByteCount)
    scratch = AlignedBuffer(byteCount: program.scratchBytes, fill: memoryFill)
    reset()
  }

  private static func unknownScratch(
    _ program: Program, _ placement: TensorPlacement
  ) -> [LayerIndex: Range<Int>] {
    guard case .board = program.kernels else { return [:] }
    var ranges: [LayerIndex: Range<Int>] = [:]
    for (layer, start) in placement.scratchOffsets {
      let end = start + (placement.scratchBytes[layer] ?? 0)
      guard start >= 0, end <= placement.byteCount, !program.writesScratch(layer) else { continue }
      ranges[layer] = start..<end
    }
    return ranges
  }

  /// Forgets all state: variables at their real zero, CALL_ONCE not yet called.
  public mutating func reset() {
    state.fill(0..<state.byteCount, with: 0)
    calledOnce = []
    for (subgraph, row) in locations.tensors.enumerated() {
      for (index, location) in row.enumerated() {
        guard case .state(let offset) = location else { continue }
        let tensor = program.graph.subgraphs[subgraph].tensors[index]
        guard tensor.type == .int8, let zero = tensor.quantization?.zeroPoint else { continue }
        state.fill(offset..<offset + tensor.byteCount, with: UInt8(truncatingIfNeeded: zero))
      }
    }
    if let method = program.graph.method { resetBuffers(of: method) }
  }

  /// Mutable buffers of an ExecuTorch method lie in its planned memory, at the values the file gives.
  private mutating func resetBuffers(of method: ExecuTorchMethod) {
    for (index, tensor) in program.graph.main.tensors.enumerated() where tensor.isVariable {
      guard let target = unsafe address(0, index) else { continue }
      unsafe target.initializeMemory(as: UInt8.self, repeating: 0, count: tensor.byteCount)
      guard let value = method.initialValues[index] else { continue }
      unsafe program.graph.storage[value.buffer].withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        unsafe target.copyMemory(from: base + value.bytes.lowerBound, byteCount: value.bytes.count)
      }
    }
  }

  /// Copies a sample into input `index`; it stays valid for one invocation.
  ///
  /// - Throws: `RunError.inputMismatch` unless there are exactly as many bytes as the tensor has.
  public mutating func setInput(_ index: Int, _ bytes: Span<UInt8>) throws(RunError) {
    let main = program.graph.main
    guard main.inputs.indices.contains(index) else {
      throw RunError(.inputMismatch, "the model has \(main.inputs.count) inputs, not \(index + 1)")
    }
    let tensor = main.tensors[main.inputs[index]]
    guard bytes.count == tensor.byteCount else {
      throw RunError(
        .inputMismatch, "input \(index) takes \(tensor.byteCount) bytes, the sample has \(bytes.count)")
    }
    setTensor(subgraph: 0, tensor: main.inputs[index], bytes)
  }

  /// Runs the main subgraph once.
  ///
  /// - Parameter observer: called after each operator, in execution order, while its outputs are
  ///   still in place.
  /// - Throws: `RunError.modelDefect` or `.limit`, naming the layer.
  public mutating func invoke(
    observer: ((LayerIndex, borrowing TensorView) -> Void)? = nil
  ) throws(RunError) {
    steps = 0
    operations = 0
    try pinned(0, [], observer)
  }

  /// Runs one operator by itself, on whatever its inputs hold: for comparing a layer alone.
  ///
  /// Control flow and variables are not single steps and do nothing here.
  ///
  /// - Parameter times: how often, for measuring how long it takes.
  /// - Returns: whether the operator is one that can be run alone.
  public mutating func invokeOperator(_ layer: LayerIndex, times: Int = 1) throws(RunError) -> Bool {
    guard case .kernel = program.steps[layer.subgraph][layer.index] else { return false }
    single = (layer, times)
    defer { single = nil }
    try pinned(0, [], nil)
    return true
  }

  /// Copies bytes, in the order of the shape, into any computed tensor; ignored for constants and
  /// handles.
  public mutating func setTensor(subgraph: Int, tensor: Int, _ bytes: Span<UInt8>) {
    let description = program.graph.subgraphs[subgraph].tensors[tensor]
    guard bytes.count == description.byteCount, let destination = unsafe address(subgraph, tensor)
    else { return }
    if !description.dimOrder.isEmpty {
      let ordered = unsafe bytes.withUnsafeBufferPointer {
        unsafe LogicalOrder.toMemory(Array($0), of: description)
      }
      unsafe ordered.withUnsafeBytes { source in
        if let base = source.baseAddress {
          unsafe destination.copyMemory(from: base, byteCount: source.count)
        }
      }
      return
    }
    unsafe bytes.withUnsafeBufferPointer { source in
      if let base = source.baseAddress {
        unsafe destination.copyMemory(from: base, byteCount: source.count)
      }
    }
  }

  /// The bytes of any tensor in the order of its shape, as they are now.
  public func bytes(subgraph: Int, tensor: Int) -> [UInt8] {
    let description = program.graph.subgraphs[subgraph].tensors[tensor]
    if let constant = description.constant {
      return LogicalOrder.fromMemory(
        Array(program.graph.storage[constant.buffer][constant.bytes]), of: description)
    }
    guard let source = unsafe address(subgraph, tensor) else { return [] }
    let bytes = unsafe Array(UnsafeRawBufferPointer(start: source, count: description.byteCount))
    return LogicalOrder.fromMemory(bytes, of: description)
  }

  /// The bytes of output `index`, as the last invocation left them.
  public func output(_ index: Int) -> [UInt8] {
    bytes(subgraph: 0, tensor: program.graph.main.outputs[index])
  }

  /// The address of a tensor that is not a constant.
  private func address(_ subgraph: Int, _ tensor: Int) -> UnsafeMutableRawPointer? {
    switch locations.tensors[subgraph][tensor] {
    case .arena(let offset): unsafe arena.base + offset
    case .state(let offset): unsafe state.base + offset
    case .constant, .nowhere: nil
    }
  }

  /// Pins the storage buffers one by one, then runs.
  private mutating func pinned(
    _ buffer: Int, _ bases: [UInt], _ observer: ((LayerIndex, borrowing TensorView) -> Void)?
  ) throws(RunError) {
    guard buffer < program.graph.storage.count else {
      unsafe table.refill(program, locations, arena: arena.base, state: state.base, bases: bases)
      if let single {
        for _ in 0..<single.times { try step(single.layer, nil) }
        return
      }
      return try run(0, observer)
    }
    let storage = program.graph.storage[buffer]
    let result: Result<Void, RunError> = unsafe storage.withUnsafeBytes { bytes in
      let base = UInt(bitPattern: bytes.baseAddress)
      do throws(RunError) {
        try pinned(buffer + 1, bases + [base], observer)
        return .success(())
      } catch { return .failure(error) }
    }
    try result.get()
  }

  private mutating func run(
    _ subgraph: Int, _ observer: ((LayerIndex, borrowing TensorView) -> Void)?
  ) throws(RunError) {
    let estimates = program.operations[subgraph]
    for index in estimates.indices {
      steps += 1
      let layer = LayerIndex(subgraph: subgraph, index: index)
      guard steps <= Self.maximumSteps else {
        throw RunError(.limit, in: place(layer), "more than \(Self.maximumSteps) operators in one invocation")
      }
      operations = WorkEstimate.sum(operations, estimates[index])
      guard operations <= Self.maximumOperations else {
        throw RunError(
          .limit, in: place(layer),
          "more than \(Self.maximumOperations) multiply-accumulates in one invocation")
      }
      do throws(RunError) {
        try step(layer, observer)
      } catch {
        var error = error
        error.place = error.place ?? place(layer)
        throw error
      }
      if let observer { observer(layer, table.view(program.graph)) }
    }
  }

  private func place(_ layer: LayerIndex) -> String {
    OperatorContext(graph: program.graph, subgraph: layer.subgraph, index: layer.index).place
  }

  private mutating func step(
    _ layer: LayerIndex, _ observer: ((LayerIndex, borrowing TensorView) -> Void)?
  ) throws(RunError) {
    if case .kernel(let prepared) = program.steps[layer.subgraph][layer.index] {
      // Only a board's kernels look at planned scratch: everywhere else there is nothing to look up.
      if !unknownScratch.isEmpty, let range = unknownScratch[layer] { arena.fill(range, with: memoryFill) }
      let planned = plannedScratch.isEmpty ? nil : plannedScratch[layer]
      let memory = unsafe table.memory(
        layer.subgraph, layer.index, scratch: scratch.base,
        planned: arena.base + (planned ?? scratchBehindArena))
      return try prepared.invoke(memory)
    }
    try enter(layer, observer)
  }

  /// What is no kernel call: control flow, variables.
  private mutating func enter(
    _ layer: LayerIndex, _ observer: ((LayerIndex, borrowing TensorView) -> Void)?
  ) throws(RunError) {
    let op = program.graph.subgraphs[layer.subgraph].operators[layer.index]
    switch program.steps[layer.subgraph][layer.index] {
    case .kernel: break
    case .callOnce(let target):
      if calledOnce.insert([layer.subgraph, layer.index]).inserted { try run(target, observer) }
    case .ifElse(let then, let other): try runIf(layer, op, then, other, observer)
    case .whileLoop(let condition, let body): try runWhile(layer, op, condition, body, observer)
    case .resourceHandle: break
    case .readVariable(let resource):
      let bytes = program.resources[resource].byteCount
      if let target = unsafe table.pointer(layer.subgraph, op.outputs[0]) {
        unsafe target.copyMemory(from: state.base + locations.resources[resource], byteCount: bytes)
      }
    case .assignVariable(let resource):
      if let value = op.inputs[1], let source = unsafe table.pointer(layer.subgraph, value) {
        unsafe (state.base + locations.resources[resource]).copyMemory(
          from: source, byteCount: program.resources[resource].byteCount)
      }
    case .missing: throw RunError(.missingKernel, "no kernel")
    }
  }
}

// MARK: - Subgraphs

extension Interpreter {
  private mutating func runIf(
    _ layer: LayerIndex, _ op: Operator, _ then: Int, _ other: Int,
    _ observer: ((LayerIndex, borrowing TensorView) -> Void)?
  ) throws(RunError) {
    let branch = truth(layer.subgraph, op.inputs[0]) ? then : other
    let entered = program.graph.subgraphs[branch]
    copy(layer.subgraph, op.inputs.dropFirst().map { $0 ?? 0 }, to: branch, entered.inputs)
    try run(branch, observer)
    copy(branch, entered.outputs, to: layer.subgraph, op.outputs)
  }

  private mutating func runWhile(
    _ layer: LayerIndex, _ op: Operator, _ condition: Int, _ body: Int,
    _ observer: ((LayerIndex, borrowing TensorView) -> Void)?
  ) throws(RunError) {
    let test = program.graph.subgraphs[condition]
    let loop = program.graph.subgraphs[body]
    copy(layer.subgraph, op.inputs.map { $0 ?? 0 }, to: condition, test.inputs)
    try run(condition, observer)
    copy(layer.subgraph, op.inputs.map { $0 ?? 0 }, to: layer.subgraph, op.outputs)
    var iterations = 0
    while truth(condition, test.outputs[0]) {
      iterations += 1
      guard iterations <= Self.maximumLoopIterations else {
        throw RunError(.limit, "the loop did not end within \(Self.maximumLoopIterations) iterations")
      }
      copy(layer.subgraph, op.outputs, to: body, loop.inputs)
      try run(body, observer)
      copy(body, loop.outputs, to: layer.subgraph, op.outputs)
      copy(layer.subgraph, op.outputs, to: condition, test.inputs)
      try run(condition, observer)
    }
  }

  private func truth(_ subgraph: Int, _ tensor: Int?) -> Bool {
    guard let tensor, let pointer = unsafe table.pointer(subgraph, tensor) else { return false }
    return unsafe pointer.load(as: UInt8.self) != 0
  }

  /// Copies values by bytes; counts and sizes were found equal when the program was prepared.
  private func copy(_ source: Int, _ from: [Int], to destination: Int, _ into: [Int]) {
    for (left, right) in zip(from, into) {
      guard let bytes = unsafe table.pointer(source, left),
        let target = unsafe table.pointer(destination, right)
      else { continue }
      let count = program.graph.subgraphs[destination].tensors[right].byteCount
      unsafe target.copyMemory(from: bytes, byteCount: count)
    }
  }
}
