import AssayFiles
import AssayGate
import AssayTestSupport
import Testing

/// The committed suites, judged by the program with a database of the test's own.
@Suite(.serialized) struct `The committed suites` {
  private func gate(_ words: String..., folder: TemporaryFolder) throws -> ProgramRun {
    try ProgramRun(
      ["gate"] + words, in: Checkout.root, environment: ["ASSAY_BASELINES=\(folder("assay.db"))", "CI=true"],
      seconds: 600)
  }

  @Test func `pass on every firmware`() throws {
    let folder = try TemporaryFolder()
    let run = try gate("suites/digits", "--reports", folder("reports"), folder: folder)
    #expect(run.exitCode == 0, "\(run.errors)\(run.output)")
    for format in ReportFormat.allCases { #expect(Folder.holdsFile(folder("reports/\(format.fileName)"))) }
  }

  @Test func `hold every form of one network against its float reference`() throws {
    let folder = try TemporaryFolder()
    let run = try gate("suites/formats", folder: folder)
    #expect(run.exitCode == 0, "\(run.errors)\(run.output)")
    #expect(run.output.contains("10 cases of 10 planned"))
    #expect(run.output.contains("ONNX does not run on a board"))
  }

  @Test func `fail on the clipped version and name accuracy and the layer`() throws {
    let folder = try TemporaryFolder()
    let run = try gate("suites/examples/regressed", folder: folder)
    #expect(run.exitCode == 1)
    #expect(run.output.contains("FAIL  regressed/digits-v2/top1"))
    #expect(run.output.contains("layer at fault: 1 DEPTHWISE_CONV_2D"))
  }

  @Test func `give the same report twice and on any number of threads, its time stamp aside`() throws {
    let folder = try TemporaryFolder()
    var texts: [String] = []
    for (name, threads) in [("a", "1"), ("b", "3")] {
      _ = try gate(
        "suites/digits", "--reports", folder(name), "--threads", threads, folder: folder)
      let bytes = try FileBytes.read(folder("\(name)/run.assay"), limit: 64 << 20)
      var run = try JSONReport.read(bytes, file: name)
      run.startedAt = ""
      texts.append(try JSONReport.render(run))
    }
    #expect(texts[0] == texts[1])
  }
}

/// A gate whose suite rehearses updates.
@Suite struct `A rehearsed update` {
  private static let scenarios = """
    ota: 1
    tables:
      - table: plain
        rows:
          - {name: plain, row: N01, chain: old > downloading new > pending new > trial new > new, serves: new}
          - {name: cut, row: N01, faults: [artifact 1 cut 50 %], serves: new}

    """

  private func gate(_ budgets: String = "", library: String = "1.2.1", _ options: String...) throws
    -> ProgramRun
  {
    let project = try SampleProject()
    try project.folder.write("suites/ota/few.yaml", Self.scenarios)
    try project.folder.write(
      "suites/s/suite.yaml",
      SampleProject.suite + "    update_scenarios: [../ota/few.yaml]\n")
    try project.folder.write(
      "baselines/budgets/s.yaml", "suite: s\nbudgets:\n  - {check: top1, min: 0 %}\n\(budgets)")
    try project.folder.write(
      "baselines/targets/board.yaml",
      SampleProject.target.replacing("esp_nn: 1.2.1", with: "esp_nn: \(library)"))
    return try ProgramRun(["gate"] + options, in: project.folder.path)
  }

  @Test func `is refused once, not scenario by scenario, when the candidate is over a budget`() throws {
    let run = try gate("  - {check: arena, max: 8 KiB}\n")
    #expect(run.exitCode == 1)
    let text = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      text.contains("update on board: self-test-arena on board: needs 15,104 B of at most 8,192 B"),
      "\(run.output)")
    #expect(text.contains("no scenario was replayed") && !text.contains("ota replay"), "\(run.output)")
  }

  @Test func `says so when its latency is not known`() throws {
    let run = try gate("", library: "9.9.9", "--format", "json")
    #expect(run.exitCode == 3, "\(run.output)")
    #expect(
      run.output.contains("Not known on board, and so no part of the trial: arena and latency"),
      "\(run.output)")
  }
}
