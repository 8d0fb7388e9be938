/// A measurement of a run beside what is accepted for it.
public struct Candidate: Sendable, Hashable {
  public var measurement: RunRecord.Measurement
  /// `nil`: nothing is accepted yet.
  public var accepted: AcceptedValue?
  /// Somebody said no to it.
  public var isRejected: Bool

  /// Measured minus accepted, in the measurement's unit.
  public var change: Double? { accepted.map { measurement.value - $0.value } }

  /// Whether accepting it would change anything: a new value, another model or other versions.
  public var isNews: Bool {
    guard let accepted else { return true }
    return accepted.value != measurement.value || accepted.unit != measurement.unit
      || accepted.modelSHA256 != measurement.modelSHA256 || accepted.runtime != measurement.runtime
  }

  /// Runtime versions that differ from the accepted ones, by name: the likely cause of a change.
  /// `esp_nn 1.2.1 -> 1.2.3`.
  public var versionChanges: [String] {
    guard let accepted else { return [] }
    let names = Set(accepted.runtime.keys).union(measurement.runtime.keys)
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { name in
      let (old, new) = (accepted.runtime[name] ?? "absent", measurement.runtime[name] ?? "absent")
      return old == new ? nil : "\(name) \(old) -> \(new)"
    }
  }
}

/// Which candidates a person means: those that match everything that is given.
public struct CandidateFilter: Sendable, Hashable {
  public var suite: String?
  public var model: String?
  public var target: String?
  public var metric: String?

  public init(suite: String? = nil, model: String? = nil, target: String? = nil, metric: String? = nil) {
    self.suite = suite
    self.model = model
    self.target = target
    self.metric = metric
  }

  func matches(_ measurement: RunRecord.Measurement) -> Bool { matches(measurement.key, measurement.metric) }

  /// Whether a row of `key` about the metric or check `name` is meant.
  public func matches(_ key: BaselineKey, _ name: String) -> Bool {
    let pairs = [(suite, key.suite), (model, key.model), (target, key.target), (metric, name)]
    return pairs.allSatisfy { wanted, found in wanted == nil || wanted == found }
  }
}
