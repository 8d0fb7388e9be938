import AssayDocument
import AssayFiles
import AssayTestSupport
import Testing

@testable import AssayUpdate

struct FleetScenarioTests {
  static func rows() throws -> [FleetScenario] {
    let path = "\(Checkout.root)/suites/ota/fleet.yaml"
    let rows = try ScenarioReader.rehearsals(FileBytes.read(path, limit: 1 << 20), file: "fleet.yaml")
    return rows.compactMap { if case .fleet(let scenario) = $0 { scenario } else { nil } }
  }

  static func row(_ name: String) throws -> FleetScenario {
    try #require(try rows().first { $0.name == name })
  }

  static func read(_ row: String) throws(DocumentErrors) -> [Rehearsal] {
    let text = "ota: 1\ntables:\n  - table: t\n    fleets:\n      - {name: a, row: R04\(row)}\n"
    return try ScenarioReader.rehearsals(Array(text.utf8), file: "f.yaml")
  }

  @Test func `the same row is the same rollout, another seed another one`() throws {
    for name in ["canary-fails", "store-lost", "cloned-device"] {
      let row = try Self.row(name)
      let once = try #require(row.replay(Subject()))
      #expect(row.replay(Subject()) == once)
      var other = Subject()
      other.seed = 2
      #expect(row.replay(other)?.traceHash != once.traceHash)
    }
  }

  @Test(arguments: [
    ("chain", "chain: expected finished, found group 1 > rolled-back"),
    ("log", "log: expected 1 started 1"), ("serves", "serves: expected new 1, found old 100"),
    ("opened", "opened: expected 2, found 1"), ("touched", "touched: expected 19, found 20"),
    ("flagged", "flagged: expected 1, found 0"), ("peak", "peak: expected at most 1, found"),
    ("requests", "requests: expected at most 9, found"),
  ])
  func `a row that expects something else fails, and says what`(what: String, difference: String) throws {
    var row = try Self.row("canary-fails")
    switch what {
    case "chain": row.chain = ["finished"]
    case "log": row.log = ["1 started 1"]
    case "serves": row.serves = ["new 1"]
    case "opened": row.opened = 2
    case "touched": row.touched = 19
    case "flagged": row.flagged = 1
    case "peak": row.peak = 1
    default: row.requests = 9
    }
    let outcome = try #require(row.replay(Subject()))
    #expect(!outcome.passed && outcome.violations.isEmpty)
    #expect(outcome.differences.count == 1 && outcome.differences[0].hasPrefix(difference))
  }

  @Test func `what was to go wrong in a fleet and never did is told`() throws {
    let row = ", devices: 4, faults: [any 1 artifact 7 reset], events: [pause at 5 d], within: 2 h"
    guard case .fleet(let scenario) = try #require(try Self.read(row).first) else { return }
    let unmet = try #require(scenario.replay(Subject())).unmet
    #expect(unmet == ["an operator pauses the rollout, at 432000 s", "artifact 7 reset"])
  }

  @Test func `a herd without jitter breaks the bound on requests, in a row too`() throws {
    var subject = Subject()
    subject.flaws = .pollsWithoutJitter
    let outcome = try #require(try Self.row("everybody-powered-at-once").replay(subject))
    #expect(outcome.violations.contains { $0.invariant == .triesBounded })
  }

  @Test func `a candidate's own bytes and self-test decide for every device`() throws {
    var random = SeededRandom(seed: 5)
    let image = random.bytes(70_000)
    let row = try Self.row("group-of-one")
    let good = Subject(image: image, slotBytes: 131_072) { _ in .good }
    #expect(row.replay(good)?.passed == true)
    #expect(row.replay(good)?.artifactBytes == 3 * 70_000)
    let bad = Subject(image: image, slotBytes: 131_072) { _ in
      SelfTestResult(outputsAgree: false, arenaBytes: 1, latencyMicroseconds: 1, durationMicroseconds: 1)
    }
    let outcome = try #require(row.replay(bad))
    #expect(outcome.chain == ["group 1", "rolled-back"] && outcome.violations.isEmpty)
  }

