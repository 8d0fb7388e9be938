// From a scenario and a subject to a mission that can be run.

extension Mission {
  /// Nil when the subject's slot is not one.
  init?(_ scenario: Scenario, _ subject: Subject, images: ScenarioImages) {
    guard let geometry = FlashGeometry(slotBytes: subject.slotBytes) else { return nil }
    let profile = Self.profile(scenario, subject, images)
    let steps = scenario.assignments.enumerated().map { index, phrase in
      Step(
        manifest: Self.manifest(phrase, number: UInt32(index + 1), images, profile),
        expectation: scenario.endings.isEmpty ? .succeeds : scenario.endings[index])
    }
    let events = scenario.events.enumerated().map { index, phrase in
      let number = UInt32(scenario.assignments.count + index + 1)
      return Self.event(phrase, number: number, images, profile)
    }
    let old = images.bytes(.old)
    self.init(
      name: scenario.name, profile: profile, geometry: geometry, old: old,
      oldContent: Self.content(old, digest: images.digest(.old), version: ModelVersion(1, 0, 0)),
      images: images.all.map { ($0.bytes, $0.digest) }, steps: steps,
      selfTest: Self.selfTest(scenario, subject, images.bytes(.new)))
    rules = scenario.rules
    self.events = events
    limitHours = scenario.limitHours
    sequence = scenario.device.sequence
    endsInSafeMode = scenario.serves == "nothing"
    interruptions = Self.interruptions(scenario)
    damages = scenario.flash.count { $0.seconds > 0 } + (scenario.device.candidate == .damaged ? 1 : 0)
    prepare = Self.preparation(scenario, geometry, steps.first?.manifest, images.bytes(.new))
    incidents = Self.incidents(scenario, geometry)
  }

  private static func profile(
    _ scenario: Scenario, _ subject: Subject, _ images: ScenarioImages
  ) -> DeviceProfile {
    var profile = DeviceProfile()
    profile.slotBytes = subject.slotBytes
    profile.arenaBytes = subject.arenaLimitBytes
    profile.latencyLimitMicroseconds = subject.latencyLimitMicroseconds
    profile.flaws = subject.flaws
    // Progress is stored often, so that small images have something to resume.
    if subject.slotBytes <= 65536 { profile.policy.sectorsBetweenSaves = 2 }
    if let seconds = scenario.device.scrubSeconds { profile.policy.scrubSeconds = seconds }
    profile.factory = content(
      images.bytes(.old), digest: images.digest(.old), version: ModelVersion(1, 0, 0))
    return profile
  }

  private static func versions(_ name: Scenario.ImageName) -> ModelVersion {
    switch name {
    case .old: ModelVersion(1, 0, 0)
    case .new: ModelVersion(2, 0, 0)
    case .other: ModelVersion(3, 0, 0)
    }
  }

  private static func manifest(
    _ phrase: Scenario.AssignmentPhrase, number: UInt32, _ images: ScenarioImages, _ profile: DeviceProfile
  ) -> Manifest {
    let digest = images.digest(phrase.image)
    var manifest = Self.manifest(
      images.bytes(phrase.image), digest: digest, version: phrase.version ?? versions(phrase.image),
      assignment: number, profile: profile)
    manifest.order = phrase.order
    manifest.sizeBytes = phrase.sizeBytes ?? manifest.sizeBytes
    manifest.format = phrase.format ?? manifest.format
    manifest.target = phrase.target ?? manifest.target
    manifest.contract = phrase.contract ?? manifest.contract
    manifest.arenaBytes = phrase.arenaBytes ?? manifest.arenaBytes
    manifest.minimumRuntime = phrase.runtime ?? manifest.minimumRuntime
    manifest.confirmSeconds = phrase.confirmSeconds ?? manifest.confirmSeconds
    manifest.window = phrase.windowHours
    if phrase.isOnOtherHost { manifest.url = "\(SimulatedNetwork.otherHost)\(manifest.url)" }
    if phrase.isExpired { manifest.expirySeconds = 1_799_000_000 }
    if phrase.hasWrongDigest { manifest.digest = ImageDigest(of: Array("another image".utf8)) }
    if phrase.hasNearDigest { manifest.digest = manifest.digest.neighbour }
    return sign(manifest, phrase)
  }

  /// Signed here when it is not to be signed by the release key; the service keeps such a signature.
  private static func sign(_ manifest: Manifest, _ phrase: Scenario.AssignmentPhrase) -> Manifest {
    var manifest = manifest
    if let key = phrase.key { manifest.sign(with: SigningKey(name: key)) }
    if phrase.isUnsigned { manifest.signature = "none" }
    return manifest
  }

  private static func event(
    _ phrase: Scenario.EventPhrase, number: UInt32, _ images: ScenarioImages, _ profile: DeviceProfile
  ) -> ServiceEvent {
    let change: ServiceEvent.Change
    switch phrase.change {
    case .cancel: change = .cancel
    case .delete: change = .delete(images.digest(.new))
    case .forget: change = .forget
    case .pollEvery(let seconds): change = .pollEvery(seconds: seconds)
    case .assign(let assignment): change = .assign(manifest(assignment, number: number, images, profile))
    }
    return ServiceEvent(step: phrase.step, occurrence: phrase.occurrence, mac: profile.mac, change: change)
  }

