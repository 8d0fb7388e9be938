public import AssayModel
public import AssayRecording
public import AssayRuntime
import AssayFiles

/// A model file read once: hashed, parsed, prepared, and planned as the interpreter will run it.
public struct LoadedModel: Sendable {
  public let path: String
  public let sha256: String
  public let graph: Graph
  public let program: Program

  /// Largest model file that is read, in bytes.
  static let maximumBytes = 256 << 20

  /// - Parameters:
  ///   - options: which method of a program is meant.
  ///   - weights: file of a program's external weights (`.ptd`).
  /// - Throws: `GateError.unusable` for a file that is missing or not a model.
  public init(
    path: String, kernels: KernelSelection = .fast, options: ReadingOptions = ReadingOptions(),
    weights: String? = nil
  ) throws(GateError) {
    do {
      let bytes = try FileBytes.read(path, limit: Self.maximumBytes)
      try self.init(path: path, bytes: bytes, kernels: kernels, options: options, weights: weights)
    } catch let error as FileError {
      throw GateError(.unusable, error.description)
    } catch { throw Self.gateError(error, path) }
  }

  /// A model whose file was read already.
  init(
    path: String, bytes: [UInt8], kernels: KernelSelection = .fast,
    options: ReadingOptions = ReadingOptions(),
    weights: String? = nil
  ) throws(GateError) {
    do {
      sha256 = SHA256.hex(of: bytes)
      var options = options
      if let weights { options.externalWeights = try FileBytes.read(weights, limit: Self.maximumBytes) }
      options.externalFile = Self.neighbours(of: path)
      graph = try Graph.read(bytes, options: options)
      program = try Program(graph, kernels: kernels)
      self.path = path
    } catch let error as FileError {
      throw GateError(.unusable, error.description)
    } catch { throw Self.gateError(error, path) }
  }

  private static func gateError(_ error: any Error, _ path: String) -> GateError {
    error as? GateError ?? GateError(.unusable, "\(path): \(error)")
  }

  /// The same model after a change of its graph (dequantised reference).
  init(path: String, sha256: String, graph: Graph, kernels: KernelSelection) throws(GateError) {
    do {
      program = try Program(graph, kernels: kernels)
    } catch { throw GateError(.undecided, "\(path): \(error)") }
    self.path = path
    self.sha256 = sha256
    self.graph = graph
  }

  /// Reads files that a model names beside itself: only beneath its own folder.
  private static func neighbours(of path: String) -> @Sendable (String) throws(ModelError) -> [UInt8] {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    return { (name) throws(ModelError) in
      do {
        let file = try Path.contained(name, inside: folder, links: .refused)
        return try FileBytes.read(file, limit: maximumBytes)
      } catch { throw ModelError(.invalid, in: "external data", "\(error)") }
    }
  }

  /// The model at the shapes that a recording has, where its inputs are dynamic.
  public func fitted(to recording: ModelRecording) throws(GateError) -> LoadedModel {
    guard let method = graph.method, method.isDynamic, recording.inputs.count >= inputs.count else {
      return self
    }
    let shapes = recording.inputs.prefix(inputs.count).map { Array($0.shape.dropFirst()) }
    guard shapes != inputs.map(\.shape) else { return self }
    return try resized(to: shapes, for: recording.file)
  }

  /// The model at given shapes of its inputs, where they are dynamic.
  ///
  /// - Parameter source: where the shapes come from, for the error.
  func resized(to shapes: [[Int]], for source: String) throws(GateError) -> LoadedModel {
    guard shapes != inputs.map(\.shape) else { return self }
    let fitted: Graph
    do throws(ModelError) { fitted = try graph.resized(to: shapes) } catch {
      throw GateError(.unusable, "\(source): \(path): \(error)")
    }
    return try LoadedModel(path: path, sha256: sha256, graph: fitted, kernels: program.kernels)
  }

  /// An interpreter whose tensors share memory as on the board.
  ///
  /// - Parameter fill: what stands in memory that nothing has written.
  public func plannedInterpreter(fill: UInt8 = 0) throws(GateError) -> Interpreter {
    do {
      if let method = program.graph.method {
        return try Interpreter(program, placement: TensorPlacement(method, program.graph))
      }
      // ONNX runs on no board: there is no plan to follow.
      if program.graph.format == .onnx { return try preservingInterpreter() }
      let plan = try MemoryPlan(program.graph, ArenaConfiguration(library: library))
      return try Interpreter(program, placement: plan.placement, memoryFill: fill)
    } catch { throw GateError(.unusable, "\(path): \(error)") }
  }

  /// An interpreter that keeps every tensor to the end of an invocation.
  public func preservingInterpreter() throws(GateError) -> Interpreter {
    do {
      return try Interpreter(program, placement: .preserveAll(program.graph))
    } catch { throw GateError(.unusable, "\(path): \(error)") }
  }

  /// Bytes of arena (of all a method takes, for a program) with a kernel library; `nil` where unknown.
  public func minimumArenaBytes(_ library: KernelLibrary) -> Int? {
    if let memory = ExecuTorchMemory(program.graph) { return memory.minimumBytes }
    guard program.graph.format == .tflite else { return nil }
    let plan = try? MemoryPlan(program.graph, ArenaConfiguration(library: library))
    return plan.flatMap { $0.unmodelledOperators.isEmpty ? $0.minimumBytes : nil }
  }

  public var facts: ModelFacts {
    ModelFacts(
      path: path, sha256: sha256, bytes: graph.file.count, format: graph.format.rawValue,
      operators: ModelSummary(self).operators.reduce(0) { $0 + $1.count })
  }

  public var inputs: [Tensor] { graph.main.inputs.map { graph.main.tensors[$0] } }
  public var outputs: [Tensor] { graph.main.outputs.map { graph.main.tensors[$0] } }
}

/// Why something could not be judged, and which exit code that is.
public struct GateError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// Exit 2: an input is not what it claims to be.
    case unusable
    /// Exit 3: nothing wrong was shown, but nothing could be decided.
    case undecided
    /// Exit 1: the model itself is defective.
    case failed
  }

  public var code: Code
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
