import AssayFiles
import AssayTestSupport
import Testing

@Suite struct `The baseline verbs` {
  private func judged() throws -> SampleProject {
    let project = try SampleProject()
    #expect(try project.run(words: "gate").exitCode == 0)
    return project
  }

  @Test func `reject what a run measured, so that it is no longer accepted`() throws {
    let project = try judged()
    let rejected = try project.run(
      "baseline", "reject", "--metric", "arena", "--by", "ada", "--reason", "too large")
    #expect(rejected.exitCode == 0 && rejected.output.contains("rejected s/m/board  arena"), "\(rejected)")
    #expect(try project.run(words: "baseline review").output.contains("; rejected"))
    let accepted = try project.run(
      "baseline", "accept", "--metric", "arena", "--by", "ada", "--reason", "all")
    #expect(accepted.exitCode == 0 && accepted.errors.contains("nothing new matches"), "\(accepted)")
    #expect(!Folder.exists(project.folder("baselines/accepted")))
  }

  @Test func `accept into reviewed text, but never in continuous integration`() throws {
    let project = try judged()
    let words = ["baseline", "accept", "--metric", "arena", "--by", "ada", "--reason", "first release"]
    let refused = try ProgramRun(words, in: project.folder.path, environment: ["CI=true"])
    #expect(refused.exitCode == 2 && refused.errors.contains("CI=true"))
    #expect(try ProgramRun(words, in: project.folder.path).exitCode == 0)
    #expect(
      try FileBytes.readText(project.folder("baselines/accepted/s.yaml"), limit: 1 << 20).contains(
        "reason: \"first release\""))
    #expect(try project.run(words: "baseline list").output.contains("accepted  s/m/board  arena"))
  }

  @Test func `carry runs to another database once`() throws {
    let project = try judged()
    #expect(try project.run(words: "baseline export --output runs.json").exitCode == 0)
    let (first, again) = try (imported(project), imported(project))
    #expect(first.output == "1 run added, 0 known already\n", "\(first)")
    #expect(again.output == "0 runs added, 1 known already\n", "\(again)")
  }

  private func imported(_ project: SampleProject) throws -> ProgramRun {
    try project.run(
      "baseline", "import", "runs.json", "--by", "ada",
      environment: ["ASSAY_BASELINES=\(project.folder("other.db"))"])
  }

  @Test(arguments: [
    ("baseline import nothing.json --by ada", "nothing.json: "),
    ("baseline import suites/s/suite.yaml --by ada", "suites/s/suite.yaml"),
    ("baseline reject --by ada", "--reason is missing"),
    ("baseline review 19990101T000000Z-00000000", "no complete run"),
    ("baseline history arena", "--suite is missing"),
  ])
  func `say what is wrong in one line`(command: String, text: String) throws {
    let project = try judged()
    let refused = try project.run(words: command)
    #expect(refused.exitCode == 2 && refused.errors.contains(text), "\(refused)")
  }
}
