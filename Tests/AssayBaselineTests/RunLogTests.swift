import AssayBaseline
import AssayDocument
import AssayFiles
import AssayTestSupport
import Testing

@Suite struct `The run log` {
  @Test func `gives a run back as it was appended`() throws {
    let folder = try TemporaryFolder()
    let run = Sample.run("r1")
    try BaselineStore(folder("deep/er/assay.db")).append(run)
    let store = try BaselineStore(folder("deep/er/assay.db"))
    #expect(try store.run("r1") == run)
    #expect(try store.run() == run)
    #expect(try store.run("r2") == nil)
  }

  @Test func `shows a run only when it is complete`() throws {
    let folder = try TemporaryFolder()
    let store = try BaselineStore(folder("assay.db"))
    try store.begin(id: "r1", startedAt: "2026-11-21T09:00:00Z", assayVersion: "1")
    #expect(try store.run() == nil && store.runs().map(\.verdict) == [nil])
    #expect(try store.history(of: "arena", for: Sample.key).isEmpty)
    try store.complete(Sample.run("r1"))
    #expect(try store.run()?.id == "r1" && store.runs().map(\.verdict) == [.pass])
    let again = #expect(throws: BaselineError.self) { try store.complete(Sample.run("r1")) }
    #expect(again?.message == "run r1 is not running")
    #expect(throws: BaselineError.self) { try store.append(Sample.run("r1")) }
  }

  @Test func `keeps history oldest first, the newest when there is much`() throws {
    let folder = try TemporaryFolder()
    let store = try BaselineStore(folder("assay.db"))
    for (index, arena) in [3.0, 1, 2].enumerated() {
      try store.append(Sample.run("r\(index)", at: "2026-11-2\(index)T00:00:00Z", arena: arena))
    }
    #expect(try store.history(of: "arena", for: Sample.key).map(\.measurement.value) == [3, 1, 2])
    #expect(try store.history(of: "arena", for: Sample.key, limit: 2).map(\.run) == ["r1", "r2"])
    #expect(try store.runs(limit: 1).map(\.id) == ["r2"])
    #expect(try store.history(of: "latency", for: Sample.key).isEmpty)
  }

  struct Impossible: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var change: @Sendable (inout RunRecord) -> Void

    init(_ text: String, _ change: @escaping @Sendable (inout RunRecord) -> Void) {
      testDescription = text
      self.change = change
    }
  }

  @Test(arguments: [
    Impossible("a pass with exit code 1") { $0.exitCode = 1 },
    Impossible("a failure with exit code 0") { $0.verdict = .fail },
    Impossible("exit code 4") {
      $0.verdict = .fail; $0.exitCode = 4
    },
    Impossible("a pass without cases") {
      $0.plannedCases = 0; $0.judgedCases = 0
    },
    Impossible("a pass with a case not judged") { $0.plannedCases = 2 },
    Impossible("more judged than planned") { $0.judgedCases = 2 },
    Impossible("a measurement of NaN") { $0.measurements[0].value = .nan },
    Impossible("a measurement of infinity") { $0.measurements[0].value = .infinity },
    Impossible("a measurement twice") { $0.measurements[1] = $0.measurements[0] },
    Impossible("an input without a digest") { $0.inputs[0].sha256 = "" },
    Impossible("a target without a digest") { $0.targets[0].sha256 = "" },
    Impossible("a run without a name") { $0.id = "" },
  ])
  func `refuses what cannot be, and keeps nothing of it`(_ impossible: Impossible) throws {
    let folder = try TemporaryFolder()
    let store = try BaselineStore(folder("assay.db"))
    var run = Sample.run("r1")
    impossible.change(&run)
    let error = #expect(throws: BaselineError.self) { try store.append(run) }
    #expect(error?.code == .refused)
    #expect(try store.runs().isEmpty)
    try store.append(Sample.run("r1"))
  }

  @Test func `goes from one database to another as text`() throws {
    let folder = try TemporaryFolder()
    let store = try BaselineStore(folder("a.db"))
    try store.append(Sample.run("r1"))
    try store.append(Sample.run("r2", arena: 1.5))
    let text = try store.export().text()
    let other = try BaselineStore(folder("b.db"))
    try other.append(Sample.run("r2"))
    func importText(_ text: String) throws -> (added: Int, known: Int) {
      try other.importRuns(Array(text.utf8), file: "runs.json", by: "Ada", at: "2026-11-21T10:00:00Z")
    }
    #expect(try importText(text) == (1, 1))
    #expect(try importText(text) == (0, 2))
    #expect(try other.run("r1") == Sample.run("r1"))
    #expect(try other.auditLog().map(\.action) == ["import", "import"])
    #expect(try store.export(includesDocuments: false)["runs"]?.array?.first?["document"] == .null)
    // One bad run: none of them.
    let bad = text.replacing("\"exitCode\": 0", with: "\"exitCode\": 1").replacing("\"r1\"", with: "\"r9\"")
    #expect(throws: BaselineLoadError.self) { try importText(bad) }
    #expect(try other.runs().count == 2)
    for (text, message) in [
      ("{", "runs.json:1:2: expected a name in quotes"),
      ("{}", "runs.json: \"schemaVersion\" is missing or not a whole number"),
      ("{\"schemaVersion\": 2}", "runs.json: unknown schemaVersion; this version of assay reads 1"),
      ("{\"schemaVersion\": 1, \"runs\": [{}]}", "runs.json: \"id\" of a run is missing or not text"),
    ] {
      let error = #expect(throws: BaselineLoadError.self) { try importText(text) }
      #expect(error?.description == message)
    }
  }

  @Test func `is copied while it is in use`() throws {
    let folder = try TemporaryFolder()
    let store = try BaselineStore(folder("a.db"))
    try store.append(Sample.run("r1"))
    try store.backup(to: folder("copy.db"))
    #expect(try BaselineStore(folder("copy.db")).run() == Sample.run("r1"))
    #expect(throws: BaselineError.self) { try store.backup(to: folder("copy.db")) }
  }
}
