/// Watches a run from outside the device and notes every invariant that does not hold.
///
/// It keeps its own idea of what is true: what the record sectors say (`RecordOracle`), what the
/// service really sent (`ManifestTruth`), which images really passed their self-test. Each step is
/// judged by what the step touched, so that watching costs little.
struct InvariantMonitor {
  private(set) var violations: [Violation] = []
  var oracle: RecordOracle
  let profile: DeviceProfile
  /// The manifest that reached the device last since its reset.
  var truth: ManifestTruth?
  /// True once that manifest was checked for being allowed to cost an erase.
  var isAdmissionChecked = false
  /// The slot inference is answered from.
  var serving: SlotIndex?
  /// Images that were rightly confirmed, or put in by the factory.
  var confirmed: Set<ImageDigest>
  /// Images whose self-test passed.
  var passed: Set<ImageDigest> = []
  /// Images that failed their trial.
  var failed: Set<ImageDigest> = []
  /// What each assignment stands for.
  var assigned: [UInt32: ImageDigest] = [:]
  /// The authentic manifests that reached the device, by assignment.
  var manifests: [UInt32: Manifest] = [:]
  /// Confirmed images that lie in a slot since, as the device was able to know.
  var held: [SlotIndex: ImageDigest] = [:]
  /// What is wrong with the image on trial, as far as it was tested.
  var trialObjection: Reason?
  /// True when a reset ended the trial that the record speaks of.
  var isTrialInterrupted = false
  /// The highest version that was confirmed.
  var floor: ModelVersion
  /// The highest assignment that was recorded.
  var latestAssignment: UInt32 = 0
  var counters = Counters()
  var traffic = Traffic()
  var pacing: Pacing
  /// Battery and time of day are the board's; the monitor is told.
  var batteryMillivolts = 3900
  var wallOffsetSeconds: Int64 = 1_800_000_000
  private let regions: FlashGeometry
  /// True while a damaged model was given up and nobody was told.
  var owesDamageReport = false
  private static let violationLimit = 8

  struct Counters: Equatable {
    var resets = 0
    var polls = 0
    var artifactRequests = 0
    var reportRequests = 0
    var artifactBytes = 0
    /// Power cuts while a trial was under way.
    var trialCuts = 0
    /// Power cuts of any kind.
    var powerCuts = 0
    /// Replies that make a whole new download right: 200 to a range, 416, a damaged image.
    var restarts = 0
  }

  init(flash: Flash, profile: DeviceProfile, confirmed: Set<ImageDigest>) {
    oracle = RecordOracle(flash)
    var honest = profile
    honest.flaws = []
    self.profile = honest
    self.confirmed = confirmed
    pacing = Pacing(policy: profile.policy)
    floor = oracle.best?.record.floor ?? ModelVersion(0, 0, 0)
    if let record = oracle.best?.record, let slot = record.active { held[slot] = record[slot]?.digest }
    regions = flash.geometry
    if let (invariant, message) = Requirements.problem(profile.policy) { fail(invariant, message, at: 0) }
  }

  mutating func fail(_ invariant: Invariant, _ message: @autoclosure () -> String, at microseconds: Int64) {
    guard violations.count < Self.violationLimit else { return }
    violations.append(Violation(invariant: invariant, message: message(), microseconds: microseconds))
  }

  /// The device starts again: it knows nothing but its record.
  mutating func didReset(_ reset: Reset, flash: Flash, at microseconds: Int64) {
    for copy in RecordCopy.allCases { oracle.update(copy, flash) }
    counters.resets += 1
    if reset == .powerCut { counters.powerCuts += 1 }
    serving = nil
    truth = nil
    traffic.forgetPromises()
    traffic.rhythm.didBoot(at: microseconds)
    pacing.didBoot(at: microseconds)
    if oracle.best?.record.phase == .trial {
      isTrialInterrupted = true
      if reset == .powerCut { counters.trialCuts += 1 }
    }
  }
}

// Flash operations.
extension InvariantMonitor {
  /// Before an operation: may it happen at all?
  mutating func willOperate(_ operation: FlashOperation, flash: Flash, at microseconds: Int64) {
    switch regions.region(ofSector: operation.sector) {
    case .outside:
      fail(
        .writesInsideSlot, "writes 0x\(String(operation.address, radix: 16)), outside of slots and records",
        at: microseconds)
    case .record(let copy):
      guard copy == oracle.live else { return }
      fail(.switchesAtomically, "rewrites the live record in place", at: microseconds)
    case .slot(let slot):
      willWrite(slot, at: microseconds)
      judgePlace(operation, slot, flash, at: microseconds)
    }
  }

  private mutating func willWrite(_ slot: SlotIndex, at microseconds: Int64) {
    if slot == serving { fail(.writesInsideSlot, "writes the slot that serves", at: microseconds) }
    guard !isAdmissionChecked else { return }
    isAdmissionChecked = true
    if let (invariant, message) = admissionProblem(at: microseconds) {
      fail(invariant, message, at: microseconds)
    }
    let record = oracle.best?.record
    if record?.phase != .downloading || record?.candidate != slot {
      fail(.switchesAtomically, "writes a slot that the record does not give free", at: microseconds)
    }
  }

  /// Bytes belong where they stand in the image, onto flash that is wholly erased.
  private mutating func judgePlace(
    _ operation: FlashOperation, _ slot: SlotIndex, _ flash: Flash, at microseconds: Int64
  ) {
    switch operation.kind {
    case .program:
      if flash.isWeak(sector: operation.sector) {
        fail(.writesInsideSlot, "programs a sector whose erase was interrupted", at: microseconds)
      }
    case .erase:
      let offset = operation.address - flash.geometry.address(of: slot)
      let arrived = traffic.latestOffset
      if offset != arrived {
        fail(.writesInsideSlot, "writes bytes of offset \(arrived) to offset \(offset)", at: microseconds)
      }
      if offset == 0 { traffic.keptTag = traffic.latestTag }
      if let problem = traffic.bodyProblem { fail(.checksBeforeErasing, problem, at: microseconds) }
      if traffic.isSpliced {
        fail(.acceptsAuthentic, "continues with the bytes of another artifact", at: microseconds)
      }
    }
  }

  mutating func didProgram(_ operation: FlashOperation, isClean: Bool, flash: Flash, at microseconds: Int64) {
    guard !isClean, !flash.isDefective(sector: operation.sector) else { return }
    fail(.writesInsideSlot, "programs flash that is not erased", at: microseconds)
  }

  /// After an operation, whole or torn: is there still exactly one whole decision?
  mutating func didOperate(
    _ operation: FlashOperation, flash: Flash, images: ImageJudge, at microseconds: Int64,
    isTorn: Bool = false
  ) {
    pacing.didOperate(at: microseconds)
    guard case .record(let copy) = regions.region(ofSector: operation.sector) else { return }
    let before = oracle.best
    oracle.update(copy, flash)
    guard let before else { return }
    guard let after = oracle.best else {
      return fail(.switchesAtomically, "no whole record is left", at: microseconds)
    }
    guard after != before else { return }
    if after.record == before.record {
      fail(.triesBounded, "writes the record although nothing in it changed", at: microseconds)
    }
    guard RecordOracle.isLater(after.sequence, than: before.sequence) else {
      return fail(.switchesAtomically, "the newest record is lost, an older one decides", at: microseconds)
    }
    judge(from: before.record, to: after.record, flash: flash, images: images, at: microseconds)
  }
}
