import AssayFiles
import AssayGate
import AssayTestSupport
import Testing

@Suite struct `The incident of April 2026` {
  @Test func `fails on the newer library alone and names the change and the board's log line`() throws {
    let folder = try TemporaryFolder()
    let gate = try ProgramRun(
      ["gate", "suites/incidents/esp-nn-1.2.1", "--format", "json"], in: Checkout.root,
      environment: ["ASSAY_BASELINES=\(folder("assay.db"))", "CI=true"], seconds: 600)
    #expect(gate.exitCode == 1, "\(gate.errors)")
    let run = try JSONReport.read(Array(gate.output.utf8), file: "report.json")
    let targets = try #require(run.suites.first?.models.first?.targets)
    #expect(targets.map(\.firmware) == ["fw-2026.3", "fw-2026.4"])
    #expect(targets.map { $0.arena?.minimumBytes } == [23_296, 34_816])
    let arenas = targets.compactMap { target in target.checks.first { $0.code == "arena" } }
    #expect(arenas.map(\.verdict) == [.pass, .fail])
    // One row: the same budget judges both.
    #expect(Set(arenas.map(\.budget)).count == 1)
    #expect(
      arenas[1].message.contains("with esp-nn 1.1.2, esp-tflite-micro 1.4.0; this firmware has esp-nn 1.2.1"))
    #expect(arenas[1].message.hasSuffix("the changed runtime is the likely cause"))
    let declared = try #require(targets[1].checks.first { $0.code == "declared-arena" })
    #expect(
      declared.message.contains(
        "would log \"Failed to resize buffer. Requested: 23520, available 12444, missing: 11076\""))
    #expect(run.checks.count { $0.verdict != .pass } == 2)
  }

  @Test func `is left out of the gate that judges everything`() throws {
    #expect(
      try SuiteReader.discover(Path.join(Checkout.root, "suites")).allSatisfy { !$0.contains("/incidents/") })
  }
}
