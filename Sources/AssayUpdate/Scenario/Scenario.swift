/// One rehearsal: what the service does, what goes wrong, and exactly what must come of it.
///
/// Written as one line of a table in `suites/ota/*.yaml`; the language is described in
/// `suites/ota/README.md`.
public struct Scenario: Sendable, Equatable {
  /// Unique within its file.
  public var name: String
  /// Rows of the fault catalogue it stands for.
  public var catalogue: [String]
  /// `file:line:column` of the row.
  public var place: String
  /// Assignments in their order.
  var assignments: [AssignmentPhrase] = [AssignmentPhrase(image: .new)]
  /// Size of the new image.
  var imageSize = ImageSize.bytes(20_000)
  var selfTest = SelfTestKind.pass
  var rules: [NetworkRule] = []
  var events: [EventPhrase] = []
  var flash: [FlashPhrase] = []
  var cuts: [CutPhrase] = []
  /// Decisions that come out wrong.
  var glitches: [GlitchPlan.Glitch] = []
  var device = DevicePhrase()
  /// Virtual seconds the run lasts at least.
  var lingerSeconds = 0
  /// Virtual hours within which it must settle.
  var limitHours = 48
  /// What each assignment ends with; `succeeded` for all when empty.
  var endings: [Mission.Expectation] = []
  /// The exact chain of states; nil when the row does not say.
  public internal(set) var chain: [String]?
  /// The exact status log the service sees; nil when the row does not say.
  public internal(set) var log: [String]?
  /// What serves at the end: `old`, `new`, `other` or `nothing`; nil when the row does not say.
  public internal(set) var serves: String?

  init(name: String, catalogue: [String], place: String) {
    self.name = name
    self.catalogue = catalogue
    self.place = place
  }

  /// An image by its role.
  enum ImageName: String, Sendable, CaseIterable {
    /// What serves at the beginning, version 1.0.0.
    case old
    /// The candidate, version 2.0.0.
    case new
    /// A third image, version 3.0.0.
    case other
  }

  enum ImageSize: Sendable, Equatable {
    case bytes(Int)
    /// As large as the slot, and this many bytes more.
    case slot(plus: Int)
  }

  /// What the new image does in its trial.
  enum SelfTestKind: String, Sendable, CaseIterable {
    case pass
    case output
    case arena
    case latency
    case crash
    case hang
    /// Passes, one microsecond after the usual deadline of a minute.
    case slow
    /// Passes with arena, latency and time exactly at their limits.
    case tight
  }

  /// `new`, `old rollback`, `new version 0.9.0 target esp32`
  struct AssignmentPhrase: Sendable, Equatable {
    var image: ImageName
    var order = Manifest.Order.update
    var version: ModelVersion?
    var sizeBytes: Int?
    var format: String?
    var target: String?
    var contract: String?
    var arenaBytes: Int?
    var runtime: ModelVersion?
    var windowHours: ClosedRange<Int>?
    var confirmSeconds: Int?
    var isExpired = false
    var hasWrongDigest = false
    /// True when its digest is the image's but for the last bit.
    var hasNearDigest = false
    /// The name of the key it is signed with; nil for the release key.
    var key: String?
    /// True when it is not signed at all.
    var isUnsigned = false
    /// True when its image is fetched from another host.
    var isOnOtherHost = false
  }

  /// Something the service does just before it answers a request.
  struct EventPhrase: Sendable, Equatable {
    enum Change: Sendable, Equatable {
      case cancel
      case assign(AssignmentPhrase)
      case delete
      case forget
      case pollEvery(seconds: Int)
    }

    var step: Request.Step
    var occurrence: Int
    var change: Change
  }

  /// Something that is wrong with flash, from the beginning or from a moment on.
  struct FlashPhrase: Sendable, Equatable {
    enum Change: Sendable, Equatable {
      case defect(sector: SectorName, SectorDefect)
      case rot(SectorName)
      case eraseRecords
      /// Both records, or the live one only, are rewritten by a newer firmware, which is then replaced.
      case newerRecords(both: Bool)
      case restart
      case battery(millivolts: Int)
    }

    var change: Change
    /// Virtual seconds; 0 for before power-on.
    var seconds = 0
  }

  enum SectorName: Sendable, Equatable {
    case slot(SlotIndex, sector: Int)
    case record(RecordCopy)
  }

  /// When power fails.
  struct CutPhrase: Sendable, Equatable {
    enum Point: Sendable, Equatable {
      case operation(Int)
      /// At an operation, counted from 1, of the record that brings this state.
      case state(StatePoint, operation: Int)
    }

    var point: Point
    var mode: TearMode
  }

  struct DevicePhrase: Sendable, Equatable {
    var batteryMillivolts = 3900
    var clock = Clock.known
    var scrubSeconds: Int?
    var candidate: Candidate?
    /// Images it has in quarantine already.
    var failedBefore = 0
    /// Sequence number of its record.
    var sequence: UInt32 = 1
  }

  /// What the device knows of the date.
  enum Clock: String, Sendable, CaseIterable {
    case known
    /// It asks the service.
    case unset
    /// Nobody tells it.
    case unknown
  }

  /// A run may begin with a candidate that is complete and not yet tried.
  enum Candidate: String, Sendable, CaseIterable {
    case pending
    case damaged
  }
}

/// A state that is about to be recorded, as a point at which power can fail.
public enum StatePoint: String, Sendable, CaseIterable {
  case downloading
  case pending
  case trial
  case confirmed
  case rolledBack = "rolled-back"
  /// Progress of a download, a report that is acknowledged: nothing else changes.
  case progress
}
