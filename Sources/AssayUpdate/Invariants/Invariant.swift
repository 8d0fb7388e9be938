/// What must hold in every run, at every step.
public enum Invariant: String, Sendable, CaseIterable {
  /// Boots the old or the new model, whole, or none when both are damaged by the fault itself.
  case bootsKnownModel = "I1"
  /// Nothing serves or is confirmed before verification and self-test.
  case servesTestedModel = "I2"
  /// When faults stop, the device reaches the assigned state within a bounded number of polls.
  case converges = "I3"
  /// What is reported is what is; success only after it is confirmed.
  case reportsTruth = "I4"
  /// No second download of what the device has; bytes on the wire bounded.
  case downloadsOnce = "I5"
  /// Attempts, erases, retries and requests bounded.
  case triesBounded = "I6"
  /// No downgrade but by an ordered rollback; no replayed assignment.
  case keepsFloor = "I7"
  /// A rollback restores the exact old bytes and quarantines the bad image.
  case rollsBackExactly = "I8"
  /// The switch is atomic: at every moment flash holds one whole decision.
  case switchesAtomically = "I9"
  /// Nothing outside the free slot and the spare record is written, and only what is erased.
  case writesInsideSlot = "I10"
  /// Size, format, target, contract and arena are checked before the first erase.
  case checksBeforeErasing = "I11"
  /// Only authentic, unexpired manifests are acted upon; secrets stay with the service.
  case acceptsAuthentic = "I12"
  /// At most the canary group is touched while it fails.
  case boundsCanary = "I13"
  /// Same seed, same trace hash.
  case repeatsExactly = "I14"
}

/// An invariant that did not hold.
public struct Violation: Sendable, Equatable, CustomStringConvertible {
  public let invariant: Invariant
  public let message: String
  /// Virtual time of the run.
  public let microseconds: Int64

  public var description: String { "\(invariant.rawValue) \(message)" }
}
