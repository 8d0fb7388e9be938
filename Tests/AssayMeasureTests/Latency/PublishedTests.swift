import AssayFiles
import AssayMeasure
import AssayTestSupport
import Testing

@Suite(.enabled(if: LatencyFixtures.hasConformance, "the fixtures beside the checkout are absent"))
struct `Published latencies` {
  private func estimate(_ model: String, _ overrides: String...) throws -> LatencyEstimate {
    var base = ["flash.mode=dio", "cpu.clock=160MHz"]
    base += overrides
    let path = Checkout.root + "/baselines/targets/esp32s3-n16r8.yaml"
    let library = try TargetLibrary(profiles: [
      .init(file: path, bytes: try FileBytes.read(path, limit: 1 << 16))
    ])
    let target = try library.resolve("esp32s3-n16r8", overrides: base)
    return try LatencyEstimator(target: target).estimate(try LatencyFixtures.model("models/\(model)"))
  }

  // MLPerf Tiny on an Arduino Nano ESP32, esp-nn 1.1.2, 160 MHz, arena internal, flash DIO 80 MHz.
  @Test(arguments: [("mlperf__kws_ref_model", 36.871), ("mlperf__pretrainedResnet_quant", 100.848)])
  func `in internal RAM are met within 6 percent and inside the interval`(model: String, measured: Double)
    throws
  {
    let estimate = try estimate(model, "runtime.esp_nn=1.1.2")
    print(model, estimate.range, estimate.provenance)
    #expect(abs(estimate.range.milliseconds / measured - 1) < 0.06)
    #expect(estimate.range.lowMilliseconds <= measured && measured <= estimate.range.highMilliseconds)
    #expect(estimate.provenance == .validated)
  }

  // espnn.md: every convolution in C with esp-nn 1.2.3 under esp-tflite-micro before 1.3.8.
  @Test(arguments: [("mlperf__kws_ref_model", 34.0), ("mlperf__pretrainedResnet_quant", 131.0)])
  func `of the C fallback are met`(model: String, megacycles: Double) throws {
    let slow = try estimate(model, "runtime.esp_nn=1.2.3", "runtime.esp_tflite_micro=1.3.7", "flash.mode=qio")
    let found = slow.layers.reduce(0) { $0 + $1.cycles - $1.memoryNanoseconds * 0.16 } / 1e6
    print(model, found)
    #expect(abs(found / megacycles - 1) < 0.1)
  }
}
