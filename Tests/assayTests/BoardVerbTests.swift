import AssayFiles
import AssayGate
import AssayModel
import AssayRecording
import AssayTestSupport
import Testing

/// `assay board` as a user runs it.
@Suite struct `The board verb` {
  static let model = "suites/incidents/esp-nn-padding/models/strided.int8.tflite"
  static let recordings = "suites/digits/recordings/heldout.npz"

  private func board(_ arguments: String..., inputs: String = recordings) throws -> ProgramRun {
    try ProgramRun(
      ["board", Self.model, "--inputs", inputs] + arguments, in: Checkout.root,
      environment: ["CI=true", "COLUMNS=80"], seconds: 300)
  }

  @Test func `tables every modelled release within 80 columns`() throws {
    let run = try board("--target", "esp32s3-n16r8", "--set", "runtime.esp_nn=1.1.2")
    #expect(run.exitCode == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(
      lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("suites/") }, "\(lines.filter { $0.count > 80 })")
    let rows = lines.filter { line in
      ["  none ", "  ansi ", "* 1.1.2 ", "  1.2.1 ", "  1.2.2 ", "  1.2.3 "].contains {
        line.hasPrefix($0 + " ")
      }
    }
    #expect(rows.count == 6)
    #expect(rows[2].hasSuffix("A@1 A@2") && rows[2].contains("11,648 B"))
    #expect(rows[5].contains("100.00 %") && rows[5].hasSuffix("-"))
    #expect(run.output.contains("4 layers in ESP-NN's S3 kernels."))
    #expect(run.output.contains("esp-nn 1.2.1 is the nearest release that is free of every rule"))
    #expect(run.output.contains("ZeroPadding2D((0, 1), (0"))
  }

  @Test func `names the release that a board's log fits`() throws {
    let folder = try TemporaryFolder()
    let (log, codes) = (folder("logged.npz"), try Self.codes(folder))
    let made = try ProgramRun(
      [
        "run", Self.model, "--inputs", codes, "--output", log, "--kernels", "board",
        "--target", "esp32s3-n16r8", "--set", "runtime.esp_nn=1.1.2",
      ], in: Checkout.root, environment: ["CI=true"], seconds: 300)
    #expect(made.exitCode == 0, "\(made.errors)")
    for file in [log, try Self.text(log, folder)] {
      let run = try board("--target", "esp32s3-n16r8", "--expected", file, inputs: codes)
      #expect(run.exitCode == 1)
      // Lines are wrapped at the width.
      let text = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(text.contains("byte for byte the outputs of esp-nn 1.1.2 on 899 of 899"), "\(run.output)")
      #expect(text.contains("The target says esp-nn 1.2.1"))
    }
    let right = try board(
      "--target", "esp32s3-n16r8", "--set", "runtime.esp_nn=1.1.2", "--expected", log, inputs: codes)
    #expect(right.exitCode == 0 && !right.output.contains("The target says"))
    let json = try board("--target", "esp32s3-n16r8", "--expected", log, "--format", "json", inputs: codes)
    #expect(
      json.output.contains("\"bestMatch\": \"1.1.2\"") || json.output.contains("\"bestMatch\":\"1.1.2\""))
  }

  /// The recordings as int8 codes, which `run` takes as they are.
  private static func codes(_ folder: TemporaryFolder) throws -> String {
    let recording = try ModelRecording.open("\(Checkout.root)/\(recordings)")
    let array = try recording.array("in_0")
    let values = try #require(array?.doubles)
    let bytes = values.map { UInt8(bitPattern: Int8(max(-128, min(127, ($0 * 255).rounded() - 128)))) }
    var codes = Recording()
    let description = ArrayDescription(name: "in_0", type: .int8, shape: array?.shape ?? [])
    codes.append(try RecordedArray(description, bytes: bytes))
    try folder.write("codes.npz", try codes.encoded())
    return folder("codes.npz")
  }

  /// The logged outputs as a serial monitor shows them.
  private static func text(_ npz: String, _ folder: TemporaryFolder) throws -> String {
    let array = try ModelRecording.open(npz).array("out_0")
    let codes = try #require(array?.integers)
    let lines = stride(from: 0, to: codes.count, by: 10).map { start in
      "I (\(4_000 + start)) app: sample \(start / 10): [\(codes[start..<start + 10].map(String.init).joined(separator: ", "))]\r\n"
    }
    try folder.write("monitor.txt", "ESP-ROM:esp32s3-20210327\r\n" + lines.joined())
    return folder("monitor.txt")
  }

  @Test(arguments: [
    (
      ["--target", "esp32s3-n16r8", "--set", "runtime.esp_nn=1.2.6"],
      "executed are none, ansi, 1.1.2, 1.2.1, 1.2.2, 1.2.3", 3
    ),
    (
      ["--target", "esp32s3-n16r8", "--set", "runtime.esp_nn=1.2.0"],
      "esp-nn 1.2.0 compute was never executed", 3
    ),
    (["--target", "nothing"], "nothing", 2),
    (["--expected", "suites/digits/README.md"], "0 lines with 10 numbers", 2),
    (["--expected", recordings], "holds no out_0", 2), (["--expected", "absent.npz"], "absent.npz", 2),
  ])
  func `says what is wrong in one line`(arguments: [String], text: String, code: Int32) throws {
    let run = try ProgramRun(
      ["board", Self.model, "--inputs", Self.recordings] + arguments, in: Checkout.root,
      environment: ["CI=true"], seconds: 300)
    #expect(run.exitCode == code, "\(run.output)\(run.errors)")
    #expect(run.errors.contains(text), "\(run.errors)")
  }
}

