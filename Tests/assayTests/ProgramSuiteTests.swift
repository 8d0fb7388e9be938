import AssayFiles
import AssayGate
import AssayRecording
import AssayTestSupport
import Testing

/// Suites with ExecuTorch programs: methods, dynamic shapes, models that are only compared.
@Suite struct `A suite with programs` {
  private static func program(_ name: String) throws -> [UInt8] {
    try FileBytes.read("\(Checkout.root)/Tests/Goldens/programs/\(name)", limit: 1 << 20)
  }

  /// One model `m` with the given lines in its suite, on a target that runs ExecuTorch.
  private static func project(
    _ lines: String, files: [String: [UInt8]], budgets: String = "{check: arena, max: 64 KiB}"
  ) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, bytes) in files { try folder.write("suites/s/\(name)", bytes) }
    let suite = "suite: s\ntargets: [board]\nmodels:\n  - name: m\n    \(lines)\n"
    try folder.write("suites/s/suite.yaml", suite)
    try folder.write("baselines/budgets/s.yaml", "suite: s\nbudgets:\n  - \(budgets)\n")
    let runtime = "{name: tflm, esp_tflite_micro: 1.4.0, esp_nn: 1.2.1}"
    let target = SampleProject.target
    guard let range = target.firstRange(of: runtime) else { return folder }
    try folder.write(
      "baselines/targets/board.yaml",
      target[..<range.lowerBound] + "{name: executorch, executorch: 1.5.1, kernels: [portable]}"
        + target[range.upperBound...])
    return folder
  }

  private static func recording(_ shape: [Int]) throws -> [UInt8] {
    try SampleProject.recording(samples: 3, shape: shape, labels: nil).encoded()
  }

  private static func gate(_ folder: TemporaryFolder) throws -> ProgramRun {
    try ProgramRun(["gate"], in: folder.path)
  }

  @Test(arguments: [("forward", "[1, 6]"), ("score", "[1, 1]")])
  func `chooses a method by name`(method: String, shape: String) throws {
    let folder = try Self.project(
      """
      candidate: methods.pte
          method: \(method)
          recordings: in.npz
          io: {outputs: [{shape: \(shape), dtype: float32}]}
      """, files: ["methods.pte": Self.program("methods.pte"), "in.npz": Self.recording([1, 6])])
    let run = try Self.gate(folder)
    // No quality figure was budgeted: everything else is decided.
    #expect(run.exitCode == 3, "\(run.output)")
    #expect(!run.output.contains("FAIL"), "\(run.output)")
  }

  @Test func `refuses a method that the program does not have`() throws {
    let folder = try Self.project(
      "candidate: methods.pte\n    method: backward", files: ["methods.pte": Self.program("methods.pte")])
    let run = try Self.gate(folder)
    #expect(run.exitCode == 2)
    #expect(run.output.contains("no method \"backward\"; the program has forward, score"))
  }

  @Test(arguments: [4, 3, 1])
  func `runs dynamic shapes at their bound and below`(rows: Int) throws {
    let program = try Self.program("dynamic.bpte")
    let folder = try Self.project(
      """
      candidate: dynamic.bpte
          reference: padded.bpte
          recordings: in.npz
      """,
      files: ["dynamic.bpte": program, "padded.bpte": program + [0], "in.npz": Self.recording([rows, 6])],
      budgets: "{check: output-max, max: 0}\n  - {check: arena, max: 4 KiB}")
    let run = try Self.gate(folder)
    #expect(run.exitCode == 0, "\(run.output)")
    #expect(run.output.contains("recorded at [\(rows), 6], bound [4, 6]"))
    #expect(run.output.contains("3 recorded cases at 3 input shapes"))
  }

  @Test func `refuses shapes above the bound`() throws {
    let folder = try Self.project(
      "candidate: dynamic.bpte\n    recordings: in.npz",
      files: ["dynamic.bpte": Self.program("dynamic.bpte"), "in.npz": Self.recording([5, 6])])
    let run = try Self.gate(folder)
    #expect(run.exitCode == 2)
    #expect(run.output.contains("in.npz"))
  }

  @Test func `an ONNX candidate is refused by every board unless it is only compared`() throws {
    let onnx = try SampleProject.digits("formats/digits-v2.float.onnx")
    let lines = """
      candidate: m.onnx
          reference: r.tflite
          recordings: in.npz
          permute_input: {candidate: [0, 3, 1, 2]}
      """
    let files = [
      "m.onnx": onnx, "r.tflite": try SampleProject.digits("formats/digits-v2.float.tflite"),
      "in.npz": try Self.recording([1, 8, 8, 1]),
    ]
    let budgets = "{check: output-max, max: 0.001}"
    let refused = try Self.gate(Self.project(lines, files: files, budgets: budgets))
    #expect(refused.exitCode == 1)
    #expect(refused.output.contains("refuse this model: model: ONNX does not run on the"))
    let compared = try Self.gate(
      Self.project(lines + "\n    comparison_only: true", files: files, budgets: budgets))
    #expect(compared.exitCode == 0, "\(compared.output)")
    #expect(compared.output.contains("ONNX does not run on a board"))
    #expect(compared.output.contains("1 case of 1 planned"))
  }

  @Test(.enabled(if: Folder.exists(Checkout.conformance), "the conformance fixtures are not here"))
  func `a delegated program fails by the backend's name, recordings or not`() throws {
    let file = "\(Checkout.conformance)/pte/kws_dscnn.float_xnnpack.pte"
    let folder = try Self.project(
      "candidate: m.pte\n    recordings: in.npz",
      files: [
        "m.pte": FileBytes.read(file, limit: 1 << 24), "in.npz": Self.recording([1, 1, 49, 10]),
      ], budgets: "{check: top1, min: 1 %}")
    let run = try Self.gate(folder)
    #expect(run.exitCode == 1, "\(run.output)")
    #expect(run.output.contains("delegate XnnpackBackend: not available on ESP32-S3"))
    #expect(run.output.contains("The recordings were not run"))
  }

  @Test(arguments: [
    ("comparison_only: true", "needs reference and recordings"),
    (
      "reference: a.pte\n    recordings: b.npz\n    comparison_only: true\n    targets: [board]",
      "has no targets"
    ),
    ("targets: []", "checks nothing"), ("targets: [board, board]", "name each target once"),
    ("method: {candiate: x}", "candidate"), ("weights: 3", "suite.yaml:6:14: expected a map"),
    ("targets: [none]", "none"),
  ])
  func `says what is wrong with its lines`(lines: String, words: String) throws {
    let folder = try Self.project(
      "candidate: methods.pte\n    \(lines)", files: ["methods.pte": Self.program("methods.pte")])
    let run = try Self.gate(folder)
    #expect(run.exitCode == 2, "\(run.output)")
    #expect(run.output.contains(words), "\(run.output)")
  }
}
