public import AssayModel

/// RAM that a loaded ExecuTorch method takes on a 32-bit chip.
///
/// The program fixes the planned buffers itself; the loaded method follows from the file (within 4
/// bytes of a 32-bit build of ExecuTorch 1.5.1 standing in for Xtensa, never measured on a chip).
public struct ExecuTorchMemory: Sendable, Hashable {
  /// `planned + method + inputs`.
  public var minimumBytes: Int { plannedBytes + methodBytes + inputBytes }
  /// The program's planned buffers.
  public var plannedBytes: Int
  /// What loading allocates: values, tensors, instructions.
  public var methodBytes: Int
  /// 16 bytes for each input.
  public var inputBytes: Int
  /// Most of the temporary pool at one time, all of it while loading; kernels that run took none.
  public var temporaryBytes: Int
  /// Bytes of live tensors at each operator, in execution order.
  public var steps: [Step]
  /// What is alive at the step with the most live bytes, largest first.
  public var peak: [LiveTensor]
  /// What the plan holds that it need not, in whole sentences.
  public var findings: [String]

  public struct LiveTensor: Sendable, Hashable {
    /// Index in the graph's tensors.
    public var tensor: Int
    public var byteCount: Int
  }

  public struct Step: Sendable, Hashable {
    public var operatorIndex: Int
    public var liveBytes: Int
    /// Highest byte in use, gaps included.
    public var extentBytes: Int
  }

  /// - Returns: `nil` for graphs of other formats.
  public init?(_ graph: Graph) {
    guard let method = graph.method else { return nil }
    plannedBytes = method.plannedByteCount
    methodBytes = method.loadedByteCount
    temporaryBytes = method.temporaryByteCount
    inputBytes = 16 * graph.main.inputs.count
    let lives = TensorLives(graph, method)
    steps = lives.steps(graph, method)
    findings = Self.findings(graph, lives, plannedBytes)
    peak = []
    peak = lives.alive(at: peakStep)
  }

  /// Index of the step with the most live bytes.
  public var peakStep: Int {
    steps.indices.max { (steps[$0].liveBytes, -$0) < (steps[$1].liveBytes, -$1) } ?? 0
  }

  private static func findings(_ graph: Graph, _ lives: TensorLives, _ planned: Int) -> [String] {
    var findings: [String] = []
    let codes = lives.fromConstants.filter { isDequantized($0, graph) }
    if !codes.isEmpty {
      let float = lives.peak(leavingOut: codes)
      let times = float > 0 ? (planned * 10 + float / 2) / float : 0
      findings.append(
        "int8 in quantized_decomposed form needs \(times / 10).\(times % 10) times the float arena: "
          + "weights are dequantised into it (\(planned) bytes planned, about \(float) without)")
    }
    let folded = lives.fromConstants.subtracting(codes)
    let saved = codes.isEmpty ? planned - lives.peak(leavingOut: folded) : 0
    if !folded.isEmpty, saved > 0 {
      findings.append(
        "constant propagation would save about \(saved) bytes: \(folded.count) tensors in the arena are computed from constants alone"
      )
    }
    return findings
  }

  /// Whether a tensor is the output of a DEQUANTIZE of constants.
  private static func isDequantized(_ tensor: Int, _ graph: Graph) -> Bool {
    graph.main.operators.contains { op in
      op.outputs.contains(tensor) && op.code.name.hasPrefix("quantized_decomposed::dequantize")
    }
  }
}

/// From which operator to which each planned tensor is needed.
private struct TensorLives {
  private var lives: [Int: ClosedRange<Int>] = [:]
  private var byteCounts: [Int: Int] = [:]
  /// Tensors whose values follow from constants alone.
  private(set) var fromConstants: Set<Int> = []
  private let operatorCount: Int

  init(_ graph: Graph, _ method: ExecuTorchMethod) {
    operatorCount = graph.main.operators.count
    let tensors = graph.main.tensors
    for input in graph.main.inputs { extend(input, to: 0, tensors, method) }
    for (index, tensor) in tensors.enumerated() where tensor.isVariable {
      extend(index, to: 0, tensors, method)
      extend(index, to: operatorCount, tensors, method)
    }
    for (step, op) in graph.main.operators.enumerated() {
      for case .some(let input) in op.inputs { extend(input, to: step, tensors, method) }
      for output in op.outputs { extend(output, to: step, tensors, method) }
      let inputs = op.inputs.compactMap { $0 }.map { owner($0, method) }
      if !inputs.isEmpty, inputs.allSatisfy({ tensors[$0].constant != nil || fromConstants.contains($0) }) {
        fromConstants.formUnion(op.outputs.map { owner($0, method) })
      }
    }
    for output in graph.main.outputs { extend(output, to: operatorCount, tensors, method) }
  }

  private func owner(_ tensor: Int, _ method: ExecuTorchMethod) -> Int {
    guard let view = method.views[tensor] else { return tensor }
    return method.views[view.owner]?.owner ?? view.owner
  }

  private mutating func extend(_ tensor: Int, to step: Int, _ tensors: [Tensor], _ method: ExecuTorchMethod) {
    let owner = owner(tensor, method)
    guard method.places[owner] != nil, tensors[owner].constant == nil else { return }
    let known = lives[owner] ?? step...step
    lives[owner] = min(known.lowerBound, step)...max(known.upperBound, step)
    byteCounts[owner] = tensors[owner].byteCount
  }

  /// Live bytes at each step, by differences at the ends of each life.
  private func liveBytes(leavingOut left: Set<Int>) -> [Int] {
    var changes = Array(repeating: 0, count: operatorCount + 2)
    for (tensor, life) in lives where !left.contains(tensor) {
      changes[life.lowerBound] += byteCounts[tensor] ?? 0
      changes[life.upperBound + 1] -= byteCounts[tensor] ?? 0
    }
    var live = 0
    return changes.dropLast().map { change in
      live += change
      return live
    }
  }

  /// Tensors alive at a step, largest first.
  func alive(at step: Int) -> [ExecuTorchMemory.LiveTensor] {
    lives.filter { $0.value.contains(step) && byteCounts[$0.key] ?? 0 > 0 }
      .map { ExecuTorchMemory.LiveTensor(tensor: $0.key, byteCount: byteCounts[$0.key] ?? 0) }
      .sorted { ($1.byteCount, $0.tensor) < ($0.byteCount, $1.tensor) }
  }

  func peak(leavingOut left: Set<Int>) -> Int { liveBytes(leavingOut: left).max() ?? 0 }

  func steps(_ graph: Graph, _ method: ExecuTorchMethod) -> [ExecuTorchMemory.Step] {
    let live = liveBytes(leavingOut: [])
    var ends = Array(repeating: 0, count: operatorCount + 1)
    var starts: [Int: [Int]] = [:]
    for (tensor, life) in lives { starts[life.lowerBound, default: []].append(tensor) }
    var open: [Int] = []
    for step in 0...operatorCount {
      open = open.filter { (lives[$0]?.upperBound ?? 0) >= step } + (starts[step] ?? [])
      ends[step] =
        open.compactMap { tensor in method.places[tensor].map { $0.offset + (byteCounts[tensor] ?? 0) } }
        .max() ?? 0
    }
    return graph.main.operators.indices.map {
      ExecuTorchMemory.Step(operatorIndex: $0, liveBytes: live[$0], extentBytes: ends[$0])
    }
  }
}
