/// The updating device: what its processor knows between two resets.
///
///     new -> downloading -> pending -> trial (one try) -> steady
///                                        `-> rolled back, image quarantined
///
/// Everything that must survive a reset is in `record`, which is written as a whole. A power cut is
/// a thrown `Reset`: what follows is a new `Device` on the same board.
struct Device {
  let profile: DeviceProfile
  var record = DeviceRecord()
  var journal: RecordJournal
  /// The slot inference is answered from; nil before boot and in safe mode.
  var serving: SlotIndex?
  var schedule = DeviceSchedule()
  /// Reasons already told for an assignment that is merely held back; lost at a reset.
  var told: [Told] = []

  struct Told: Equatable {
    let assignment: UInt32
    let reason: Reason
  }

  init(profile: DeviceProfile) {
    self.profile = profile
    journal = RecordJournal(flaws: profile.flaws)
  }

  var policy: DevicePolicy { profile.policy }
  var flaws: DeviceFlaws { profile.flaws }

  /// Does what is due now: one wake of the update task.
  mutating func wake(on board: inout Board) throws(Reset) {
    if schedule.isDue(.scrub, board.clock) { try scrub(on: &board) }
    if schedule.isDue(.report, board.clock), !record.reports.isEmpty { try sendReports(on: &board) }
    if schedule.isDue(.poll, board.clock) { try poll(on: &board) }
  }

  /// When the device wakes next, in microseconds of the run.
  var nextWakeMicroseconds: Int64 {
    let others = min(schedule.time(of: .poll), schedule.time(of: .scrub))
    return record.reports.isEmpty ? others : min(others, schedule.time(of: .report))
  }

  /// Writes the record; false when flash did not take it, and the device must act as if it had not decided.
  mutating func commit(on board: inout Board) throws(Reset) -> Bool {
    guard holds(.changed, record != journal.stored, on: &board) || flaws.contains(.writesUnchangedRecord)
    else { return true }
    board.willStore(record, after: journal.stored)
    guard try journal.store(record, on: &board) else { return flaws.contains(.ignoresStoreFailure) }
    board.noteState(of: record)
    return true
  }

  /// Reads a slot and compares its SHA-256 with what the record says it holds.
  func isIntact(_ slot: SlotIndex, _ check: DeviceCheck, on board: inout Board) -> Bool {
    guard let content = record[slot] else { return false }
    let digest = board.digest(slot: slot, count: Int(content.sizeBytes))
    return holds(check, digest == content.digest, on: &board)
  }
}

/// What the update task does next and when.
struct DeviceSchedule {
  enum Task: Int {
    case poll
    case report
    case scrub
    /// Has no time of its own: it follows a poll.
    case download
  }

  private var due: [Int64] = [0, 0, 0, 0]
  /// Failures in a row, per task.
  private var failures = [0, 0, 0, 0]

  func isDue(_ task: Task, _ clock: BoardClock) -> Bool { clock.microseconds >= due[task.rawValue] }
  func time(of task: Task) -> Int64 { due[task.rawValue] }

  mutating func set(_ task: Task, afterSeconds seconds: Int, on board: Board) {
    due[task.rawValue] = board.clock.microseconds + Int64(seconds) * 1_000_000
  }

  /// Does a task at once, unless it has been told to wait.
  mutating func hasten(_ task: Task, device: DeviceFlaws, on board: Board) {
    guard failures[task.rawValue] == 0 || device.contains(.hastensInSpiteOfRetryAfter) else { return }
    set(task, afterSeconds: 0, on: board)
  }

  mutating func succeeded(_ task: Task) { failures[task.rawValue] = 0 }

  /// Doubling delays with 25 % of jitter, or what the service asked for when that is longer.
  ///
  /// `cause`: the task that failed, when `task` is done again because of it.
  mutating func backOff(
    _ task: Task, because cause: Task, retryAfterSeconds: Int?, device: Device, board: inout Board
  ) {
    let policy = device.policy
    let doublings = min(failures[cause.rawValue], 16)
    failures[cause.rawValue] += 1
    var delay = policy.backoffSeconds << doublings
    if !device.flaws.contains(.backsOffWithoutLimit) { delay = min(policy.longestBackoffSeconds, delay) }
    if let asked = retryAfterSeconds, !device.flaws.contains(.ignoresRetryAfter) {
      let isBounded = !device.flaws.contains(.obeysAnyRetryAfter)
      delay = max(delay, isBounded ? min(asked, policy.pollLimitsSeconds.upperBound) : asked)
    }
    if device.flaws.contains(.retriesAtOnce) { delay = 0 }
    set(task, afterSeconds: delay + board.random.below(1 + delay / 4), on: board)
  }
}

extension DeviceRecord {
  /// `confirmed 1a2b3c4d`, `trial 5e6f7a8b over 1a2b3c4d`.
  var summary: String {
    let serving = activeContent?.digest.short ?? "nothing"
    switch phase {
    case .steady: return "confirmed \(serving)"
    case .downloading: return "downloading \(download?.digest.short ?? "?") over \(serving)"
    case .pending, .trial:
      let trying = candidate.flatMap { self[$0] }?.digest.short ?? "?"
      return "\(phase) \(trying) over \(serving)"
    }
  }
}
