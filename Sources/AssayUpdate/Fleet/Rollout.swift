/// A rollout in groups: the next group is touched only when the one before is good enough.
///
/// Counting, as documented for operators:
///
/// * a group opens the next one when at least `successPercent` of *all* its devices have reported
///   success, rounded up: neither a silent nor an offline device is a success;
/// * *more than* `failurePercent` of all its devices failed, rounded down: everything is rolled back;
/// * it can no longer become good enough, because every device has answered or because
///   `silenceSeconds` went by since it was opened: the rollout pauses.
public struct Rollout: Sendable, Equatable {
  public enum State: Sendable, Equatable {
    case running(group: Int)
    case paused
    case rolledBack
    case finished
  }

  /// Devices per group; a group grows when devices join it.
  public private(set) var groupSizes: [Int]
  public let successPercent: Int
  public let failurePercent: Int
  public let silenceSeconds: Int64
  public private(set) var state = State.running(group: 0)
  public private(set) var openedSeconds: Int64 = 0
  /// The group that was opened last.
  private var latestGroup = 0
  private var succeeded: [Int]
  private var failed: [Int]

  /// Nil unless there is a group, no group is empty and the percentages are 1...100 and 0...100.
  public init?(groupSizes: [Int], successPercent: Int, failurePercent: Int, silenceSeconds: Int64) {
    guard !groupSizes.isEmpty, groupSizes.allSatisfy({ $0 > 0 }), (1...100).contains(successPercent),
      (0...100).contains(failurePercent)
    else { return nil }
    self.groupSizes = groupSizes
    self.successPercent = successPercent
    self.failurePercent = failurePercent
    self.silenceSeconds = silenceSeconds
    succeeded = groupSizes.map { _ in 0 }
    failed = groupSizes.map { _ in 0 }
  }

  /// Groups whose devices may have been told to update.
  public var openGroups: Int { latestGroup + 1 }

  /// Successes after which a group is good enough.
  public func needed(inGroup group: Int) -> Int { (groupSizes[group] * successPercent + 99) / 100 }

  /// Failures above which a group stops the rollout.
  public func tolerated(inGroup group: Int) -> Int { groupSizes[group] * failurePercent / 100 }

  /// Counts a device's final report, once per device; the caller sees to that.
  public mutating func count(success: Bool, group: Int, atSeconds now: Int64) {
    guard groupSizes.indices.contains(group) else { return }
    if success { succeeded[group] += 1 } else { failed[group] += 1 }
    guard case .running(let current) = state, current == group else { return }
    if failed[group] > tolerated(inGroup: group) {
      state = .rolledBack
    } else if succeeded[group] >= needed(inGroup: group) {
      open(group + 1, atSeconds: now)
    } else if succeeded[group] + failed[group] >= groupSizes[group] {
      state = .paused
    }
  }

  private mutating func open(_ group: Int, atSeconds now: Int64) {
    openedSeconds = now
    guard group < groupSizes.count else { return state = .finished }
    latestGroup = group
    state = .running(group: group)
  }

  /// Silence: a group that is not good enough in time does not become so by waiting longer.
  public mutating func tick(atSeconds now: Int64) {
    guard case .running = state, now - openedSeconds > silenceSeconds else { return }
    state = .paused
  }

  /// Stops opening groups.
  public mutating func pause() {
    if case .running = state { state = .paused }
  }

  /// Goes on where it was paused; its group has all of its time again.
  public mutating func resume(atSeconds now: Int64) {
    guard state == .paused else { return }
    state = .running(group: latestGroup)
    openedSeconds = now
  }

  public mutating func rollBack() { state = .rolledBack }

  /// Devices join a group: from now on they count among all of its devices.
  public mutating func join(_ devices: Int, group: Int) {
    guard groupSizes.indices.contains(group), devices > 0 else { return }
    groupSizes[group] += devices
  }

  /// The service lost what it knew: everything is counted again, from the first group on.
  public mutating func beginAgain(atSeconds now: Int64) {
    succeeded = groupSizes.map { _ in 0 }
    failed = succeeded
    latestGroup = 0
    open(0, atSeconds: now)
  }
}

extension Rollout.State {
  /// As scenario rows name it, groups counted from 1: `group 2`, `paused`, `rolled-back`, `finished`.
  public var text: String {
    switch self {
    case .running(let group): "group \(group + 1)"
    case .paused: "paused"
    case .rolledBack: "rolled-back"
    case .finished: "finished"
    }
  }
}
