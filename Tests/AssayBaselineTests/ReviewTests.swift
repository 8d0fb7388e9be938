import AssayBaseline
import AssayDocument
import AssayFiles
import AssayTestSupport
import Testing

@Suite struct `Reviewing baselines` {
  let folder: TemporaryFolder
  let store: BaselineStore
  static let acceptance = Acceptance(
    by: "Ada", at: "2026-11-21T10:00:00Z", reason: "new \"export\":\n- better", isContinuousIntegration: false
  )

  init() throws {
    folder = try TemporaryFolder()
    store = try BaselineStore(folder("assay.db"))
  }

  private func baselines() throws -> Baselines { try store.load(folder("baselines"), checks: Sample.checks) }

  private func accept(_ filter: CandidateFilter = CandidateFilter(), _ acceptance: Acceptance = acceptance)
    throws -> [Candidate]
  {
    try store.accept(in: folder("baselines"), checks: Sample.checks, filter, acceptance)
  }

  @Test func `writes text that says who, when and why, and the database follows`() throws {
    try store.append(Sample.run("r1"))
    #expect(try accept().count == 2)
    let text = try FileBytes.readText(folder("baselines/accepted/digits.yaml"), limit: 9_999)
    #expect(
      text == """
        # Written by `assay baseline accept`. Reviewed like code; edit only to delete.
        accepted:
          - suite: digits
            model: digits-v2
            target: esp32s3-n16r8
            metric: arena
            value: 18432
            unit: "B"
            model_sha256: "\(Sample.digest)"
            runtime: {esp_nn: "1.2.1", tflm: "1.4.0"}
            run: "r1"
            accepted_by: "Ada"
            accepted_at: "2026-11-21T10:00:00Z"
            reason: "new \\"export\\":\\n- better"
          - suite: digits
            model: digits-v2
            target: esp32s3-n16r8
            metric: top1
            value: 0.30000000000000004
            unit: "share"
            model_sha256: "\(Sample.digest)"
            runtime: {}
            run: "r1"
            accepted_by: "Ada"
            accepted_at: "2026-11-21T10:00:00Z"
            reason: "new \\"export\\":\\n- better"

        """)
    let accepted = try #require(try baselines().accepted("arena", for: Sample.key))
    #expect(
      accepted.value == 18_432 && accepted.reason == Self.acceptance.reason
        && accepted.runtime["esp_nn"] == "1.2.1")
    #expect(try baselines().accepted("top1", for: Sample.key)?.value == 0.1 + 0.2)
    #expect(try store.auditLog().map(\.action) == ["accept", "accept"])
    // The same again is no news.
    #expect(try accept().isEmpty)
  }

  @Test func `shows what changed, and which versions`() throws {
    try store.append(Sample.run("r1"))
    _ = try accept()
    var run = Sample.run("r2", at: "2026-11-22T00:00:00Z", arena: 19_000)
    run.measurements[0].runtime["esp_nn"] = "1.2.3"
    try store.append(run)
    let (found, candidates) = try store.review(against: baselines())
    #expect(found.id == "r2" && candidates.map(\.isNews) == [true, false])
    #expect(candidates[0].change == 568 && candidates[0].versionChanges == ["esp_nn 1.2.1 -> 1.2.3"])
    #expect(try store.review("r1", against: baselines()).candidates.allSatisfy { !$0.isNews })
    let error = #expect(throws: BaselineError.self) { try store.review("r9", against: baselines()) }
    #expect(error?.code == .notFound)
  }

  @Test func `accepts only what is asked for, where it stands already`() throws {
    try store.append(Sample.run("r1"))
    #expect(try accept(CandidateFilter(metric: "top1")).map(\.measurement.metric) == ["top1"])
    let text = try FileBytes.read(folder("baselines/accepted/digits.yaml"), limit: 9_999)
    try folder.write("baselines/accepted/mine.yaml", text)
    try FileBytes.remove(folder("baselines/accepted/digits.yaml"))
    var run = Sample.run("r2", at: "2026-11-22T00:00:00Z")
    run.measurements[1].value = 0.5
    try store.append(run)
    #expect(try accept().count == 2)
    let values = try baselines().accepted
    #expect(values.map(\.metric) == ["arena", "top1"])
    #expect(values.map { Path.name($0.location.file) } == ["digits.yaml", "mine.yaml"])
    #expect(try accept(CandidateFilter(model: "other")).isEmpty)
  }

  @Test func `never accepts in continuous integration or without a reason`() throws {
    try store.append(Sample.run("r1"))
    var acceptance = Self.acceptance
    acceptance.isContinuousIntegration = true
    let refusal = #expect(throws: BaselineLoadError.self) { try accept(CandidateFilter(), acceptance) }
    #expect(
      refusal
        == .store(
          BaselineError(
            .continuousIntegration, path: folder("assay.db"),
            "CI=true: baselines are accepted by people, in a pull request")))
    acceptance.isContinuousIntegration = false
    acceptance.reason = " \n"
    #expect(throws: BaselineLoadError.self) { try accept(CandidateFilter(), acceptance) }
    #expect(!Folder.exists(folder("baselines/accepted")))
    #expect(try store.auditLog().isEmpty)
  }

  @Test func `leaves out what was rejected`() throws {
    try store.append(Sample.run("r1"))
    let rejected = try store.reject(
      against: baselines(), CandidateFilter(metric: "arena"), by: "Ada", at: "2026-11-21T10:00:00Z",
      reason: "too big")
    #expect(rejected.map(\.measurement.metric) == ["arena"])
    #expect(try store.review(against: baselines()).candidates.map(\.isRejected) == [true, false])
    #expect(try accept().map(\.measurement.metric) == ["top1"])
    #expect(try store.auditLog().last?.detail == "digits/digits-v2/esp32s3-n16r8 arena of run r1: too big")
  }

  @Test func `keeps a hostile suite name inside the folder`() throws {
    var run = Sample.run("r1")
    run.measurements[0].key.suite = "../../x: y\n- z"
    try store.append(run)
    #expect(try accept().count == 2)
    #expect(
      try Folder.list(folder("baselines/accepted")).map(\.name) == ["------x--y---z.yaml", "digits.yaml"])
    #expect(try baselines().accepted.map(\.key.suite) == ["../../x: y\n- z", "digits"])
  }
}
