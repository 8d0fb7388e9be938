/// A fleet of simulated devices that take part in one rollout.
public struct FleetPlan: Sendable {
  public var devices = 10_000
  /// Devices per group, the canary first; the last group takes what is left.
  public var groups = [100, 900]
  public var successPercent = 90
  public var failurePercent = 10
  public var silenceSeconds: Int64 = 86_400
  /// Devices in a thousand that are never powered.
  public var offlinePerMille = 0
  /// Devices in a thousand that update but whose reports never arrive.
  public var silentPerMille = 0
  /// Devices in a thousand on which the candidate fails its self-test.
  public var failingPerMille = 0
  /// Hours in which the service answers nothing but 503, after the first poll.
  public var outageHours = 0
  public var imageBytes = 4_000
  public var days = 30
  public var seed: UInt64 = 1
  /// Devices that poll without jitter, on purpose.
  var flaws: DeviceFlaws = []

  public init() {}
}

/// What a fleet did.
public struct FleetReport: Sendable, Equatable {
  public internal(set) var devices = 0
  public internal(set) var updated = 0
  public internal(set) var rolledBack = 0
  /// Devices whose flash was touched because of the rollout.
  public internal(set) var touched = 0
  /// Devices of the groups that were ever opened: the bound on `touched`.
  public internal(set) var allowed = 0
  public internal(set) var requests = 0
  /// Most requests in one second of virtual time.
  public internal(set) var peakRequestsPerSecond = 0
  /// Most requests that jitter should let through in one second.
  public internal(set) var allowedRequestsPerSecond = 0
  public internal(set) var state = Rollout.State.running(group: 0)
  public internal(set) var violations: [Violation] = []
  public internal(set) var traceHash = TraceHash()
}

extension FleetPlan {
  /// Runs the rollout; nil when groups, percentages or sizes make no rollout.
  public func run() -> FleetReport? {
    guard var run = FleetRun(self) else { return nil }
    return run.run()
  }

  /// Group sizes for all devices.
  var groupSizes: [Int]? {
    guard devices > 0, imageBytes > 0, imageBytes <= 65536, groups.allSatisfy({ $0 > 0 }) else { return nil }
    var sizes: [Int] = []
    var left = devices
    for size in groups where left > 0 {
      sizes.append(min(size, left))
      left -= min(size, left)
    }
    return left > 0 ? sizes + [left] : sizes
  }
}
