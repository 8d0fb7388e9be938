import AssayFiles
import AssayMeasure
import AssayRuntime
import AssayTestSupport
import Testing

/// What the executed kernels of a release did with a layer.
private struct ExecutedOutcome: CustomTestStringConvertible, Sendable {
  let layer: String
  let version: String
  let differs: Bool
  let writesOutside: Bool
  var testDescription: String { "\(layer), esp-nn \(version)" }

  static let all: [ExecutedOutcome] = {
    guard let rows = try? LatencyFixtures.table("board/BOARD.tsv") else { return [] }
    return rows.compactMap { row in
      guard let layer = row["layer"], let version = row["esp_nn"], let status = row["status"],
        ["equal", "differs"].contains(status)
      else { return nil }
      let isMemory = row["memory"] == "writes outside"
      return ExecutedOutcome(
        layer: layer, version: version, differs: status == "differs", writesOutside: isMemory)
    }
  }()
}

@Suite(.enabled(if: LatencyFixtures.hasConformance, "the fixtures beside the checkout are absent"))
struct `Known defects` {
  private func findings(_ outcome: ExecutedOutcome) throws -> [BoardFinding] {
    let folder =
      Folder.holdsFile("\(Checkout.conformance)/board/\(outcome.layer).tflite") ? "board" : "layers"
    let target = try LatencyFixtures.target("runtime.esp_nn=\(outcome.version)")
    return try BoardAgreement(runtime: target.runtime).findings(
      in: try LatencyFixtures.model("\(folder)/\(outcome.layer)"))
  }

  @Test(arguments: ExecutedOutcome.all)
  fileprivate func `are found exactly where the executed kernels show them`(_ outcome: ExecutedOutcome) throws
  {
    let rules = try findings(outcome).map(\.rule)
    // E and I depend on the data, H and the memory half of G do not change the output.
    let mayDiffer = rules.filter { ![.h, .g].contains($0) || ($0 == .g && outcome.version == "1.1.2") }
    if outcome.differs { #expect(!mayDiffer.isEmpty, "\(rules)") }
    let must = mayDiffer.filter { ![.e, .i].contains($0) }
    if !outcome.differs { #expect(must.isEmpty, "\(rules)") }
    if outcome.writesOutside { #expect(rules.contains { $0.alwaysBlocks || $0 == .d }, "\(rules)") }
  }

  // A board logged other outputs than TFLM's for the first of these on esp-nn 1.1.2.
  @Test(arguments: [
    ("mlperf__kws_ref_model", "1.1.2", ["A@0"]), ("mlperf__kws_ref_model", "1.2.1", []),
    ("mlperf__pretrainedResnet_quant", "1.1.2", ["A@4", "A@8"]),
    ("mlperf__pretrainedResnet_quant", "1.2.3", []),
    ("tflm__micro_speech_quantized", "1.1.2", ["H@1"]), ("tinymaix__cifar10_q", "1.2.3", ["A2@1", "A2@2"]),
    ("nliaudat__digit_recognizer_v23_10cls_RGB", "1.2.1", ["B@1", "C@9"]),
    ("nliaudat__digit_recognizer_v16_quantized_integer_quant_uint8", "1.2.3", ["F@3"]),
    ("mlperf__pretrainedResnet", "1.1.2", []),
  ])
  func `of field models are named by layer`(model: String, version: String, expected: [String]) throws {
    let target = try LatencyFixtures.target("runtime.esp_nn=\(version)")
    let findings = try BoardAgreement(runtime: target.runtime).findings(
      in: try LatencyFixtures.model("models/\(model)"))
    #expect(findings.map { "\($0.rule.rawValue)@\($0.index)" } == expected)
  }

  @Test func `say the effect and the nearest release that is free of them`() throws {
    let graph = try LatencyFixtures.model("models/nliaudat__digit_recognizer_v23_10cls_RGB")
    let target = try LatencyFixtures.target("runtime.esp_nn=1.2.1")
    let findings = try BoardAgreement(runtime: target.runtime).findings(in: graph)
    #expect(
      findings.map(\.message) == [
        "subgraph 0, operator 1 (CONV_2D): rule B on esp-nn 1.2.1: 1x1 with 3 input channels padded to 8, output channels + pixels = 641 odd: the last pixel is wrong; free of it: esp-nn 1.2.2",
        "subgraph 0, operator 9 (FULLY_CONNECTED): rule C on esp-nn 1.2.1: rows of 56: 3 whole sixteens, an odd number: nearly every output is wrong; free of it: esp-nn 1.2.2",
      ])
    let blocking = try BoardAgreement(runtime: target.runtime).findings(
      in: try LatencyFixtures.model("models/nliaudat__digit_recognizer_v16_quantized_integer_quant_uint8"))
    #expect(blocking.map(\.alwaysBlocks) == [true] && blocking.map(\.nearestFree?.rawValue) == ["1.1.2"])
  }

  @Test(arguments: ["none", "ansi"])
  func `do not exist outside the S3 kernels`(version: String) throws {
    let target = try LatencyFixtures.target("runtime.esp_nn=\(version)")
    let graph = try LatencyFixtures.model("models/mlperf__kws_ref_model")
    #expect(try BoardAgreement(runtime: target.runtime).findings(in: graph).isEmpty)
  }

  @Test(arguments: ["1.2.0", "1.2.4", "1.2.6"])
  func `of a release that was never executed are unknown`(version: String) throws {
    let runtime = try LatencyFixtures.target("runtime.esp_nn=\(version)").runtime
    let error = #expect(throws: UnmodelledLatency.self) { try BoardAgreement(runtime: runtime) }
    #expect(error?.description.contains(version) == true)
    #expect(error?.description.contains("16-byte aligned") == (version == "1.2.4"))
    #expect(error?.description.contains("executed are none, ansi, 1.1.2, 1.2.1, 1.2.2, 1.2.3") == true)
  }
}
