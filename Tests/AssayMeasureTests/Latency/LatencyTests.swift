import AssayDocument
import AssayFiles
import AssayMeasure
import AssayModel
import AssayTestSupport
import Testing

/// A layer, a release, and the kernel it takes with the reason.
private struct PathCase: CustomTestStringConvertible, Sendable {
  let name: String
  let graph: Graph
  let version: String
  let path: KernelPath
  let reason: String
  var testDescription: String { "\(name), esp-nn \(version)" }

  init(_ name: String, _ graph: Graph, _ version: String, _ path: KernelPath, _ reason: String) {
    (self.name, self.graph, self.version, self.path, self.reason) = (name, graph, version, path, reason)
  }

  static let all: [PathCase] = [
    PathCase(
      "1x1 of 16", LayerGraphs.convolution([1, 8, 8, 16], [8, 1, 1, 16]), "1.2.1", .s3Convolution1x1,
      "1x1, input channels 16 a multiple of 8, eight pixels at a time"),
    PathCase(
      "1x1 of 12", LayerGraphs.convolution([1, 8, 8, 12], [8, 1, 1, 12]), "1.1.2", .s3Convolution1x1Padded,
      "1x1, input channels 12 not a multiple of 8: input and filter padded"),
    PathCase(
      "1x1 of 12", LayerGraphs.convolution([1, 8, 8, 12], [8, 1, 1, 12]), "1.2.3", .s3Convolution1x1C,
      "1x1, input channels 12 not a multiple of 8: C with inline assembly"),
    PathCase(
      "3x3 of 3", LayerGraphs.convolution([1, 8, 8, 3], [8, 3, 3, 3]), "1.1.2", .s3Convolution,
      "3x3, filter rows of 9 padded to 16 bytes"),
    PathCase(
      "3x3 of 3", LayerGraphs.convolution([1, 8, 8, 3], [8, 3, 3, 3]), "1.2.1", .s3ConvolutionColumns,
      "3x3 over 3 channels: filter row 9 < 16, gathered into columns"),
    PathCase(
      "dilated", LayerGraphs.convolution([1, 8, 8, 16], [8, 3, 3, 16], dilation: 2), "1.2.1",
      .referenceInteger,
      "dilation 2x2: not handled by ESP-NN"),
    PathCase(
      "int4 weights", LayerGraphs.convolution([1, 8, 8, 16], [8, 3, 3, 16], weights: .int4), "1.2.1",
      .referenceInteger, "int4 weights: not handled by ESP-NN"),
    PathCase(
      "int16", LayerGraphs.convolution([1, 8, 8, 16], [8, 3, 3, 16], type: .int16), "1.2.1",
      .referenceInteger,
      "int16 input: ESP-NN computes int8 only"),
    PathCase(
      "float", LayerGraphs.convolution([1, 8, 8, 16], [8, 3, 3, 16], type: .float32), "1.2.1",
      .referenceFloat,
      "float32: ESP-NN computes int8 only"),
    PathCase(
      "grouped", LayerGraphs.convolution([1, 8, 8, 16], [8, 3, 3, 8]), "1.2.3", .ansiConvolution,
      "grouped (16 input channels, filters of 8): C"),
    PathCase(
      "reference", LayerGraphs.convolution([1, 8, 8, 16], [8, 3, 3, 16]), "none", .referenceInteger,
      "built without ESP-NN"),
    PathCase(
      "depthwise 3x3 of 16", LayerGraphs.depthwise([1, 8, 8, 16], [1, 3, 3, 16]), "1.2.1", .s3Depthwise3x3,
      "3x3, channels 16 a multiple of 16"),
    PathCase(
      "depthwise 5x5 of 8", LayerGraphs.depthwise([1, 8, 8, 8], [1, 5, 5, 8]), "1.1.2", .ansiDepthwise,
      "5x5: esp-nn 1.1.2 has S3 code for 3x3 only"),
    PathCase(
      "depthwise 5x5 of 8", LayerGraphs.depthwise([1, 8, 8, 8], [1, 5, 5, 8]), "1.2.1", .s3Depthwise,
      "5x5, channels 8 a multiple of 8, in int16"),
    PathCase(
      "depthwise of 12", LayerGraphs.depthwise([1, 8, 8, 12], [1, 5, 5, 12]), "1.2.1", .s3DepthwiseOdd,
      "channels 12 not a multiple of 8: padded to 16"),
    PathCase(
      "depthwise of 3", LayerGraphs.depthwise([1, 8, 8, 3], [1, 3, 3, 3]), "1.2.1", .ansiDepthwise,
      "3 channels: C"),
    PathCase(
      "depthwise times 8", LayerGraphs.depthwise([1, 8, 8, 1], [1, 5, 5, 8]), "1.2.1",
      .s3DepthwiseMultiplied8,
      "multiplier 8 a multiple of 8"),
    PathCase(
      "depthwise times 2", LayerGraphs.depthwise([1, 8, 8, 8], [1, 3, 3, 16]), "1.2.1", .ansiDepthwise,
      "multiplier 2 not a multiple of 4: C"),
    PathCase(
      "row of 64", LayerGraphs.connected(64, 10), "1.2.1", .s3FullyConnected,
      "row 64, weights summed at every call because the zero point is not 0"),
    PathCase(
      "row of 50", LayerGraphs.connected(50, 10, zeroPoint: 0), "1.2.3", .s3FullyConnected,
      "row 50 not a multiple of 16: remainder one by one, zero point 0: no sum of weights"),
    PathCase(
      "broadcast MUL", LayerGraphs.elementwise(.mul, [1, 8, 8, 16], [1, 1, 1, 16]), "1.2.3",
      .referenceInteger,
      "broadcast MUL: not wired in esp-tflite-micro 1.4.0"),
    PathCase(
      "ADD", LayerGraphs.elementwise(.add, [1, 8, 8, 16], [1, 8, 8, 16]), "1.2.3", .s3Add,
      "equal shapes, eight at a time"),
    PathCase(
      "pool of 6", LayerGraphs.pool(.maxPool2D, [1, 8, 8, 6]), "1.2.3", .ansiPool,
      "channels 6 not a multiple of 4: C"),
    PathCase(
      "logistic", LayerGraphs.unary(.logistic, [1, 16]), "1.2.3", .referenceInteger,
      "LOGISTIC: esp-tflite-micro 1.4.0 wires no ESP-NN kernel"),
  ]
}

