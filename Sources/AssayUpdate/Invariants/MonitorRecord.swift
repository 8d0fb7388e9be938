// Steps from one record to the next: only these edges exist.
//
//     steady -> downloading -> pending -> trial -> steady (confirmed or rolled back)

extension InvariantMonitor {
  mutating func judge(
    from before: DeviceRecord, to after: DeviceRecord, flash: Flash, images: ImageJudge, at time: Int64
  ) {
    judgeFloor(before, after, at: time)
    judgeQuarantine(before, after, at: time)
    if after.phase == .pending, before.phase != .pending { judgeStaging(after, flash, images, at: time) }
    if after.phase == .steady, after.candidate != nil || after.download != nil {
      fail(.switchesAtomically, "a steady record still speaks of a candidate", at: time)
    }
    judgeDownload(before, after, at: time)
    if after.phase == .trial { judgeTrialBegin(before, at: time) }
    if before.phase == .trial, after.phase != .trial {
      judgeTrialEnd(before, after, flash, images, at: time)
    } else if after.active != before.active {
      judgeReplacement(before, after, flash, images, at: time)
    }
    latestAssignment = max(latestAssignment, after.assignment)
  }

  /// The floor is the highest version that was ever confirmed: it rises with a confirmation only.
  private mutating func judgeFloor(_ before: DeviceRecord, _ after: DeviceRecord, at time: Int64) {
    if after.floor < before.floor || before.floor < floor {
      fail(.keepsFloor, "the version floor falls from \(before.floor) to \(after.floor)", at: time)
    }
    let isConfirmed = before.phase == .trial && after.phase != .trial && after.active == before.candidate
    let confirmed = isConfirmed ? before.candidate.flatMap { before[$0]?.version } : nil
    if after.floor > max(before.floor, confirmed ?? before.floor) {
      fail(.keepsFloor, "the version floor rises to \(after.floor), which nothing confirmed has", at: time)
    }
  }

  /// An image that failed here is remembered until eight others failed, and no other one is.
  private mutating func judgeQuarantine(_ before: DeviceRecord, _ after: DeviceRecord, at time: Int64) {
    let isFull = after.quarantine.count == DeviceRecord.quarantineLimit
    if !isFull, before.quarantine.contains(where: { !after.quarantine.contains($0) }) {
      fail(.rollsBackExactly, "forgets an image that failed here", at: time)
    }
    let tried = before.candidate.flatMap { before[$0]?.digest }
    if after.quarantine.contains(where: { !before.quarantine.contains($0) && $0 != tried }) {
      fail(.rollsBackExactly, "puts an image into quarantine that it did not try", at: time)
    }
  }

  /// While a slot is written, no record may describe what it held before.
  private mutating func judgeDownload(_ before: DeviceRecord, _ after: DeviceRecord, at time: Int64) {
    guard after.phase == .downloading else { return }
    if let slot = after.candidate { held[slot] = nil }
    if let slot = after.candidate, after[slot] != nil {
      fail(.switchesAtomically, "describes a slot that is being overwritten", at: time)
    }
    guard before.phase == .downloading, let done = after.download?.sectorsDone,
      done > before.download?.sectorsDone ?? 0, let manifest = truth?.manifest
    else { return }
    traffic.saves += 1
    let sectors = manifest.sizeBytes / FlashGeometry.sectorBytes
    if traffic.saves > sectors / profile.policy.sectorsBetweenSaves + 1 {
      fail(.triesBounded, "saves its progress more often than it has to", at: time)
    }
  }

  /// A record that says "try this" must be about bytes that are there, verified and authentic.
  private mutating func judgeStaging(
    _ after: DeviceRecord, _ flash: Flash, _ images: ImageJudge, at time: Int64
  ) {
    guard let slot = after.candidate, let content = after[slot] else {
      return fail(.switchesAtomically, "a pending record names no image", at: time)
    }
    if !isIntact(slot, content, flash, images) {
      fail(.servesTestedModel, "stages bytes that are not the image", at: time)
    }
    if let (invariant, message) = admissionProblem(at: time) { fail(invariant, message, at: time) }
    if let manifest = truth?.manifest, manifest.digest != content.digest {
      fail(.acceptsAuthentic, "stages an image that is not the manifest's", at: time)
    }
    if let manifest = truth?.manifest, !content.describes(manifest) {
      fail(.acceptsAuthentic, "stages a description that is not the manifest's", at: time)
    }
  }

  private mutating func judgeTrialBegin(_ before: DeviceRecord, at time: Int64) {
    switch before.phase {
    case .pending:
      trialObjection = nil
      isTrialInterrupted = false
    case .trial: fail(.triesBounded, "the candidate is tried more than once", at: time)
    case .steady, .downloading: fail(.switchesAtomically, "a trial begins that was not staged", at: time)
    }
  }

  private mutating func judgeTrialEnd(
    _ before: DeviceRecord, _ after: DeviceRecord, _ flash: Flash, _ images: ImageJudge, at time: Int64
  ) {
    guard let slot = before.candidate, let content = before[slot] else { return }
    if after.active == slot {
      return judgeConfirmation(slot, content, after, flash, images, at: time)
    }
    if after.active != before.active { judgeReplacement(before, after, flash, images, at: time) }
    failed.insert(content.digest)
    if !after.quarantine.contains(content.digest) {
      fail(.rollsBackExactly, "rolls back without quarantine", at: time)
    }
    if trialObjection == nil, !isTrialInterrupted, passed.contains(content.digest) {
      fail(.rollsBackExactly, "rolls back a model that passed its trial", at: time)
    }
  }

  private mutating func judgeConfirmation(
    _ slot: SlotIndex, _ content: DeviceRecord.Content, _ after: DeviceRecord, _ flash: Flash,
    _ images: ImageJudge, at time: Int64
  ) {
    guard passed.contains(content.digest), trialObjection == nil, isIntact(slot, content, flash, images)
    else {
      return fail(.servesTestedModel, "confirms a model that did not pass its self-test", at: time)
    }
    if isTrialInterrupted { fail(.triesBounded, "confirms after an interrupted trial", at: time) }
    confirmed.insert(content.digest)
    held[slot] = content.digest
    floor = max(floor, content.version)
  }

  /// Another slot takes over outside of a trial: only when the old one is damaged.
  private mutating func judgeReplacement(
    _ before: DeviceRecord, _ after: DeviceRecord, _ flash: Flash, _ images: ImageJudge, at time: Int64
  ) {
    if let slot = before.active, let content = before[slot], isIntact(slot, content, flash, images) {
      let invariant: Invariant = after.active == nil ? .bootsKnownModel : .rollsBackExactly
      fail(invariant, "gives up a model that is whole", at: time)
    } else {
      owesDamageReport = true
    }
    if let slot = after.active, let content = after[slot], !confirmed.contains(content.digest) {
      fail(.servesTestedModel, "makes an unconfirmed model active", at: time)
    }
  }

  /// True when a slot holds the bytes its description names.
  func isIntact(
    _ slot: SlotIndex, _ content: DeviceRecord.Content, _ flash: Flash, _ images: ImageJudge
  ) -> Bool {
    images.digest(of: flash, slot: slot, count: Int(content.sizeBytes)) == content.digest
  }
}

extension DeviceRecord.Content {
  /// True when it says of an image what a manifest says.
  fileprivate func describes(_ manifest: Manifest) -> Bool {
    digest == manifest.digest && Int(sizeBytes) == manifest.sizeBytes && version == manifest.version
      && assignment == manifest.assignment && Int(confirmSeconds) == manifest.confirmSeconds
  }
}
