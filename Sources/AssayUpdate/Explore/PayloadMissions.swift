/// What `assay ota explore --model M` rehearses with the bytes of a real model.
public struct Payload: Sendable {
  public let image: [UInt8]
  /// Size of the model slot of the target, in bytes.
  public let slotBytes: Int
  public let seed: UInt64
  /// The model's own self-test; it is asked only about images that are whole.
  public let selfTest: SelfTest
  public var arenaLimitBytes = 256 << 10
  public var latencyLimitMicroseconds: Int64 = 500_000

  public init(image: [UInt8], slotBytes: Int, seed: UInt64, selfTest: @escaping SelfTest) {
    self.image = image
    self.slotBytes = slotBytes
    self.seed = seed
    self.selfTest = selfTest
  }

  /// The model that serves before: derived from the seed, as long as the payload.
  var old: [UInt8] {
    var random = SeededRandom(seed: seed, purpose: 0x01D)
    return random.bytes(image.count)
  }
}

extension Mission {
  /// Update, self-test, confirm; then an ordered rollback to the old model, which is still there.
  static func updateAndRollback(_ payload: Payload) -> Mission? {
    guard var mission = base(payload, name: "update-and-rollback") else { return nil }
    var back = manifest(
      mission.old, digest: mission.oldContent.digest, version: mission.oldContent.version, assignment: 2,
      profile: mission.profile)
    back.order = .rollback
    mission.steps.append(Step(manifest: back, expectation: .succeeds))
    return mission
  }

  /// The trial of a complete candidate fails: automatic rollback and quarantine.
  static func failedTrial(_ payload: Payload) -> Mission? {
    guard var mission = base(payload, name: "failed-trial") else { return nil }
    let candidate = mission.steps[0].manifest
    mission.steps[0].expectation = .fails(.selfTestOutput)
    mission.selfTest = { _ in
      SelfTestResult(
        outputsAgree: false, arenaBytes: 0, latencyMicroseconds: 0, durationMicroseconds: 100_000)
    }
    mission.prepare = { board in board.beginAtPending(candidate, image: payload.image) }
    return mission
  }

  private static func base(_ payload: Payload, name: String) -> Mission? {
    guard let geometry = FlashGeometry(slotBytes: payload.slotBytes), !payload.image.isEmpty,
      payload.image.count <= payload.slotBytes
    else { return nil }
    var profile = DeviceProfile()
    profile.slotBytes = payload.slotBytes
    profile.arenaBytes = payload.arenaLimitBytes
    profile.latencyLimitMicroseconds = payload.latencyLimitMicroseconds
    let old = payload.old
    let oldDigest = ImageDigest(of: old)
    let oldContent = content(old, digest: oldDigest, version: ModelVersion(1, 0, 0))
    profile.factory = oldContent
    let digest = ImageDigest(of: payload.image)
    let new = manifest(
      payload.image, digest: digest, version: ModelVersion(2, 0, 0), assignment: 1, profile: profile)
    let selfTest = payload.selfTest
    return Mission(
      name: name, profile: profile, geometry: geometry, old: old, oldContent: oldContent,
      images: [(payload.image, digest), (old, oldDigest)],
      steps: [Step(manifest: new, expectation: .succeeds)],
      // The old model ran in the field; only the payload is in question.
      selfTest: { image in image == payload.image ? selfTest(image) : .proven })
  }
}

extension Board {
  /// Begins a run on a device where this many images failed before.
  mutating func beginWithQuarantine(of count: Int) {
    guard let entry = monitor.oracle.best, let copy = monitor.oracle.live else { return }
    var record = entry.record
    for number in 0..<count { record.quarantine(ImageDigest(of: Array("failed \(number)".utf8))) }
    flash.preload(record: record, copy: copy, sequence: entry.sequence)
    monitor.oracle = RecordOracle(flash)
  }

  /// Begins a run where a candidate is complete and the next boot tries it.
  mutating func beginAtPending(_ manifest: Manifest, image: [UInt8]) {
    guard var record = monitor.oracle.best?.record else { return }
    flash.preload(image, slot: .one)
    record.slotOne = Mission.content(image, digest: manifest.digest, version: manifest.version)
    record.slotOne?.assignment = manifest.assignment
    record.candidate = .one
    record.phase = .pending
    record.assignment = manifest.assignment
    record.isSettled = false
    record.download = DeviceRecord.Download(digest: manifest.digest, tag: "", sectorsDone: 0, failures: 0)
    flash.preload(
      record: record, copy: .one, sequence: RecordCodec.next(after: monitor.oracle.best?.sequence ?? 1))
    monitor.oracle = RecordOracle(flash)
  }
}
