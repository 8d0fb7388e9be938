import AssayDocument
import AssayFiles
import AssayGate
import AssayTestSupport
import Testing

/// One line a layer of the sample project's model, as TFLite Micro's profiler prints them.
private let tags = [
  "CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D",
  "ADD",
  "DEPTHWISE_CONV_2D", "CONV_2D", "MEAN", "FULLY_CONNECTED", "SOFTMAX",
]

/// One run: the first layer's ticks, and 64 for all others together.
private func run(_ first: Double) -> String {
  zip(tags, [first, 9] + Array(repeating: 5.0, count: 11))
    .map { "I (1234) app: \($0) took \($1) ticks (0 ms).\n" }.joined()
}

@Suite struct `Device profiles` {
  static let words = "device import board.log --model suites/s/model.tflite --target board --by ada"

  private func project(_ log: String) throws -> SampleProject {
    let project = try SampleProject()
    try project.folder.write("board.log", log)
    return project
  }

  @Test func `take the place of the estimate until the runtime changes`() throws {
    let project = try project(run(200) + "wifi: connected\n" + run(210) + run(190))
    let stored = try project.run(words: Self.words)
    #expect(
      stored.exitCode == 0
        && stored.output.contains("0.264 ms (0.254 ms to 0.274 ms) over 3 runs, 13 layers"), "\(stored)")
    let latency = try project.run(words: "latency suites/s/model.tflite --target board")
    #expect(latency.output.contains("0.264 ms (0.254 ms to 0.274 ms), measured on a board"), "\(latency)")
    let other = try project.run(
      words: "latency suites/s/model.tflite --target board --set runtime.esp_nn=1.1.2")
    #expect(other.output.contains("an estimate, not a measurement"))
    #expect(
      other.output.contains(
        "has expired for this firmware: taken with esp_nn: 1.2.1, this firmware has esp_nn: 1.1.2"))
  }

  @Test func `stand in the gate's report with their log and provenance`() throws {
    let project = try project(run(200))
    _ = try project.run(words: Self.words)
    #expect(try project.run(words: "gate --reports reports").exitCode == 0)
    let bytes = try FileBytes.read(project.folder("reports/run.assay"), limit: 1 << 24)
    let judged = try JSONReport.read(bytes, file: "run.assay")
    let target = try #require(judged.suites.first?.models.first?.targets.first)
    let milliseconds = try #require(target.latency?.milliseconds)
    #expect(target.latency?.provenance == "measured" && abs(milliseconds - 0.264) < 1e-9)
    #expect(target.notes.contains { $0.hasPrefix("measured on a device, 1 runs (board.log, imported ") })
    #expect(judged.inputs.contains { $0.kind == "profile" && $0.sha256 == SHA256.hex(of: run(200)) })
  }

  @Test func `of another model scale the estimate and say by how much`() throws {
    let project = try project("")
    let estimate = try estimate("suites/s/model.tflite", project)
    try project.folder.write("board.log", run(estimate * 1500 - 64))
    #expect(try project.run(words: Self.words).exitCode == 0)
    try project.folder.write(
      "other.tflite", SampleProject.digits("models/digits-v2.int8.tflite") + [0, 0, 0, 0])
    let latency = try project.run(words: "latency other.tflite --target board")
    #expect(
      latency.output.contains("scaled by +50 % from the device profile of suites/s/model.tflite"),
      "\(latency)")
    #expect(abs(try self.estimate("other.tflite", project) / estimate - 1.5) < 0.01)
  }

  private func estimate(_ model: String, _ project: SampleProject) throws -> Double {
    let answer = try project.run(words: "latency \(model) --target board --format json").output
    return try #require(JSON.parse(Array(answer.utf8), file: "latency")["milliseconds"]?.number)
  }

  @Test(arguments: [
    ("", "board.log: is empty"),
    ("hello\n", "no line of a known profiler"),
    (String(repeating: "\u{1}\u{2}", count: 500), "is binary, not a log"),
    ("Model CRC32: 0x12345678\n" + run(200), "is of another model: it names CRC-32 0x12345678"),
    ("CONV_2D took 5 ticks (0 ms).\nADD took 5 ticks (0 ms).\n", "ADD where layer 1 is DEPTHWISE_CONV_2D"),
    (String(run(200).prefix(100)), "the last run stops after"),
    ("Failed to resize buffer. Requested: 9, available 4, missing: 5\n", "times no inference"),
    ("CONV_2D took -99999999999 ticks (0 ms).\n", "no line of a known profiler"),
  ])
  func `are refused with a reason, and nothing is stored`(log: String, text: String) throws {
    let project = try project(log)
    let refused = try project.run(words: Self.words)
    #expect(refused.exitCode == 2 && refused.signal == nil && refused.errors.contains(text), "\(refused)")
    let list = try project.run(words: "device list --format json")
    #expect(list.exitCode == 0 && list.output.contains("\"profiles\": []"), "\(list)")
  }

  @Test func `need a database that answers, a known target and a log`() throws {
    let project = try project(run(200))
    let input = try project.run(words: Self.words.replacing("board.log", with: "-"))
    #expect(input.exitCode == 2 && input.errors.contains("standard input: is empty"))
    #expect(
      try project.run(words: Self.words.replacing("--target board", with: "--target bord")).exitCode == 2)
    #expect(try project.run(words: Self.words.replacing("board.log", with: "suites")).exitCode == 2)
    try project.folder.write("baselines/assay.db", (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    #expect(try project.run(words: Self.words).exitCode == 3)
  }
}
