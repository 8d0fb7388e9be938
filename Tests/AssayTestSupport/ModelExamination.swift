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
    limits.tensorBytes = 4 << 20
    limits.activationBytes = 16 << 20
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

  /// Two invocations on zeros.
  private static func run(_ program: Program, _ placement: TensorPlacement, fill: UInt8) -> Outcome {
    do throws(RunError) {
      var interpreter = try Interpreter(program, placement: placement, memoryFill: fill)
      var outputs: [UInt8] = []
      for _ in 0..<2 {
        for (index, input) in program.graph.main.inputs.enumerated() {
          let zeros = [UInt8](repeating: 0, count: program.graph.main.tensors[input].byteCount)
          try interpreter.setInput(index, zeros.span)
        }
        try interpreter.invoke()
        for index in program.graph.main.outputs.indices { outputs += interpreter.output(index) }
      }
      return .ran(outputs)
    } catch {
      return .stopped(error)
    }
  }
}
