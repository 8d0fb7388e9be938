import AssayFiles
import AssayGate
import AssayModel
import AssayTestSupport
import Testing

/// `assay gate model.bpte`: a bundled program is a suite with no further file.
@Suite struct `A bundled program as a suite` {
  /// One ExecuTorch target with the kernels that a test needs.
  private static func project(_ bytes: [UInt8], kernels: String = "portable") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("model.bpte", bytes)
    let target = SampleProject.target.replacing(
      "{name: tflm, esp_tflite_micro: 1.4.0, esp_nn: 1.2.1}",
      with: "{name: executorch, executorch: 1.5.1, kernels: [\(kernels)]}")
    try folder.write("baselines/targets/board.yaml", target)
    return folder
  }

  private static func gate(_ folder: TemporaryFolder, _ words: String...) throws -> ProgramRun {
    try ProgramRun(["gate", "model.bpte"] + words, in: folder.path)
  }

  private static func digits() throws -> BundleWriter {
    try BundleWriter(reading: SampleProject.digits("formats/digits-v2.bpte"))
  }

  /// Output with its line breaks taken back.
  private static func flat(_ run: ProgramRun) -> String {
    run.output.split(whereSeparator: { $0 == " " || $0 == "\n" }).joined(separator: " ")
  }

  /// The digits bundle with the smallest expected output of its first case changed.
  private static func expecting(_ change: (Float) -> Float) throws -> [UInt8] {
    var bundle = try digits()
    guard
      case .tensor(let type, let shape, var bytes, let order) = bundle.suites[0].cases[0].expectedOutputs[0]
    else { return [] }
    let values = stride(from: 0, to: bytes.count, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
    }
    let place = values.indices.min { values[$0] < values[$1] } ?? 0
    let changed = littleEndian(change(values[place]).bitPattern)
    bytes.replaceSubrange(4 * place..<4 * place + 4, with: changed)
    bundle.suites[0].cases[0].expectedOutputs[0] = .tensor(
      type: type, shape: shape, bytes: bytes, dimOrder: order)
    return bundle.bytes
  }

  @Test func `passes with every report, and says what ExecuTorch's default would`() throws {
    let folder = try Self.project(Self.digits().bytes)
    let run = try Self.gate(folder, "--reports", folder("reports"))
    #expect(run.exitCode == 0, "\(run.errors)\(run.output)")
    #expect(Self.flat(run).contains("20 recorded cases: output 0 differs by at most"))
    #expect(Self.flat(run).contains("Also within ExecuTorch's default tolerance"))
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    for format in ReportFormat.allCases {
      let text = try FileBytes.readText(folder("reports/\(format.fileName)"), limit: 1 << 24)
      #expect(
        format == .sarif || text.contains("recorded cases") || text.contains("recorded-outputs"), "\(format)")
    }
    let html = try FileBytes.readText(folder("reports/report.html"), limit: 1 << 24)
    #expect(html.contains("<h3>Recorded cases</h3>"))
    let report = try JSONReport.read(FileBytes.read(folder("reports/run.assay"), limit: 1 << 24), file: "r")
    #expect(report.suites[0].models[0].recorded?.cases == 20)
    #expect(report.canaries.contains { $0.check.hasSuffix("recorded-outputs") && $0.caught })
  }

  @Test func `honest sums that ExecuTorch's default fails still pass`() throws {
    // The smallest softmax output is below 1e-3: 2e-6 is far outside 1e-5 of it.
    let folder = try Self.project(Self.expecting { $0 + 2e-6 })
    let run = try Self.gate(folder)
    #expect(run.exitCode == 0, "\(run.output)")
    #expect(Self.flat(run).contains("would fail this honest model in 1 of 20 cases"))
  }

  @Test(arguments: [(Float(0.01), "fails it too"), (.nan, "fails it too")])
  func `another answer fails and is placed`(change: Float, words: String) throws {
    let folder = try Self.project(Self.expecting { $0 + change })
    let run = try Self.gate(folder, "--reports", folder("reports"))
    #expect(run.exitCode == 1, "\(run.output)")
    #expect(run.output.contains("FAIL  model/forward/recorded-outputs"))
    #expect(Self.flat(run).contains(words))
    let sarif = try FileBytes.readText(folder("reports/results.sarif"), limit: 1 << 24)
    #expect(sarif.contains("model.bpte"))
    let junit = try FileBytes.readText(folder("reports/junit.xml"), limit: 1 << 24)
    #expect(junit.contains("<failure message=\"The 20 recorded cases of method forward are not reproduced"))
  }

  @Test func `a budget row replaces the limits that a bundle brings`() throws {
    let folder = try Self.project(Self.expecting { $0 + 0.01 })
    try folder.write(
      "baselines/budgets/model.yaml",
      "suite: model\nbudgets:\n  - {check: recorded-outputs, max: 2000}\n  - {check: arena, max: 16 KiB}\n")
    let run = try Self.gate(folder)
    #expect(run.exitCode == 1)
    #expect(!run.output.contains("FAIL  model/forward/recorded-outputs"))
    #expect(run.output.contains("FAIL  model/forward/board/arena"))
  }

  @Test func `int8 is refused on portable kernels, and judged where the target has them`() throws {
    let program = try SampleProject.digits("formats/digits-v2.cortex_m.pte")
    let bytes = try BundleWriter(recording: program, count: 3).bytes
    let refused = try Self.gate(Self.project(bytes))
    #expect(refused.exitCode == 1)
    #expect(refused.output.contains("the firmware has no cortex_m kernels"))
    let judged = try Self.gate(Self.project(bytes, kernels: "portable, cortex_m"))
    #expect(judged.exitCode == 0, "\(judged.output)")
    #expect(Self.flat(judged).contains("one step of the output's scale"))
  }

  @Test func `a target that is not named is every one that runs ExecuTorch`() throws {
    let folder = try Self.project(Self.digits().bytes)
    try folder.write(
      "baselines/targets/tflm.yaml", SampleProject.target.replacing("target: board", with: "target: tflm"))
    #expect(try Self.gate(folder).exitCode == 0)
    let other = try Self.gate(folder, "--target", "tflm")
    #expect(other.exitCode == 1)
    #expect(other.output.contains("this target runs TensorFlow Lite Micro"))
    #expect(try Self.gate(folder, "--target", "none").exitCode == 2)
  }

  /// Bundles that cannot be judged: what was done to them, the exit code, and words of the answer.
  struct Broken: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var exitCode: Int32
    var words: String
    var change: @Sendable (inout BundleWriter) -> Void

    init(
      _ name: String, _ exitCode: Int32, _ words: String,
      _ change: @escaping @Sendable (inout BundleWriter) -> Void
    ) {
      testDescription = name
      self.exitCode = exitCode
      self.words = words
      self.change = change
    }
  }

  static let broken: [Broken] = [
    Broken("no suite", 3, "records no cases") { $0.suites = [] },
    Broken("no case", 3, "records no cases") { $0.suites[0].cases = [] },
    Broken("no input", 2, "case 1: 0 inputs, the method has 1") { $0.suites[0].cases[1].inputs = [] },
    Broken("no output", 2, "case 0: 0 expected outputs, the method has 1") {
      $0.suites[0].cases[0].expectedOutputs = []
    },
    Broken("a number", 2, "input 0 is a number") { $0.suites[0].cases[0].inputs = [.int(3)] },
    Broken("another type", 2, "input 0 is int8 [1, 1, 8, 8], the method has float32 [1, 1, 8, 8]") {
      $0.suites[0].cases[0].inputs = [
        .tensor(type: .int8, shape: [1, 1, 8, 8], bytes: Array(repeating: 0, count: 64), dimOrder: [])
      ]
    },
    Broken("another shape", 2, "input 0 is float32 [1, 8], the method has float32 [1, 1, 8, 8]") {
      $0.suites[0].cases[0].inputs = [
        .tensor(type: .float32, shape: [1, 8], bytes: Array(repeating: 0, count: 32), dimOrder: [])
      ]
    },
    Broken("another method", 2, "no method \"backward\"") { $0.suites[0].method = "backward" },
  ]

  @Test(arguments: broken)
  func `one that cannot be judged is refused`(broken: Broken) throws {
    var bundle = try Self.digits()
    broken.change(&bundle)
    let run = try Self.gate(Self.project(bundle.bytes))
    #expect(run.exitCode == broken.exitCode, "\(run.output)")
    #expect(Self.flat(run).contains(broken.words), "\(run.output)")
  }

  @Test(arguments: [9, 64, 2_000, 30_000, 54_000])
  func `a cut file is refused`(count: Int) throws {
    let bytes = try SampleProject.digits("formats/digits-v2.bpte")
    let run = try Self.gate(Self.project(Array(bytes.prefix(count))))
    #expect(run.exitCode == 2, "\(run.output)")
    #expect(run.output.contains("model.bpte"))
  }

  @Test func `one that is not there is named as it was written`() throws {
    let folder = try Self.project(Self.digits().bytes)
    let run = try ProgramRun(["gate", "other.bpte"], in: folder.path)
    #expect(run.exitCode == 2)
    #expect(run.output.contains("PROBLEM  other.bpte: no such file"))
  }

  @Test func `other models are no suite`() throws {
    let folder = try Self.project(SampleProject.digits("formats/digits-v2.float.pte"))
    let run = try Self.gate(folder)
    #expect(run.exitCode == 2)
    #expect(run.output.contains("not a suite"))
  }
}

extension String {
  /// The text with a part of it exchanged, without Foundation.
  fileprivate func replacing(_ part: String, with other: String) -> String {
    guard let range = firstRange(of: part) else { return self }
    return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
