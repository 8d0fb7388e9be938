/// Why a device log gives no profile.
public struct DeviceLogError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }
}

/// What a device's log says, before it is held against a model.
public struct DeviceLog: Sendable, Hashable {
  /// One layer's time: `CONV_2D took 945 ticks (0 ms).`
  public struct Event: Sendable, Hashable {
    public var tag: String
    /// Ticks are microseconds on ESP chips.
    public var microseconds: Double
    public var line: Int
  }

  /// A whole inference, timed from outside.
  public struct Invocation: Sendable, Hashable {
    public enum Source: String, Sendable, Hashable {
      case stageTimes, benchmarkRunner, executorchReport, ticksPerTag
    }
    public var source: Source
    public var microseconds: Double
    public var line: Int
  }

  /// `Failed to resize buffer. Requested: .., available .., missing: ..`
  public struct ArenaFailure: Sendable, Hashable {
    public var requestedBytes: Int
    public var availableBytes: Int
    public var missingBytes: Int
    public var line: Int
  }

  /// Bytes of the arena as a recording allocator or a benchmark printed them.
  public struct ArenaUse: Sendable, Hashable {
    public var totalBytes: Int?
    public var headBytes: Int?
    public var tailBytes: Int?

    public init(totalBytes: Int? = nil, headBytes: Int? = nil, tailBytes: Int? = nil) {
      self.totalBytes = totalBytes
      self.headBytes = headBytes
      self.tailBytes = tailBytes
    }
  }

  /// A line that was not used, and why.
  public struct Note: Sendable, Hashable, CustomStringConvertible {
    public var line: Int
    public var message: String
    public var description: String { "line \(line): \(message)" }
  }

  public var events: [Event] = []
  public var invocations: [Invocation] = []
  /// Times by stage (`conv time = 30`), in milliseconds, of the last run that printed them.
  public var stageMilliseconds: [String: Double] = [:]
  public var arenaFailures: [ArenaFailure] = []
  public var arena = ArenaUse()
  /// Checksums that name the model, where the log has them.
  public var modelCRC32: UInt32?
  public var modelSHA256: String?
  public var notes: [Note] = []
  public var lines = 0

  /// Whether there is anything at all in it that is understood.
  public var isEmpty: Bool {
    events.isEmpty && invocations.isEmpty && arenaFailures.isEmpty && arena == ArenaUse()
  }
}
