/// One rollout over a fleet, event by event in the order of virtual time.
struct FleetRun {
  /// Devices whose candidate does the same in its trial.
  struct Kind {
    let mission: Mission
    let board: Board
  }

  let plan: FleetPlan
  let kinds: [Scenario.SelfTestKind: Kind]
  /// The mission of devices that nothing is wrong with.
  let mission: Mission
  let manifest: Manifest
  var members: [FleetMember] = []
  var rollout: Rollout
  var queue = WakeQueue()
  var report = FleetReport()
  /// Number of the assignments that are made now; every order counts it up.
  var order: UInt32 = 1
  /// Devices that will have power and have not reported the end of what they were told, or were not
  /// told yet.
  var outstanding = 0
  /// Overloads of the service: from, to, status.
  private(set) var overloads: [(span: Range<Int64>, status: Int)] = []
  private(set) var upcoming: [FleetEvent] = []
  /// When the rollout came to the state it is in.
  private var stateMicroseconds: Int64 = 0
  private var perSecond: [Int64: Int] = [:]

  init?(_ plan: FleetPlan, _ given: Subject?) {
    guard let sizes = plan.groupSizes,
      let rollout = Rollout(
        groupSizes: sizes, successPercent: plan.successPercent, failurePercent: plan.failurePercent,
        silenceSeconds: plan.silenceSeconds),
      let kinds = Self.kinds(plan, given), let mission = kinds[.pass]?.mission,
      let manifest = mission.steps.first?.manifest
    else { return nil }
    self.plan = plan
    self.rollout = rollout
    self.kinds = kinds
    self.mission = mission
    self.manifest = manifest
    upcoming = plan.allEvents
    guard powerOn(sizes) else { return nil }
  }

  var mac: String { mission.profile.mac }

  private static func kinds(_ plan: FleetPlan, _ given: Subject?) -> [Scenario.SelfTestKind: Kind]? {
    var subject = given ?? Subject()
    subject.flaws = plan.flaws
    if given == nil { subject.seed = plan.seed }
    var kinds: [Scenario.SelfTestKind: Kind] = [:]
    for test in Scenario.SelfTestKind.allCases {
      var scenario = Scenario(name: "fleet", catalogue: [], place: "")
      if subject.image == nil { scenario.imageSize = .bytes(plan.imageBytes) }
      scenario.selfTest = test
      guard let mission = Mission(scenario, subject, images: ScenarioImages(scenario, subject)) else {
        return nil
      }
      let judge = ImageJudge(selfTest: mission.selfTest)
      kinds[test] = Kind(mission: mission, board: mission.makeBoard(seed: plan.seed, judge: judge))
    }
    return kinds
  }

  mutating func run() -> FleetReport {
    let end = Int64(plan.days) * 86_400_000_000
    note("\(rollout.groupSizes[0]) devices are told to update", at: 0)
    noteState(at: 0)
    while let (time, index) = queue.pop(), time <= end {
      applyEvents(until: time)
      rollout.tick(atSeconds: time / 1_000_000)
      noteState(at: time)
      step(index, at: time)
      count(index)
      report.microseconds = time
      if hasEnded(at: time) { break }
      queue.push(index, at: max(time + 1, members[index].device.nextWakeMicroseconds))
    }
    return finish(perSecond)
  }

  /// Nothing more will be opened, and what was ordered has had its time.
  private func hasEnded(at time: Int64) -> Bool {
    guard upcoming.isEmpty, time >= Int64(plan.lingerSeconds) * 1_000_000 else { return false }
    // While the service is overloaded nobody hears of anything.
    let since = time - max(stateMicroseconds, overloads.map(\.span.upperBound).max() ?? 0)
    return switch rollout.state {
    case .running: false
    case .finished: outstanding == 0 || since > plan.silenceSeconds * 1_000_000
    // Long enough for every device to hear of it and to go back.
    case .paused, .rolledBack: since > 4 * 3_600_000_000
    }
  }

  /// One wake of one device, with what the service wants of it at that moment.
  private mutating func step(_ index: Int, at time: Int64) {
    let original = members[index].original
    if let original {
      members[index].board.network.service = members[original].board.network.service
    } else {
      assign(index, at: time)
    }
    showOverload(index, at: time)
    let requests = members[index].wake(at: time)
    if let original {
      members[original].board.network.service = members[index].board.network.service
    }
    perSecond[time / 1_000_000, default: 0] += requests
    report.requests += requests
  }

  /// The rollout learns of a device's final report, once.
  private mutating func count(_ index: Int) {
    guard let assignment = members[index].assignment, !members[index].hasCounted else { return }
    let reports = members[index].board.network.service.reports(of: mac)
    guard let ending = reports.first(where: { $0.assignment == assignment && $0.status.isFinal }) else {
      return
    }
    members[index].hasCounted = true
    outstanding -= 1
    let time = members[index].board.clock.microseconds
    rollout.count(
      success: ending.status == .succeeded, group: members[index].group, atSeconds: time / 1_000_000)
    noteState(at: time)
  }
}

// Events and states.
extension FleetRun {
  private mutating func applyEvents(until time: Int64) {
    while let event = upcoming.first, Int64(event.seconds) * 1_000_000 <= time {
      upcoming.removeFirst()
      apply(event)
      noteState(at: Int64(event.seconds) * 1_000_000)
    }
  }

  private mutating func apply(_ event: FleetEvent) {
    let now = Int64(event.seconds)
    note(event.phrase, at: now * 1_000_000)
    switch event.change {
    case .pause: rollout.pause()
    case .resume:
      order += 1
      rollout.resume(atSeconds: now)
    case .rollBack:
      rollout.rollBack()
    case .forget: forget(atSeconds: now)
    case .overload(let status, let seconds):
      overloads.append((now * 1_000_000..<(now + Int64(seconds)) * 1_000_000, status))
    case .join(let devices, let group): rollout.join(devices, group: group)
    }
  }

  private mutating func noteState(at time: Int64) {
    report.opened = max(report.opened, rollout.openGroups)
    guard report.chain.last != rollout.state.text else { return }
    stateMicroseconds = time
    report.chain.append(rollout.state.text)
    report.chainMicroseconds.append(time)
    note("rollout: \(rollout.state.text)", at: time)
    // A rollback is an order of its own.
    if rollout.state == .rolledBack { order += 1 }
  }

  private mutating func note(_ text: String, at time: Int64) {
    report.timeline.append(TraceEntry(microseconds: time, event: .note(text)))
  }
}
