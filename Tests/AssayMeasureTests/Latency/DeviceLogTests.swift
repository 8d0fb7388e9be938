import AssayFiles
import AssayMeasure
import AssayModel
import AssayTestSupport
import Testing

/// A model with the layers of TensorFlow's micro_speech example.
private let model: Graph = {
  let tensor = Tensor(name: "t", type: .int8, shape: [1, 4])
  func layer(_ code: BuiltinOperator, _ index: Int) -> Operator {
    Operator(code: .builtin(code), inputs: [index], outputs: [index + 1])
  }
  let operators = [
    layer(.reshape, 0), layer(.depthwiseConv2D, 1), layer(.fullyConnected, 2), layer(.softmax, 3),
  ]
  return Graph(
    format: .tflite, storage: [[1, 2, 3]],
    subgraphs: [
      Subgraph(
        name: "", tensors: [tensor, tensor, tensor, tensor, tensor], operators: operators, inputs: [0],
        outputs: [4])
    ])
}()

private func log(_ text: String) throws(DeviceLogError) -> DeviceLog {
  var parser = DeviceLogParser()
  try parser.consume(text.utf8)
  return try parser.finish()
}

private func profile(_ text: String) throws -> DeviceProfile {
  try DeviceProfile(try log(text), of: model, on: try LatencyFixtures.target())
}

private func run(_ depthwise: Int, prefix: String = "") -> String {
  """
  \(prefix)RESHAPE took 5 ticks (0 ms).
  \(prefix)DEPTHWISE_CONV_2D took \(depthwise) ticks (0 ms).
  \(prefix)FULLY_CONNECTED took 10 ticks (0 ms).
  \(prefix)SOFTMAX took 2 ticks (0 ms).

  """
}

private func message(_ text: String) -> String {
  do {
    _ = try profile(text)
    return "no error"
  } catch {
    return "\(error)"
  }
}

struct `Device logs` {
  @Test(arguments: [
    "", "I (1234) PROFILER: ", "[14:02:11]", "[14:02:11][I][tflite:042]: ", "14:02:11.123 -> ", "14:02:11",
    "\u{1B}[0;32mI (99) app: ", "2026-04-02 10:11:12,345 ",
  ])
  func `of the profiler are read behind any prefix`(prefix: String) throws {
    let found = try profile(run(858, prefix: prefix))
    #expect(found.layers.map(\.medianMicroseconds) == [5, 858, 10, 2])
    #expect(found.total.medianMicroseconds == 875 && found.runs == 1 && found.notes.isEmpty)
  }

  @Test func `with several runs give medians and spread`() throws {
    let found = try profile(run(900) + "wifi: connected\n" + run(858) + run(862))
    #expect(found.runs == 3 && found.layers[1].medianMicroseconds == 862)
    #expect(found.layers[1].lowestMicroseconds == 858 && found.layers[1].highestMicroseconds == 900)
  }

