import AssayDocument
import AssayFiles
import AssayTestSupport
import Testing

@testable import AssayUpdate

struct ScenarioTests {
  static let files = [
    "clients", "content", "fleet", "glitch", "network", "power", "record", "reports", "service", "trust",
    "versions",
  ]

  static func scenarios(_ name: String) throws -> [Scenario] {
    try rehearsals(name).compactMap { if case .device(let scenario) = $0 { scenario } else { nil } }
  }

  static func rehearsals(_ name: String) throws -> [Rehearsal] {
    let path = "\(Checkout.root)/suites/ota/\(name).yaml"
    return try ScenarioReader.rehearsals(
      FileBytes.read(path, limit: 1 << 20), file: "suites/ota/\(name).yaml")
  }

  @Test(arguments: files) func `every committed scenario ends exactly as its row says`(file: String) throws {
    for rehearsal in try Self.rehearsals(file) {
      let outcome = try #require(rehearsal.replay(Subject()))
      #expect(
        outcome.passed, "\(outcome.place) \(rehearsal.name): \(outcome.differences) \(outcome.violations)")
      #expect(outcome.unmet.isEmpty, "\(outcome.place) \(rehearsal.name): \(outcome.unmet)")
      #expect(rehearsal.isExact, "\(outcome.place) says exactly what must be seen")
    }
  }

  @Test func `the same seed replays to the same trace`() throws {
    for scenario in try Self.scenarios("network").prefix(12) {
      let once = scenario.replay(Subject())
      let again = scenario.replay(Subject())
      #expect(once == again)
      var other = Subject()
      other.seed = 2
      #expect(scenario.replay(other)?.traceHash != once?.traceHash)
    }
  }

  @Test(arguments: [
    ("power: [operation 999999]", ["power at operation 999999"]),
    ("power: [rolled-back 2 prefix]", ["power at rolled-back 2"]),
    ("faults: [artifact 2 cut 10]", ["artifact 2 cut"]),
    ("faults: [artifact 1 cut 20001]", ["artifact 1 cut"]),
    ("faults: [artifact 1 flip 20000 0]", ["artifact 1 flip"]),
    ("events: [poll 999 cancel]", ["poll 999, before which the service changes"]),
    ("glitch: [digest 2, digest 1]", ["glitch of digest 2"]),
    ("faults: [artifact 1 cut 20000]", []), ("power: [operation 1]", []), ("", []),
  ])
  func `what a row says and never happens is told`(row: String, unmet: [String]) throws {
    let text =
      "ota: 1\ntables:\n  - table: t\n    rows:\n      - {name: a, row: N01\(row.isEmpty ? "" : ", ")\(row)}\n"
    let scenario = try #require(try ScenarioReader.read(Array(text.utf8), file: "t.yaml").first)
    #expect(scenario.replay(Subject())?.unmet == unmet)
  }

  @Test func `a row that expects something else fails`() throws {
    var scenario = try #require(try Self.scenarios("network").first)
    scenario.log = ["1 started"]
    let outcome = try #require(scenario.replay(Subject()))
    #expect(!outcome.passed)
    #expect(outcome.differences == ["log: expected 1 started, found 1 started > 1 succeeded"])
  }

  @Test func `a candidate that fails its self-test rolls back in every network scenario`() throws {
    var random = SeededRandom(seed: 5)
    let bad = SelfTestResult(
      outputsAgree: false, arenaBytes: 1, latencyMicroseconds: 1, durationMicroseconds: 1)
    let subject = Subject(image: random.bytes(30_000), slotBytes: 65536) { _ in bad }
    let scenario = try #require(try Self.scenarios("network").first)
    let outcome = try #require(scenario.replay(subject))
    #expect(outcome.log == ["1 started", "1 failed:self-test-output"])
    #expect(outcome.serves == "old")
    #expect(!outcome.passed)
  }

  @Test func `a candidate's own bytes and slot are replayed`() throws {
    var random = SeededRandom(seed: 5)
    let image = random.bytes(100_000)
    let subject = Subject(image: image, slotBytes: 131_072) { _ in .good }
    for scenario in try Self.scenarios("network") where scenario.name == "cut-half-way" {
      let outcome = try #require(scenario.replay(subject))
      #expect(outcome.passed, "\(outcome.differences) \(outcome.violations)")
      #expect(outcome.artifactBytes > 100_000)
    }
  }
}

