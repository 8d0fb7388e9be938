import AssayDocument
import AssayFiles
import AssayTestSupport
import Testing

@testable import AssayUpdate

struct RandomTests {
  @Test func `drawn schedules break nothing, and every class of fault happened`() {
    let report = RandomExploration.explore(seed: 1, runs: 600)
    #expect(report.findings == [], "\(report.findings.map(\.shrunk))")
    #expect(report.missing == [])
    #expect(report.runs == 600)
  }

  @Test func `the same seed explores the same`() {
    let once = RandomExploration.explore(seed: 3, runs: 40)
    #expect(once == RandomExploration.explore(seed: 3, runs: 40))
    #expect(once.traceHash != RandomExploration.explore(seed: 4, runs: 40).traceHash)
  }

  @Test(arguments: UInt64(0)..<60) func `a schedule reads back from its line`(seed: UInt64) throws {
    let schedule = Schedule.draw(seed: seed)
    #expect(try Schedule.read(schedule.line) == schedule, "\(schedule.line)")
  }

  @Test func `a failing schedule is shrunk to what it needs`() throws {
    let report = RandomExploration.explore(seed: 1, runs: 60, flaws: .skipsVerification)
    let finding = try #require(report.findings.first)
    let shrunk = try Schedule.read(finding.shrunk)
    #expect(shrunk.count <= Schedule.draw(seed: shrunk.seed).count)
    let outcome = shrunk.outcome(flaws: .skipsVerification)
    #expect(outcome?.violations.contains { $0.invariant == finding.violation.invariant } == true)
    #expect(shrunk.outcome()?.violations == [], "the right device survives it")
  }

  @Test func `every schedule of the corpus holds`() throws {
    let bytes = try FileBytes.read("\(Checkout.root)/suites/ota/corpus.txt", limit: 1 << 20)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines.count >= 7)
    for line in lines {
      let outcome = try #require(try Schedule.read(String(line)).outcome())
      #expect(outcome.violations == [], "\(line)")
    }
  }

  @Test(arguments: [
    ("{seed: 1, faults: [artifact 1 cutt 5]}", "unknown fault \"cutt\""),
    ("{faults: []}", "missing key \"seed\""),
    ("{seed: 1, colour: red}", "unknown key \"colour\""), ("{seed: -1}", "-1 is not between"),
    ("[1]", "expected a map"),
  ])
  func `a line that is not a schedule is refused`(line: String, expected: String) {
    let error = #expect(throws: DocumentErrors.self) { try Schedule.read(line) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }
}
