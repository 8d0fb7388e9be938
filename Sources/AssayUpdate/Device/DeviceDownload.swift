// From an accepted manifest to a verified image in the slot that does not serve.

extension Device {
  /// How an attempt to fetch the image ended.
  enum Attempt {
    case complete
    /// Trying later may help; what arrived is kept.
    case interrupted(retryAfterSeconds: Int?)
    /// Waiting does not help; the next attempt starts from nothing.
    case failed(Reason)
  }

  mutating func install(_ manifest: Manifest, on board: inout Board) throws(Reset) {
    if !flaws.contains(.downloadsWhatItHas) {
      if record.activeContent?.digest == manifest.digest { return try settle(.succeeded, .none, on: &board) }
      if let other = slotHolding(manifest, on: &board) { return try stage(manifest, in: other, on: &board) }
    }
    guard try prepareDownload(manifest, on: &board) else { return try settle(.failed, .storage, on: &board) }
    if flaws.contains(.writesRecordBeforeImage) { try stageUnseen(manifest, on: &board) }
    let before = record.download?.sectorsDone ?? 0
    switch try fetch(manifest, on: &board) {
    case .complete: try verify(manifest, on: &board)
    case .interrupted(let seconds):
      // An interruption after some progress is not one more failure in a row.
      if record.download?.sectorsDone ?? 0 > before { schedule.succeeded(.download) }
      if try saveProgress(on: &board) {
        retryPoll(because: .download, afterSeconds: seconds, on: &board)
      }
    case .failed(.storage): try settle(.failed, .storage, on: &board)
    case .failed(let reason): try failAttempt(reason, on: &board)
    }
  }

  /// The slot that is written: the one that does not serve.
  var downloadSlot: SlotIndex {
    let free = record.active?.other ?? .zero
    return flaws.contains(.writesServingSlot) ? free.other : free
  }

  private func slotHolding(_ manifest: Manifest, on board: inout Board) -> SlotIndex? {
    let slot = downloadSlot
    guard record[slot]?.digest == manifest.digest,
      flaws.contains(.trustsSlotDescription) || isIntact(slot, .held, on: &board)
    else { return nil }
    return slot
  }

  /// Records what is about to be written before the first byte is; false when flash does not take it.
  private mutating func prepareDownload(_ manifest: Manifest, on board: inout Board) throws(Reset) -> Bool {
    let slot = downloadSlot
    if record.phase == .downloading, record.candidate == slot,
      record.download?.digest == manifest.digest || flaws.contains(.resumesOtherImage)
    {
      return true
    }
    let before = record
    record.phase = .downloading
    record.candidate = slot
    if !flaws.contains(.keepsOverwrittenContent) { record[slot] = nil }
    record.download = DeviceRecord.Download(digest: manifest.digest, tag: "", sectorsDone: 0, failures: 0)
    record.queue(
      flaws.contains(.reportsBeforeConfirming) ? .succeeded : .started, assignment: manifest.assignment)
    guard try commit(on: &board) else {
      record = before
      return false
    }
    if flaws.contains(.reportsBeforeConfirming) { try sendReports(on: &board) }
    return true
  }

  private mutating func fetch(_ manifest: Manifest, on board: inout Board) throws(Reset) -> Attempt {
    guard let download = record.download else { return .interrupted(retryAfterSeconds: nil) }
    let resume = download.tag.isEmpty ? 0 : Int(download.sectorsDone) * FlashGeometry.sectorBytes
    guard resume < manifest.sizeBytes else { return .complete }
    var request = Request(step: .artifact, url: manifest.url)
    let isOwn = manifest.url.hasPrefix("/") || flaws.contains(.sendsTokenAnywhere)
    request.token = isOwn ? profile.token : nil
    if resume > 0 {
      request.rangeStart = resume
      request.ifRange = flaws.contains(.resumesWithoutIfRange) ? nil : download.tag
    }
    guard case .response(let response) = send(request, on: &board) else {
      return .interrupted(retryAfterSeconds: nil)
    }
    return try read(response, manifest, resume: resume, on: &board)
  }

