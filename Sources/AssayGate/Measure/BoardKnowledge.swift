public import AssayMeasure
import AssayModel
import AssayRuntime

/// Which output elements of a run on a firmware's kernels rest on memory that nobody can know.
public struct BoardKnowledge: Sendable {
  /// By output, one flag per element, samples one after the other.
  public let isKnown: [[Bool]]
  /// Samples with an element that is not known.
  public let unknownSamples: Int

  /// Runs the model once more, with other bytes in memory that nothing has written.
  ///
  /// - Returns: `nil` where no layer has a defect: then everything is known.
  public init?(_ model: LoadedModel, _ feed: SampleFeed, _ run: ModelRun) throws(GateError) {
    guard model.hasDefects else { return nil }
    let other = try ModelRun(model, feed, fill: 0xA7)
    isKnown = run.tensors.indices.map { output in
      let size = max(run.tensors[output].type.byteSize ?? 1, 1)
      let (left, right) = (run.outputs[output], other.outputs[output])
      return stride(from: 0, to: left.count, by: size).map { start in
        left[start..<start + size] == right[start..<start + size]
      }
    }
    unknownSamples = (0..<run.count).count { sample in
      run.tensors.indices.contains {
        run.bytes(sample: sample, output: $0) != other.bytes(sample: sample, output: $0)
      }
    }
  }

  /// What a model meets on a firmware and overwrites there, one sentence each.
  public static func sentences(_ model: LoadedModel, _ runtime: RuntimeProfile) -> [String] {
    guard let agreement = try? BoardAgreement(runtime: runtime) else { return [] }
    let findings = agreement.findings(in: model.graph)
    let overruns = BoardMemory.overruns(model.graph, agreement.library, findings, arenaBytes: nil)
    return findings.map(\.message) + overruns.map { BoardMemory.text($0.overrun, $0.rule, model.graph) }
  }
}
