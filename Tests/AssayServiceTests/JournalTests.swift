import AssayTestSupport
import AssayUpdate
import Glibc
import Testing

@testable import AssayService

private let hasCurl = unsafe access("/usr/bin/curl", X_OK) == 0

struct JournalTests {
  private static let mac = "24:6f:28:00:00:01"

  private static func core() -> ServiceCore {
    var core = ServiceCore()
    core.register(mac: mac, token: "secret-token")
    core.assign([UInt8](repeating: 7, count: 20_000), version: ModelVersion(2, 0, 0), to: mac)
    return core
  }

  private static func get(_ path: String, _ headers: [String: String] = [:]) -> HTTPRequest {
    HTTPRequest("GET", path, headers: headers.merging(["authorization": "Bearer secret-token"]) { a, _ in a })
  }

  @Test func `the journal keeps no secrets`() {
    var core = Self.core()
    _ = core.respond(to: Self.get("/api/v1/models/00"), at: 5_000)
    #expect(core.journal.entries.map(\.line) == ["0.005 GET /api/v1/models/00 404 0"])
    #expect(!core.journal.scenarios().contains("secret"))
  }

  @Test func `a session without a device is a comment`() {
    #expect(Journal().scenarios() == "# no device polled\n")
  }

  @Test func `where a client resumed is where it was cut`() throws {
    var core = Self.core()
    let manifest = try #require(core.models.manifest(of: Self.mac))
    _ = core.respond(to: Self.get("/api/v1/devices/\(Self.mac)/model"), at: 0)
    for range in [nil, "bytes=9000-", "bytes=12000-"] {
      _ = core.respond(to: Self.get(manifest.url, range.map { ["range": $0] } ?? [:]), at: 1)
    }
    let text = core.journal.scenarios()
    #expect(text.contains("faults: [artifact 1 cut 9000, artifact 2 cut 3000]"), "\(text)")
    let scenarios = try ScenarioReader.read(Array(text.utf8), file: "journal")
    #expect(scenarios.map(\.name) == ["served-1"])
    #expect(scenarios[0].replay(Subject())?.violations == [])
  }

  @Test(
    arguments: [
      ("self-test-output", "self-test: output"), ("deadline", "self-test: slow"),
      ("digest", "ends: [\"any\"]"),
    ])
  func `a failed trial is told as one`(reason: String, part: String) throws {
    var core = Self.core()
    _ = core.respond(to: Self.get("/api/v1/devices/\(Self.mac)/model"), at: 0)
    var report = Self.get("/api/v1/devices/\(Self.mac)/reports")
    report.method = "POST"
    report.body = Array(
      #"{"assignment":1,"sequence":1,"status":"failed","reason":"\#(reason)","sha256":null}"#.utf8)
    #expect(core.respond(to: report, at: 1).status == 200)
    let text = core.journal.scenarios()
    #expect(text.contains(part), "\(text)")
    for scenario in try ScenarioReader.read(Array(text.utf8), file: "journal") where reason != "digest" {
      #expect(scenario.replay(Subject())?.passed == true)
    }
  }

  @Test(.enabled(if: hasCurl, "curl is not installed"))
  func `a session of a real client becomes a scenario that replays`() throws {
    let server = try ServiceServer(Self.core())
    let relay = try FaultRelay(
      to: server.port, rules: [try NetworkRule.read(phrase: "artifact 1 cut 9000")])
    let bench = try ClientBench.make(old: [1], neighbour: [2])
    var process = ClientProcess(["\(Checkout.root)/scripts/ota-client-curl"])
    var profile = DeviceProfile()
    profile.mac = Self.mac
    profile.token = "secret-token"
    process.environment = ClientRehearsal.environment(bench, profile, port: relay.port)
    #expect(try process.run() == .exited(0))
    let text = server.withCore { $0.journal.scenarios() }
    #expect(text.contains("artifact 1 cut 9000"), "\(text)")
    let scenario = try #require(try ScenarioReader.read(Array(text.utf8), file: "journal").first)
    let outcome = try #require(scenario.replay(Subject()))
    #expect(outcome.passed, "\(outcome.line) \(outcome.violations)")
    #expect(outcome.log == ["1 started", "1 succeeded"])
  }
}
