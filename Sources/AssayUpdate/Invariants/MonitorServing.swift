// What serves, what was tested, and which manifest may cost an erase.

extension InvariantMonitor {
  /// The self-test's true result, seen where it is run.
  mutating func didTest(_ result: SelfTestResult, slot: SlotIndex) {
    guard let content = oracle.best?.record[slot] else { return }
    trialObjection = result.objection(
      arenaLimitBytes: profile.arenaBytes, latencyLimitMicroseconds: profile.latencyLimitMicroseconds)
    let deadline = manifests[content.assignment]?.confirmSeconds ?? Int(content.confirmSeconds)
    if trialObjection == nil, result.durationMicroseconds > Int64(deadline) * 1_000_000 {
      trialObjection = .deadline
    }
    if trialObjection == nil { passed.insert(content.digest) }
  }

  /// Inference is answered from `slot`; returns what really is in it.
  mutating func didServe(
    _ slot: SlotIndex?, flash: Flash, images: ImageJudge, at time: Int64
  ) -> ImageDigest? {
    serving = slot
    let record = oracle.best?.record
    if record?.phase == .trial, !flash.hasDefects {
      fail(.switchesAtomically, "serves before the end of the trial is stored", at: time)
    }
    guard let slot else {
      judgeSafeMode(record, flash, images, at: time)
      return nil
    }
    guard let content = record?[slot] else {
      fail(.bootsKnownModel, "serves a slot nothing is known about", at: time)
      return nil
    }
    if record?.active != slot, !flash.hasDefects {
      fail(.switchesAtomically, "serves a slot that the record does not call active", at: time)
    }
    let found = images.digest(of: flash, slot: slot, count: Int(content.sizeBytes))
    if found != content.digest { fail(.bootsKnownModel, "serves a damaged image", at: time) }
    if !confirmed.contains(content.digest) {
      fail(.servesTestedModel, "serves a model that is not confirmed", at: time)
    }
    return found
  }

  /// The device has decided what serves: nothing only when it has nothing.
  mutating func didBoot(flash: Flash, images: ImageJudge, at time: Int64) {
    if serving == nil { judgeSafeMode(oracle.best?.record, flash, images, at: time) }
  }

  private mutating func judgeSafeMode(
    _ record: DeviceRecord?, _ flash: Flash, _ images: ImageJudge, at time: Int64
  ) {
    guard let record else { return }
    for slot in SlotIndex.allCases {
      guard let content = record[slot], confirmed.contains(content.digest), record.candidate != slot,
        isIntact(slot, content, flash, images)
      else { continue }
      fail(.bootsKnownModel, "serves nothing although slot \(slot.rawValue) holds a whole model", at: time)
    }
  }

  /// At the end of a run: what serves is still what it was.
  mutating func judgeServing(flash: Flash, images: ImageJudge, at time: Int64) {
    guard let slot = serving, let content = oracle.best?.record[slot] else { return }
    if !isIntact(slot, content, flash, images) {
      fail(.bootsKnownModel, "keeps serving a damaged image", at: time)
    }
  }

  /// What forbids acting on the manifest that reached the device last.
  func admissionProblem(at time: Int64) -> (Invariant, String)? {
    guard let truth else { return (.checksBeforeErasing, "acts without a manifest") }
    guard let manifest = truth.manifest else {
      return (.checksBeforeErasing, "acts on what is not a manifest")
    }
    guard truth.isAuthentic else { return (.acceptsAuthentic, "acts on a manifest nobody signed") }
    if wallOffsetSeconds + time / 1_000_000 > manifest.expirySeconds {
      return (.acceptsAuthentic, "acts on an expired manifest")
    }
    return orderProblem(manifest) ?? fitProblem(manifest, at: time)
  }

  private func orderProblem(_ manifest: Manifest) -> (Invariant, String)? {
    if manifest.version < floor, manifest.order != .rollback {
      return (.keepsFloor, "takes \(manifest.version), below the floor \(floor)")
    }
    if manifest.assignment < latestAssignment { return (.keepsFloor, "acts on a replayed assignment") }
    if failed.contains(manifest.digest) { return (.rollsBackExactly, "takes an image that failed here") }
    return nil
  }

  private func fitProblem(_ manifest: Manifest, at time: Int64) -> (Invariant, String)? {
    let hour = Int((wallOffsetSeconds + time / 1_000_000) / 3600 % 24)
    let problems: [(Bool, String)] = [
      (manifest.sizeBytes <= 0 || manifest.sizeBytes > profile.slotBytes, "size"),
      (!profile.formats.contains(manifest.format), "format"),
      (manifest.target != profile.target, "target"),
      (manifest.contract != profile.contract, "contract"),
      (manifest.arenaBytes > profile.arenaBytes, "arena"),
      (manifest.minimumRuntime > profile.runtime, "runtime"),
      (batteryMillivolts < profile.policy.lowestBatteryMillivolts, "battery"),
      (manifest.window.map { !$0.contains(hour) } ?? false, "maintenance window"),
    ]
    guard let problem = problems.first(where: \.0) else { return nil }
    return (.checksBeforeErasing, "erases although the \(problem.1) forbids it")
  }
}
