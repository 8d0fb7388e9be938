public import AssayModel
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

  /// - Throws: `GateError.unusable` for a file that is missing or not a model.
  public init(path: String, kernels: KernelSelection = .fast) throws(GateError) {
    do {
      let bytes = try FileBytes.read(path, limit: Self.maximumBytes)
      sha256 = SHA256.hex(of: bytes)
      graph = try Graph.read(bytes)
      program = try Program(graph, kernels: kernels)
      self.path = path
    } catch let error as FileError {
      throw GateError(.unusable, error.description)
    } catch {
      throw GateError(.unusable, "\(path): \(error)")
    }
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

  /// An interpreter whose tensors share memory as on the board.
  public func plannedInterpreter() throws(GateError) -> Interpreter {
    do {
      let plan = try MemoryPlan(program.graph, ArenaConfiguration(library: .reference))
      return try Interpreter(program, placement: plan.placement)
    } catch { throw GateError(.unusable, "\(path): \(error)") }
  }

  /// An interpreter that keeps every tensor to the end of an invocation.
  public func preservingInterpreter() throws(GateError) -> Interpreter {
    do {
      return try Interpreter(program, placement: .preserveAll(program.graph))
    } catch { throw GateError(.unusable, "\(path): \(error)") }
  }

  public var facts: ModelFacts {
    ModelFacts(
      path: path, sha256: sha256, bytes: graph.file.count, format: graph.format.rawValue,
      operators: graph.subgraphs.reduce(0) { $0 + $1.operators.count })
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
