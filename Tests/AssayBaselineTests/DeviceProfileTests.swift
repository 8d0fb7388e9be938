import AssayBaseline
import AssayFiles
import AssayTestSupport
import Testing

@Suite struct `Device profiles in the database` {
  private func profile(_ runtime: String = "esp_nn: 1.2.1", median: Double = 264) -> DeviceProfileRecord {
    DeviceProfileRecord(
      target: "board", modelSHA256: Sample.digest, runtimeKey: runtime, model: "m.tflite", log: "board.log",
      logSHA256: SHA256.hex(of: "log"), logByteCount: 3, importedAt: "2026-11-21T09:00:00Z",
      assayVersion: "1.0.0", runs: 3, total: .init(median: median, lowest: 254, highest: 274),
      layers: [.init(median: 200, lowest: 190, highest: 210), .init(median: 64, lowest: 64, highest: 64)],
      estimatedMicroseconds: 240.5)
  }

  @Test func `come back as they were stored, one for each runtime`() throws {
    let folder = try TemporaryFolder()
    let store = try BaselineStore(folder("assay.db"))
    let (new, old) = (profile(), profile("esp_nn: 1.1.2"))
    #expect(try !store.store(new, by: "ada"))
    #expect(try !store.store(old, by: "ada"))
    #expect(try BaselineStore(folder("assay.db")).deviceProfiles() == [old, new])
    #expect(try store.auditLog().map(\.action) == ["device import", "device import"])
  }

  @Test func `are replaced by a newer import of the same runtime`() throws {
    let folder = try TemporaryFolder()
    let store = try BaselineStore(folder("assay.db"))
    defer { withExtendedLifetime(folder) {} }
    try store.store(profile(), by: "ada")
    #expect(try store.store(profile(median: 260), by: "ada"))
    #expect(try store.deviceProfiles() == [profile(median: 260)])
  }

  @Test(arguments: [Double.nan, .infinity, 100, 300, -1])
  func `with figures that contradict themselves are refused and the old one stays`(median: Double) throws {
    let folder = try TemporaryFolder()
    let store = try BaselineStore(folder("assay.db"))
    defer { withExtendedLifetime(folder) {} }
    try store.store(profile(), by: "ada")
    #expect(throws: BaselineError.self) { try store.store(profile(median: median), by: "ada") }
    #expect(try store.deviceProfiles() == [profile()])
  }
}
