// What boards measured.
extension BaselineStore {
  /// Keeps a profile with all its layers, or nothing of it; replaces an older one of the same model,
  /// target and runtime.
  ///
  /// - Returns: whether an older one was replaced.
  @discardableResult
  public func store(_ profile: DeviceProfileRecord, by who: String) throws(BaselineError) -> Bool {
    try connection.transaction { () throws(BaselineError) in
      let key: [SQLValue] = [.text(profile.target), .text(profile.modelSHA256), .text(profile.runtimeKey)]
      try connection.prepare(
        "DELETE FROM device_profiles WHERE target = ? AND model_sha256 = ? AND runtime_key = ?"
      ).run(key)
      let isReplaced = connection.changeCount > 0
      try insert(profile, key)
      try audit(
        "device import", by: who, at: profile.importedAt,
        "\(profile.model) on \(profile.target) from \(profile.log) (\(profile.logSHA256)), \(profile.runs) runs"
      )
      return isReplaced
    }
  }

  private func insert(_ profile: DeviceProfileRecord, _ key: [SQLValue]) throws(BaselineError) {
    let row: [SQLValue] = [
      .text(profile.model), .text(profile.log), .text(profile.logSHA256), .integer(profile.logByteCount),
      .text(profile.importedAt), .text(profile.assayVersion), .integer(profile.runs),
    ]
    let total = profile.total.values + [SQLValue(profile.estimatedMicroseconds)]
    try connection.prepare("INSERT INTO device_profiles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(key + row + total)
    let layer = try connection.prepare("INSERT INTO device_profile_layers VALUES (?, ?, ?, ?, ?, ?, ?)")
    for (position, spread) in profile.layers.enumerated() {
      try layer.run(key + [.integer(position)] + spread.values)
    }
  }

  /// Every profile, in the order of target, model and runtime.
  public func deviceProfiles() throws(BaselineError) -> [DeviceProfileRecord] {
    try connection.reading { () throws(BaselineError) in
      let layers = try connection.run(
        """
        SELECT target, model_sha256, runtime_key, median_us, lowest_us, highest_us FROM device_profile_layers
          ORDER BY target, model_sha256, runtime_key, position
        """)
      let byProfile = Dictionary(grouping: layers) { [$0.text(0), $0.text(1), $0.text(2)] }
      return try connection.run(
        """
        SELECT target, model_sha256, runtime_key, model, log, log_sha256, log_bytes, imported_at,
          assay_version, runs, median_us, lowest_us, highest_us, estimated_us FROM device_profiles
          ORDER BY target, model_sha256, runtime_key
        """
      ).map { row in
        let key = [row.text(0), row.text(1), row.text(2)]
        return DeviceProfileRecord(
          target: key[0], modelSHA256: key[1], runtimeKey: key[2], model: row.text(3), log: row.text(4),
          logSHA256: row.text(5), logByteCount: row.integer(6), importedAt: row.text(7),
          assayVersion: row.text(8), runs: row.integer(9), total: row.spread(10),
          layers: (byProfile[key] ?? []).map { $0.spread(3) }, estimatedMicroseconds: row.real(13))
      }
    }
  }
}

extension DeviceProfileRecord.Spread {
  fileprivate var values: [SQLValue] { [.real(median), .real(lowest), .real(highest)] }
}

extension SQLRow {
  fileprivate func spread(_ column: Int) -> DeviceProfileRecord.Spread {
    DeviceProfileRecord.Spread(
      median: real(column) ?? 0, lowest: real(column + 1) ?? 0, highest: real(column + 2) ?? 0)
  }
}
