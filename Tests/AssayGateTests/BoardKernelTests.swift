import AssayFiles
import AssayMeasure
import AssayModel
import AssayRecording
import AssayRuntime
import AssayTestSupport
import Testing

@testable import AssayGate

/// A single-operator model whose executed kernels of one release differ from the reference.
private struct ExecutedLayer: CustomTestStringConvertible, Sendable {
  let name: String
  let version: String
  /// Elements of one sample from the first on whose window stays inside the tensor; `nil` for all.
  var knownElements: Int?
  var testDescription: String { "\(name), esp-nn \(version)" }

  var recording: String { "\(Checkout.conformance)/board/\(name)" }

  /// Reading behind the tensor starts in the last output row of A and A2; of D the last rows of a wide
  /// output are never written.
  private static let rows: [(name: String, versions: [String], known: Int?)] = [
    ("A_conv_odd_same_1323", ["1.1.2"], 4 * 6 * 12), ("A_conv_odd_same_1916", ["1.1.2"], 7 * 4 * 5),
    ("A2_conv_4x4_s1_2275", ["1.1.2", "1.2.1", "1.2.3"], 6 * 7 * 4),
    ("A2_conv_4x4_s1_8054", ["1.1.2", "1.2.1", "1.2.3"], 6 * 9 * 7),
    ("A2_conv_5x5_s2_7873", ["1.1.2", "1.2.1", "1.2.3"], 7 * 8 * 5),
    ("A2_conv_5x5_s2_9479", ["1.1.2", "1.2.1", "1.2.3"], 4 * 5 * 7),
    ("B_conv1x1_pad8_5486", ["1.1.2", "1.2.1"], nil),
    ("D_avg_nonsquare_6904", ["1.1.2", "1.2.1", "1.2.3"], (3 * 4 + 7) * 8),
    ("D_avg_nonsquare_9613", ["1.1.2", "1.2.1", "1.2.3"], (3 * 4 + 5) * 4),
    ("E_softmax_rows_2845", ["1.2.1", "1.2.3"], nil), ("E_softmax_rows_5600", ["1.2.1", "1.2.3"], nil),
    ("I_mul_leftover_7032", ["1.1.2", "1.2.1", "1.2.3"], nil),
    ("K_dw_7x1_4774", ["1.2.1", "1.2.3"], nil), ("K_dw_7x1_7260", ["1.2.1", "1.2.3"], nil),
  ]

  static let all: [ExecutedLayer] = rows.flatMap { row in
    row.versions.map { ExecutedLayer(name: row.name, version: $0, knownElements: row.known) }
  }
}

@Suite(
  .enabled(
    if: Folder.holdsFile("\(Checkout.conformance)/board/BOARD.tsv"),
    "the fixtures beside the checkout are absent"))
struct `Kernels of a board` {
  private func runtime(_ version: String) throws -> RuntimeProfile {
    let library = try TargetProfiles.read("\(Checkout.root)/baselines")
    return try library.resolve("esp32s3-n16r8", overrides: ["runtime.esp_nn=\(version)"]).runtime
  }

  @Test(arguments: ExecutedLayer.all)
  fileprivate func `compute the executed kernels' bits`(_ layer: ExecutedLayer) throws {
    let model = try LoadedModel(path: layer.recording + ".tflite").onBoard(try runtime(layer.version))
    let inputs = try ModelRecording.open(layer.recording + ".npz")
    let run = try ModelRun(model, try SampleFeed(inputs, model: model, matching: .exact))
    let executed = "\(layer.recording).espnn-\(layer.version).npz"
    let outputs = try ModelRecording.open(Folder.holdsFile(executed) ? executed : layer.recording + ".npz")
    let expected = try #require(try outputs.array("out_0")).bytes
    let size = run.tensors[0].byteCount
    #expect(expected.count == size * run.count)
    for sample in 0..<run.count {
      let known = layer.knownElements ?? size
      let (start, end) = (sample * size, sample * size + known)
      #expect(Array(run.outputs[0][start..<end]) == Array(expected[start..<end]), "sample \(sample)")
    }
  }

  @Test func `of a release that was never executed are undecided`() throws {
    let model = try LoadedModel(path: "\(Checkout.conformance)/board/ok_fc_64_2983.tflite")
    let unmodelled = try runtime("1.3.1")
    #expect(throws: GateError.self) { try model.onBoard(unmodelled) }
  }
}
