// What a device checks in a manifest before it erases anything.

extension Device {
  /// Why not now; the answer may change without another assignment.
  func temporaryObjection(to manifest: Manifest, _ board: Board) -> Reason? {
    let unknown: Int64? = flaws.contains(.trustsUnknownClock) ? 0 : nil
    guard let now = board.clock.wallSeconds ?? unknown else { return .clock }
    guard now <= manifest.expirySeconds || flaws.contains(.ignoresExpiry) else { return .expired }
    guard manifest.minimumRuntime <= profile.runtime || flaws.contains(.ignoresRuntime) else {
      return .runtime
    }
    guard board.batteryMillivolts >= policy.lowestBatteryMillivolts || flaws.contains(.ignoresBattery) else {
      return .battery
    }
    guard isInWindow(manifest, now) || flaws.contains(.ignoresWindow) else { return .window }
    return nil
  }

  /// Why never; another assignment is needed.
  func objection(to manifest: Manifest) -> Reason? {
    guard !record.quarantine.contains(manifest.digest) || flaws.contains(.takesQuarantinedImage) else {
      return .quarantined
    }
    guard isNotDowngrade(manifest) || flaws.contains(.acceptsDowngrade) else { return .downgrade }
    guard fits(manifest) || flaws.contains(.erasesBeforeSizeCheck) else { return .size }
    guard profile.formats.contains(manifest.format) || flaws.contains(.ignoresFormat) else { return .format }
    guard manifest.target == profile.target || flaws.contains(.ignoresTarget) else { return .target }
    guard manifest.contract == profile.contract || flaws.contains(.ignoresContract) else { return .contract }
    guard manifest.arenaBytes <= profile.arenaBytes || flaws.contains(.ignoresArenaBeforeErase) else {
      return .arena
    }
    return nil
  }

  private func isNotDowngrade(_ manifest: Manifest) -> Bool {
    if flaws.contains(.refusesSameVersion), manifest.version == record.floor { return false }
    return manifest.version >= record.floor || manifest.order == .rollback
  }

  private func fits(_ manifest: Manifest) -> Bool {
    if flaws.contains(.refusesExactFit), manifest.sizeBytes == profile.slotBytes { return false }
    let isThere = manifest.sizeBytes > 0 || flaws.contains(.takesEmptyImage)
    return isThere && manifest.sizeBytes <= profile.slotBytes
  }

  private func isInWindow(_ manifest: Manifest, _ now: Int64) -> Bool {
    guard let window = manifest.window else { return true }
    return window.contains(Int(now / 3600 % 24))
  }
}
