/// What a device is: its name, its limits, and whom it trusts.
public struct DeviceProfile: Sendable {
  /// Lower-case hexadecimal with colons.
  public var mac = "24:6f:28:00:00:01"
  /// The device's own secret for the service.
  public var token = "device-token"
  public var target = "esp32s3"
  /// Size of each of its two slots, in bytes.
  public var slotBytes = 1 << 20
  /// Model formats its firmware can load.
  public var formats = ["tflite", "pte", "raw"]
  /// Input and output contract of its firmware, compared as a whole.
  public var contract = "io-1"
  /// Version of its firmware.
  public var runtime = ModelVersion(2, 0, 0)
  /// Tensor arena its firmware has, in bytes.
  public var arenaBytes = 256 << 10
  /// The longest inference that is acceptable, in microseconds.
  public var latencyLimitMicroseconds: Int64 = 500_000
  /// Keys whose manifests it accepts.
  public var keys = [SigningKey(name: "release")]
  /// The image the factory put into slot 0, for a device that lost its record.
  public var factory: DeviceRecord.Content?
  public var policy = DevicePolicy()
  /// Mistakes made on purpose; none in a shipped device.
  public var flaws: DeviceFlaws = []

  public init() {}
}

/// How often and how patiently a device tries.
public struct DevicePolicy: Sendable {
  public var pollSeconds = 3600
  /// What a service may ask for as poll interval, in seconds.
  public var pollLimitsSeconds = 60...86_400
  /// Longest random delay of the first poll after a reset: a whole fleet is powered at once.
  public var bootJitterSeconds = 120
  /// Delay after the first failure; doubles with each further one.
  public var backoffSeconds = 10
  public var longestBackoffSeconds = 3600
  /// Attempts that fail for a reason that waiting does not cure, before the assignment is given up.
  public var failureLimit = 3
  /// Whole sectors between two saves of a download's progress: 64 KiB.
  public var sectorsBetweenSaves = 16
  public var redirectLimit = 3
  /// Silence on an open connection after which it is given up.
  public var stallSeconds = 30
  /// The slowest acceptable download, in bytes per second.
  public var slowestBytesPerSecond = 512
  /// How often the serving image is hashed again.
  public var scrubSeconds = 86_400
  /// A hanging inference is reset after this time.
  public var watchdogSeconds = 5
  public var lowestBatteryMillivolts = 3300

  public init() {}
}
