public import AssayModel
import AssayFiles
import AssayRuntime

/// Outputs of a model on every sample of a feed.
public struct ModelRun: Sendable {
  /// Bytes by output, samples one after the other.
  public let outputs: [[UInt8]]
  public let tensors: [Tensor]
  public let count: Int

  /// Samples that one interpreter takes in a row; fixed, so that results never depend on cores.
  static let chunk = 64
  /// Chunks in memory at once.
  static let chunksInFlight = 8

  /// Runs every sample: in order on one interpreter when the model keeps state, else spread over
  /// the cores.
  ///
  /// - Throws: `GateError.failed` when the model's own data drives an operator out of its range.
  ///
  /// - Parameter fill: what stands in memory that nothing has written; only board kernels look there.
  public init(_ model: LoadedModel, _ feed: SampleFeed, fill: UInt8 = 0) throws(GateError) {
    tensors = model.outputs
    count = feed.count
    // What board kernels find around their operands is what earlier samples left there.
    outputs =
      model.program.isStateful || model.hasDefects
      ? try Self.inOrder(model, feed, fill) : try Self.spread(model, feed, fill)
  }

  private static func spread(
    _ model: LoadedModel, _ feed: SampleFeed, _ fill: UInt8
  ) throws(GateError) -> [[UInt8]] {
    var outputs = model.outputs.map { _ in [UInt8]() }
    let batched = feed.count > 1 ? BatchedModel(model) : nil
    try feed.forEachBlock(of: chunk * chunksInFlight) { samples throws(GateError) in
      let ranges = Parallel.chunks(samples.count, of: chunk)
      let pieces = try Parallel.map(ranges.count) { index throws(GateError) in
        if let outputs = batched?.run(model, samples[ranges[index]]) { return outputs }
        var interpreter = try model.plannedInterpreter(fill: fill)
        return try run(model, &interpreter, samples[ranges[index]])
      }
      for piece in pieces { append(piece, to: &outputs) }
    }
    return outputs
  }

  private static func inOrder(
    _ model: LoadedModel, _ feed: SampleFeed, _ fill: UInt8
  ) throws(GateError) -> [[UInt8]] {
    var outputs = model.outputs.map { _ in [UInt8]() }
    var interpreter = try model.plannedInterpreter(fill: fill)
    try feed.forEachBlock(of: chunk) { samples throws(GateError) in
      append(try run(model, &interpreter, samples[...]), to: &outputs)
    }
    return outputs
  }

  private static func append(_ piece: [[UInt8]], to outputs: inout [[UInt8]]) {
    for index in outputs.indices { outputs[index] += piece[index] }
  }

  private static func run(
    _ model: LoadedModel, _ interpreter: inout Interpreter, _ samples: ArraySlice<FedSample>
  ) throws(GateError) -> [[UInt8]] {
    var outputs = model.outputs.map { _ in [UInt8]() }
    for sample in samples {
      try feed(model, &interpreter, sample)
      for output in outputs.indices { outputs[output] += interpreter.output(output) }
    }
    return outputs
  }

  /// Feeds one sample and invokes.
  static func feed(
    _ model: LoadedModel, _ interpreter: inout Interpreter, _ sample: FedSample
  ) throws(GateError) {
    do throws(RunError) {
      if sample.isReset { interpreter.reset() }
      for (index, bytes) in sample.inputs.enumerated() { try interpreter.setInput(index, bytes.span) }
      try interpreter.invoke()
    } catch {
      let code: GateError.Code =
        switch error.code {
        case .modelDefect: .failed
        case .limit: .undecided
        case .inputMismatch, .missingKernel: .unusable
        }
      throw GateError(code, "\(model.path): sample \(sample.index): \(error)")
    }
  }

  /// The real values of one output for one sample.
  public func values(sample: Int, output: Int) -> [Float] {
    let size = tensors[output].byteCount
    let bytes = Array(outputs[output][sample * size..<(sample + 1) * size])
    return RealValues.decode(bytes.span, of: tensors[output]) ?? []
  }

  /// The bytes of one output for one sample.
  public func bytes(sample: Int, output: Int) -> [UInt8] {
    let size = tensors[output].byteCount
    return Array(outputs[output][sample * size..<(sample + 1) * size])
  }

  /// SHA-256 over all outputs of all samples.
  public var digest: String {
    var hash = SHA256()
    for bytes in outputs { hash.update(bytes) }
    return Hexadecimal.text(hash.finish())
  }
}