  @Test func `leave out torn runs and say so`() throws {
    let torn =
      "RESHAPE took 5 ticks (0 ms).\nDEPTHWISE_CONV_2D tooI (1) wifi: x\nFULLY_CONNECTED took 10 ticks (0 ms).\n"
    let found = try profile(torn + run(858) + "RESHAPE took 5 ticks (0 ms).\n")
    #expect(found.runs == 1)
    #expect(
      found.notes == [
        "line 3: FULLY_CONNECTED where layer 1 is DEPTHWISE_CONV_2D: run left out after 1 of 4 layers",
        "the last run stops after 1 of 4 layers",
      ])
  }

  @Test func `as CSV and as sums by tag agree`() throws {
    let csv = """
      "Event","Tag","Ticks"
      0,RESHAPE,5
      1,DEPTHWISE_CONV_2D,858
      2,FULLY_CONNECTED,10
      3,SOFTMAX,2
      "Unique Tag","Total ticks across all events with that tag."
      RESHAPE, 5
      DEPTHWISE_CONV_2D, 858
      "total number of ticks", 875

      """
    #expect(try profile(csv).layers.map(\.medianMicroseconds) == [5, 858, 10, 2])
    #expect(try log(csv).invocations.map(\.microseconds) == [875])
  }

  @Test(arguments: [
    ("Total time = 54\nFC time = 1\nconv time = 30\n", 54_000.0),
    ("m-infer-start-10\r\nm-lap-us-1000\r\nm-lap-us-369710\r\nm-infer-done\r\n", 36_871),
    ("m-infer-start-1\nm-lap-us-4294967000\nm-lap-us-704\n", 1000),
    ("Throughput   :  27.122 inf./sec.\n", 1e6 / 27.122),
    ("I [executorch:esp_perf_monitor.cpp:61] Average inference time: 205.500 ms\n", 205_500),
  ])
  func `of whole inferences give a total`(text: String, microseconds: Double) throws {
    let found = try profile(text)
    #expect(found.layers.isEmpty && isClose(found.total.medianMicroseconds, microseconds))
  }

  @Test func `of arena failures and recorded allocations carry their bytes`() throws {
    let found = try log(
      """
      Failed to resize buffer. Requested: 33776, available 26000, missing: 7776
      [RecordingMicroAllocator] Arena allocation total 7520 bytes
      [RecordingMicroAllocator] Arena allocation head 5968 bytes
      [RecordingMicroAllocator] Arena allocation tail 1552 bytes

      """)
    #expect(
      found.arenaFailures.first?.requestedBytes == 33776 && found.arenaFailures.first?.missingBytes == 7776)
    #expect(found.arena == .init(totalBytes: 7520, headBytes: 5968, tailBytes: 1552))
  }

  @Test(arguments: [
    "[[ CSV ]]: Arena\n\"Arena\",\"Bytes\",\"% Arena\"\n\"Total\",89248,100.00\n\"NonPersistent\",55296,61.96\n\"Persistent\",33952,38.04\n",
    "[[ Table ]]: Arena\n        Total | 89248 |   100.00\nNonPersistent | 55296 |    61.96\n   Persistent | 33952 |    38.04\n",
  ])
  func `of the generic benchmark carry the arena`(text: String) throws {
    #expect(try log(text).arena == .init(totalBytes: 89248, headBytes: 55296, tailBytes: 33952))
  }

  @Test(arguments: [
    ("", "is empty"),
    ("hello\nworld\n", "has no line of a known profiler, benchmark or arena report in 2 lines"),
    ("CONV_2D took 9 ticks (0 ms).\n", "line 1: CONV_2D where the model's first layer is RESHAPE"),
    ("RESHAPE took 9 ticks (0 ms).\n", "the last run stops after 1 of 4 layers"),
    (
      "Model CRC32: 0x12345678\n" + run(1),
      "is of another model: it names CRC-32 0x12345678, the file has 0x55bc801d"
    ),
    (
      "model sha256: " + String(repeating: "ab", count: 32) + "\n" + run(1),
      "is of another model: it names SHA-256 abababababab..."
    ),
    (
      String(repeating: "\u{1}\u{2}\u{3}\u{4}", count: 100), "is binary, not a log (400 control bytes of 400)"
    ),
    ("Failed to resize buffer. Requested: 2, available 1, missing: 1\n", "times no inference"),
  ])
  func `that say nothing about the model are refused`(text: String, expected: String) {
    #expect(message(text) == expected)
  }

  @Test func `with impossible ticks are used in part`() throws {
    let text = run(858) + "RESHAPE took 4000000000 ticks (0 ms).\nRESHAPE took x ticks (0 ms).\n"
    let found = try profile(text)
    #expect(found.runs == 1 && found.notes.count == 2, "\(found.notes)")
    #expect(try profile(run(-4_294_966_438)).layers[1].medianMicroseconds == 858)
  }

  @Test func `with endless lines or events are bounded`() throws {
    var parser = DeviceLogParser()
    try parser.consume(repeatElement(UInt8(ascii: "a"), count: 1 << 20))
    try parser.consume(("\n" + run(858)).utf8)
    #expect(try parser.finish().notes.first?.message.hasPrefix("longer than") == true)
    var limits = DeviceLogParser.Limits()
    limits.events = 10
    var small = DeviceLogParser(limits: limits)
    #expect(throws: DeviceLogError.self) { for _ in 0..<4 { try small.consume(run(1).utf8) } }
  }

  @Test func `random bytes never trap`() {
    let seed: UInt64 = 77
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "took ", " ticks", "CONV_2D", " time = ", "m-lap-us-", "Requested", "99999999999999999999", "-", ",",
      "\n",
      "\u{1B}[", "Throughput", "inf./sec", "missing", "available", "Failed to ", "]]: Arena", "Total",
    ]
    for _ in 0..<400 {
      let text = (0..<40).map { _ in pieces[Int(generator.next() % UInt64(pieces.count))] }.joined()
      _ = message(text)
    }
  }

  @Test func `override the estimate for their own runtime only`() throws {
    let target = try LatencyFixtures.target()
    let estimate = try LatencyEstimator(target: target).estimate(model)
    let found = try profile(run(858) + run(860))
    let digest = SHA256.hex(of: model.file)
    let measured = try #require(estimate.overridden(by: found, on: target, modelSHA256: digest))
    #expect(measured.provenance == .measured && isClose(measured.range.milliseconds, 0.876))
    #expect(isClose(measured.range.lowMilliseconds, 0.875) && isClose(measured.range.highMilliseconds, 0.877))
    let newer = try LatencyFixtures.target("runtime.esp_nn=1.2.3")
    #expect(estimate.overridden(by: found, on: newer, modelSHA256: digest) == nil)
    #expect(estimate.overridden(by: found, on: target, modelSHA256: "00") == nil)
    let whole = try profile("Total time = 2\n")
    let scaled = try #require(estimate.overridden(by: whole, on: target, modelSHA256: digest))
    #expect(scaled.provenance == .measured && scaled.range.milliseconds == 2)
    #expect(scaled.layers.allSatisfy { $0.provenance != .measured })
  }

  @Test(
    arguments: [
      (1.516, 240, 160), (0.67, 160, 240), (2.9, 240, 80), (1.02, 240, nil), (1.25, 240, nil),
      (.nan, 240, nil),
      (0.0, 240, nil),
    ] as [(Double, Int, Int?)])
  func `that fit another clock name it`(ratio: Double, stated: Int, clock: Int?) {
    let found = DeviceClock.suspected(ratio: ratio, statedHertz: stated * 1_000_000)
    #expect(found == clock.map { $0 * 1_000_000 })
  }

  @Test func `need no estimate beside them`() throws {
    let target = try LatencyFixtures.target("runtime.esp_nn=1.2.0")
    let digest = SHA256.hex(of: model.file)
    #expect(throws: UnmodelledLatency.self) { try LatencyEstimator(target: target) }
    let found = try DeviceProfile(try log(run(858) + run(860)), of: model, on: target)
    let measured = try #require(
      LatencyEstimate(measuredBy: found, of: model, on: target, modelSHA256: digest))
    #expect(measured.provenance == .measured && isClose(measured.range.milliseconds, 0.876))
    #expect(measured.layers.count == model.main.operators.count && measured.unpriced.isEmpty)
    let whole = try DeviceProfile(try log("Total time = 2\n"), of: model, on: target)
    let total = try #require(LatencyEstimate(measuredBy: whole, of: model, on: target, modelSHA256: digest))
    #expect(total.range.milliseconds == 2 && total.layers.isEmpty && total.provenance == .measured)
    let other = try LatencyFixtures.target("runtime.esp_nn=1.2.3")
    #expect(LatencyEstimate(measuredBy: found, of: model, on: other, modelSHA256: digest) == nil)
    #expect(LatencyEstimate(measuredBy: found, of: model, on: target, modelSHA256: "00") == nil)
  }

  @Test func `of another model calibrate within reason`() throws {
    let estimate = try LatencyEstimator(target: try LatencyFixtures.target()).estimate(model)
    let calibrated = try #require(estimate.calibrated(by: 1.1, from: "kws"))
    #expect(isClose(calibrated.range.milliseconds, estimate.range.milliseconds * 1.1))
    #expect(calibrated.notes.last == "scaled by +10 % from the device profile of kws")
    #expect(
      estimate.calibrated(by: 10, from: "kws") == nil && estimate.calibrated(by: .nan, from: "kws") == nil)
  }

  @Test(
    .enabled(
      if: Folder.exists(Checkout.root + "/../shared/spec/device_logs"),
      "recorded logs beside the checkout are absent"))
  func `that were really recorded are read whole`() throws {
    let folder = Checkout.root + "/../shared/spec/device_logs"
    for (file, events, arena) in [
      ("generic_benchmark_csv.txt", 31, 89248), ("generic_benchmark_table.txt", 31, 89248),
      ("micro_profiler_logcsv_and_recording.txt", 4, 7520),
    ] {
      let found = try log(try FileBytes.readText("\(folder)/\(file)", limit: 1 << 20))
      #expect(found.events.count == events && found.arena.totalBytes == arena, "\(file)")
      #expect(found.notes.isEmpty, "\(found.notes)")
    }
  }
}
