public import AssayModel
public import AssayRuntime

/// Checks a model against the known defects of a firmware's ESP-NN release.
///
/// ```swift
/// let findings = try BoardAgreement(runtime: target.runtime).findings(in: graph)
/// ```
public struct BoardAgreement: Sendable {
  public let library: KernelLibrary
  private let chooser: KernelChooser
  private let runtime: RuntimeProfile

  /// S3 releases whose kernels were executed (1.2.0 was not).
  static let releases: [KernelLibrary] = [.espNN112, .espNN121, .espNN122, .espNN123]

  /// - Throws: ``UnmodelledLatency`` for a release whose kernels were never executed: undecided.
  public init(runtime: RuntimeProfile) throws(UnmodelledLatency) {
    do throws(UnmodelledKernelLibrary) {
      library = try runtime.kernelLibrary()
    } catch {
      throw UnmodelledLatency(description: error.description + BoardAgreement.reported(runtime.espNN))
    }
    guard library != .espNN120 else {
      throw UnmodelledLatency(description: "esp-nn 1.2.0's kernels were never executed: agreement is unknown")
    }
    self.runtime = runtime
    chooser = KernelChooser(library: library, espTFLiteMicro: runtime.espTFLiteMicro)
  }

  /// What users reported of releases that are not modelled.
  private static func reported(_ version: String?) -> String {
    ["1.2.4", "1.2.5"].contains(version ?? "")
      ? " (reported: wrong FULLY_CONNECTED outputs when the input is not 16-byte aligned)" : ""
  }

  /// Every layer of the main subgraph that meets a rule, in execution order.
  public func findings(in graph: Graph) -> [BoardFinding] {
    guard runtime.name == .tflm, Self.releases.contains(library) else { return [] }
    let subgraph = graph.main
    return subgraph.operators.enumerated().flatMap { index, op in
      met(op, in: subgraph, by: library, chooser).map { rule, condition in
        BoardFinding(
          rule: rule, library: library, index: index,
          place: "subgraph 0, operator \(index) (\(op.code.name))", condition: condition,
          nearestFree: nearestFree(op, in: subgraph))
      }
    }
  }

  /// The layers that compute something else on this firmware, for `Program(_:kernels: .board(...))`.
  ///
  /// Rules that only write or read where they must not (H, J, and G since 1.2.1) change no number
  /// and are not part of it.
  public func kernels(for graph: Graph) -> BoardKernels {
    var defects: [LayerIndex: BoardDefect] = [:]
    for finding in findings(in: graph) {
      guard let defect = finding.rule.defect(of: library) else { continue }
      defects[LayerIndex(subgraph: 0, index: finding.index)] = defect
    }
    return BoardKernels(library: library, defects: defects)
  }

  private func met(
    _ op: Operator, in subgraph: Subgraph, by library: KernelLibrary, _ chooser: KernelChooser
  ) -> [(BoardRule, String)] {
    let shape = LayerShape(op, in: subgraph)
    let path = chooser.choose(op, shape, in: subgraph).path
    return BoardConditions(op: op, shape: shape, path: path).met.filter { $0.0.releases.contains(library) }
  }

  /// The release with the smallest distance, the newer one of two equally near.
  private func nearestFree(_ op: Operator, in subgraph: Subgraph) -> KernelLibrary? {
    guard let own = Self.releases.firstIndex(of: library) else { return nil }
    let free = Self.releases.indices.filter { index in
      let other = Self.releases[index]
      // Another release would come with a wrapper that fits it.
      let chooser = KernelChooser(library: other, espTFLiteMicro: nil)
      return met(op, in: subgraph, by: other, chooser).isEmpty
    }
    let best = free.min { (abs($0 - own), -$0) < (abs($1 - own), -$1) }
    return best.map { Self.releases[$0] }
  }
}
