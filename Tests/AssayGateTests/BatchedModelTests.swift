import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

@testable import AssayGate

@Suite struct `Recordings in batches` {
  private func model() throws -> LoadedModel {
    try LoadedModel(path: "\(Checkout.root)/suites/digits/models/digits-v1.int8.tflite")
  }

  private func samples(_ model: LoadedModel, _ count: Int) -> [FedSample] {
    var random = SeededGenerator(seed: 3)
    return (0..<count).map { index in
      let bytes = (0..<model.inputs[0].byteCount).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      return FedSample(index: index, isReset: false, inputs: [bytes])
    }
  }

  @Test(arguments: [1, 4, 5, 11])
  func `give every sample its own outputs, the last batch filled or not`(count: Int) throws {
    let model = try model()
    let samples = samples(model, count)
    let batched = try #require(BatchedModel(model, samples: 5))
    let together = try #require(batched.run(model, samples[...]))
    var interpreter = try model.plannedInterpreter()
    var alone: [UInt8] = []
    for sample in samples {
      try ModelRun.feed(model, &interpreter, sample)
      alone += interpreter.output(0)
    }
    #expect(together == [alone])
  }

  @Test func `are the same on any number of threads`() {
    let expected = (0..<100).map { $0 * $0 }
    for threads in [nil, 1, 2, 7, 200] {
      let found = Parallel.limited(to: threads) { Parallel.map(100) { $0 * $0 } }
      #expect(found == expected, "\(threads ?? 0) threads")
    }
  }
}