  @Test(arguments: [
    (", devices: 0", "f.yaml:5:38: 0 is not between 1 and 100000"),
    ("", "f.yaml:5:9: missing key \"devices\""),
    (", devices: 9, groups: [5, 5]", "f.yaml:5:49: the groups have 10 devices, the fleet has 9"),
    (", devices: 9, success: 90", "f.yaml:5:52: expected a percentage such as 90 %"),
    (", devices: 9, success: 0 %", "f.yaml:5:50: 0 is not between 1 and 100"),
    (", devices: 9, faults: [group 2 1 output]", "f.yaml:5:56: no group 2: 9 devices make 1 groups"),
    (", devices: 9, faults: [group 1 50 % output]", "f.yaml:5:61: 50 % of 9 devices is no whole number"),
    (", devices: 9, faults: [any 10 silent]", "f.yaml:5:54: 10 devices of 9"),
    (", devices: 9, faults: [any 200 % silent]", "f.yaml:5:58: 200 % is more than all"),
    (
      ", devices: 9, faults: [any 1 slient]",
      "f.yaml:5:56: unknown fault \"slient\"; did you mean \"silent\"?"
    ),
    (
      ", devices: 9, faults: [grup 1 1 silent]",
      "f.yaml:5:50: unknown place \"grup\"; did you mean \"group\"?"
    ),
    (", devices: 9, faults: [any 5 silent, any 5 output]", "f.yaml:5:49: faults for 10 devices of 9"),
    (
      ", devices: 9, groups: [4], faults: [group 1 3 silent, group 1 2 output]",
      "f.yaml:5:62: faults for 5 devices of group 1, which has 4"
    ),
    (", devices: 9, faults: [any 1 artifact 1 cutt 5]", "f.yaml:5:67: unknown fault \"cutt\""),
    (", devices: 9, faults: [any 1 silent and]", "f.yaml:5:66: expected a fault here"),
    (", devices: 9, events: [pause]", "f.yaml:5:55: expected \"at\" and a time here"),
    (", devices: 9, events: [pase at 2 h]", "f.yaml:5:50: unknown event \"pase\"; did you mean \"pause\"?"),
    (", devices: 9, events: [overload 503 at 2 h]", "f.yaml:5:69: expected \"for\" and a time here"),
    (", devices: 9, events: [join 5 group 3 at 2 h]", "f.yaml:5:63: no group 3"),
    (", devices: 9, events: [overload 200 at 2 h for 2 h]", "f.yaml:5:59: 200 is not between 400 and 599"),
    (", devices: 9, touchd: 3", "f.yaml:5:41: unknown key \"touchd\"; did you mean \"touched\"?"),
    (", devices: 9, image: 100000", "f.yaml:5:48: 100000 is not between 1 and 65536"),
  ])
  func `what is wrong in a fleet's row is named with its place`(text: String, expected: String) {
    let error = #expect(throws: DocumentErrors.self) { try Self.read(text) }
    #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
  }

  @Test func `all mistakes of a fleet's row are reported at once`() {
    let error = #expect(throws: DocumentErrors.self) {
      try Self.read(
        ", devices: 9, faults: [any x silent, group 7 1 output], events: [rest at 1 h], success: 5")
    }
    #expect(error?.errors.count == 4)
  }

  @Test func `a table needs rows of one kind or the other`() {
    let text = "ota: 1\ntables:\n  - table: t\n"
    let error = #expect(throws: DocumentErrors.self) {
      try ScenarioReader.rehearsals(Array(text.utf8), file: "f.yaml")
    }
    #expect(error?.description.contains("missing key \"rows\" or \"fleets\"") == true)
  }
}

struct SharedAddressTests {
  private static func service() -> ModelService {
    var service = ModelService()
    service.register(mac: "a", token: "t")
    let image = Array("image".utf8)
    let profile = DeviceProfile()
    let digest = service.store(image)
    service.assign(
      Mission.manifest(
        image, digest: digest, version: ModelVersion(2, 0, 0), assignment: 1, profile: profile),
      to: "a")
    return service
  }

  private static func poll(_ service: inout ModelService, boot: UInt64?) {
    var request = Request(step: .poll, url: "/api/v1/devices/a/model")
    request.token = "t"
    request.boot = boot
    _ = service.respond(to: request, at: 0)
  }

  private static func report(_ service: inout ModelService, _ number: UInt32, _ status: Report.Status) {
    var request = Request(step: .report, url: "/api/v1/devices/a/reports")
    request.method = .post
    request.token = "t"
    request.body =
      Report(assignment: 1, sequence: number, status: status, reason: .none, running: nil).json
    #expect(service.respond(to: request, at: 0).status == 200)
  }

  @Test(arguments: [
    ([1, 1, 2, 2, 3, 3], false), ([1, 2, 1], false), ([1, 2, 1, 2], true), ([1, 1, 2, 1, 1, 2], true),
    ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], false),
  ])
  func `boots that take turns are two devices, a late poll is none`(boots: [UInt64], isShared: Bool) {
    var service = Self.service()
    for boot in boots { Self.poll(&service, boot: boot) }
    #expect(service.suspicion(of: "a") == (isShared ? .interleavedBoots : nil))
  }

  @Test func `a client that tells no boot is not suspected`() {
    var service = Self.service()
    for _ in 0..<8 { Self.poll(&service, boot: nil) }
    #expect(service.suspicion(of: "a") == nil)
    #expect(service.suspicion(of: "b") == nil)
  }

  @Test func `one report number with two contents is two devices, a repetition is none`() {
    var service = Self.service()
    Self.report(&service, 1, .started)
    Self.report(&service, 1, .started)
    #expect(service.suspicion(of: "a") == nil)
    Self.report(&service, 2, .succeeded)
    Self.report(&service, 2, .failed)
    #expect(service.suspicion(of: "a") == .conflictingReports)
    #expect(service.reports(of: "a").count == 2, "what came first stays")
  }
}