struct `Latency estimates` {
  @Test(arguments: PathCase.all)
  fileprivate func `name the kernel of a layer and why`(_ test: PathCase) throws {
    let target = try LatencyFixtures.target("runtime.esp_nn=\(test.version)")
    let layer = try #require(try LatencyEstimator(target: target).estimate(test.graph).layers.first)
    #expect(layer.path == test.path && layer.reason == test.reason, "\(layer.path): \(layer.reason)")
  }

  @Test func `send every convolution to C when the wrapper hides the channels`() throws {
    let graph = LayerGraphs.convolution([1, 8, 8, 16], [8, 3, 3, 16])
    let old = try LatencyFixtures.target("runtime.esp_nn=1.2.3", "runtime.esp_tflite_micro=1.3.7")
    let fixed = try LatencyFixtures.target("runtime.esp_nn=1.2.3", "runtime.esp_tflite_micro=1.3.8")
    let slow = try LatencyEstimator(target: old).estimate(graph)
    let fast = try LatencyEstimator(target: fixed).estimate(graph)
    #expect(slow.layers[0].path == .ansiConvolution && fast.layers[0].path == .s3Convolution)
    #expect(slow.range.milliseconds > 4 * fast.range.milliseconds)
  }

  @Test func `carry 6 percent on counted kernels and 45 on estimated ones`() throws {
    let target = try LatencyFixtures.target("memory.weights=internal")
    let counted = try LatencyEstimator(target: target).estimate(
      LayerGraphs.convolution([1, 8, 8, 16], [8, 1, 1, 16]))
    #expect(counted.provenance == .validated)
    #expect(isClose(counted.range.highMilliseconds / counted.range.milliseconds, 1.06))
    let estimated = try LatencyEstimator(target: target).estimate(LayerGraphs.unary(.logistic, [1, 16]))
    #expect(estimated.provenance == .extrapolated)
    #expect(isClose(estimated.range.lowMilliseconds / estimated.range.milliseconds, 0.55))
    let float = try LatencyEstimator(target: target).estimate(
      LayerGraphs.convolution([1, 8, 8, 16], [8, 3, 3, 16], type: .float32))
    #expect(float.provenance == .unvalidated)
  }

