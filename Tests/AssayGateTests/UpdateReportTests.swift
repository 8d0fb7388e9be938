import Testing

@testable import AssayGate

struct UpdateReportTests {
  private static func scenario(_ name: String, passed: Bool) -> ScenarioResult {
    ScenarioResult(
      name: name, catalogue: ["N01"], place: "net.yaml:5:9", passed: passed,
      states: [
        StateSpan(state: "old", seconds: 0), StateSpan(state: "downloading new", seconds: 60),
        StateSpan(state: "new", seconds: 90),
      ], resetSeconds: [75], log: ["1 started", "1 succeeded"], serves: "new", seconds: 7_290,
      problems: passed ? [] : ["serves: expected old, found <new>"],
      replay: passed ? nil : "assay ota replay net.yaml --scenario \(name)")
  }

  private static func run(_ passed: Bool, killed: Bool = true, problems: [String] = []) -> Run {
    var run = Run(assayVersion: "1", startedAt: "now")
    var model = ModelResult(
      name: "m", candidate: ModelFacts(path: "m", sha256: "", bytes: 1, format: "tflite", operators: 1))
    model.checks = [
      Check(code: "update", id: "s/m/update", verdict: passed ? .pass : .fail, expected: "", found: "")
    ]
    model.updates = [
      UpdateResult(
        target: "t", scenarios: [scenario("first", passed: true), scenario("odd", passed: passed)],
        exploration: UpdateExploration(
          operations: 102, cuts: 1408, problems: problems, command: "assay ota explore --model m"))
    ]
    run.suites = [SuiteResult(name: "s", file: "f", summary: "", models: [model])]
    run.plannedCases = 1
    run.judgedCases = 1
    run.updateKills = [
      UpdateKill(name: "no-quarantine", mistake: "takes it again", invariant: "I8", killed: killed)
    ]
    return run
  }

  @Test func `the page draws a line per scenario and the states in it`() {
    let html = HTMLReport.render(Self.run(true))
    #expect(html.contains("2 of 2 scenarios"))
    #expect(html.contains("N01 first") && html.contains("N01 odd"))
    #expect(html.contains("downloading new: from 60.0 s for 30.0 s"))
    #expect(html.contains("new: from 90.0 s for 2.0 h"))
    #expect(html.contains("class=\"tick\""), "the restart at 75 s")
    #expect(html.contains("1 of 1 devices that are wrong on purpose"))
  }

  @Test func `a failing scenario stands first, with what replays it, in every report`() {
    let run = Self.run(false)
    let html = HTMLReport.render(run)
    #expect(html.contains("<pre>assay ota replay net.yaml --scenario odd</pre>"))
    #expect(html.contains("found &lt;new&gt;"))
    let parts = html.split(separator: "N01 ").map { $0.prefix(5) }
    #expect(parts.suffix(2).first?.hasPrefix("odd") == true, "first in the drawing")
    let lines = TerminalReport.render(run, style: .init(colours: false))
    #expect(lines.contains { $0.contains("assay ota replay net.yaml --scenario odd") })
    #expect(lines.contains { $0.contains("FAIL odd  old > downloading > new  2.0 h") })
    #expect(SummaryReport.render(run).contains("`assay ota replay net.yaml --scenario odd`"))
  }

  @Test func `power cuts are counted in every report, and one that breaks something is told`() {
    let style = TerminalReport.Style(colours: false)
    let good = Self.run(true)
    #expect(TerminalReport.render(good, style: style).contains { $0.contains("1,408 power cuts") })
    #expect(SummaryReport.render(good).contains("2 of 2 scenarios, 1,408 power cuts"))
    let bad = Self.run(true, problems: ["update: cut at operation 7, <subset>: I9 no whole record is left"])
    let lines = TerminalReport.render(bad, style: style)
    #expect(lines.contains { $0.contains("cut at operation 7") })
    #expect(lines.contains { $0.contains("assay ota explore --model m") })
    #expect(SummaryReport.render(bad).contains("no whole record is left"))
    let html = HTMLReport.render(bad)
    #expect(html.contains("cut at operation 7, &lt;subset&gt;: I9"))
    #expect(html.contains("<pre>assay ota explore --model m</pre>"))
  }

  @Test func `nothing that is all right is listed one by one on a terminal unless asked for`() {
    let style = TerminalReport.Style(colours: false)
    #expect(!TerminalReport.render(Self.run(true), style: style).contains { $0.contains("odd") })
    #expect(
      TerminalReport.render(Self.run(true), style: style, verbose: true).contains { $0.contains("ok   odd") })
  }

  @Test func `a wrong device that nobody notices breaks the gate`() {
    var run = Self.run(true, killed: false)
    run.settle(GateOutcome())
    #expect(run.exitCode == 3)
    #expect(
      run.problems == [
        "the gate is broken: no rehearsal notices a device that takes it again (no-quarantine)"
      ])
    #expect(HTMLReport.render(run).contains("<b>SURVIVED</b>"))
    #expect(SummaryReport.render(run).contains("**survived**: no-quarantine"))
  }

  @Test func `a rollout over a fleet is drawn like any scenario, in the colours of its states`() {
    var run = Self.run(true)
    run.suites[0].models[0].updates?[0].scenarios = [
      ScenarioResult(
        name: "canary-fails", catalogue: ["R04"], place: "fleet.yaml:7:9", passed: true,
        states: [StateSpan(state: "group 1", seconds: 0), StateSpan(state: "rolled-back", seconds: 85)],
        resetSeconds: [], log: ["1 started 9", "2 succeeded 20"], serves: "old 100", seconds: 14_500,
        problems: [])
    ]
    let html = HTMLReport.render(run)
    #expect(html.contains("R04 canary-fails") && html.contains("group 1: from 0.000 s for 85.0 s"))
    #expect(html.contains("stroke=\"#6ea0ea\"") && html.contains("stroke=\"#9aa5b3\""))
    #expect(html.contains("1 started 9 &gt; 2 succeeded 20"))
  }

  @Test(arguments: [(0.4, "0.400 s"), (61, "61.0 s"), (120, "2.0 min"), (86_400, "24.0 h")])
  func `times have a fitting unit`(seconds: Double, text: String) {
    #expect(UpdateChart.time(seconds) == text)
  }

  @Test(arguments: [(1, 0), (2, 1), (3, 1.5), (1024, 10), (0, 0), (.nan, 0)])
  func `the scale grows like a logarithm`(value: Double, expected: Double) {
    #expect(UpdateChart.logarithm(value) == expected)
  }
}
