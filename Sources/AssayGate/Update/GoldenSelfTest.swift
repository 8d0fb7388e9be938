internal import AssayModel
public import AssayRuntime
public import AssayUpdate

/// The self-test of an update's trial: the image through Assay's own kernels on golden inputs.
///
/// Golden inputs are drawn from a seed; golden outputs are what the model itself gives for them, so
/// that any other bytes in the slot are noticed. Arena is the plan's for the target's kernel library.
public struct GoldenSelfTest: Sendable {
  /// Samples that are run.
  public static let sampleCount = 3

  private let inputs: [[[UInt8]]]
  private let outputs: [[UInt8]]
  private let library: KernelLibrary
  /// The estimate for the target, in microseconds; 0 when no target is named.
  public let latencyMicroseconds: Int64
  /// The arena the model itself needs, in bytes.
  public let arenaBytes: Int

  /// Runs the model once to learn its golden outputs.
  ///
  /// - Parameter latencyMicroseconds: the estimate for the target; 0 when no target is named.
  /// - Throws: `GateError.unusable` for bytes that are not a model this program can run.
  public init(
    _ image: [UInt8], seed: UInt64, library: KernelLibrary = .reference, latencyMicroseconds: Int64 = 0
  ) throws(GateError) {
    do {
      let program = try Program(try Graph.read(image))
      inputs = Self.draw(program.graph, seed)
      let run = try Self.run(program, inputs, library)
      outputs = run.outputs
      arenaBytes = run.arenaBytes
      self.library = library
      self.latencyMicroseconds = latencyMicroseconds
    } catch { throw GateError(.unusable, "\(error)") }
  }

  /// What a device would find when it boots this image.
  public func result(of image: [UInt8]) -> SelfTestResult {
    let crashed = SelfTestResult(
      ending: .crashed, outputsAgree: false, arenaBytes: 0, latencyMicroseconds: 0, durationMicroseconds: 0)
    guard let graph = try? Graph.read(image), let program = try? Program(graph),
      Self.shapes(graph) == inputs.first?.map(\.count) ?? [],
      let run = try? Self.run(program, inputs, library)
    else { return crashed }
    return SelfTestResult(
      outputsAgree: run.outputs == outputs, arenaBytes: run.arenaBytes,
      latencyMicroseconds: latencyMicroseconds,
      durationMicroseconds: latencyMicroseconds * Int64(inputs.count) + 100_000)
  }

  private static func shapes(_ graph: Graph) -> [Int] {
    graph.main.inputs.map { graph.main.tensors[$0].byteCount }
  }

  /// Random codes for integers, values from -1 to 1 for floats.
  private static func draw(_ graph: Graph, _ seed: UInt64) -> [[[UInt8]]] {
    var random = SeededRandom(seed: seed, purpose: 0x601D)
    return (0..<sampleCount).map { _ in
      graph.main.inputs.map { index in
        let tensor = graph.main.tensors[index]
        guard tensor.type == .float32 else { return random.bytes(tensor.byteCount) }
        return (0..<tensor.byteCount / 4).flatMap { _ -> [UInt8] in
          let value = Float(random.within(-1_000...1_000)) / 1_000
          return (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
        }
      }
    }
  }

  private static func run(
    _ program: Program, _ samples: [[[UInt8]]], _ library: KernelLibrary
  ) throws -> (outputs: [[UInt8]], arenaBytes: Int) {
    let (placement, arenaBytes) = try memory(program, library)
    var interpreter = try Interpreter(program, placement: placement)
    var outputs: [[UInt8]] = []
    for inputs in samples {
      for (index, bytes) in inputs.enumerated() { try interpreter.setInput(index, bytes.span) }
      try interpreter.invoke()
      for output in program.graph.main.outputs.indices { outputs.append(interpreter.output(output)) }
    }
    return (outputs, arenaBytes)
  }

  /// Where tensors lie and what the device sets aside: a program brings its own plan.
  private static func memory(
    _ program: Program, _ library: KernelLibrary
  ) throws -> (placement: TensorPlacement, bytes: Int) {
    if let method = program.graph.method, let memory = ExecuTorchMemory(program.graph) {
      return (TensorPlacement(method, program.graph), memory.minimumBytes)
    }
    let host = try MemoryPlan(program.graph, ArenaConfiguration(library: .reference))
    let target = try MemoryPlan(program.graph, ArenaConfiguration(library: library))
    return (host.placement, target.minimumBytes)
  }
}
