public import AssayModel
public import AssayRuntime

/// Everything that is done with a model file, done to one that nobody trusts.
///
/// Used by the fuzzers and by the replay of what they found: whatever the reader accepts is planned
/// and run on zeros, and has to give the same result whatever memory held before.
public enum ModelExamination {
  /// How far a file came.
  public enum Outcome: Sendable, Hashable {
    case refused(ModelError)
    /// Read, but an operator contradicts itself, or has no kernel.
    case notRunnable(String)
    case stopped(RunError)
    /// The outputs, one after the other.
    case ran([UInt8])
  }

  /// A broken promise of this program, in words.
  public struct Violation: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
  }

  /// Limits that keep one examination in the milliseconds.
  public static let limits: ModelLimits = {
    var limits = ModelLimits()
    limits.fileBytes = 16 << 20
    limits.tensorBytes = 1 << 20
    limits.activationBytes = 4 << 20
    return limits
  }()

  public static func examine(_ bytes: [UInt8]) throws -> Outcome {
    let graph: Graph
    do throws(ModelError) {
      graph = try Graph.read(bytes, limits: limits)
    } catch {
      try check(error, fileBytes: bytes.count)
      return .refused(error)
    }
    let plan = try plans(graph)
    let programs: [Program]
    do throws(ModelError) {
      programs = [try Program(graph, kernels: .reference), try Program(graph, kernels: .fast)]
    } catch {
      try check(error, fileBytes: bytes.count)
      return .notRunnable(error.description)
    }
    if let missing = programs[0].missing.first { return .notRunnable("\(missing.layer): \(missing.reason)") }
    return try compare(programs, plan)
  }

  /// Errors are one printable line, of a length that fits a report.
  private static func check(_ error: ModelError, fileBytes: Int) throws {
    let text = error.description
    guard text.count < 8_192, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
      throw Violation("an error that is not one line: \(text.debugDescription)")
    }
    guard error.fileOffset.map({ (0...fileBytes).contains($0) }) ?? true else {
      throw Violation("an error outside the file: \(text)")
    }
  }

  /// Plans for the oldest and the newest kernels; gives the placement that the device would use.
  private static func plans(_ graph: Graph) throws -> TensorPlacement? {
    // A program brings its own plan; ONNX runs on no device.
    if let method = graph.method { return TensorPlacement(method, graph) }
    guard graph.format == .tflite else { return nil }
    var placement: TensorPlacement?
    for library in [KernelLibrary.reference, .espNN112, .espNN123] {
      guard let plan = try? MemoryPlan(graph, ArenaConfiguration(library: library)) else { continue }
      guard plan.minimumBytes >= plan.headBytes + plan.tailBytes else {
        throw Violation("a minimum of \(plan.minimumBytes) below head and tail")
      }
      if library == .reference { placement = plan.placement }
    }
    return placement
  }

  /// Runs with both kernel selections, two memory fills and both placements; all have to agree.
  private static func compare(_ programs: [Program], _ plan: TensorPlacement?) throws -> Outcome {
    let apart = TensorPlacement.preserveAll(programs[0].graph)
    let expected = run(programs[0], apart, fill: 0x55)
    var others = [
      ("memory held 0xAA instead of 0x55", run(programs[0], apart, fill: 0xaa)),
      ("fast kernels ran", run(programs[1], apart, fill: 0xaa)),
    ]
    if let plan { others.append(("tensors shared the planned arena", run(programs[0], plan, fill: 0x55))) }
    for (change, outcome) in others where outcome != expected {
      throw Violation("another result when \(change): \(brief(expected)), then \(brief(outcome))")
    }
    return expected
  }

  private static func brief(_ outcome: Outcome) -> String { String("\(outcome)".prefix(160)) }

  /// Invocations on zeros, on moderate values and on wild ones, with state in between.
  ///
  /// Values may drive a model out of its range; that is part of the result, and state starts anew.
  private static func run(_ program: Program, _ placement: TensorPlacement, fill: UInt8) -> Outcome {
    do throws(RunError) {
      var interpreter = try Interpreter(program, placement: placement, memoryFill: fill)
      var outputs = try invoke(&interpreter, .zeros)
      for sample in [ExaminationSample.moderate, .wild] {
        do throws(RunError) {
          outputs += try invoke(&interpreter, sample)
        } catch {
          outputs += Array(error.description.utf8)
          interpreter.reset()
        }
      }
      return .ran(outputs)
    } catch {
      return .stopped(error)
    }
  }

  private static func invoke(
    _ interpreter: inout Interpreter, _ sample: ExaminationSample
  ) throws(RunError) -> [UInt8] {
    let main = interpreter.program.graph.main
    for (index, input) in main.inputs.enumerated() {
      try interpreter.setInput(index, sample.bytes(of: main.tensors[input]).span)
    }
    try interpreter.invoke()
    return main.outputs.indices.flatMap {
      settled(interpreter.output($0), main.tensors[main.outputs[$0]].type)
    }
  }

  /// Float bytes with every NaN the same: which of two NaN a sum hands on is nobody's promise.
  private static func settled(_ bytes: [UInt8], _ type: ElementType) -> [UInt8] {
    guard type == .float32 else { return bytes }
    var bytes = bytes
    for start in stride(from: 0, to: bytes.count - 3, by: 4) where bytes[start + 3] & 0x7f == 0x7f {
      let fraction = UInt32(bytes[start + 2] & 0x7f) | UInt32(bytes[start + 1]) | UInt32(bytes[start])
      guard bytes[start + 2] & 0x80 != 0, fraction != 0 else { continue }
      bytes.replaceSubrange(start..<start + 4, with: [0, 0, 0xc0, 0x7f])
    }
    return bytes
  }
}

/// What examined models are fed.
private enum ExaminationSample: CaseIterable {
  case zeros, moderate, wild

  func bytes(of tensor: Tensor) -> [UInt8] {
    let count = tensor.byteCount
    var random = SeededGenerator(seed: UInt64(count))
    switch (self, tensor.type) {
    case (.zeros, _): return Array(repeating: 0, count: count)
    case (_, .bool): return (0..<count).map { UInt8($0 % 2) }
    case (.moderate, .float32):
      return (0..<count / 4).flatMap { _ in littleEndian(Float.random(in: -4...4, using: &random).bitPattern)
      }
    case (.moderate, .int32):
      return (0..<count / 4).flatMap { _ in littleEndian(Int32.random(in: -2...5, using: &random)) }
    default: return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
  }
}
