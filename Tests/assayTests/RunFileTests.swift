import AssayFiles
import AssayGate
import AssayTestSupport
import Testing

/// A project with two suites, `s` and `t`, each judged into a run file of its own.
private func shards() throws -> SampleProject {
  let project = try SampleProject()
  try project.folder.write("suites/t/model.tflite", SampleProject.digits("models/digits-v2.int8.tflite"))
  try project.folder.write("suites/t/inputs.npz", SampleProject.digits("recordings/heldout.npz"))
  try project.folder.write("suites/t/suite.yaml", SampleProject.suite.replacing("suite: s", with: "suite: t"))
  try project.folder.write(
    "baselines/budgets/t.yaml", SampleProject.budgets.replacing("suite: s", with: "suite: t"))
  for suite in ["s", "t"] { _ = try project.run(words: "gate suites/\(suite) --reports \(suite)") }
  return project
}

@Suite struct `Stored runs` {
  @Test func `give every report again, byte for byte`() throws {
    let project = try SampleProject()
    _ = try project.run(words: "gate --reports reports")
    let formats = ReportFormat.allCases.map { "--to \($0.rawValue)=again-\($0.fileName)" }
    let report = try project.run(words: "report reports/run.assay \(formats.joined(separator: " "))")
    #expect(report.exitCode == 0, "\(report)")
    for format in ReportFormat.allCases {
      let (first, again) = (
        project.folder("reports/\(format.fileName)"), project.folder("again-\(format.fileName)")
      )
      #expect(try FileBytes.read(first, limit: 1 << 24) == FileBytes.read(again, limit: 1 << 24))
    }
  }