  @Test func `scale with the clock except for waits on memory`() throws {
    let graph = LayerGraphs.connected(1024, 64)
    func estimate(_ overrides: String...) throws -> LatencyEstimate {
      let path = Checkout.root + "/baselines/targets/esp32s3-n16r8.yaml"
      let library = try TargetLibrary(profiles: [
        .init(file: path, bytes: try FileBytes.read(path, limit: 1 << 16))
      ])
      return try LatencyEstimator(target: try library.resolve("esp32s3-n16r8", overrides: overrides))
        .estimate(graph)
    }
    let fast = try estimate("cpu.clock=240MHz").layers[0]
    let slow = try estimate("cpu.clock=80MHz").layers[0]
    #expect(fast.memoryNanoseconds == slow.memoryNanoseconds && fast.memoryNanoseconds > 1_000_000)
    let computed = fast.range.milliseconds - fast.memoryNanoseconds / 1e6
    #expect(isClose(slow.range.milliseconds, 3 * computed + slow.memoryNanoseconds / 1e6))
    let dual = try estimate("flash.mode=dio").layers[0]
    #expect(dual.memoryNanoseconds > 1.8 * fast.memoryNanoseconds)
    #expect(try estimate("memory.weights=internal").layers[0].memoryNanoseconds == 0)
  }

  @Test func `charge PSRAM for what does not fit the cache`() throws {
    let large = LayerGraphs.elementwise(.add, [1, 96, 96, 8], [1, 96, 96, 8])
    let small = LayerGraphs.elementwise(.add, [1, 8, 8, 8], [1, 8, 8, 8])
    let estimator = try LatencyEstimator(target: try LatencyFixtures.target("memory.arena=psram"))
    // Two inputs read and one output written, by lines of 32 bytes at 525 and about 933 ns.
    let lines = 73728.0 / 32
    let expected = 2 * lines * 525 + lines * 1.78 * 525
    let found = try estimator.estimate(large).layers[0].memoryNanoseconds
    #expect(abs(found / expected - 1) < 0.02, "\(found) \(expected)")
    #expect(try estimator.estimate(small).layers[0].memoryNanoseconds == 0)
  }

  @Test func `refuse a release whose kernels were never counted`() throws {
    for version in ["1.2.0", "1.2.6", "9.9.9"] {
      let target = try LatencyFixtures.target("runtime.esp_nn=\(version)")
      let error = #expect(throws: UnmodelledLatency.self) { try LatencyEstimator(target: target) }
      #expect(error?.description.contains(version) == true)
    }
  }

  @Test(arguments: [
    (10.0, LatencyBudgetEnd.upper, false), (11.0, .upper, true), (10.0, .estimate, true),
    (9.9, .estimate, false),
    (9.0, .lower, true), (Double.nan, .upper, false),
  ])
  func `are judged on the upper end unless told otherwise`(
    budget: Double, end: LatencyBudgetEnd, passes: Bool
  ) {
    let range = LatencyRange(milliseconds: 10, lowMilliseconds: 9, highMilliseconds: 11)
    #expect(LatencyVerdict(range, budgetMilliseconds: budget, end: end).passes == passes)
    let broken = LatencyRange(milliseconds: .nan, lowMilliseconds: .nan, highMilliseconds: .nan)
    #expect(!LatencyVerdict(broken, budgetMilliseconds: 1e9, end: end).passes)
  }

