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
  /// Hours in which the service answers nothing but 503, from the tenth minute on.
  public var outageHours = 0
  public var imageBytes = 4_000
  public var days = 30
  public var seed: UInt64 = 1
  /// Devices that something is wrong with, by group; none of them twice.
  var faults: [FleetFault] = []
  /// What the service and its operators do, by time.
  var events: [FleetEvent] = []
  /// Virtual seconds the run lasts at least.
  var lingerSeconds = 0
  /// Devices that poll without jitter, on purpose.
  var flaws: DeviceFlaws = []

  public init() {}
}

/// Some devices that something is wrong with: `group 1 40 % output`.
struct FleetFault: Sendable, Equatable {
  enum Amount: Sendable, Equatable {
    case all
    case count(Int)
    case percent(Int)
  }

  enum Kind: Sendable, Equatable {
    /// The candidate does this in its trial.
    case selfTest(Scenario.SelfTestKind)
    /// Updates, but its reports never arrive.
    case silent
    /// Without power, until this second or for ever.
    case offline(untilSeconds: Int?)
    /// Sold twice: a second device has the same address and began with the same flash.
    case clone
    case network(NetworkRule)
  }

  /// Counted from 0; nil for any group.
  var group: Int?
  var amount: Amount
  var kinds: [Kind]
}

/// Something the service or its operators do.
struct FleetEvent: Sendable, Equatable {
  enum Change: Sendable, Equatable {
    case pause
    case resume
    case rollBack
    /// The service loses assignments, reports and counts; the rollout is ordered again.
    case forget
    /// Every request is answered with this status for so long.
    case overload(status: Int, seconds: Int)
    case join(devices: Int, group: Int)
  }

  var seconds: Int
  var change: Change
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
  /// Groups that were ever opened.
  public internal(set) var opened = 0
  public internal(set) var requests = 0
  /// Most requests in one second of virtual time.
  public internal(set) var peakRequestsPerSecond = 0
  /// Most requests that jitter should let through in one second.
  public internal(set) var allowedRequestsPerSecond = 0
  public internal(set) var state = Rollout.State.running(group: 0)
  /// The states of the rollout: `group 1`, `group 2`, `finished`.
  public internal(set) var chain: [String] = []
  /// When each of them began, in virtual microseconds.
  public internal(set) var chainMicroseconds: [Int64] = []
  /// How many devices told what: `1 started 20`, `1 failed:self-test-output 8`.
  public internal(set) var log: [String] = []
  /// How many devices end with what: `new 380`, `old 15`, `nothing 1`, `off 4`.
  public internal(set) var serves: [String] = []
  /// Addresses that the service takes for those of two devices.
  public internal(set) var flagged = 0
  /// Virtual time of the whole run.
  public internal(set) var microseconds: Int64 = 0
  public internal(set) var flashOperations = 0
  public internal(set) var artifactBytes = 0
  public internal(set) var timeline: [TraceEntry] = []
  /// What was to go wrong, or to be done, and never was.
  public internal(set) var unmet: [String] = []
  public internal(set) var violations: [Violation] = []
  public internal(set) var traceHash = TraceHash()
}

extension FleetPlan {
  /// Runs the rollout; nil when groups, percentages, sizes or slot make no rollout.
  public func run(_ subject: Subject? = nil) -> FleetReport? {
    guard var run = FleetRun(self, subject) else { return nil }
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

  /// Everything the service and its operators do, in order.
  var allEvents: [FleetEvent] {
    let outage = FleetEvent(
      seconds: 600, change: .overload(status: 503, seconds: min(outageHours, 100_000) * 3600))
    let all = outageHours > 0 ? events + [outage] : events
    return all.enumerated().sorted { ($0.element.seconds, $0.offset) < ($1.element.seconds, $1.offset) }
      .map(\.element)
  }
}

extension FleetFault.Amount {
  /// Devices of `size`; nil when a percentage does not come out even, or more are wanted than there are.
  func devices(of size: Int) -> Int? {
    switch self {
    case .all: size
    case .count(let count): count <= size ? count : nil
    case .percent(let percent): size * percent % 100 == 0 ? size * percent / 100 : nil
    }
  }
}