  private mutating func read(
    _ response: Response, _ manifest: Manifest, resume: Int, on board: inout Board
  ) throws(Reset) -> Attempt {
    switch response.status {
    case 206 where resume > 0:
      guard holds(.range, isWantedRange(response, manifest, resume), on: &board) else {
        return .failed(.length)
      }
      return try receive(response, manifest, from: resume, on: &board)
    case 200:
      if resume > 0, flaws.contains(.appendsFullResponse) {
        return try receive(response, manifest, from: resume, on: &board)
      }
      guard try beginAgain(resume: resume, on: &board) else { return .failed(.storage) }
      return try receive(response, manifest, from: 0, on: &board)
    case 416: return .failed(.length)
    case 404 where flaws.contains(.retriesMissingImage):
      return .interrupted(retryAfterSeconds: nil)
    case 404, 410: return .failed(.unavailable)
    default:
      if flaws.contains(.parsesErrorBodies) {
        return try receive(response, manifest, from: resume, on: &board)
      }
      return .interrupted(retryAfterSeconds: response.retryAfterSeconds)
    }
  }

  /// What was written before is about to be overwritten: the record must not speak of it any more.
  private mutating func beginAgain(resume: Int, on board: inout Board) throws(Reset) -> Bool {
    record.download?.sectorsDone = 0
    guard resume > 0, !flaws.contains(.overwritesRecordedProgress) else { return true }
    return try commit(on: &board)
  }

  private func isWantedRange(_ response: Response, _ manifest: Manifest, _ resume: Int) -> Bool {
    guard
      response.contentRange?.start == resume && response.contentRange?.total == manifest.sizeBytes
        || flaws.contains(.ignoresContentRange)
    else { return false }
    // A service that ignores If-Range would splice two images.
    return flaws.contains(.resumesWithoutIfRange) || response.tag == record.download?.tag
  }

  /// The slot's bytes are read back and hashed: what counts is what flash kept.
  private mutating func verify(_ manifest: Manifest, on board: inout Board) throws(Reset) {
    guard let slot = record.candidate else { return }
    let digest = board.digest(slot: slot, count: manifest.sizeBytes)
    guard holds(.digest, digest == manifest.digest, on: &board) || flaws.contains(.skipsVerification) else {
      return try failAttempt(.digest, on: &board)
    }
    try stage(manifest, in: slot, on: &board)
  }

  /// The image is whole: the next boot tries it.
  private mutating func stage(
    _ manifest: Manifest, in slot: SlotIndex, on board: inout Board
  ) throws(Reset) {
    describe(manifest, in: slot)
    record.phase = .pending
    guard try commit(on: &board) else {
      record.phase = .downloading
      return try settle(.failed, .storage, on: &board)
    }
    throw .restart
  }

  private mutating func describe(_ manifest: Manifest, in slot: SlotIndex) {
    record.candidate = slot
    record[slot] = DeviceRecord.Content(
      digest: manifest.digest, sizeBytes: UInt32(clamping: manifest.sizeBytes), version: manifest.version,
      assignment: manifest.assignment, confirmSeconds: UInt16(clamping: manifest.confirmSeconds))
  }

  /// A flaw: the record says "try it" before the bytes are there.
  private mutating func stageUnseen(_ manifest: Manifest, on board: inout Board) throws(Reset) {
    guard let slot = record.candidate else { return }
    describe(manifest, in: slot)
    record.phase = .pending
    _ = try commit(on: &board)
  }

  /// Counts an attempt that waiting does not cure; the last one gives the assignment up.
  mutating func failAttempt(_ reason: Reason, on board: inout Board) throws(Reset) {
    let failures = Int(record.download?.failures ?? 0) + (flaws.contains(.forgetsFailures) ? 0 : 1)
    record.download?.failures = UInt8(clamping: failures)
    if !flaws.contains(.keepsProgressAfterFailure) { record.download?.sectorsDone = 0 }
    guard failures < policy.failureLimit || flaws.contains(.retriesForEver) else {
      return try settle(.failed, reason, on: &board)
    }
    if !flaws.contains(.failuresInMemoryOnly) { _ = try commit(on: &board) }
    retryPoll(because: .download, afterSeconds: nil, on: &board)
  }

  /// Stores how far the download is; false when flash does not take it and the update has ended.
  private mutating func saveProgress(on board: inout Board) throws(Reset) -> Bool {
    if flaws.contains(.neverSavesProgress) { return true }
    if try commit(on: &board) { return true }
    try settle(.failed, .storage, on: &board)
    return false
  }
}
