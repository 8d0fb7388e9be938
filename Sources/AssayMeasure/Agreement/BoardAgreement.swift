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
  public static let releases: [KernelLibrary] = [.espNN112, .espNN121, .espNN122, .espNN123]

  /// - Throws: ``UnmodelledLatency`` for a release whose kernels were never executed: undecided.
  public init(runtime: RuntimeProfile) throws(UnmodelledLatency) {
    guard let library = try? runtime.kernelLibrary(), library != .espNN120 else {
      throw UnmodelledLatency(description: Self.unmodelled(runtime.espNN ?? ""))
    }
    self.library = library
    self.runtime = runtime
    chooser = KernelChooser(library: library, espTFLiteMicro: runtime.espTFLiteMicro)
  }

  private static func unmodelled(_ version: String) -> String {
    let executed = [KernelLibrary.reference, .ansi] + releases
    let names = executed.map(\.rawValue).joined(separator: ", ")
    let report =
      reportedVersions.contains(version)
      ? " (reported: wrong FULLY_CONNECTED outputs when the input is not 16-byte aligned)" : ""
    return "what the kernels of esp-nn \(version) compute was never executed; executed are \(names)\(report)"
  }

  /// Releases of which users report wrong FULLY_CONNECTED outputs on unaligned inputs.
  private static let reportedVersions: Set<String> = ["1.2.4", "1.2.5"]

  /// Layers that meet what users report of a release that is not modelled; empty for every other one.
  ///
  /// The arena aligns tensors to 16, so that only a later row of a batch can start off one.
  public static func reportedFindings(in graph: Graph, runtime: RuntimeProfile) -> [BoardFinding] {
    guard runtime.name == .tflm, let version = runtime.espNN, reportedVersions.contains(version) else {
      return []
    }
    let chooser = KernelChooser(library: .espNN123, espTFLiteMicro: nil)
    return graph.subgraphs.enumerated().flatMap { number, subgraph in
      subgraph.operators.enumerated().compactMap { index, op in
        let shape = LayerShape(op, in: subgraph)
        guard chooser.choose(op, shape, in: subgraph).path == .s3FullyConnected,
          let condition = BoardConditions.unalignedRows(shape, multiple: 16)
        else { return nil }
        return BoardFinding(
          rule: .unalignedRows, release: "esp-nn \(version)", subgraph: number, index: index,
          place: "subgraph \(number), operator \(index) (\(op.code.name))", condition: condition,
          nearestFree: shape.depth.truncatingRemainder(dividingBy: 8) == 0 ? .espNN123 : nil,
          remedy: BoardRemedy(shape).text(.unalignedRows))
      }
    }
  }

  /// Every layer that meets a rule, in the order of the file.
  public func findings(in graph: Graph) -> [BoardFinding] {
    guard runtime.name == .tflm, Self.releases.contains(library) else { return [] }
    return graph.subgraphs.enumerated().flatMap { number, subgraph in
      subgraph.operators.enumerated().flatMap { index, op in
        met(op, in: subgraph, by: library, chooser).map { rule, condition in
          BoardFinding(
            rule: rule, release: library.title, subgraph: number, index: index,
            place: "subgraph \(number), operator \(index) (\(op.code.name))", condition: condition,
            nearestFree: nearestFree(op, in: subgraph),
            remedy: BoardRemedy(LayerShape(op, in: subgraph)).text(rule))
        }
      }
    }
  }

  /// The kernel that every layer takes on a firmware, in the order of the file; empty where the release is
  /// not modelled.
  public static func paths(
    of graph: Graph, runtime: RuntimeProfile
  ) -> [(place: LayerIndex, name: String, path: KernelPath)] {
    guard runtime.name == .tflm, let library = try? runtime.kernelLibrary() else { return [] }
    let chooser = KernelChooser(library: library, espTFLiteMicro: runtime.espTFLiteMicro)
    return graph.subgraphs.enumerated().flatMap { number, subgraph in
      subgraph.operators.enumerated().map { index, op in
        let choice = chooser.choose(op, LayerShape(op, in: subgraph), in: subgraph)
        return (LayerIndex(subgraph: number, index: index), op.code.name, choice.path)
      }
    }
  }

  /// Layers of which nobody here knows what they compute on a firmware: custom operators.
  public static func unknownLayers(of graph: Graph, runtime: RuntimeProfile) -> [String] {
    paths(of: graph, runtime: runtime).filter { $0.path == .unknown }.map {
      "subgraph \($0.place.subgraph), operator \($0.place.index) (\($0.name))"
    }
  }

  /// The nearest modelled release on which no layer of the whole model meets a rule, the newer one of
  /// two equally near; `nil` when every one has a layer that does.
  public func nearestFreeRelease(for graph: Graph) -> KernelLibrary? {
    guard let own = Self.releases.firstIndex(of: library) else { return nil }
    let free = Self.releases.indices.filter { index in
      let chooser = KernelChooser(library: Self.releases[index], espTFLiteMicro: nil)
      return graph.subgraphs.allSatisfy { subgraph in
        subgraph.operators.allSatisfy { met($0, in: subgraph, by: Self.releases[index], chooser).isEmpty }
      }
    }
    return free.min { (abs($0 - own), -$0) < (abs($1 - own), -$1) }.map { Self.releases[$0] }
  }

  /// The layers that compute something else on this firmware, for `Program(_:kernels: .board(...))`.
  ///
  /// Rules that only write or read where they must not (H, J, and G since 1.2.1) change no number
  /// and are not part of it.
  public func kernels(for graph: Graph) -> BoardKernels {
    var defects: [LayerIndex: BoardDefect] = [:]
    for finding in findings(in: graph) {
      guard let defect = finding.rule.defect(of: library) else { continue }
      defects[finding.layer] = defect
    }
    return BoardKernels(library: library, defects: defects)
  }

  private func met(
    _ op: Operator, in subgraph: Subgraph, by library: KernelLibrary, _ chooser: KernelChooser
  ) -> [(BoardRule, String)] {
    let shape = LayerShape(op, in: subgraph)
    let path = chooser.choose(op, shape, in: subgraph).path
    let conditions = BoardConditions(op: op, shape: shape, path: path, skipsNudge: runtime.skipsNudge)
    return conditions.met.filter { $0.0.releases.contains(library) }
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