  @Test func `are found in the database by their id`() throws {
    let project = try SampleProject()
    _ = try project.run(words: "gate")
    let history = try project.run(words: "baseline history --format json")
    let id = try #require(
      history.output.split(separator: "\"").first { $0.hasPrefix("20") && $0.contains("Z-") })
    let report = try project.run("report", String(id), "--to", "markdown=-")
    #expect(report.exitCode == 0 && report.output.hasPrefix("# Assay: "), "\(report)")
  }

  @Test(arguments: [
    ("report nothing-of-that-id", "no such file, and no complete run of that id"),
    ("report suites/s/model.tflite", "not a run file"),
    ("report missing.assay", "missing.assay: "),
    ("report s/run.assay --to pdf=x", "unknown format \"pdf\""),
    ("report s/run.assay --to html", "--to is FORMAT=PATH"),
    ("merge s/run.assay", "--output is missing"),
    ("merge s/run.assay s/run.assay --output m.assay", "shards must not overlap"),
    ("merge s/run.assay old.assay --output m.assay", "old.assay: judged by assay 0.0.1"),
    ("merge s/run.assay padded.assay --output m.assay", "padded.assay: says 9 of 9 cases judged, holds 1"),
  ])
  func `that are wrong are refused`(command: String, text: String) throws {
    let project = try shards()
    try write("old.assay", project) { $0.assayVersion = "0.0.1" }
    try write("padded.assay", project) { ($0.plannedCases, $0.judgedCases) = (9, 9) }
    let refused = try project.run(words: command)
    #expect(refused.exitCode == 2 && refused.errors.contains(text), "\(refused)")
    #expect(!Folder.exists(project.folder("m.assay")))
  }

  @Test func `of shards merge into one, in any order`() throws {
    let project = try shards()
    var texts: [String] = []
    for order in ["s/run.assay t/run.assay", "t/run.assay s/run.assay"] {
      let merged = try project.run(words: "merge \(order) --output m.assay")
      #expect(merged.exitCode == 0, "\(merged)")
      texts.append(try FileBytes.readText(project.folder("m.assay"), limit: 1 << 24))
    }
    #expect(texts[0] == texts[1])
    let run = try JSONReport.read(Array(texts[0].utf8), file: "m.assay")
    #expect(run.suites.map(\.name) == ["s", "t"] && run.plannedCases == 2 && run.judgedCases == 2)
    #expect(run.verdict == .pass)
  }

  @Test func `with a failed check never merge into a pass, whatever they say themselves`() throws {
    let project = try shards()
    try write("t/run.assay", project) { run in
      for index in run.suites.indices { run.suites[index].models[0].checks[0].verdict = .fail }
    }
    let merged = try project.run(words: "merge s/run.assay t/run.assay --output m.assay")
    #expect(merged.exitCode == 2 && merged.errors.contains("does not bear out"), "\(merged)")
    let report = try project.run(words: "report t/run.assay --to markdown=-")
    #expect(report.exitCode == 2 && report.output.isEmpty, "\(report)")
  }

  @Test func `of models that are only compared merge as they were judged`() throws {
    let project = try shards()
    try write("t/run.assay", project) { $0.suites[0].models[0].targets = [] }
    let merged = try project.run(words: "merge s/run.assay t/run.assay --output m.assay")
    #expect(merged.exitCode == 0, "\(merged)")
  }

  @Test func `on overridden targets say so, and do not mix with others`() throws {
    let project = try shards()
    let gate = try project.run(words: "gate suites/t --reports t --set runtime.esp_nn=none")
    #expect(gate.exitCode == 0 && gate.output.contains("--set runtime.esp_nn=none"), "\(gate)")
    let report = try project.run(words: "report t/run.assay --to markdown=- --to html=-")
    #expect(report.output.split(separator: "--set runtime.esp_nn=none").count == 3, "\(report)")
    let merged = try project.run(words: "merge s/run.assay t/run.assay --output m.assay")
    #expect(merged.exitCode == 2 && merged.errors.contains("other fields set"), "\(merged)")
  }

  @Test func `before a failing one tell since when it fails`() throws {
    let project = try SampleProject()
    func broken() throws -> String {
      try project.folder.write(
        "baselines/budgets/s.yaml", SampleProject.budgets.replacing("min: 0 %", with: "min: 100 %"))
      let gate = try project.run(words: "gate --reports r")
      #expect(gate.exitCode == 1, "\(gate)")
      return gate.output
    }
    #expect(try broken().contains("first judged in this run"))
    #expect(try broken().contains("never passed here, in 1 run before this one"))
    try project.folder.write("baselines/budgets/s.yaml", SampleProject.budgets)
    #expect(try project.run(words: "gate").exitCode == 0)
    let found = try broken()
    #expect(found.contains("passed last on 20") && found.contains("this is the first run since"), "\(found)")
    // The run itself is the same whatever was judged before.
    let text = try FileBytes.readText(project.folder("r/run.assay"), limit: 1 << 24)
    #expect(!text.contains("passed last"))
  }

  @Test func `name what targets leave unchecked`() throws {
    let gate = try SampleProject().run(words: "gate --reports r")
    #expect(gate.output.contains("Not judged: runtime.operators is not stated"), "\(gate)")
  }

  @Test func `with a waived failure name it in every report`() throws {
    let project = try SampleProject()
    try project.folder.write(
      "baselines/budgets/s.yaml",
      SampleProject.budgets.replacing("min: 0 %", with: "min: 100 %")
        + "waivers:\n  - {check: top1, until: 9999-12-31, by: Ada, reason: issue 12}\n")
    let gate = try project.run(words: "gate --reports r")
    #expect(gate.exitCode == 0 && gate.output.contains("waived: issue 12"), "\(gate)")
    for format in ReportFormat.allCases where format != .sarif {
      let text = try FileBytes.readText(project.folder("r/\(format.fileName)"), limit: 1 << 24)
      #expect(text.contains("issue 12") && text.contains("s/m/top1"), "\(format)")
    }
  }

  /// Writes the run of suite `t`, changed.
  private func write(_ file: String, _ project: SampleProject, _ change: (inout Run) -> Void) throws {
    var run = try JSONReport.read(FileBytes.read(project.folder("t/run.assay"), limit: 1 << 24), file: file)
    change(&run)
    try project.folder.write(file, JSONReport.render(run))
  }
}
