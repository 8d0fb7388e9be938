import AssayModel
import AssayRuntime

/// How long this machine takes for one inference of a model: for `make bench`, never for a verdict.
///
/// A slice of time is filled with batches of inferences, and the fastest batch counts: what else
/// the machine does can only make a batch slower.
public struct HostTiming: Sendable {
  /// Wall time per inference; with several threads the time between two results.
  public let nanosecondsPerInference: Double
  public let inferences: Int
  public let threads: Int
  /// Arena of the plan that ran, in bytes.
  public let arenaBytes: Int
  /// Weights packed for this CPU and scratch memory of the kernels, in bytes.
  public let packedBytes: Int
  public let scratchBytes: Int

  /// Batches that a slice is divided into.
  private static let batches = 8

  /// Samples of one invocation.
  public let batch: Int

  /// - Parameters:
  ///   - milliseconds: the slice, at least one batch is run however long it takes.
  ///   - threads: interpreters that run at once, each on the same inputs.
  ///   - batch: samples of one invocation; `nil` for as many as a gate would take at once.
  /// - Throws: `GateError` when the model cannot be run.
  public init(_ model: LoadedModel, milliseconds: Int, threads: Int = 1, batch: Int? = 1) throws(GateError) {
    let slice = Duration.milliseconds(milliseconds)
    let batched = batch == 1 ? nil : BatchedModel(model, samples: batch)
    guard batch == nil || batch == 1 || batched != nil else {
      throw GateError(.unusable, "\(model.path): samples cannot be kept apart in one invocation")
    }
    self.batch = batched?.samples ?? 1
    let results = try Parallel.map(threads) { _ throws(GateError) in
      if let batched { return try Self.slice(model, batched, slice) }
      var interpreter = try model.plannedInterpreter()
      let sample = FedSample(index: 0, isReset: false, inputs: Self.inputs(of: model))
      try ModelRun.feed(model, &interpreter, sample)
      return try Self.slice(model, &interpreter, slice)
    }
    // Threads run side by side: rates add up.
    let rate = results.reduce(0) { $0 + 1 / $1.nanoseconds }
    nanosecondsPerInference = 1 / rate / Double(self.batch)
    inferences = results.reduce(0) { $0 + $1.inferences } * self.batch
    self.threads = threads
    arenaBytes = try Self.arenaBytes(model)
    packedBytes = model.program.packedBytes
    scratchBytes = model.program.scratchBytes
  }

  private static func slice(
    _ model: LoadedModel, _ batched: BatchedModel, _ slice: Duration
  ) throws(GateError) -> (nanoseconds: Double, inferences: Int) {
    var interpreter = try batched.interpreter(of: model)
    for (index, bytes) in inputs(of: model).enumerated() {
      let all = Array(repeatElement(bytes, count: batched.samples).joined())
      do throws(RunError) { try interpreter.setInput(index, all.span) } catch {
        throw GateError(.failed, "\(model.path): \(error)")
      }
    }
    return try Self.slice(model, &interpreter, slice)
  }

  private static func slice(
    _ model: LoadedModel, _ interpreter: inout Interpreter, _ slice: Duration
  ) throws(GateError) -> (nanoseconds: Double, inferences: Int) {
    let first = try elapsed { () throws(GateError) in try invoke(model, &interpreter) }
    let size = max(1, Int(slice / batches / max(first, .nanoseconds(1))))
    var fastest = Double.infinity
    var count = 1
    let end = ContinuousClock.now + slice
    repeat {
      let batch = try elapsed { () throws(GateError) in
        for _ in 0..<size { try invoke(model, &interpreter) }
      }
      fastest = min(fastest, batch / .nanoseconds(1) / Double(size))
      count += size
    } while ContinuousClock.now < end
    return (fastest, count)
  }

  private static func arenaBytes(_ model: LoadedModel) throws(GateError) -> Int {
    if let memory = ExecuTorchMemory(model.program.graph) { return memory.minimumBytes }
    if model.program.graph.format == .onnx { return 0 }
    do throws(ModelError) {
      return try MemoryPlan(model.program.graph, ArenaConfiguration(library: .reference)).minimumBytes
    } catch { throw GateError(.unusable, "\(model.path): \(error)") }
  }

  static func invoke(_ model: LoadedModel, _ interpreter: inout Interpreter) throws(GateError) {
    do throws(RunError) { try interpreter.invoke() } catch {
      throw GateError(.failed, "\(model.path): \(error)")
    }
  }

  static func elapsed(_ body: () throws(GateError) -> Void) throws(GateError) -> Duration {
    let start = ContinuousClock.now
    try body()
    return ContinuousClock.now - start
  }

  /// Ordinary values for every input: codes over their range, real numbers between 0 and 1.
  static func inputs(of model: LoadedModel) -> [[UInt8]] {
    var state: UInt64 = 1
    return model.inputs.map { tensor in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(tensor.byteCount)
      while bytes.count < tensor.byteCount {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        guard tensor.type == .float32 else {
          bytes.append(UInt8(truncatingIfNeeded: state >> 40))
          continue
        }
        let bits = (Float(state >> 40) / Float(1 << 24)).bitPattern
        for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
      }
      return bytes
    }
  }
}
