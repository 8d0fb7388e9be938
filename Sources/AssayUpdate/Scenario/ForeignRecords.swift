// A firmware that knows a newer record format ran here, and an older one is back.

extension Board {
  /// Rewrites whole records as the next version would: the same header and checksum, and one more field
  /// after the others, so that who guesses finds what looks familiar.
  mutating func leaveNewerRecords(both: Bool) {
    let live = monitor.oracle.live
    for copy in RecordCopy.allCases where both || copy == live {
      let sector = flash.geometry.recordSector(copy)
      guard let found = RecordCodec.decode(flash.sectors[sector]) else { continue }
      let plain = RecordCodec.encode(found.record, sequence: found.sequence)
      let fields = plain[RecordCodec.headerBytes..<plain.count - RecordCodec.checksumBytes]
      let newer = RecordCodec.frame(
        fields + [0], sequence: found.sequence, version: RecordCodec.version + 1)
      flash.leave(newer + Flash.erasedSector[newer.count...], sector: sector)
    }
    monitor.didLoseRecords(flash)
  }
}

extension InvariantMonitor {
  /// What nobody can read any more cannot be kept: the device begins again as the factory left it.
  mutating func didLoseRecords(_ flash: Flash) {
    oracle = RecordOracle(flash)
    latestAssignment = 0
    traffic.ends = [:]
    failed = []
    owesDamageReport = false
    held = [:]
    floor = profile.factory?.version ?? floor
  }
}
