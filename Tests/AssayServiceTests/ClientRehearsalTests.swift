import AssayFiles
import AssayTestSupport
import AssayUpdate
import Glibc
import Testing

@testable import AssayService

private let hasTools =
  ["curl", "openssl"].allSatisfy { name in unsafe access("/usr/bin/\(name)", X_OK) == 0 }

@Suite(.serialized, .enabled(if: hasTools, "curl or openssl is not installed"))
struct ClientRehearsalTests {
  private static let example = "\(Checkout.root)/scripts/ota-client-curl"

  private static func scenarios(_ file: String) throws -> [Scenario] {
    let path = "suites/ota/\(file).yaml"
    return try ScenarioReader.read(FileBytes.read("\(Checkout.root)/\(path)", limit: 1 << 20), file: path)
  }

  private static func result(_ command: [String], _ row: String, file: String = "clients") throws
    -> ClientRehearsal.Result
  {
    let scenario = try #require(try scenarios(file).first { $0.name == row })
    #expect(scenario.obstacle(for: .native) == nil)
    var rehearsal = ClientRehearsal(command)
    rehearsal.limitSeconds = 20
    rehearsal.runLimit = 3
    return try rehearsal.run(try #require(scenario.clientRow(Subject(), epochSeconds: Int64(time(nil)))))
  }

  /// Rows without waiting: those that need patience are run by `make ota-clients`.
  @Test(
    arguments: [
      ("clients", "cut-and-resume", "new"), ("clients", "wrong-hash", "old"),
      ("network", "redirect-to-content-network", "new"), ("content", "made-for-another-chip", "old"),
      ("trust", "unsigned", "old"), ("versions", "ordered-rollback", "old"),
      ("service", "reassigned-while-downloading", "other"),
    ])
  func `the example client survives committed rows`(file: String, row: String, serves: String) throws {
    let result = try Self.result([Self.example], row, file: file)
    #expect(result.violations == [], "\(result.line)")
    #expect(result.serves == serves, "\(result.line)")
  }

  @Test func `a client that does not check what it downloads is caught`() throws {
    let careless = """
      url=$(curl -s -H "Authorization: Bearer $ASSAY_TOKEN" $ASSAY_SERVICE_URL/api/v1/devices/$ASSAY_MAC/model \
        | sed 's/.*"url":"\\([^"]*\\).*/\\1/')
      curl -s -o $ASSAY_FLASH_IMAGE $ASSAY_SERVICE_URL$url
      """
    func violations(_ row: String, _ file: String = "clients") throws -> [String] {
      try Self.result(["sh", "-c", careless], row, file: file).violations
    }
    #expect(try violations("flipped-bit") == ["I1 the flash image holds none of the models"])
    #expect(try violations("wrong-hash").contains("I2 serves new after 2 runs, wanted old"))
    #expect(
      try violations("happy-path") == ["I5 downloads 20000 bytes of what it already serves"])
    #expect(try violations("made-for-another-chip", "content").contains { $0.hasPrefix("I11 ") })
    #expect(try violations("unsigned", "trust").contains { $0.hasPrefix("I12 ") })
    #expect(try violations("older-version", "versions").contains { $0.hasPrefix("I7 ") })
  }

  @Test(arguments: [
    (
      """
      for i in 1 2; do
      curl -s -H "Authorization: Bearer $ASSAY_TOKEN" $ASSAY_SERVICE_URL/api/v1/devices/$ASSAY_MAC/model
      done
      """, "overloaded", "I6 asks again before Retry-After is over"
    ),
    (
      """
      curl -s -H "Authorization: Bearer $ASSAY_TOKEN" -d '{"assignment":1,"sequence":1,"status":"succeeded"}' \
      $ASSAY_SERVICE_URL/api/v1/devices/$ASSAY_MAC/reports
      """, "happy-path", "I4 reports success without the new model"
    ),
    (
      """
      for i in $(seq 450); do printf 'url = "%s/x"\\n' $ASSAY_SERVICE_URL; done | curl -s -K - -o /dev/null
      """, "happy-path", "I6 "
    ),
    ("true", "wrong-hash", "I3 never asked what it is assigned"),
  ])
  func `a client that hurries, lies, hammers or does nothing is caught`(
    script: String, row: String, violation: String
  ) throws {
    let result = try Self.result(["sh", "-c", script], row)
    #expect(result.violations.contains { $0.hasPrefix(violation) }, "\(result.violations)")
  }

  @Test func `a client that never ends is ended, and said so`() throws {
    let scenario = try #require(try Self.scenarios("clients").first)
    var rehearsal = ClientRehearsal(["sh", "-c", "sleep 600 & sleep 600"])
    rehearsal.limitSeconds = 1
    let row = try #require(scenario.clientRow(Subject(), epochSeconds: 1_800_000_000))
    let result = try rehearsal.run(row)
    #expect(result.ending == .timedOut && result.runs == 1)
    #expect(result.violations == ["I3 did not end within its time limit"])
  }

  @Test(arguments: [
    (
      "echo x >> $(dirname $ASSAY_FLASH_IMAGE)/neighbour.img",
      "I10 changed neighbour.img, which is not its image"
    ),
    ("rm $(dirname $ASSAY_FLASH_IMAGE)/neighbour.img", "I10 changed neighbour.img, which is not its image"),
    ("echo x > $(dirname $ASSAY_FLASH_IMAGE)/nvs.img", "I10 wrote nvs.img beside its image"),
    ("kill -SEGV $$", "I3 the client was killed by signal 11"),
    ("yes > $ASSAY_FLASH_IMAGE", "I6 writes without end"),
    ("yes > $ASSAY_SCRATCH/log", "I6 writes without end"),
    (
      "setsid -f sh -c 'sleep 0.3; echo x > $ASSAY_FLASH_IMAGE'; true",
      "I3 never asked what it is assigned"
    ),
  ])
  func `a client that leaves its place is caught`(script: String, violation: String) throws {
    let result = try Self.result(["sh", "-c", script], "happy-path")
    #expect(result.violations.contains(violation), "\(result.violations)")
  }

  @Test func `a program that is not there is named`() {
    #expect(throws: ServiceError.spawn(command: "no-such-updater", error: ENOENT)) {
      try Self.result(["no-such-updater"], "happy-path")
    }
  }

  @Test(
    arguments: [
      ("network", "offline-for-a-day", "dns"), ("network", "tls-reset-at-first", "tls"),
      ("network", "refused-at-first", "refused"), ("power", "torn-page", "power cuts"),
      ("content", "wrong-answers", "trial"), ("service", "window-closed", "window"),
      ("reports", "clock-unset-at-boot", "clock"),
    ])
  func `what cannot exist before a real client is left out by name`(
    file: String, row: String, reason: String
  ) throws {
    let scenario = try #require(try Self.scenarios(file).first { $0.name == row })
    #expect(try #require(scenario.obstacle(for: .native)).contains(reason))
  }

  @Test func `most rows apply to a native client, fewer to a package`() throws {
    let all = try ["clients", "content", "network", "power", "reports", "service", "trust", "versions"]
      .flatMap { try Self.scenarios($0) }
    let native = all.filter { $0.obstacle(for: .native) == nil }
    let packaged = all.filter { $0.obstacle(for: .packaged) == nil }
    #expect(
      native.count > 2 * all.count / 3 && packaged.count < native.count && packaged.count > all.count / 3)
  }
}