/// The incidents of ESP-NN's kernels: each fails on the broken release and passes on the sound one.
@Suite struct `Incidents of ESP-NN's kernels` {
  struct Incident: Sendable, CustomTestStringConvertible {
    var folder: String
    var rules: Set<String>
    var blocks: Bool
    var testDescription: String { folder }
  }

  static let all = [
    Incident(folder: "esp-nn-padding", rules: ["A"], blocks: false),
    Incident(folder: "esp-nn-odd-row", rules: ["C"], blocks: false),
    Incident(folder: "esp-nn-scratch", rules: ["F"], blocks: true),
  ]

  @Test(arguments: all)
  func `fail where a release is broken and show the board beside the reference`(_ incident: Incident) throws {
    let folder = try TemporaryFolder()
    let gate = try ProgramRun(
      ["gate", "suites/incidents/\(incident.folder)", "--reports", folder("reports")], in: Checkout.root,
      environment: ["ASSAY_BASELINES=\(folder("assay.db"))", "CI=true"], seconds: 600)
    #expect(gate.exitCode == 1, "\(gate.errors)")
    let run = try JSONReport.read(
      try FileBytes.read(folder("reports/report.json"), limit: 1 << 24), file: "report.json")
    let failed = run.checks.filter { $0.verdict != .pass }
    #expect(failed.map(\.code) == ["board-agreement"], "\(failed.map(\.id))")
    #expect(failed.first?.isHard == incident.blocks)
    let targets = try #require(run.suites.first?.models.first?.targets)
    #expect(targets.map(\.firmware) == ["fw-broken", "fw-sound"])
    let (broken, sound) = (try #require(targets[0].board), try #require(targets[1].board))
    #expect(Set(broken.layers.map(\.rule)) == incident.rules)
    #expect(broken.samples == 899 && broken.changedAnswers > 0 || incident.blocks)
    #expect((broken.low ?? 1) < (broken.reference ?? 0) && !broken.advice.isEmpty)
    #expect(sound.layers.isEmpty && sound.low == sound.reference && sound.low == sound.high)
    #expect(incident.blocks != broken.memory.isEmpty)
    let summary = try FileBytes.readText(folder("reports/summary.md"), limit: 1 << 20)
    #expect(summary.contains("| TFLM reference |") && summary.contains("board with \(broken.library)"))
    let page = try FileBytes.readText(folder("reports/report.html"), limit: 1 << 24)
    #expect(page.contains("On the boards"))
    #expect(
      gate.output.contains("TFLM reference: top1") && gate.output.contains("board with \(sound.library)"))
  }

  @Test(arguments: zip(all, ["1.2.3", "1.2.3", "1.1.2"]))
  func `pass where every firmware has the sound release`(_ incident: Incident, _ sound: String) throws {
    let folder = try TemporaryFolder()
    let suite = "\(Checkout.root)/suites/incidents/\(incident.folder)"
    let targets = "\(Checkout.root)/baselines/targets"
    for name in ["esp32s3-n16r8", "esp32s3-n16r8-\(incident.folder)"] {
      let text = try FileBytes.readText("\(targets)/\(name).yaml", limit: 1 << 16)
      let lines = text.split(separator: "\n").map { line in
        line.contains("fw-broken") ? "  - {name: fw-broken, esp_nn: \(sound)}" : String(line)
      }
      try folder.write("baselines/targets/\(name).yaml", lines.joined(separator: "\n") + "\n")
    }
    let budgets = "baselines/budgets/incident-\(incident.folder).yaml"
    try folder.write(budgets, try FileBytes.readText("\(Checkout.root)/\(budgets)", limit: 1 << 16))
    let gate = try ProgramRun(
      ["gate", suite, "--baselines", folder("baselines")], in: Checkout.root,
      environment: ["ASSAY_BASELINES=\(folder("assay.db"))", "CI=true"], seconds: 600)
    #expect(gate.exitCode == 0, "\(gate.output)\(gate.errors)")
  }
}