  private static func selfTest(_ scenario: Scenario, _ subject: Subject, _ new: [UInt8]) -> SelfTest {
    let kind = scenario.selfTest
    let candidate = subject.selfTest
    // A made-up image of a size the scenario asks for is not the subject's to judge.
    let isSubject = subject.image == nil || subject.image == new
    return { (image: [UInt8]) -> SelfTestResult in
      guard image == new else { return SelfTestResult.proven }
      let found = isSubject ? candidate(image) : SelfTestResult.proven
      return Self.changed(found, kind, subject)
    }
  }

  /// One more than a limit allows: a device that is off by one is noticed.
  private static func changed(
    _ found: SelfTestResult, _ kind: Scenario.SelfTestKind, _ subject: Subject
  ) -> SelfTestResult {
    var result = found
    switch kind {
    case .pass: break
    case .output: result.outputsAgree = false
    case .arena: result.arenaBytes = subject.arenaLimitBytes + 1
    case .latency: result.latencyMicroseconds = subject.latencyLimitMicroseconds + 1
    case .crash: result.ending = .crashed
    case .hang: result.ending = .hung
    case .slow: result.durationMicroseconds = 60_000_001
    case .tight:
      result.arenaBytes = subject.arenaLimitBytes
      result.latencyMicroseconds = subject.latencyLimitMicroseconds
      result.durationMicroseconds = 60_000_000
    }
    return result
  }

  /// How often the network ends a download that can be resumed.
  private static func interruptions(_ scenario: Scenario) -> Int {
    scenario.rules.filter { $0.step == .artifact }.map { min($0.occurrences.count, 64) }.reduce(0, +)
  }
}

// Flash, power and the device's surroundings.
extension Mission {
  private static func preparation(
    _ scenario: Scenario, _ geometry: FlashGeometry, _ manifest: Manifest?, _ new: [UInt8]
  ) -> @Sendable (inout Board) -> Void {
    { board in
      if let candidate = scenario.device.candidate, let manifest {
        board.beginAtPending(manifest, image: new)
        if candidate == .damaged { board.flash.rot(sector: geometry.firstSector(of: .one) + 1) }
      }
      if scenario.device.failedBefore > 0 { board.beginWithQuarantine(of: scenario.device.failedBefore) }
      for phrase in scenario.flash where phrase.seconds == 0 { change(phrase.change, geometry)(&board) }
      board.pendingReset = nil
      if !scenario.glitches.isEmpty { board.glitch = GlitchPlan(scenario.glitches) }
      board.batteryMillivolts = scenario.device.batteryMillivolts
      board.monitor.batteryMillivolts = scenario.device.batteryMillivolts
      if scenario.device.clock != .known { board.clock.wallOffsetSeconds = nil }
      board.network.hidesDate = scenario.device.clock == .unknown
      for cut in scenario.cuts { plan(cut, &board.power) }
    }
  }

  private static func incidents(_ scenario: Scenario, _ geometry: FlashGeometry) -> [Incident] {
    var incidents = scenario.flash.filter { $0.seconds > 0 }.map { phrase in
      Incident(seconds: phrase.seconds, change: change(phrase.change, geometry))
    }
    if scenario.lingerSeconds > 0 { incidents.append(Incident(seconds: scenario.lingerSeconds) { _ in }) }
    return incidents.enumerated().sorted { ($0.element.seconds, $0.offset) < ($1.element.seconds, $1.offset) }
      .map(\.element)
  }

  private static func change(
    _ change: Scenario.FlashPhrase.Change, _ geometry: FlashGeometry
  ) -> @Sendable (inout Board) -> Void {
    func number(_ name: Scenario.SectorName) -> Int {
      switch name {
      case .slot(let slot, let sector): geometry.firstSector(of: slot) + sector
      case .record(let copy): geometry.recordSector(copy)
      }
    }
    switch change {
    case .defect(let name, let defect):
      let sector = number(name)
      return { board in board.flash.setDefect(defect, sector: sector) }
    case .rot(let name):
      let sector = number(name)
      return { board in
        board.flash.rot(sector: sector)
        board.monitor.oracle = RecordOracle(board.flash)
      }
    case .eraseRecords:
      return { board in
        for copy in RecordCopy.allCases {
          board.flash.leave(Flash.erasedSector, sector: geometry.recordSector(copy))
        }
        board.monitor.didLoseRecords(board.flash)
      }
    case .newerRecords(let both):
      return { board in
        board.leaveNewerRecords(both: both)
        board.pendingReset = .restart
      }
    case .restart: return { board in board.pendingReset = .powerCut }
    case .battery(let millivolts):
      return { board in
        board.batteryMillivolts = millivolts
        board.monitor.batteryMillivolts = millivolts
      }
    }
  }

  private static func plan(_ phrase: Scenario.CutPhrase, _ power: inout PowerPlan) {
    switch phrase.point {
    case .operation(let operation):
      power.cuts.append(PowerPlan.Cut(operation: operation, mode: phrase.mode))
      power.cuts.sort { $0.operation < $1.operation }
    case .state(let point, let operation):
      power.points.append(PowerPlan.PointCut(point: point, operation: operation, mode: phrase.mode))
    }
  }
}
