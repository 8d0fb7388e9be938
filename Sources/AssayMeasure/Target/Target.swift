/// A module in the field: its processor, memories, kernel libraries and the firmwares that run on it.
///
/// A value of this type is resolved: inheritance and overrides are applied, everything is checked.
public struct Target: Sendable, Hashable {
  public enum Chip: String, Sendable, Hashable, CaseIterable { case esp32s3 }

  /// The identifier that budgets and baselines are keyed by.
  public var name: String
  public var chip: Chip
  /// The module's ordering code, for people: `ESP32-S3-WROOM-1-N16R8`.
  public var module: String?
  /// 80, 160 or 240 MHz. ESP-IDF's default is 160.
  public var clockHertz: Int
  public var flash: Flash
  /// `nil` for a module without external RAM.
  public var psram: PSRAM?
  public var cache: Cache
  public var runtime: RuntimeProfile
  /// Firmwares still out there that the model will be offered to.
  public var fielded: [FieldedFirmware]
  public var placement: Placement
  public var partitions: Partitions
  public var power: Power?
  public var build: BuildFiles

  public struct Flash: Sendable, Hashable {
    public enum Mode: String, Sendable, Hashable, CaseIterable { case qio, qout, dio, dout, opi }
    public var sizeBytes: Int
    public var mode: Mode
    public var clockHertz: Int
  }

  public struct PSRAM: Sendable, Hashable {
    public enum Bus: String, Sendable, Hashable, CaseIterable { case quad, octal }
    public var sizeBytes: Int
    public var bus: Bus
    public var clockHertz: Int
  }

  /// The data cache between the processor and flash or PSRAM, and the instruction cache.
  public struct Cache: Sendable, Hashable {
    public var dataBytes: Int
    public var lineBytes: Int
    public var instructionBytes: Int
  }

  public struct Placement: Sendable, Hashable {
    public enum Memory: String, Sendable, Hashable, CaseIterable { case `internal`, psram, flash }
    public var arena: Memory
    public var weights: Memory
  }

  /// Sizes in bytes of the partitions a check needs; `nil` where none is stated.
  public struct Partitions: Sendable, Hashable {
    public var modelSlotBytes: Int?
    public var applicationSlotBytes: Int?
  }

  /// Board power, for the energy estimate; there is none without it.
  public struct Power: Sendable, Hashable {
    public var activeMilliwatts: Double
    public var idleMilliwatts: Double?
  }

  /// Files of the firmware's build that this profile must agree with, as paths beside the profile.
  public struct BuildFiles: Sendable, Hashable {
    public var lock: String?
    public var sdkconfig: String?
    public var partitionTable: String?

    public init(lock: String? = nil, sdkconfig: String? = nil, partitionTable: String? = nil) {
      self.lock = lock
      self.sdkconfig = sdkconfig
      self.partitionTable = partitionTable
    }
  }

  /// One target per firmware that the model must run on: the profile's own runtime and every
  /// fielded one, without repeating equal runtimes.
  public var variants: [TargetVariant] {
    var variants: [TargetVariant] = []
    for firmware in fielded {
      var target = self
      target.runtime = firmware.runtime
      variants.append(TargetVariant(firmware: firmware.name, target: target))
    }
    if !fielded.contains(where: { $0.runtime == runtime }) {
      variants.insert(TargetVariant(firmware: nil, target: self), at: 0)
    }
    return variants
  }
}

/// A firmware in the field, with the runtime it was built with.
public struct FieldedFirmware: Sendable, Hashable {
  public var name: String
  public var runtime: RuntimeProfile
}

/// A target as one firmware makes it.
public struct TargetVariant: Sendable, Hashable {
  /// `nil`: the profile's own runtime, not (yet) among the fielded ones.
  public var firmware: String?
  public var target: Target
}
