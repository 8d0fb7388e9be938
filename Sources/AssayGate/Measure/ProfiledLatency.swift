public import AssayBaseline
public import AssayMeasure
public import AssayModel

/// Estimates latency, with what boards measured in place of the estimate or as its correction.
///
/// A profile of the same model, target and runtime replaces the estimate. Profiles of other models on
/// the same target and runtime scale it. A profile of another runtime has expired and changes nothing;
/// the notes say so.
public struct ProfiledLatency: Sendable {
  /// An estimate, and what the device profiles did to it.
  public struct Result: Sendable {
    public var estimate: LatencyEstimate
    public var deviceNotes: [String]
  }

  let profiles: [DeviceProfileRecord]
  /// Of this program: measured over estimated means something for one estimator only.
  let version: String

  public init(_ profiles: [DeviceProfileRecord], version: String) {
    self.profiles = profiles
    self.version = version
  }

  /// - Parameter digest: SHA-256 of the model file.
  /// - Throws: a runtime that is not modelled and that no board has measured this model on.
  public func estimate(
    _ graph: Graph, sha256 digest: String, on target: Target
  ) throws(UnmodelledLatency) -> Result {
    let known = profiles.filter { $0.target == target.name }
    let key = target.runtimeKey
    let own = known.first { $0.modelSHA256 == digest && $0.runtimeKey == key }
    let estimate: LatencyEstimate
    do throws(UnmodelledLatency) {
      estimate = try LatencyEstimator(target: target).estimate(graph)
    } catch {
      guard let own, let measured = Self.measured(own, graph, digest, target) else { throw error }
      return measured
    }
    if let own,
      let measured = estimate.overridden(by: DeviceProfile(own), on: target, modelSHA256: digest)
    {
      return Result(measured, instead: estimate, source: Self.source(own))
    }
    var result = Result(
      estimate: estimate, deviceNotes: known.compactMap { Self.expiry(of: $0, digest, key) })
    calibrate(&result, by: known.filter { $0.modelSHA256 != digest && $0.runtimeKey == key })
    return result
  }

  private static func source(_ record: DeviceProfileRecord) -> String {
    " (\(record.log), imported \(record.importedAt.prefix(10)))"
  }

  /// A board's own figures need no estimate beside them.
  private static func measured(
    _ record: DeviceProfileRecord, _ graph: Graph, _ digest: String, _ target: Target
  ) -> Result? {
    guard
      var estimate = LatencyEstimate(
        measuredBy: DeviceProfile(record), of: graph, on: target, modelSHA256: digest)
    else { return nil }
    let notes = estimate.notes.map { $0 + source(record) }
    estimate.notes = []
    return Result(estimate: estimate, deviceNotes: notes)
  }

  private static func expiry(of record: DeviceProfileRecord, _ digest: String, _ key: String) -> String? {
    guard record.modelSHA256 == digest, record.runtimeKey != key else { return nil }
    let (old, new) = Target.differences(record.runtimeKey, key)
    return "the device profile of \(record.importedAt.prefix(10)) has expired for this firmware: taken with "
      + "\(old.joined(separator: ", ")), this firmware has \(new.joined(separator: ", "))"
  }

  /// By the median of measured over estimated: one odd board or model does not decide.
  private func calibrate(_ result: inout Result, by others: [DeviceProfileRecord]) {
    let stale = others.filter { $0.assayVersion != version || $0.estimatedMicroseconds == nil }
    for record in stale {
      result.deviceNotes.append(
        "the device profile of \(record.model) does not calibrate: imported by assay \(record.assayVersion); import it again"
      )
    }
    let ratios = others.filter { !stale.contains($0) }.compactMap { record in
      record.estimatedMicroseconds.map { (model: record.model, ratio: record.total.median / $0) }
    }.sorted { ($0.ratio, $0.model) < ($1.ratio, $1.model) }
    guard !ratios.isEmpty else { return }
    let (middle, models) = (ratios[ratios.count / 2], ratios.map(\.model).joined(separator: ", "))
    let text = ReportText.number(middle.ratio)
    // A faster clock on the bench must not make every other model look faster.
    if middle.ratio < 1,
      let clock = DeviceClock.suspected(ratio: middle.ratio, statedHertz: result.estimate.clockHertz)
    {
      result.deviceNotes.append(
        "the device profile of \(middle.model) measures \(text) times its estimate, as a clock of "
          + "\(clock / 1_000_000) MHz would: no correction")
      return
    }
    guard let calibrated = result.estimate.calibrated(by: middle.ratio, from: models) else {
      result.deviceNotes.append(
        "the device profile of \(middle.model) measures \(text) times its estimate: no correction, but another board or target"
      )
      return
    }
    let scaled = Result(
      calibrated, instead: result.estimate, source: " (measured is \(text) times the estimate)")
    result = Result(estimate: scaled.estimate, deviceNotes: result.deviceNotes + scaled.deviceNotes)
  }
}

extension ProfiledLatency.Result {
  /// Keeps the estimate's own notes and what the device added apart.
  fileprivate init(_ changed: LatencyEstimate, instead old: LatencyEstimate, source: String) {
    deviceNotes = changed.notes.dropFirst(old.notes.count).map { $0 + source }
    estimate = changed
    estimate.notes = old.notes
  }
}

extension DeviceProfile {
  /// A stored profile.
  init(_ record: DeviceProfileRecord) {
    self.init(
      layers: record.layers.map(Spread.init), total: Spread(record.total), runs: record.runs,
      modelSHA256: record.modelSHA256, runtimeKey: record.runtimeKey)
  }
}

extension DeviceProfile.Spread {
  fileprivate init(_ spread: DeviceProfileRecord.Spread) {
    self.init(
      medianMicroseconds: spread.median, lowestMicroseconds: spread.lowest,
      highestMicroseconds: spread.highest)
  }
}

extension DeviceProfileRecord {
  /// A profile as it is stored.
  ///
  /// - Parameters:
  ///   - log: where it was read from, with its digest and length.
  ///   - estimate: of the same model on the same target, where there is one.
  public init(
    _ profile: DeviceProfile, model: String, target: Target,
    log: (path: String, sha256: String, byteCount: Int), estimate: LatencyEstimate?, importedAt: String,
    version: String
  ) {
    self.init(
      target: target.name, modelSHA256: profile.modelSHA256, runtimeKey: profile.runtimeKey, model: model,
      log: log.path, logSHA256: log.sha256, logByteCount: log.byteCount, importedAt: importedAt,
      assayVersion: version, runs: profile.runs, total: DeviceProfileRecord.Spread(profile.total),
      layers: profile.layers.map(DeviceProfileRecord.Spread.init),
      estimatedMicroseconds: estimate.flatMap {
        $0.range.milliseconds > 0 ? $0.range.milliseconds * 1000 : nil
      })
  }
}

extension DeviceProfileRecord.Spread {
  fileprivate init(_ spread: DeviceProfile.Spread) {
    self.init(
      median: spread.medianMicroseconds, lowest: spread.lowestMicroseconds,
      highest: spread.highestMicroseconds)
  }
}
