import AssayBaseline
import AssayDocument
import AssayFiles
import AssayGate
import AssayMeasure
import AssayModel
import AssayTestSupport
import Testing

/// The digits network on the base target, and profiles made up for it.
private struct Bench {
  let graph: Graph
  let target: Target
  let digest = String(repeating: "a", count: 64)

  init(_ overrides: String...) throws {
    let file = Checkout.root + "/suites/digits/formats/digits-v2.int8.tflite"
    graph = try TFLiteReader.read(try FileBytes.read(file, limit: 1 << 20))
    let path = Checkout.root + "/baselines/targets/esp32s3-n16r8.yaml"
    target = try TargetLibrary(profiles: [.init(file: path, bytes: FileBytes.read(path, limit: 1 << 16))])
      .resolve("esp32s3-n16r8", overrides: overrides)
  }

  func record(
    _ model: String, digest: String, ratio: Double? = nil, runtime: String? = nil, version: String = "1"
  ) -> DeviceProfileRecord {
    let total = DeviceProfileRecord.Spread(median: 2000, lowest: 1900, highest: 2200)
    return DeviceProfileRecord(
      target: target.name, modelSHA256: digest, runtimeKey: runtime ?? target.runtimeKey, model: model,
      log: "monitor.log", logSHA256: digest, logByteCount: 10, importedAt: "2026-11-01T10:00:00Z",
      assayVersion: version, runs: 3, total: total, layers: [],
      estimatedMicroseconds: ratio.map { 2000 / $0 })
  }

  func latency(_ records: DeviceProfileRecord...) throws -> ProfiledLatency.Result {
    try ProfiledLatency(records, version: "1").estimate(graph, sha256: digest, on: target)
  }
}

struct `Latency with device profiles` {
  private let other = String(repeating: "b", count: 64)

  @Test func `is the device's own figure for the same model and runtime`() throws {
    let bench = try Bench()
    let found = try bench.latency(bench.record("digits", digest: bench.digest))
    #expect(found.estimate.provenance == .measured)
    let range = found.estimate.range
    #expect((range.milliseconds, range.lowMilliseconds, range.highMilliseconds) == (2, 1.9, 2.2))
    #expect(found.deviceNotes.first?.hasSuffix("(monitor.log, imported 2026-11-01)") == true)
  }

  @Test func `is the device's own figure where no estimate exists`() throws {
    let bench = try Bench("runtime.esp_nn=1.3.1")
    #expect(throws: UnmodelledLatency.self) { try bench.latency() }
    #expect(throws: UnmodelledLatency.self) {
      try bench.latency(bench.record("kws", digest: other, ratio: 1))
    }
    let found = try bench.latency(bench.record("digits", digest: bench.digest))
    #expect(found.estimate.provenance == .measured && found.estimate.range.highMilliseconds == 2.2)
    #expect(found.deviceNotes == ["measured on a device, 3 runs (monitor.log, imported 2026-11-01)"])
  }

  @Test func `says that a profile of another runtime has expired, and estimates`() throws {
    let bench = try Bench()
    let old = bench.target.runtimeKey.replacing("esp_nn: 1.2.1", with: "esp_nn: 1.1.2")
    let found = try bench.latency(bench.record("digits", digest: bench.digest, runtime: old))
    #expect(found.estimate.provenance != .measured)
    #expect(found.estimate.range == (try bench.latency().estimate.range))
    #expect(
      found.deviceNotes == [
        "the device profile of 2026-11-01 has expired for this firmware: taken with esp_nn: 1.1.2, "
          + "this firmware has esp_nn: 1.2.1"
      ])
  }

  @Test func `is corrected by the median of what other models took`() throws {
    let bench = try Bench()
    let plain = try bench.latency().estimate.range
    let found = try bench.latency(
      bench.record("a", digest: other, ratio: 1.3), bench.record("b", digest: other, ratio: 1.1),
      bench.record("c", digest: other, ratio: 0.98))
    #expect(abs(found.estimate.range.highMilliseconds / plain.highMilliseconds - 1.1) < 1e-9)
    #expect(
      found.deviceNotes == [
        "scaled by +10 % from the device profile of c, b, a (measured is 1.1 times the estimate)"
      ])
  }

  @Test(arguments: [
    (0.666, "no correction"), (20.0, "no correction"), (0.05, "no correction"),
  ])
  func `is not corrected by what another clock or board would explain`(ratio: Double, text: String) throws {
    let bench = try Bench("cpu.clock=160MHz")
    let found = try bench.latency(bench.record("kws", digest: other, ratio: ratio))
    #expect(found.estimate.range == (try bench.latency().estimate.range))
    #expect(found.deviceNotes.count == 1 && found.deviceNotes[0].contains(text), "\(found.deviceNotes)")
  }

  @Test func `is not corrected by a profile that another release of this program estimated`() throws {
    let bench = try Bench()
    let found = try bench.latency(bench.record("kws", digest: other, ratio: 1.2, version: "0"))
    #expect(found.estimate.range == (try bench.latency().estimate.range))
    #expect(
      found.deviceNotes == [
        "the device profile of kws does not calibrate: imported by assay 0; import it again"
      ])
  }
}
