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

  /// Runs every sample: in order on one interpreter when the model keeps state, else spread over
  /// the cores.
  ///
  /// - Throws: `GateError.failed` when the model's own data drives an operator out of its range.
  public init(_ model: LoadedModel, _ feed: SampleFeed) throws(GateError) {
    let ranges = model.program.isStateful ? [0..<feed.count] : Parallel.chunks(feed.count, of: Self.chunk)
    let pieces = try Parallel.map(ranges.count) { index throws(GateError) in
      try Self.run(model, feed, ranges[index])
    }
    let tensors = model.outputs
    self.tensors = tensors
    count = feed.count
    outputs = tensors.indices.map { output in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(feed.count * tensors[output].byteCount)
      for piece in pieces { bytes += piece[output] }
      return bytes
    }
  }

  private static func run(_ model: LoadedModel, _ feed: SampleFeed, _ range: Range<Int>) throws(GateError) -> [[UInt8]] {
    var interpreter = try model.plannedInterpreter()
    var outputs = model.outputs.map { _ in [UInt8]() }
    for sample in range {
      if feed.resets[sample] { interpreter.reset() }
      for input in model.inputs.indices {
        let bytes = try feed.bytes(sample: sample, input: input)
        try rethrow(model, sample) { () throws(RunError) in try interpreter.setInput(input, bytes.span) }
      }
      try rethrow(model, sample) { () throws(RunError) in try interpreter.invoke() }
      for output in outputs.indices { outputs[output] += interpreter.output(output) }
    }
    return outputs
  }

  static func rethrow(_ model: LoadedModel, _ sample: Int, _ body: () throws(RunError) -> Void) throws(GateError) {
    do throws(RunError) { try body() } catch {
      let code: GateError.Code =
        switch error.code {
        case .modelDefect: .failed
        case .limit: .undecided
        case .inputMismatch, .missingKernel: .unusable
        }
      throw GateError(code, "\(model.path): sample \(sample): \(error)")
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
