/// Everything the device remembers across a reset, in one record.
///
/// One record, written as a whole: there is no moment at which half of a decision is stored.
public struct DeviceRecord: Sendable, Equatable {
  /// Where an update stands.
  public enum Phase: UInt8, Sendable, CaseIterable {
    /// The active slot serves; nothing is under way.
    case steady
    /// The active slot serves; the candidate slot is being written.
    case downloading
    /// The candidate is complete and verified; the next boot tries it.
    case pending
    /// The candidate's only try is used up: a boot that finds this rolls back.
    case trial
  }

  /// What a slot holds, as far as the device knows.
  public struct Content: Sendable, Equatable {
    public var digest: ImageDigest
    public var sizeBytes: UInt32
    public var version: ModelVersion
    /// The assignment that brought it.
    public var assignment: UInt32
    /// How long the trial may take, in seconds.
    public var confirmSeconds: UInt16
  }

  /// A download that can be resumed.
  public struct Download: Sendable, Equatable {
    public var digest: ImageDigest
    /// The artifact's ETag, for If-Range; empty when the service sent none.
    public var tag: String
    /// Whole sectors of the candidate slot that are written.
    public var sectorsDone: UInt32
    /// Attempts that ended for a reason that waiting does not cure.
    public var failures: UInt8
  }

  public var phase: Phase = .steady
  /// The slot that serves; nil in safe mode.
  public var active: SlotIndex?
  /// The slot that is being written or tried.
  public var candidate: SlotIndex?
  /// What slot 0 holds; nil when unknown or damaged.
  public var slotZero: Content?
  /// What slot 1 holds; nil when unknown or damaged.
  public var slotOne: Content?
  /// No version below this one is taken unless a rollback is ordered.
  public var floor = ModelVersion(0, 0, 0)
  /// The highest assignment acted upon; lower ones are replays.
  public var assignment: UInt32 = 0
  /// True when that assignment reached its end: installed, refused or given up.
  public var isSettled = true
  /// The ETag of that assignment's manifest, for If-None-Match.
  public var manifestTag = ""
  public var download: Download?
  /// Images that failed here, oldest first.
  public var quarantine: [ImageDigest] = []
  /// Reports the service has not acknowledged, oldest first.
  public var reports: [Report] = []
  public var nextReport: UInt32 = 1

  public static let quarantineLimit = 8
  public static let reportLimit = 8
  static let tagLimitBytes = 72

  public init() {}

  public subscript(slot: SlotIndex) -> Content? {
    get { slot == .zero ? slotZero : slotOne }
    set { if slot == .zero { slotZero = newValue } else { slotOne = newValue } }
  }

  /// What the active slot holds.
  public var activeContent: Content? { active.flatMap { self[$0] } }

  /// Remembers an image as bad; the oldest one is forgotten when the list is full.
  mutating func quarantine(_ digest: ImageDigest) {
    guard !quarantine.contains(digest) else { return }
    quarantine.append(digest)
    if quarantine.count > Self.quarantineLimit { quarantine.removeFirst() }
  }

  /// Queues a report; when the queue is full the oldest one that is not a final state gives way.
  mutating func queue(_ status: Report.Status, _ reason: Reason = .none, assignment: UInt32) {
    if reports.count >= Self.reportLimit {
      reports.remove(at: reports.firstIndex { !$0.status.isFinal } ?? 0)
    }
    let running = activeContent?.digest
    reports.append(
      Report(
        assignment: assignment, sequence: nextReport, status: status, reason: reason, running: running))
    nextReport &+= 1
  }
}

/// One line of an assignment's status log, as the device tells the service.
public struct Report: Sendable, Hashable {
  public enum Status: String, Sendable, CaseIterable {
    /// The download has begun.
    case started
    /// The assigned model is confirmed and serves.
    case succeeded
    /// Given up or rolled back.
    case failed
    /// Never tried: the manifest says it cannot work here.
    case refused
    /// Not now.
    case deferred
    /// The serving model was damaged.
    case degraded

    public var isFinal: Bool { self == .succeeded || self == .failed || self == .refused }
    var code: UInt8 { UInt8(truncatingIfNeeded: Self.allCases.firstIndex(of: self) ?? 0) }
  }

  public let assignment: UInt32
  /// Counts up over the device's life: with the assignment it makes a repeated report recognisable.
  public let sequence: UInt32
  public let status: Status
  public let reason: Reason
  /// The image that serves when the report is made; nil when none does.
  public let running: ImageDigest?

  public init(
    assignment: UInt32, sequence: UInt32, status: Status, reason: Reason, running: ImageDigest?
  ) {
    self.assignment = assignment
    self.sequence = sequence
    self.status = status
    self.reason = reason
    self.running = running
  }

  /// `failed:self-test-arena`, or the status alone when there is no reason.
  public var summary: String { reason == .none ? status.rawValue : "\(status.rawValue):\(reason.rawValue)" }
}
