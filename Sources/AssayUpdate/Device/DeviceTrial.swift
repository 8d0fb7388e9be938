// One try for a new image: self-test, then confirmed or rolled back.

extension Device {
  /// First boot into a candidate.
  mutating func tryCandidate(on board: inout Board) throws(Reset) {
    guard let slot = record.candidate, let content = record[slot] else {
      return try abandonCandidate(.digest, on: &board)
    }
    let isTrusted = flaws.contains(.skipsVerification) || flaws.contains(.skipsReverification)
    guard isTrusted || isIntact(slot, .staged, on: &board) else {
      if flaws.contains(.blamesImageForFlash) { return try rollBack(.digest, on: &board) }
      return try abandonCandidate(.digest, on: &board)
    }
    // The only try is used up before the image is loaded: a crash must find it used.
    record.phase = flaws.contains(.doesNotUseUpTry) ? .pending : .trial
    guard try commit(on: &board) else { return try rollBack(.storage, on: &board) }
    if flaws.contains(.servesDuringTrial) { board.serve(slot) }
    let begun = board.clock.microseconds
    if !flaws.contains(.confirmsEarly), let reason = try objection(to: slot, content, on: &board) {
      return try rollBack(reason, on: &board)
    }
    let elapsed = board.clock.microseconds - begun
    let isInTime = elapsed <= Int64(content.confirmSeconds) * 1_000_000
    guard holds(.deadline, isInTime, on: &board) || flaws.contains(.ignoresDeadline) else {
      return try rollBack(.deadline, on: &board)
    }
    try confirm(slot, content, on: &board)
  }

  /// Runs the self-test and says what is wrong with the image.
  private func objection(
    to slot: SlotIndex, _ content: DeviceRecord.Content, on board: inout Board
  ) throws(Reset) -> Reason? {
    guard
      let result = try board.selfTest(
        slot: slot, count: Int(content.sizeBytes), watchdogSeconds: policy.watchdogSeconds)
    else { return .storage }
    guard holds(.output, result.outputsAgree, on: &board) || flaws.contains(.ignoresSelfTestOutput) else {
      return .selfTestOutput
    }
    let fits = result.arenaBytes <= profile.arenaBytes
    guard holds(.selfTestArena, fits, on: &board) || flaws.contains(.ignoresSelfTestArena) else {
      return .selfTestArena
    }
    let isFast = result.latencyMicroseconds <= profile.latencyLimitMicroseconds
    guard holds(.latency, isFast, on: &board) || flaws.contains(.ignoresSelfTestLatency) else {
      return .selfTestLatency
    }
    return nil
  }

  /// The candidate becomes the active model, in one record; success is reported only from that record.
  private mutating func confirm(
    _ slot: SlotIndex, _ content: DeviceRecord.Content, on board: inout Board
  ) throws(Reset) {
    let before = record
    record.active = slot
    record.candidate = nil
    record.download = nil
    record.phase = .steady
    record.floor = raisedFloor(content.version)
    record.isSettled = !flaws.contains(.staysUnsettledAfterConfirm)
    if flaws.contains(.servesBeforeCommit) { board.serve(slot) }
    record.queue(.succeeded, assignment: content.assignment)
    guard try commit(on: &board) else {
      record = before
      return try rollBack(.storage, on: &board)
    }
    serve(slot, on: &board)
  }

  /// The highest version that was ever confirmed; an ordered rollback does not lower it.
  private func raisedFloor(_ version: ModelVersion) -> ModelVersion {
    if flaws.contains(.neverRaisesFloor) { return record.floor }
    return flaws.contains(.lowersFloor) ? version : max(record.floor, version)
  }

  /// A boot that finds a trial under way knows that it ended in a reset.
  mutating func endInterruptedTrial(on board: inout Board) throws(Reset) {
    if flaws.contains(.confirmsInterruptedTrial), let slot = record.candidate, let content = record[slot] {
      return try confirm(slot, content, on: &board)
    }
    guard flaws.contains(.triesAgainAfterReset) else { return try rollBack(.trialInterrupted, on: &board) }
    try tryCandidate(on: &board)
  }

  /// Back to the model that served before; the failed image is never taken again.
  mutating func rollBack(_ reason: Reason, on board: inout Board) throws(Reset) {
    var assignment = record.assignment
    if let slot = record.candidate, let content = record[slot] {
      assignment = content.assignment
      let bad = flaws.contains(.quarantinesWrongImage) ? record.activeContent ?? content : content
      if !flaws.contains(.forgetsQuarantine) { record.quarantine(bad.digest) }
      if !flaws.contains(.keepsRejectedImage) { record[slot] = nil }
    }
    record.candidate = nil
    record.download = nil
    record.phase = .steady
    record.isSettled = true
    if !flaws.contains(.rejectsWithoutReport) { record.queue(.failed, reason, assignment: assignment) }
    if !flaws.contains(.quarantinesInMemoryOnly) { _ = try commit(on: &board) }
    if flaws.contains(.servesNothingAfterRollback) { return serve(nil, on: &board) }
    try serveActive(on: &board)
  }

  /// The candidate's bytes are damaged, which says nothing about the image: it may be fetched again.
  private mutating func abandonCandidate(_ reason: Reason, on board: inout Board) throws(Reset) {
    record.phase = .downloading
    record.candidate.map { record[$0] = nil }
    try failAttempt(reason, on: &board)
    try serveActive(on: &board)
  }
}
