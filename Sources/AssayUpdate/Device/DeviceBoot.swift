// From reset to a serving model: everything is decided from the record and the bytes in the slots.

extension Device {
  mutating func boot(on board: inout Board) throws(Reset) {
    if let stored = journal.load(from: &board) {
      record = stored
      if flaws.contains(.losesQueueAtBoot) { record.reports = [] }
      board.noteState(of: record)
    } else {
      try adoptFactoryImage(on: &board)
    }
    scheduleAfterBoot(on: &board)
    switch record.phase {
    case .steady, .downloading: try serveActive(on: &board)
    case .pending where flaws.contains(.neverTriesPending): try serveActive(on: &board)
    case .pending: try tryCandidate(on: &board)
    case .trial: try endInterruptedTrial(on: &board)
    }
  }

  /// Without a record, only an image the firmware knows by digest may serve.
  private mutating func adoptFactoryImage(on board: inout Board) throws(Reset) {
    guard let factory = profile.factory else { return }
    // Whether the image is still there or not: numbers of reports must not begin again, because the
    // service would take them for repetitions, and the floor is what the firmware knows.
    let number = UInt32(truncatingIfNeeded: board.random.next() >> 33)
    if !flaws.contains(.restartsReportNumbers) { record.nextReport = number }
    if !flaws.contains(.forgetsFactoryFloor) { record.floor = factory.version }
    for slot in SlotIndex.allCases {
      record[slot] = factory
      guard isIntact(slot, .factory, on: &board) else { record[slot] = nil; continue }
      record.active = slot
      _ = try commit(on: &board)
      return
    }
  }

  private mutating func scheduleAfterBoot(on board: inout Board) {
    // Power returns to a whole fleet at the same moment.
    let jitter = flaws.contains(.pollsWithoutJitter) ? 0 : board.random.below(policy.bootJitterSeconds + 1)
    schedule.set(.poll, afterSeconds: jitter, on: board)
    schedule.set(.report, afterSeconds: min(jitter, 5), on: board)
    schedule.set(.scrub, afterSeconds: policy.scrubSeconds, on: board)
  }

  mutating func serveActive(on board: inout Board) throws(Reset) {
    guard let active = record.active else { return try enterSafeMode(on: &board) }
    guard flaws.contains(.servesWithoutHashing) || isIntact(active, .boot, on: &board) else {
      return try replaceDamagedModel(in: active, on: &board)
    }
    serve(active, on: &board)
  }

  mutating func serve(_ slot: SlotIndex?, on board: inout Board) {
    serving = slot
    board.serve(slot)
  }

  /// The other slot takes over when it holds a whole image that was confirmed before; a candidate is
  /// never described as content of its slot until it is staged, so that it cannot be taken for one.
  mutating func replaceDamagedModel(in damaged: SlotIndex, on board: inout Board) throws(Reset) {
    let other = damaged.other
    record[damaged] = nil
    let isWhole =
      isIntact(other, .fallback, on: &board) || flaws.contains(.fallsBackUnverified) && record[other] != nil
    record.active = isWhole ? other : nil
    // What the service said last was about a model that is gone.
    if !flaws.contains(.staysSettledWhenDamaged) { record.isSettled = false }
    if !flaws.contains(.hidesDamage) { record.queue(.degraded, .damaged, assignment: record.assignment) }
    _ = try commit(on: &board)
    serve(record.active, on: &board)
  }

  /// Nothing serves; the poll that follows asks for the assigned model unconditionally.
  private mutating func enterSafeMode(on board: inout Board) throws(Reset) {
    if record.isSettled {
      record.isSettled = false
      record.queue(.degraded, .damaged, assignment: record.assignment)
      _ = try commit(on: &board)
    }
    serve(nil, on: &board)
  }

  /// Hashes the serving image again: flash forgets.
  mutating func scrub(on board: inout Board) throws(Reset) {
    schedule.set(.scrub, afterSeconds: policy.scrubSeconds, on: board)
    guard let active = record.active, !flaws.contains(.neverScrubs) else { return }
    guard !isIntact(active, .scrub, on: &board) else { return }
    try replaceDamagedModel(in: active, on: &board)
    schedule.hasten(.poll, device: flaws, on: board)
  }
}
