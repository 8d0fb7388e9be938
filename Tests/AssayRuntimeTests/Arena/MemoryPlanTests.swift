import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

@Suite struct `A memory plan` {
  private let classifier: Graph
  private let accumulator: Graph

  init() throws {
    classifier = try TFLiteReader.read(SampleModels.classifier().bytes())
    accumulator = try TFLiteReader.read(SampleModels.accumulator().bytes())
  }

  private func plan(_ graph: Graph, _ library: KernelLibrary = .reference) throws -> MemoryPlan {
    try MemoryPlan(graph, ArenaConfiguration(library: library))
  }

  @Test func `has head, tail and minimum of a small classifier, library by library`() throws {
    let plans = try MemoryPlan.byLibrary(classifier)
    #expect(plans.map(\.minimumBytes) == [1408, 1424, 1584, 1584, 1616, 1616, 1648])
    #expect(plans.map(\.headBytes) == [128, 128, 528, 528, 688, 688, 720])
    #expect(plans.map(\.tailBytes) == [908, 924, 924, 924, 924, 924, 924])
  }

  @Test func `adds its tail up, by cause and by operator`() throws {
    let plan = try plan(classifier, .espNN121)
    #expect(plan.tailByCause.reduce(0) { $0 + $1.bytes } == plan.tailBytes)
    let convolution = LayerIndex(subgraph: 0, index: 0)
    let causes = plan.tail.filter { $0.layer == convolution }
    #expect(causes.map(\.requestedBytes) == [28, 60, 8, 8])
    #expect(causes.map(\.cause) == [.parameters, .operatorData, .prepared, .prepared])
    #expect(plan.tailBytes(of: convolution) == causes.reduce(0) { $0 + $1.occupiedBytes })
  }

  @Test func `says what decides the smallest arena`() throws {
    #expect(try plan(classifier).limit.moment == .plan)
    #expect(try plan(classifier, .espNN121).limit.moment == .run)
    #expect(try plan(classifier, .espNN121).limit.byteCount == 688 + 924)
  }

  @Test func `keeps the table of resource variables in its arena, or in another`() throws {
    let shared = try plan(accumulator)
    let separate = try MemoryPlan(
      accumulator,
      ArenaConfiguration(library: .reference, resourceVariables: .init(placement: .separate, count: 20)))
    #expect(shared.minimumBytes == 1088 && shared.separateResourceBytes == 0)
    // 12 and 2 x 20 bytes, each moved down to a multiple of 16.
    #expect(shared.tailBytes - separate.tailBytes == 64)
    // An allocator of its own (116), then 12 and 20 x 20 bytes.
    #expect(separate.separateResourceBytes == 528)
  }

  @Test func `draws the head over time and names its peak`() throws {
    let timeline = try plan(classifier, .espNN121).timeline
    #expect(timeline.steps.count == 6)
    #expect(timeline.steps[1] == .runs(LayerIndex(subgraph: 0, index: 0)))
    #expect(timeline.peakStep == 1)
    #expect(timeline.extentBytes[1] == 688)
    // The scratch of the convolution, its output and its input, largest first.
    #expect(timeline.buffersAtPeak.count == 3)
    #expect(timeline.liveBytes.max() == timeline.liveBytes[timeline.peakStep])
  }

  @Test func `steps into the subgraphs that operators enter`() throws {
    let steps = try plan(accumulator).timeline.steps
    #expect(steps[1] == .runs(LayerIndex(subgraph: 0, index: 0)))
    #expect(steps[2] == .enters(subgraph: 1))
    #expect(steps.count == 9)
  }

  @Test func `gives the interpreter a place for every computed tensor`() throws {
    let plan = try plan(classifier)
    for (index, tensor) in classifier.main.tensors.enumerated() {
      #expect((plan.placement.offsets[0][index] != nil) == (tensor.constant == nil))
      #expect(plan.buffer(subgraph: 0, tensor: index)?.requestedBytes ?? tensor.byteCount == tensor.byteCount)
    }
    #expect(plan.placement.byteCount == plan.headBytes)
  }

  @Test func `fits exactly its minimum, and says how it fails below`() throws {
    let large = try #require(ConvolutionArena.all.first { $0.name == "depthwise 3x3x16, above 40 KiB" })
    let plan = try plan(large.graph(), .espNN121)
    #expect(plan.startFailure(declaredBytes: plan.minimumBytes) == nil)
    // 556 bytes of tail, of which 136 (structures of input and output) come after the head.
    let failure = try #require(plan.startFailure(declaredBytes: 118_400))
    #expect(failure.logLine == "Failed to resize buffer. Requested: 118336, available 117980, missing: 356")
    #expect(plan.startFailure(declaredBytes: 0)?.stage.moment == .initialise)
    #expect(plan.startFailure(declaredBytes: 0)?.logLine == nil)
  }
}

@Suite struct `A kernel library` {
  @Test(
    arguments: zip(["none", "ansi", "1.1.2", "1.2.0", "1.2.1", "1.2.2", "1.2.3"], KernelLibrary.allCases))
  func `is named as target profiles name it`(_ text: String, _ library: KernelLibrary) throws {
    #expect(try KernelLibrary(parsing: text) == library)
    #expect(library.description == text)
  }

  @Test(arguments: ["1.2.6", "1.1.1", "1.2", "", "S3", "9.9.9"])
  func `that is not modelled is refused, never replaced`(_ text: String) {
    let error = #expect(throws: UnmodelledKernelLibrary.self) { try KernelLibrary(parsing: text) }
    #expect(
      error?.description == "esp-nn version \"\(text)\" is not modelled; "
        + "modelled are none, ansi, 1.1.2, 1.2.0, 1.2.1, 1.2.2, 1.2.3")
  }
}
