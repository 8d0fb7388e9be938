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
