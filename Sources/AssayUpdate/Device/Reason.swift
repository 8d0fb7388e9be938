/// Why an update was refused, held back, given up or rolled back: the word in a report.
///
/// The order is part of the device's record format (`DeviceRecord`): append, never reorder.
public enum Reason: String, Sendable, CaseIterable {
  case none
  /// The manifest is not signed by a trusted key.
  case signature
  /// The manifest cannot be read, or a name in it is not an opaque identifier.
  case manifest
  /// The image is empty or does not fit the slot.
  case size
  /// Not a model format this firmware can load.
  case format
  /// Made for another chip or board.
  case target
  /// Needs more tensor arena than the firmware has.
  case arena
  /// Input or output shape, type, scale or label order is not what the firmware expects.
  case contract
  /// The manifest's time is over: an old manifest is being replayed.
  case expired
  /// Below the version floor, without an ordered rollback.
  case downgrade
  /// This image failed here before.
  case quarantined
  /// Needs a newer firmware.
  case runtime
  case battery
  case window
  /// The bytes in the slot do not have the manifest's SHA-256.
  case digest
  /// The body was shorter or longer than the manifest says.
  case length
  /// The service keeps answering that the image does not exist.
  case unavailable
  /// Flash does not keep what is written to it.
  case storage
  case selfTestOutput = "self-test-output"
  case selfTestArena = "self-test-arena"
  case selfTestLatency = "self-test-latency"
  /// The trial ended in a reset: crash, watchdog or power.
  case trialInterrupted = "trial-interrupted"
  case deadline
  /// The model that served is damaged; another one serves now, or none.
  case damaged
  /// The time of day is not known yet, so that an expiry cannot be checked.
  case clock

  /// The byte that stands for it in a record.
  var code: UInt8 { UInt8(truncatingIfNeeded: Self.allCases.firstIndex(of: self) ?? 0) }

  init?(code: UInt8) {
    guard Int(code) < Self.allCases.count else { return nil }
    self = Self.allCases[Int(code)]
  }
}
