// What a device checks in a manifest before it erases anything.

extension Device {
  /// Why not now; the answer may change without another assignment.
  func temporaryObjection(to manifest: Manifest, on board: inout Board) -> Reason? {
    let unknown: Int64? = flaws.contains(.trustsUnknownClock) ? 0 : nil
    guard let now = board.clock.wallSeconds ?? unknown else { return .clock }
    let isStrong = board.batteryMillivolts >= policy.lowestBatteryMillivolts
    let checks: [(Reason, DeviceCheck, Bool, DeviceFlaws)] = [
      (.expired, .expiry, now <= manifest.expirySeconds, .ignoresExpiry),
      (.runtime, .runtime, manifest.minimumRuntime <= profile.runtime, .ignoresRuntime),
      (.battery, .battery, isStrong, .ignoresBattery),
      (.window, .window, isInWindow(manifest, now), .ignoresWindow),
    ]
    return firstObjection(checks, on: &board)
  }

  /// Why never; another assignment is needed.
  func objection(to manifest: Manifest, on board: inout Board) -> Reason? {
    let isWelcome = !record.quarantine.contains(manifest.digest)
    let checks: [(Reason, DeviceCheck, Bool, DeviceFlaws)] = [
      (.quarantined, .quarantine, isWelcome, .takesQuarantinedImage),
      (.downgrade, .floor, isNotDowngrade(manifest), .acceptsDowngrade),
      (.size, .size, fits(manifest), .erasesBeforeSizeCheck),
      (.format, .format, profile.formats.contains(manifest.format), .ignoresFormat),
      (.target, .target, manifest.target == profile.target, .ignoresTarget),
      (.contract, .contract, manifest.contract == profile.contract, .ignoresContract),
      (.arena, .arena, manifest.arenaBytes <= profile.arenaBytes, .ignoresArenaBeforeErase),
    ]
    return firstObjection(checks, on: &board)
  }

  private func firstObjection(
    _ checks: [(reason: Reason, check: DeviceCheck, isFine: Bool, flaw: DeviceFlaws)],
    on board: inout Board
  ) -> Reason? {
    for one in checks where !holds(one.check, one.isFine, on: &board) && !flaws.contains(one.flaw) {
      return one.reason
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
