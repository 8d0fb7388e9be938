/// A device on its board, run from power-on until its assignments have ended.
struct World {
  let mission: Mission
  var board: Board
  private(set) var device: Device
  /// Polls after which a run that has not settled does not converge any more.
  private static let pollLimit = 400
  private static let resetLimit = 64

  init(mission: Mission, board: Board) {
    self.mission = mission
    self.board = board
    device = Device(profile: mission.profile)
  }

  /// The same world on another board: what remains after power failed.
  func fork(onto board: Board) -> World {
    var copy = self
    copy.board = board
    return copy
  }

  /// Powers the board and runs until everything has settled; notes what did not converge.
  mutating func run() {
    var isRunning = true
    while isRunning, board.monitor.counters.resets <= Self.resetLimit {
      device = Device(profile: mission.profile)
      do {
        try device.boot(on: &board)
        board.monitor.didBoot(flash: board.flash, images: board.images, at: board.clock.microseconds)
        try runUntilSettled()
        isRunning = false
      } catch {
        board.powerUp(after: error)
      }
    }
    judge(hasSettled: !isRunning && isSettled)
  }

  /// Runs on after power failed.
  mutating func resume() {
    board.powerUp(after: .powerCut)
    run()
  }

  private mutating func runUntilSettled() throws(Reset) {
    while !isFinished {
      let next = device.nextWakeMicroseconds
      let incident = mission.incidents.dropFirst(board.incidentsDone).first
      let limit = incident.map { Int64($0.seconds) * 1_000_000 } ?? .max
      board.clock.microseconds = max(board.clock.microseconds, min(next, limit))
      try applyIncidents()
      try device.wake(on: &board)
    }
  }

  private mutating func applyIncidents() throws(Reset) {
    while let next = mission.incidents.dropFirst(board.incidentsDone).first,
      Int64(next.seconds) * 1_000_000 <= board.clock.microseconds
    {
      board.incidentsDone += 1
      next.change(&board)
      guard let reset = board.pendingReset else { continue }
      board.pendingReset = nil
      throw reset
    }
  }

  private var isFinished: Bool {
    mutating get {
      if board.clock.microseconds > Int64(mission.limitHours) * 3_600_000_000 { return true }
      if board.monitor.counters.polls > Self.pollLimit { return true }
      guard isSettled else { return false }
      guard let next = board.network.upcoming.first else {
        return board.incidentsDone == mission.incidents.count
      }
      board.network.upcoming.removeFirst()
      board.network.service.assign(next, to: mission.profile.mac)
      return false
    }
  }

  /// The device knows its assignment, has ended it, and has told everything.
  private var isSettled: Bool {
    let record = device.record
    guard record.isSettled, record.phase == .steady, record.reports.isEmpty else { return false }
    guard let manifest = board.network.service.manifest(of: mission.profile.mac) else {
      return board.monitor.counters.polls > 0
    }
    return manifest.assignment <= record.assignment
  }
}

// What must be true at the end.
extension World {
  private mutating func judge(hasSettled: Bool) {
    let time = board.clock.microseconds
    board.monitor.judgeServing(flash: board.flash, images: board.images, at: time)
    board.monitor.judgeEffort(
      flash: board.flash, imageBytes: mission.steps.map(\.manifest.sizeBytes).reduce(0, +),
      interruptions: board.monitor.counters.resets + mission.interruptions,
      restarts: hopelessDownloads, at: time)
    judgeEndings(hasSettled: hasSettled, at: time)
  }

  /// An image that never arrives whole is fetched as often as the policy says.
  private var hopelessDownloads: Int {
    let hopeless = mission.steps.count { step in
      if case .fails = step.expectation { true } else { step.expectation == .ends }
    }
    return hopeless * (mission.profile.policy.failureLimit - 1) + mission.damages
  }

  private mutating func judgeEndings(hasSettled: Bool, at time: Int64) {
    let reports = board.network.service.reports(of: mission.profile.mac)
    for step in mission.steps {
      let assignment = step.manifest.assignment
      let ending = reports.first { $0.assignment == assignment && $0.status.isFinal }
      if !isExpected(ending, step.expectation), !isOvertaken(assignment, step.expectation) {
        let found = ending?.summary ?? "no final report"
        let message = "assignment \(assignment) ends with \(found)"
        board.monitor.fail(.converges, hasSettled ? message : "\(message) and has not settled", at: time)
      }
      if step.expectation != .open, !hasSettled {
        board.monitor.fail(.converges, "does not settle after assignment \(assignment)", at: time)
      }
    }
    if board.monitor.owesDamageReport, hasSettled {
      board.monitor.fail(.reportsTruth, "gave up a damaged model and told nobody", at: time)
    }
    if hasSettled, mission.damages == 0, !board.flash.hasDefects,
      board.monitor.oracle.best?.record.reports.isEmpty == false
    {
      board.monitor.fail(.triesBounded, "keeps reports that were received", at: time)
    }
    let believed = board.network.service.running(of: mission.profile.mac) ?? mission.oldContent.digest
    if !mission.endsInSafeMode { judgeServingImage(believed, at: time) }
  }

  /// A power cut delays a device; meanwhile the service may have gone on to another assignment.
  private func isOvertaken(_ assignment: UInt32, _ expectation: Mission.Expectation) -> Bool {
    guard board.monitor.counters.powerCuts > 0, expectation != .open,
      let latest = board.network.service.manifest(of: mission.profile.mac)?.assignment
    else { return false }
    let isPlanned = mission.steps.contains { $0.manifest.assignment == latest }
    return assignment < latest && !isPlanned
  }

  /// A power cut during a trial uses up its only try: then this assignment and those that build on
  /// it may end otherwise, but each must end.
  private func isExpected(_ report: Report?, _ expectation: Mission.Expectation) -> Bool {
    if board.monitor.counters.trialCuts > 0, expectation != .open, expectation != .cancelled {
      return report != nil
    }
    switch expectation {
    case .succeeds: return report?.status == .succeeded
    case .ends: return report != nil
    case .fails(let reason): return report?.status == .failed && report?.reason == reason
    case .refused(let reason): return report?.status == .refused && report?.reason == reason
    case .open, .cancelled: return report == nil
    }
  }

  private mutating func judgeServingImage(_ expected: ImageDigest, at time: Int64) {
    guard let slot = board.monitor.serving, let content = board.monitor.oracle.best?.record[slot] else {
      // Both slots damaged, and the image that could be fetched used up its trial: nothing is left.
      let assigned = board.network.service.manifest(of: mission.profile.mac)?.digest
      if mission.damages > 0, let assigned, board.monitor.failed.contains(assigned) { return }
      return board.monitor.fail(.converges, "nothing serves at the end", at: time)
    }
    if content.digest != expected {
      board.monitor.fail(
        .reportsTruth, "serves \(content.digest.short), the service believes \(expected.short)", at: time)
    }
  }
}
