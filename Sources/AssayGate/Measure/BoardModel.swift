public import AssayMeasure
import AssayModel
import AssayRuntime

extension LoadedModel {
  /// The same model as a firmware's own kernels compute it, defects included.
  ///
  /// - Throws: `GateError.undecided` for a release of ESP-NN whose kernels were never executed, and for
  ///   a layer whose defect cannot be computed.
  public func onBoard(_ runtime: RuntimeProfile) throws(GateError) -> LoadedModel {
    let agreement: BoardAgreement
    do { agreement = try BoardAgreement(runtime: runtime) } catch {
      throw GateError(.undecided, error.description)
    }
    let board = try LoadedModel(
      path: path, sha256: sha256, graph: graph, kernels: .board(agreement.kernels(for: graph)))
    if let missing = board.program.missing.first {
      throw GateError(.undecided, "\(path): \(missing.layer): \(missing.reason)")
    }
    return board
  }

  /// Whether anything computes otherwise than the reference.
  var hasDefects: Bool {
    if case .board(let board) = program.kernels { !board.defects.isEmpty } else { false }
  }

  /// Whose memory plan the interpreter uses.
  var library: KernelLibrary {
    if case .board(let board) = program.kernels { board.library } else { .reference }
  }
}
