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

  /// Where the executed kernels found scratch and output: 128 bytes of guard between them.
  private static let guardBytes = 128

  // F and G write behind their scratch. In a plan of a single layer nothing lies there; in the memory
  // they were executed in the output did, and was overwritten while it was computed.
  @Test(arguments: [
    ("F_dw_s2_big_2865", "1.2.1"), ("F_dw_s2_big_2865", "1.2.3"), ("F_dw_s2_big_5955", "1.2.1"),
    ("F_dw_s2_big_6831", "1.2.1"), ("F_dw_s2_big_9337", "1.2.3"), ("G_dw_mixed_6661", "1.1.2"),
    ("G_dw_mixed_8672", "1.1.2"),
  ])
  func `overwrite what lies behind their scratch as it was executed`(name: String, version: String) throws {
    let path = "\(Checkout.conformance)/board/\(name)"
    let model = try LoadedModel(path: path + ".tflite").onBoard(try runtime(version))
    let library = try runtime(version).kernelLibrary()
    let plan = try MemoryPlan(model.graph, ArenaConfiguration(library: library))
    let planned = plan.buffers.first { $0.isScratch }
    let scratch = try #require(planned)
    let (input, output) = (model.inputs[0].byteCount, model.outputs[0].byteCount)
    let start = (input + 4095) / 4096 * 4096
    let behind = start + scratch.requestedBytes + Self.guardBytes
    var offsets = plan.placement.offsets
    offsets[0][model.graph.main.inputs[0]] = 0
    offsets[0][model.graph.main.outputs[0]] = behind
    let placement = TensorPlacement(
      offsets: offsets, byteCount: behind + output + 65536,
      scratchOffsets: [LayerIndex(subgraph: 0, index: 0): start])
    var interpreter = try Interpreter(model.program, placement: placement)
    let fed = try ModelRecording.open(path + ".npz").array("in_0")
    let executed = try ModelRecording.open("\(path).espnn-\(version).npz").array("out_0")
    let (inputs, expected) = (try #require(fed).bytes, try #require(executed).bytes)
    for sample in 0..<inputs.count / input {
      try interpreter.setInput(0, Array(inputs[sample * input..<(sample + 1) * input]).span)
      try interpreter.invoke()
      #expect(
        interpreter.output(0) == Array(expected[sample * output..<(sample + 1) * output]), "sample \(sample)")
    }
  }

  @Test func `of a release that was never executed are undecided`() throws {
    let model = try LoadedModel(path: "\(Checkout.conformance)/board/ok_fc_64_2983.tflite")
    let unmodelled = try runtime("1.3.1")
    #expect(throws: GateError.self) { try model.onBoard(unmodelled) }
  }
}
