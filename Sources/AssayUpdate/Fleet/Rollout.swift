/// A rollout in groups: the next group is touched only when the one before is good enough.
///
/// Counting, as documented for operators: a group opens the next one when at least
/// `successPercent` of *all* its devices have reported success (rounded up; a silent device is not
/// a success), and stops everything when *more than* `failurePercent` have failed (rounded down). A
/// device that says nothing within `silenceSeconds` of its group's opening counts as failed.
public struct Rollout: Sendable, Equatable {
  public enum State: Sendable, Equatable {
    case running(group: Int)
    case paused
    case rolledBack
    case finished
  }

  public let groupSizes: [Int]
  public let successPercent: Int
  public let failurePercent: Int
  public let silenceSeconds: Int64
  public private(set) var state = State.running(group: 0)
  public private(set) var openedSeconds: Int64 = 0
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
  public var openGroups: Int {
    switch state {
    case .running(let group): group + 1
    case .finished: groupSizes.count
    case .paused, .rolledBack: lastOpenGroup + 1
    }
  }

  private var lastOpenGroup: Int {
    groupSizes.indices.last { succeeded[$0] + failed[$0] > 0 } ?? 0
  }

  /// Successes after which a group is good enough.
  public func needed(inGroup group: Int) -> Int { (groupSizes[group] * successPercent + 99) / 100 }

  /// Failures above which a group stops the rollout.
  public func tolerated(inGroup group: Int) -> Int { groupSizes[group] * failurePercent / 100 }

  /// Counts a device's final report, once per device; the caller sees to that.
  public mutating func count(success: Bool, group: Int, atSeconds now: Int64) {
    guard groupSizes.indices.contains(group) else { return }
    if success { succeeded[group] += 1 } else { failed[group] += 1 }
    guard case .running(let current) = state, current == group else { return }
    if failed[group] > tolerated(inGroup: group) { state = .rolledBack; return }
    guard succeeded[group] >= needed(inGroup: group) else { return }
    state = group + 1 < groupSizes.count ? .running(group: group + 1) : .finished
    openedSeconds = now
  }

  /// Silence: devices of the current group that have said nothing in time count as failed.
  public mutating func tick(atSeconds now: Int64) {
    guard case .running(let group) = state, now - openedSeconds > silenceSeconds else { return }
    let silent = groupSizes[group] - succeeded[group] - failed[group]
    guard silent > 0, failed[group] + silent > tolerated(inGroup: group) else { return }
    state = .paused
  }

  /// Stops opening groups.
  public mutating func pause() {
    if case .running = state { state = .paused }
  }

  public mutating func rollBack() { state = .rolledBack }
}
