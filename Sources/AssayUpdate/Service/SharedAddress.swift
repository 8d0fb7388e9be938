// Two devices behind one address (a cloned flash, a MAC that was given twice): what a service can notice.
//
// The native contract names a device by its MAC only. Two copies of one device that behave alike send
// the same reports, so the poll carries one thing a copy cannot share: a number drawn at boot.

extension ModelService {
  /// Why the service takes an address for that of two devices; advisory, it decides nothing.
  public enum Suspicion: String, Sendable {
    /// A boot that was over polls again, more than once.
    case interleavedBoots = "interleaved-boots"
    /// One report number with two contents; a device never uses a number twice.
    case conflictingReports = "conflicting-reports"
  }

  /// Whether two devices seem to share an address; nil when nothing speaks for it.
  public func suspicion(of mac: String) -> Suspicion? {
    guard let device = devices[mac] else { return nil }
    if device.hasConflict { return .conflictingReports }
    return device.boots.isInterleaved ? .interleavedBoots : nil
  }
}

/// The boots that polled under one address.
///
/// A device boots again and again but never returns to an earlier boot. A poll that arrives late,
/// after the reboot that followed it, returns once; two devices return with every poll.
struct BootLog: Sendable {
  private var current: UInt64?
  /// Boots that were over when another one polled, latest last.
  private var over: [UInt64] = []
  private var returns = 0
  private static let memoryLimit = 8

  var isInterleaved: Bool { returns > 1 }

  mutating func note(_ boot: UInt64) {
    guard boot != current else { return }
    if let index = over.firstIndex(of: boot) {
      over.remove(at: index)
      returns += 1
    }
    if let current { over.append(current) }
    if over.count > Self.memoryLimit { over.removeFirst() }
    current = boot
  }
}
