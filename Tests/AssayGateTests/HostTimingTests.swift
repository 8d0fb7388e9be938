import AssayTestSupport
import Testing

@testable import AssayGate

@Suite struct HostTimingTests {
  @Test(arguments: [1, 3])
  func `every thread runs at least one batch, and the fastest is finite`(threads: Int) throws {
    let model = try LoadedModel(path: "\(Checkout.root)/suites/digits/models/digits-v1.int8.tflite")
    let timing = try HostTiming(model, milliseconds: 1, threads: threads)
    #expect(timing.threads == threads)
    #expect(timing.inferences >= 2 * threads, "one to warm up, one batch")
    #expect(timing.nanosecondsPerInference > 0 && timing.nanosecondsPerInference.isFinite)
    #expect(timing.arenaBytes == 4560)
  }
}
