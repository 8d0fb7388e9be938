import Testing

@testable import AssayUpdate

struct MutantTests {
  @Test func `every wrong device is caught by the invariant that must notice it`() {
    let table = KillTable.make(seed: 1)
    #expect(table.survivors == [])
    #expect(table.rows.count >= 110)
    for row in table.rows where row.killed {
      #expect(row.evidence?.contains("\(row.invariant) ") == true, "\(row.name): \(row.evidence ?? "")")
    }
  }

  @Test func `the twelve of the specification are there`() {
    let names = Mutant.all.prefix(12).map(\.name)
    #expect(
      names == [
        "skips-verification", "confirms-early", "record-before-image", "appends-full-response",
        "record-in-place", "no-retry-cap", "reports-before-confirming", "no-quarantine",
        "erases-before-size-check", "trusts-tag-with-empty-slot", "accepts-downgrade",
        "rolls-back-on-lost-report",
      ])
  }

  @Test func `every flaw is a device of its own, every rehearsal exists`() {
    #expect(Set(Mutant.all.map(\.flaws)).count == Mutant.all.count)
    #expect(Set(Mutant.all.map(\.name)).count == Mutant.all.count)
    let rehearsals = Set(BuiltInRehearsals.scenarios.map(\.name))
    #expect(rehearsals.count >= 60, "the built-in text must be readable")
    for mutant in Mutant.all { #expect(rehearsals.contains(mutant.rehearsal), "\(mutant.name)") }
  }

  @Test func `the right device survives every rehearsal, cut at every operation in every mode`() {
    let report = Exploration.rehearse(seed: 1)
    #expect(report.violations == 0, "\(report.findings)")
    #expect(report.cases == report.operations * TearMode.allCases.count)
    #expect(report.cases > 40_000)
  }

  @Test func `rehearsals leave the same trace on one thread or two`() {
    let once = Exploration.rehearse(seed: 1, workers: 1, stride: 20)
    #expect(once == Exploration.rehearse(seed: 1, workers: 2, stride: 20))
    #expect(once.traceHash != Exploration.rehearse(seed: 2, workers: 2, stride: 20).traceHash)
  }
}