/// `assay run --kernels board` and `assay inspect` on a model that meets a rule.
@Suite struct `A model that meets a rule` {
  static let model = "suites/incidents/esp-nn-odd-row/models/narrow.int8.tflite"

  @Test func `marks what rests on memory that nobody can know`() throws {
    let folder = try TemporaryFolder()
    func run(_ version: String) throws -> (ProgramRun, Recording) {
      let output = folder("\(version).npz")
      let run = try ProgramRun(
        [
          "run", Self.model, "--zeros", "--output", output, "--kernels", "board", "--target", "esp32s3-n16r8",
          "--set", "runtime.esp_nn=\(version)",
        ], in: Checkout.root, environment: ["CI=true"], seconds: 300)
      return (run, try Recording.read(try FileBytes.read(output, limit: 1 << 20), file: output))
    }
    let (broken, marked) = try run("1.2.1")
    #expect(
      broken.exitCode == 0 && broken.errors.contains("note: subgraph 0, operator 4 (FULLY_CONNECTED): rule C")
    )
    #expect(broken.output.contains("1 rest on memory that nobody can know"))
    let known = marked["known_0"]
    #expect(known?.shape == [1, 1, 10] && known?.bytes.contains(0) == true)
    let (sound, plain) = try run("1.2.3")
    #expect(sound.exitCode == 0 && sound.errors.isEmpty && plain["known_0"] == nil)
  }

  @Test(arguments: [
    ("1.2.1", "rule C on esp-nn 1.2.1"), ("1.2.4", "was never executed; executed are none, ansi, 1.1.2"),
  ])
  func `is described with it by inspect`(version: String, text: String) throws {
    let run = try ProgramRun(
      ["inspect", Self.model, "--target", "esp32s3-n16r8", "--set", "runtime.esp_nn=\(version)"],
      in: Checkout.root, environment: ["CI=true", "COLUMNS=80"], seconds: 60)
    let words = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(run.exitCode == 0 && words.contains(text), "\(run.output)")
  }
}

@Suite struct `A model outside the board's kernels` {
  /// RELU, then an operator that nobody here knows.
  private static func mystery() -> [UInt8] {
    var model = ModelWriter()
    let codes = Quantization(scales: [0.1], zeroPoints: [0])
    let x = model.input("x", .int8, [1, 8], codes)
    let (y, z) = (model.tensor("y", .int8, [1, 8], codes), model.tensor("z", .int8, [1, 8], codes))
    model.add(.relu, inputs: [x], outputs: [y])
    model.add(custom: "Mystery", inputs: [y], outputs: [z])
    model.outputs([z])
    return model.bytes()
  }

  @Test func `is not said to give the reference's bits by a gate`() throws {
    let project = try SampleProject()
    try project.folder.write("suites/s/model.tflite", Self.mystery())
    try project.folder.write(
      "suites/s/suite.yaml", "suite: s\ntargets: [board]\nmodels:\n  - {name: m, candidate: model.tflite}\n")
    try project.folder.write(
      "baselines/budgets/s.yaml", "suite: s\nbudgets:\n  - {check: latency, max: 500 ms}\n")
    let gate = try project.run("gate")
    #expect(gate.exitCode == 1, "\(gate.output)\(gate.errors)")
    #expect(gate.output.contains("what subgraph 0, operator 1 (CUSTOM:Mystery) computes"), "\(gate.output)")
    #expect(!gate.output.contains("the reference's bytes"), "\(gate.output)")
    #expect(!gate.output.contains("of the interval decided"), "\(gate.output)")
  }

  @Test func `says which layers are reference kernels and which are unknown`() throws {
    let folder = try TemporaryFolder()
    try folder.write("model.tflite", Self.mystery())
    let description = ArrayDescription(name: "in_0", type: .int8, shape: [2, 1, 8])
    let inputs = Recording([try RecordedArray(description, bytes: Array(repeating: 1, count: 16))])
    try folder.write("in.npz", try inputs.encoded())
    let run = try ProgramRun(
      [
        "board", "model.tflite", "--inputs", "in.npz", "--target", "esp32s3-n16r8", "--baselines",
        "\(Checkout.root)/baselines",
      ], in: folder.path, seconds: 60)
    #expect(run.exitCode == 3, "\(run.output)\(run.errors)")
    #expect(
      run.errors.contains("1 layer on reference or C kernels, as on the board: 0 RELU."), "\(run.errors)")
    #expect(run.errors.contains("1 layer of which nothing is known: 1"), "\(run.errors)")
  }

  @Test(arguments: ["A", "skip_nudge", "UNALIGNED_ROWS"])
  func `has its rules explained`(_ code: String) throws {
    let run = try ProgramRun(["explain", code], in: Checkout.root, seconds: 60)
    #expect(run.exitCode == 0 && run.output.contains("rule \(code.uppercased()): a defect of esp-nn"))
  }
}
