import Testing

@testable import AssayGate

@Suite struct `Report texts` {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (57248, "57,248"), (-1234567, "-1,234,567"),
  ])
  func `group digits by three`(number: Int, text: String) { #expect(ReportText.grouped(number) == text) }

  @Test(arguments: [
    (0.0, "0"), (1.5, "1.5"), (2.0004, "2"), (0.00004, "4.00e-5"), (1234.5678, "1234.568"),
    (.nan, "not a number"), (-.infinity, "-infinite"), (-0.25, "-0.25"),
  ])
  func `write numbers shortly and without a locale`(number: Double, text: String) {
    #expect(ReportText.number(number) == text)
  }

  @Test func `escape what a model may be called`() {
    #expect(ReportText.escaped("<a href='x'>\u{0}&\u{1B}[31m") == "&lt;a href=&#39;x&#39;&gt;?&amp;?[31m")
  }

  @Test func `wrap at the width`() {
    let lines = TerminalReport.wrapped(String(repeating: "word ", count: 40), 80, indent: 2)
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  @Test func `wrap a command so that it can be pasted into a shell`() {
    let words = (0..<20).map { $0 % 5 == 4 ? "'a  name with   spaces'" : "--option-\($0)" }
    let command = words.joined(separator: " ")
    let lines = TerminalReport.wrapped(command: command, 60, indent: 4)
    #expect(lines.count > 5 && lines.allSatisfy { $0.count <= 60 })
    #expect(lines.dropLast().allSatisfy { $0.hasSuffix(" \\") } && lines.last?.hasSuffix("\\") == false)
    // What a shell makes of it: the backslashes and the margins are gone, quoted spaces are not.
    let pasted = lines.map { line in
      let text = line.hasSuffix(" \\") ? line.dropLast(2) : Substring(line)
      return String(text.drop { $0 == " " })
    }
    #expect(pasted.joined(separator: " ") == command)
  }
}

@Suite struct `Reports of a hostile run` {
  private var run: Run {
    var run = Run(assayVersion: "1", startedAt: "2026-01-01T00:00:00Z")
    var model = ModelResult(
      name: "</script><b>\"'|",
      candidate: ModelFacts(path: "a&b", sha256: "0", bytes: 1, format: "tflite", operators: 1))
    for index in 0..<5000 {
      var check = Check(code: "arena", id: "s/m/\(index)|<x>", verdict: .fail, expected: "a\nb", found: "c")
      check.message = String(repeating: "long ", count: 50)
      model.checks.append(check)
    }
    run.suites = [SuiteResult(name: "s", file: "suites/s/suite.yaml", summary: "", models: [model])]
    return run
  }

  @Test func `keep the summary bounded`() {
    #expect(SummaryReport.render(run).utf8.count <= SummaryReport.maximumBytes)
  }

  @Test func `never let a name become markup`() {
    let html = HTMLReport.render(run)
    #expect(!html.contains("<b>\"") && !html.contains("</script>"))
    #expect(!JUnitReport.render(run).contains("<x>"))
  }

  @Test func `read back as they were written`() throws {
    let text = try JSONReport.render(run)
    let read = try JSONReport.read(Array(text.utf8), file: "run.assay")
    #expect(read == run)
  }

  @Test(arguments: ["", "{", "[]", "{\"schemaVersion\": 99}"])
  func `are refused when they are no run`(text: String) {
    #expect((try? JSONReport.read(Array(text.utf8), file: "run.assay")) == nil)
  }
}