struct ScenarioReaderTests {
  private static func row(_ text: String) -> [UInt8] {
    Array("ota: 1\ntables:\n  - table: t\n    rows:\n      - {name: a, row: N01\(text)}\n".utf8)
  }

  @Test(arguments: [
    (", faults: [artifact 1 cutt 5]", "f.yaml:5:49: unknown fault \"cutt\"; did you mean \"cut\"?"),
    (", faults: [artfact 1 cut 5]", "f.yaml:5:38: unknown step \"artfact\"; did you mean \"artifact\"?"),
    (
      ", faults: [artifact 0 cut 5]",
      "f.yaml:5:47: expected which requests, such as 1, 2-4 or 3-, found \"0\""
    ),
    (", faults: [artifact 1 cut]", "f.yaml:5:52: expected a byte or a percentage here"),
    (", faults: [artifact 1 cut 101 %]", "f.yaml:5:57: 101 % is more than all"),
    (", faults: [artifact 1 cut 5 6]", "f.yaml:5:55: unexpected \"6\""),
    (", faults: [poll 1 status 503 retry 3 y]", "f.yaml:5:64: unknown unit \"y\"; allowed: s, min, h, d"),
    (", power: [tryal 1]", "f.yaml:5:37: unknown point \"tryal\"; did you mean \"trial\"?"),
    (", flash: [slot 2 sector 1 rot]", "f.yaml:5:42: 2 is not between 0 and 1"),
    (", assign: [new versoin 1.0.0]", "f.yaml:5:42: unknown property \"versoin\"; did you mean \"version\"?"),
    (", assign: [new version 1.0]", "f.yaml:5:50: \"1.0\" is not a version such as 1.2.0"),
    (
      ", ends: [fine]",
      "f.yaml:5:36: unknown ending \"fine\"; allowed: succeeded, any, open, cancelled, failed:REASON, refused:REASON"
    ),
    (", ends: [open, open]", "f.yaml:5:35: 2 endings for 1 assignments"),
    (", colour: red", "f.yaml:5:29: unknown key \"colour\""),
    (", image: 64 GiB", "f.yaml:5:36: 68719476736 bytes is larger than any slot"),
  ])
  func `what is wrong in a row is named with its place`(text: String, expected: String) {
    let error = #expect(throws: DocumentErrors.self) {
      try ScenarioReader.read(Self.row(text), file: "f.yaml")
    }
    #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
  }

  @Test func `all errors are reported at once`() {
    let text = ", faults: [artifact 1 x, poll y cut 1], self-test: great"
    let error = #expect(throws: DocumentErrors.self) {
      try ScenarioReader.read(Self.row(text), file: "f.yaml")
    }
    #expect(error?.errors.count == 3)
  }

  @Test(arguments: [
    "", "ota: 2", "ota: 1\ntables: []", "tables: 3", "{", "ota: 1\ntables:\n  - table: t\n    rows: []",
  ])
  func `a file without scenarios is an error`(text: String) {
    #expect(throws: DocumentErrors.self) { try ScenarioReader.read(Array(text.utf8), file: "f.yaml") }
  }

  @Test func `names are unique`() {
    let text =
      "ota: 1\ntables:\n  - table: t\n    rows:\n      - {name: a, row: N01}\n      - {name: a, row: N01}\n"
    let error = #expect(throws: DocumentErrors.self) {
      try ScenarioReader.read(Array(text.utf8), file: "f.yaml")
    }
    #expect(error?.description == "f.yaml:6:9: a second scenario called \"a\"")
  }
}
