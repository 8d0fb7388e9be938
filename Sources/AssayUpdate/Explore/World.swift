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
      applyIncidents()
      try device.wake(on: &board)
    }
  }

  private mutating func applyIncidents() {
    while let next = mission.incidents.dropFirst(board.incidentsDone).first,
      Int64(next.seconds) * 1_000_000 <= board.clock.microseconds
    {
      board.incidentsDone += 1
      next.change(&board)
    }
  }

  private var isFinished: Bool {
    mutating get {
      if board.clock.microseconds > Int64(mission.limitDays) * 86_400_000_000 { return true }
      if board.monitor.counters.polls > Self.pollLimit { return true }
      guard isSettled, board.incidentsDone == mission.incidents.count else { return false }
      guard let next = board.network.upcoming.first else { return true }
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
      interruptions: board.monitor.counters.resets + mission.interruptions, at: time)
    judgeEndings(hasSettled: hasSettled, at: time)
  }

  private mutating func judgeEndings(hasSettled: Bool, at time: Int64) {
    let reports = board.network.service.reports(of: mission.profile.mac)
    var serving = mission.oldContent.digest
    for step in mission.steps {
      let assignment = step.manifest.assignment
      let last = reports.last { $0.assignment == assignment && $0.status.isFinal }
      if step.expectation != .open, !isExpected(last, step.expectation) {
        let ending = last?.summary ?? "no final report"
        let message = "assignment \(assignment) ends with \(ending)"
        board.monitor.fail(.converges, hasSettled ? message : "\(message) and has not settled", at: time)
      }
      if last?.status == .succeeded { serving = step.manifest.digest }
    }
    judgeServingImage(serving, at: time)
  }

  /// A cut during a trial uses up its only try: then the assignment may fail.
  private func isExpected(_ report: Report?, _ expectation: Mission.Expectation) -> Bool {
    if report?.reason == .trialInterrupted, board.monitor.counters.trialResets > 0 { return true }
    switch expectation {
    case .succeeds: return report?.status == .succeeded
    case .fails(let reason): return report?.status == .failed && report?.reason == reason
    case .refused(let reason): return report?.status == .refused && report?.reason == reason
    case .open: return report == nil
    }
  }

  private mutating func judgeServingImage(_ expected: ImageDigest, at time: Int64) {
    guard let slot = board.monitor.serving, let content = board.monitor.oracle.best?.record[slot] else {
      return board.monitor.fail(.converges, "nothing serves at the end", at: time)
    }
    if content.digest != expected {
      board.monitor.fail(
        .reportsTruth, "serves \(content.digest.short), the service believes \(expected.short)", at: time)
    }
  }
}
