import Testing

@testable import AssayUpdate

struct ExplorationTests {
  static func payload(bytes: Int, seed: UInt64 = 7) -> Payload {
    var random = SeededRandom(seed: 99)
    return Payload(image: random.bytes(bytes), slotBytes: 65536, seed: seed) { _ in .good }
  }

  @Test(arguments: [1, 255, 4096, 4097, 20_000, 65536])
  func `every cut of an update ends with the old or the new model`(bytes: Int) throws {
    let report = try Exploration.explore(Self.payload(bytes: bytes))
    #expect(report.violations == 0, "\(report.findings)")
    #expect(report.cases == report.operations * TearMode.allCases.count)
    let sectors = (bytes + 4095) / 4096
    let pages = (0..<sectors).reduce(0) { $0 + (min(4096, bytes - $1 * 4096) + 255) / 256 }
    #expect(report.operations >= sectors + pages, "each erase and each page at least once")
  }

  @Test func `a payload that fills its arena exactly is no reason to refuse the old model`() throws {
    var random = SeededRandom(seed: 5)
    let tight = SelfTestResult(
      outputsAgree: true, arenaBytes: 1_000, latencyMicroseconds: 9, durationMicroseconds: 9)
    var payload = Payload(image: random.bytes(5_000), slotBytes: 65536, seed: 1) { _ in tight }
    payload.arenaLimitBytes = 1_000
    payload.latencyLimitMicroseconds = 9
    #expect(try Exploration.explore(payload).violations == 0)
    payload.arenaLimitBytes = 999
    #expect(try Exploration.explore(payload).violations > 0, "a byte less, and the update cannot succeed")
  }

  @Test func `the same seed gives the same trace on one thread or three`() throws {
    let payload = Self.payload(bytes: 9_000)
    let once = try Exploration.explore(payload, workers: 1)
    let again = try Exploration.explore(payload, workers: 3)
    #expect(once == again)
    let other = try Exploration.explore(Self.payload(bytes: 9_000, seed: 8))
    #expect(other.traceHash != once.traceHash)
  }

  @Test(arguments: [0, 65537])
  func `an image that does not fit its slot is not explored`(bytes: Int) {
    #expect(throws: Exploration.Failure.payload(bytes: bytes, slotBytes: 65536)) {
      try Exploration.explore(Self.payload(bytes: bytes))
    }
  }
}
