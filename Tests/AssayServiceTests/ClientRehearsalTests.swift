import AssayTestSupport
import Glibc
import Testing

@testable import AssayService

private let hasTools = unsafe access("/usr/bin/curl", X_OK) == 0

@Suite(.serialized, .enabled(if: hasTools, "curl is not installed"))
struct ClientRehearsalTests {
  private static func result(_ command: [String], _ rehearsal: ClientRehearsal.Case) throws
    -> ClientRehearsal.Result
  {
    return try ClientRehearsal(command).run(rehearsal)
  }

  @Test(arguments: ClientRehearsal.Case.allCases)
  func `the example client survives every case`(rehearsal: ClientRehearsal.Case) throws {
    let result = try Self.result(["\(Checkout.root)/scripts/ota-client-curl"], rehearsal)
    #expect(result.violations == [], "\(result.line)")
    let mustStay = rehearsal == .wrongHash || rehearsal == .flippedBit
    #expect(result.serves == (mustStay ? "old" : "new"), "\(result.line)")
  }

  @Test func `a client that does not check what it downloads is caught`() throws {
    let careless = """
      url=$(curl -s -H "Authorization: Bearer $ASSAY_TOKEN" $ASSAY_SERVICE_URL/api/v1/devices/$ASSAY_MAC/model \
        | sed 's/.*"url":"\\([^"]*\\).*/\\1/')
      curl -s -o $ASSAY_FLASH_IMAGE $ASSAY_SERVICE_URL$url
      """
    let flipped = try Self.result(["sh", "-c", careless], .flippedBit)
    #expect(flipped.violations == ["I1 the flash image holds neither the old nor the new model"])
    let wrong = try Self.result(["sh", "-c", careless], .wrongHash)
    #expect(wrong.violations == ["I2 installed an image its manifest does not name"])
  }

  @Test func `a client that lies is caught`() throws {
    let result = try Self.result(
      [
        "sh", "-c",
        """
        curl -s -H "Authorization: Bearer $ASSAY_TOKEN" -d '{"assignment":1,"sequence":1,"status":"succeeded"}' \
        $ASSAY_SERVICE_URL/api/v1/devices/$ASSAY_MAC/reports
        """,
      ], .happyPath)
    #expect(result.violations.contains("I4 reports success without the new model"))
  }

  @Test func `a client that never ends is ended, and said so`() throws {
    var rehearsal = ClientRehearsal(["sh", "-c", "sleep 600 & sleep 600"])
    rehearsal.limitSeconds = 1
    let result = try rehearsal.run(.happyPath)
    #expect(result.ending == .timedOut)
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
  ])
  func `a client that leaves its place is caught`(script: String, violation: String) throws {
    let result = try Self.result(["sh", "-c", script], .happyPath)
    #expect(result.violations.contains(violation), "\(result.violations)")
  }

  @Test func `a program that is not there is named`() {
    #expect(throws: ServiceError.spawn(command: "no-such-updater", error: ENOENT)) {
      try Self.result(["no-such-updater"], .happyPath)
    }
  }
}
