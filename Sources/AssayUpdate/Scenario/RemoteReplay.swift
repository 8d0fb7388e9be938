/// The simulated device against a real service: the contract that a fleet depends on.
///
///     var replay = RemoteReplay(mac: "24:6f:28:00:00:01", token: "secret")
///     let outcome = replay.run(on: transport) { microseconds in usleep(...) }
///     outcome?.violations      // []
///
/// Flash, power and the self-test are simulated; what the service sends is real. Time on the device is
/// virtual: waits are told to `pause`, which decides how much of them is really waited.
public struct RemoteReplay: Sendable {
  public var mac: String
  public var token: String
  /// Keys whose manifests the device accepts.
  public var keys = [SigningKey(name: "release")]
  public var slotBytes = 1 << 20
  public var arenaLimitBytes = 256 << 10
  public var selfTest: SelfTest = { _ in .good }
  /// What goes wrong between the device and the service.
  public var faults: [NetworkRule] = []
  public var seed: UInt64 = 1
  /// What the device believes the date is when it is powered, in seconds since 1970.
  public var epochSeconds: Int64 = 1_800_000_000
  /// Polls after which the run ends, settled or not.
  public var pollLimit = 24
  private static let resetLimit = 16
  private static let failureLimit = 4

  public init(mac: String, token: String) {
    self.mac = mac
    self.token = token
  }

  /// Runs until the device has settled and has polled once more; nil for a slot that is none.
  public func run(on transport: any Transport, pause: (Int64) -> Void) -> RemoteOutcome? {
    guard let (mission, images) = mission() else { return nil }
    var board = mission.makeBoard(seed: seed, judge: ImageJudge(selfTest: mission.selfTest))
    board.network.remote = RemoteService(transport, keys: keys)
    board.clock.wallOffsetSeconds = epochSeconds
    board.monitor.wallOffsetSeconds = epochSeconds
    board.trace.keepsEntries = true
    var isRunning = true
    var device = Device(profile: mission.profile)
    while isRunning, board.monitor.counters.resets <= Self.resetLimit {
      device = Device(profile: mission.profile)
      do {
        try device.boot(on: &board)
        try poll(&device, &board, pause)
        isRunning = false
      } catch { board.powerUp(after: error) }
    }
    return outcome(device, board, images)
  }

  private func mission() -> (Mission, ScenarioImages)? {
    var scenario = Scenario(name: "service", catalogue: [], place: "")
    scenario.rules = faults
    var subject = Subject()
    subject.seed = seed
    subject.slotBytes = slotBytes
    subject.arenaLimitBytes = arenaLimitBytes
    let images = ScenarioImages(scenario, subject)
    guard var mission = Mission(scenario, subject, images: images) else { return nil }
    mission.profile.mac = mac
    mission.profile.token = token
    mission.profile.keys = keys
    let old = mission.old
    let test = selfTest
    mission.selfTest = { $0 == old ? .proven : test($0) }
    return (mission, images)
  }

  private func poll(_ device: inout Device, _ board: inout Board, _ pause: (Int64) -> Void) throws(Reset) {
    var pollsWhenSettled: Int?
    while board.monitor.counters.polls < pollLimit {
      let answered = board.network.remote?.answeredPolls ?? 0
      if answered > 0, Self.isSettled(device) {
        // One poll more shows whether the service says "not modified".
        if let settled = pollsWhenSettled, answered > settled { return }
        pollsWhenSettled = pollsWhenSettled ?? answered
      }
      if board.network.remote.map({ $0.failuresInARow >= Self.failureLimit }) ?? false { return }
      let next = max(board.clock.microseconds, device.nextWakeMicroseconds)
      pause(next - board.clock.microseconds)
      board.clock.microseconds = next
      try device.wake(on: &board)
    }
  }

  private static func isSettled(_ device: Device) -> Bool {
    device.record.isSettled && device.record.phase == .steady && device.record.reports.isEmpty
  }

  private func outcome(_ device: Device, _ board: Board, _ images: ScenarioImages) -> RemoteOutcome {
    let remote = board.network.remote
    let content = board.monitor.serving.flatMap { board.monitor.oracle.best?.record[$0] }
    return RemoteOutcome(
      chain: board.states.map { $0.text(images) },
      log: (remote?.accepted ?? []).map { "\($0.assignment) \($0.summary)" },
      serves: images.name(content?.digest), polls: board.monitor.counters.polls,
      artifactBytes: board.monitor.counters.artifactBytes, isSettled: Self.isSettled(device),
      isReachable: (remote?.failuresInARow ?? 0) < Self.failureLimit, manifest: remote?.manifest,
      lastReport: remote?.accepted.last, violations: board.monitor.violations,
      timeline: board.trace.entries)
  }
}

/// What a real service did with the simulated device.
public struct RemoteOutcome: Sendable {
  public let chain: [String]
  /// Reports the service took: `1 started > 1 succeeded`.
  public let log: [String]
  public let serves: String
  public let polls: Int
  public let artifactBytes: Int
  /// True when the device ended what it was assigned and has told everything.
  public let isSettled: Bool
  public let isReachable: Bool
  /// The manifest that came last.
  public let manifest: Manifest?
  public let lastReport: Report?
  public let violations: [Violation]
  public let timeline: [TraceEntry]
}
