/// One operation of the flash chip: the unit at which power can fail.
public struct FlashOperation: Sendable, Equatable {
  public enum Kind: UInt8, Sendable {
    /// Sets a whole 4 KiB sector to 0xFF.
    case erase
    /// Clears bits of at most one 256-byte page.
    case program
  }

  public let kind: Kind
  /// First byte it touches, from the start of the chip.
  public let address: Int
  /// Bytes it touches.
  public let count: Int

  public var sector: Int { address / FlashGeometry.sectorBytes }
  var offset: Int { address % FlashGeometry.sectorBytes }
}

/// What a flash operation leaves behind when power fails at it.
public enum TearMode: String, Sendable, CaseIterable {
  /// Nothing happened: power failed just before.
  case before
  /// The first bytes are done, the rest is untouched.
  case prefix
  /// A random subset of the bits is done; after an erase some of those read 1 but do not stay.
  case subset
  /// A random subset is done, and other bits of the same sector are disturbed.
  case disturbed
}

/// What the chip reports to its driver; silent defects report nothing.
public enum FlashFailure: Error, Sendable, Equatable {
  case eraseFailed(sector: Int)
  case programFailed(sector: Int)
  case readFailed(sector: Int)
}

/// A defect of one sector.
public enum SectorDefect: String, Sendable, CaseIterable {
  case programError = "program-error"
  case eraseError = "erase-error"
  case readError = "read-error"
  /// Reports success and changes nothing.
  case silentProgram = "silent-program"
  /// Reports success and changes nothing.
  case silentErase = "silent-erase"
}