  @Test func `sweep combinations and say which cannot be estimated`() throws {
    let path = Checkout.root + "/baselines/targets/esp32s3-n8.yaml"
    let base = Checkout.root + "/baselines/targets/esp32s3-n16r8.yaml"
    let library = try TargetLibrary(
      profiles: [path, base].map { .init(file: $0, bytes: try FileBytes.read($0, limit: 1 << 16)) })
    let sweep = try LatencySweep("cpu.clock,memory.arena")
    let rows = sweep.rows(
      resolve: { overrides throws(DocumentErrors) in
        try library.resolve("esp32s3-n8", overrides: overrides)
      }, estimate: { target throws(UnmodelledLatency) in try Self.connected(on: target) })
    #expect(rows.count == 6 && rows[0].overrides == ["cpu.clock=80 MHz", "memory.arena=internal"])
    #expect(rows[0].range != nil && rows[1].range == nil)
    #expect(rows[1].reason?.contains("the target has none") == true)
    let error = #expect(throws: DocumentErrors.self) { try LatencySweep("cpu.clok") }
    #expect(
      error?.description.hasPrefix("--sweep: cannot sweep \"cpu.clok\"; did you mean \"cpu.clock\"?") == true)
  }

  private static func connected(on target: Target) throws(UnmodelledLatency) -> LatencyEstimate {
    try LatencyEstimator(target: target).estimate(LayerGraphs.connected(64, 10))
  }

  @Test func `sweep the values that are named`() throws {
    let axes = try LatencySweep("cpu.clock=160MHz/240MHz,chip.any=1").axes
    #expect(axes.map(\.path) == ["cpu.clock", "chip.any"])
    #expect(axes.map(\.values) == [["160MHz", "240MHz"], ["1"]])
    for text in ["cpu.clock=", "cpu.clock=1//2", "a=1,b=2,c=3,d=4"] {
      #expect(throws: DocumentErrors.self) { try LatencySweep(text) }
    }
  }

  @Test func `count the products of operators that no table prices`() throws {
    let target = try LatencyFixtures.target("memory.weights=internal")
    for graph in [LayerGraphs.transposed, LayerGraphs.recurrent] {
      let layer = try LatencyEstimator(target: target).estimate(graph).layers[0]
      // More than ten cycles for each of 32 * 32 * 9 * 16 and 20 * 4 * 64 * 128 products.
      #expect(layer.cycles > 10 * 32 * 32 * 9 * 16, "\(layer.operatorName) \(layer.cycles)")
    }
  }

  @Test func `of operators without a known cost are lower bounds`() throws {
    let target = try LatencyFixtures.target()
    let paths: [(OperatorCode, KernelPath)] = [
      (.custom("Mystery"), .unknown), (.builtin(.while), .control), (.builtin(.if), .control),
    ]
    for (op, path) in paths {
      let estimate = try LatencyEstimator(target: target).estimate(LayerGraphs.mystery(op))
      #expect(estimate.unpriced.count == 1 && estimate.layers[0].path == path)
      #expect(estimate.notes.last?.hasPrefix("1 of 1 operators have no known cost, first subgraph 0") == true)
    }
    let known = try LatencyEstimator(target: target).estimate(LayerGraphs.connected(64, 10))
    #expect(known.unpriced.isEmpty && known.notes.isEmpty)
  }

  @Test(arguments: [
    (ModelFormat.onnx, "esp32s3-n16r8", "ONNX does not run on the board: it has no latency there"),
    (.pte, "esp32s3-n16r8", "target esp32s3-n16r8 runs tflm, which loads no .pte file"),
    (
      .tflite, "esp32s3-n16r8-executorch",
      "target esp32s3-n16r8-executorch runs executorch, which loads no .tflite file"
    ),
  ])
  func `are refused for a file that the target's runtime cannot load`(
    format: ModelFormat, name: String, text: String
  ) throws {
    var graph = LayerGraphs.connected(64, 10)
    graph.format = format
    let target = try LatencyFixtures.target(named: name)
    let error = #expect(throws: UnmodelledLatency.self) {
      try LatencyEstimator(target: target).estimate(graph)
    }
    #expect(error?.description == text)
  }

  @Test func `of a softmax reach down to what favourable data takes`() throws {
    let target = try LatencyFixtures.target("runtime.esp_nn=1.2.1")
    let layer = try LatencyEstimator(target: target).estimate(LayerGraphs.unary(.softmax, [8, 32])).layers[0]
    // Published: 15,209 cycles for 8 rows of 32.
    let cycles = layer.range.lowMilliseconds * Double(target.clockHertz) / 1e3
    #expect(cycles < 15_209 && layer.cycles > 100_000)
  }

  @Test func `give energy only where the target states its power`() throws {
    let range = LatencyRange(milliseconds: 10, lowMilliseconds: 9, highMilliseconds: 11)
    #expect(EnergyEstimate(range, on: try LatencyFixtures.target()) == nil)
    let energy = EnergyEstimate(range, on: try LatencyFixtures.target("power={active: 210 mW}"))
    #expect(isClose(energy?.millijoules, 2.1) && isClose(energy?.highMillijoules, 2.31))
  }

  @Test func `say in words where the time goes`() throws {
    let target = try LatencyFixtures.target("cpu.clock=160MHz")
    let slow = try LatencyEstimator(target: target).estimate(
      LayerGraphs.convolution([1, 8, 8, 16], [8, 3, 3, 16], dilation: 2))
    let words = LatencyExplanation(slow)
    #expect(words.sharesByFamily.map(\.family) == [.reference])
    #expect(
      words.sentences == [
        "Most of the time: operator 0 (CONV_2D) 100 % on TFLM reference.",
        "100 % of the time runs in C instead of S3 code; most of it operator 0 (CONV_2D): dilation 2x2: not handled by ESP-NN.",
        "100 % of the time rests on estimated counts, most of it operator 0 (CONV_2D): a device profile would narrow the interval.",
        "The clock is 160 MHz; the chip's highest is 240 MHz.",
      ])
  }
}
