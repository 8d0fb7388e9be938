// Asking the service what to run, and deciding what to do about the answer.

extension Device {
  mutating func poll(on board: inout Board) throws(Reset) {
    var request = Request(step: .poll, url: "/api/v1/devices/\(profile.mac)/model")
    request.token = profile.token
    request.running = record.activeContent?.digest
    request.boot = board.bootNumber
    if mayTrustTag { request.ifNoneMatch = record.manifestTag }
    guard case .response(let response) = send(request, on: &board) else {
      return retryPoll(afterSeconds: nil, on: &board)
    }
    switch response.status {
    case 200: try readManifest(response, on: &board)
    case 204:
      try cancelDownload(on: &board)
      pollLater(response, on: &board)
    case 304, 404: pollLater(response, on: &board)
    default:
      if flaws.contains(.parsesErrorBodies) { return try readManifest(response, on: &board) }
      retryPoll(afterSeconds: response.retryAfterSeconds, on: &board)
    }
  }

  /// "Not modified" means something only to a device that still has what it was told to have.
  private var mayTrustTag: Bool {
    if flaws.contains(.trustsTagWithEmptySlot) { return !record.manifestTag.isEmpty }
    let isSettled = record.isSettled || flaws.contains(.trustsTagWhileOpen)
    return isSettled && record.active != nil && !record.manifestTag.isEmpty
  }

  mutating func pollLater(_ response: Response?, on board: inout Board) {
    schedule.succeeded(.poll)
    var seconds = response?.pollSeconds ?? policy.pollSeconds
    if !flaws.contains(.obeysAnyPollInterval) {
      seconds = min(max(seconds, policy.pollLimitsSeconds.lowerBound), policy.pollLimitsSeconds.upperBound)
    }
    let jitter = board.random.below(1 + max(0, seconds) / 10)
    schedule.set(.poll, afterSeconds: seconds + jitter, on: board)
  }

  /// `cause`: an answered poll says nothing about downloads that fail; each counts for itself.
  mutating func retryPoll(
    because cause: DeviceSchedule.Task = .poll, afterSeconds: Int?, on board: inout Board
  ) {
    var schedule = self.schedule
    schedule.backOff(
      .poll, because: cause, retryAfterSeconds: afterSeconds, device: self, board: &board)
    self.schedule = schedule
  }

  private mutating func readManifest(_ response: Response, on board: inout Board) throws(Reset) {
    guard let bytes = readAll(response.body, limit: Manifest.limitBytes, on: &board),
      let manifest = Manifest(json: bytes)
    else {
      board.trace.add(.note("manifest rejected"), code: 6, at: board.clock.microseconds)
      return retryPoll(afterSeconds: nil, on: &board)
    }
    try consider(manifest, tag: response.tag ?? "", response, on: &board)
  }

  private mutating func consider(
    _ manifest: Manifest, tag: String, _ response: Response, on board: inout Board
  ) throws(Reset) {
    pollLater(response, on: &board)
    // A number nobody signed is not repeated: it would close an assignment that is yet to come.
    guard isTrusted(manifest, on: &board) else {
      return hold(.signature, assignment: record.assignment, on: &board)
    }
    let isCurrent = holds(.assignment, manifest.assignment >= record.assignment, on: &board)
    guard isCurrent || flaws.contains(.acceptsStaleAssignment) else { return }
    if manifest.assignment == record.assignment, record.isSettled,
      !flaws.contains(.repeatsSettledAssignment)
    {
      return
    }
    if let reason = temporaryObjection(to: manifest, on: &board) {
      return hold(reason, assignment: manifest.assignment, on: &board)
    }
    begin(manifest, tag: tag)
    if let reason = objection(to: manifest, on: &board) { return try settle(.refused, reason, on: &board) }
    try install(manifest, on: &board)
  }

  private func isTrusted(_ manifest: Manifest, on board: inout Board) -> Bool {
    let isSigned = profile.keys.verifies(manifest.signature, of: manifest.signedText)
    return flaws.contains(.ignoresSignature)
      || flaws.contains(.takesUnknownSigner) && !manifest.signature.isEmpty
      || holds(.signature, isSigned, on: &board)
  }

  /// From here on the record is about this assignment; it is stored with the first commit that follows.
  private mutating func begin(_ manifest: Manifest, tag: String) {
    if record.assignment != manifest.assignment { schedule.succeeded(.download) }
    record.assignment = manifest.assignment
    record.manifestTag = tag
    record.isSettled = false
  }

  /// Nothing is stored: the same manifest may be fine at the next poll.
  private mutating func hold(_ reason: Reason, assignment: UInt32, on board: inout Board) {
    let telling = Told(assignment: assignment, reason: reason)
    guard !told.contains(telling) || flaws.contains(.defersAtEveryPoll), told.count < 16 else { return }
    told.append(telling)
    record.queue(.deferred, reason, assignment: assignment)
    schedule.hasten(.report, device: flaws, on: board)
  }

  /// The assignment has reached its end without a trial.
  mutating func settle(_ status: Report.Status, _ reason: Reason, on board: inout Board) throws(Reset) {
    if !flaws.contains(.keepsCandidateWhenSettled) { discardDownload() }
    record.isSettled = true
    record.queue(status, reason, assignment: record.assignment)
    schedule.hasten(.report, device: flaws, on: board)
    _ = try commit(on: &board)
  }

  private mutating func discardDownload() {
    if record.phase == .downloading {
      record.candidate.map { record[$0] = nil }
      record.candidate = nil
      record.phase = .steady
    }
    record.download = nil
  }

  /// The assignment was taken back before it was installed.
  private mutating func cancelDownload(on board: inout Board) throws(Reset) {
    guard record.phase == .downloading, !flaws.contains(.ignoresCancel) else { return }
    discardDownload()
    record.isSettled = true
    _ = try commit(on: &board)
  }
}
