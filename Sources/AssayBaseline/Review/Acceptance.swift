internal import AssayDocument
internal import AssayFiles

/// Who accepts, when, why, and whether a machine is doing it.
public struct Acceptance: Sendable, Hashable {
  public var by: String
  /// UTC, ISO 8601.
  public var at: String
  public var reason: String
  /// `CI=true`: then nothing is ever accepted.
  public var isContinuousIntegration: Bool

  public init(by: String, at: String, reason: String, isContinuousIntegration: Bool) {
    self.by = by
    self.at = at
    self.reason = reason
    self.isContinuousIntegration = isContinuousIntegration
  }
}

extension BaselineStore {
  /// Accepts the matching candidates of the run `id` (or the newest one) as baselines.
  ///
  /// They are written as text to `<folder>/accepted/<suite>.yaml`, to be reviewed like code, or to the
  /// file that holds the value already; the database follows. Several processes that accept at once
  /// wait for each other.
  ///
  /// - Returns: what was accepted; candidates that would change nothing are left out.
  @discardableResult
  public func accept(
    _ id: String? = nil, in folder: String, checks: [BudgetCheck], _ filter: CandidateFilter,
    _ acceptance: Acceptance
  ) throws(BaselineLoadError) -> [Candidate] {
    try BaselineLoadError.wrapping {
      guard !acceptance.isContinuousIntegration else {
        throw error(.continuousIntegration, "CI=true: baselines are accepted by people, in a pull request")
      }
      try checkReason(acceptance.reason, acceptance.by)
      _ = try load(folder, checks: checks)
      return try connection.attempt {
        let text = try BaselineText(folder, checks: checks)
        let (run, candidates) = try review(id, against: try baselines(text), filter)
        let chosen = candidates.filter { $0.isNews && !$0.isRejected }
        guard !chosen.isEmpty else { return [] }
        try write(chosen.map { Self.accepted($0, run, acceptance, folder) }, text)
        for candidate in chosen {
          let (key, metric) = (candidate.measurement.key, candidate.measurement.metric)
          try audit(
            "accept", by: acceptance.by, at: acceptance.at,
            "\(key) \(metric) = \(candidate.measurement.value) of run \(run.id): \(acceptance.reason)")
        }
        // The text is what counts: the database is made to follow it before the lock is given up.
        let problems = try replaceChanged(BaselineText(folder, checks: checks), checks)
        if let first = problems.first { throw DocumentErrors(first, Array(problems.dropFirst())) }
        return chosen
      }
    }
  }

  private static func accepted(
    _ candidate: Candidate, _ run: RunRecord, _ acceptance: Acceptance, _ folder: String
  ) -> AcceptedValue {
    let measured = candidate.measurement
    let file = candidate.accepted?.location.file ?? Path.join(folder, fileName(measured.key.suite))
    return AcceptedValue(
      key: measured.key, metric: measured.metric, value: measured.value, unit: measured.unit,
      modelSHA256: measured.modelSHA256, runtime: measured.runtime, run: run.id, acceptedBy: acceptance.by,
      acceptedAt: acceptance.at, reason: acceptance.reason, location: DocumentLocation(file: file))
  }

  /// `accepted/examples-regressed.yaml` for the suite `examples/regressed`; never a path of the suite's
  /// own choosing.
  private static func fileName(_ suite: String) -> String {
    let safe = suite.unicodeScalars.map { scalar -> Character in
      let isSafe = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
      return isSafe || scalar == "_" ? Character(scalar) : "-"
    }
    return Path.join("accepted", String(safe) + ".yaml")
  }

  /// Rewrites each file that gets a new value, with all its other values.
  private func write(_ values: [AcceptedValue], _ text: BaselineText) throws {
    try Folder.create(Path.join(text.folder, "accepted"))
    let files = Dictionary(grouping: values, by: \.location.file)
    for (file, news) in files.sorted(by: { Path.precedes($0.key, $1.key) }) {
      let old = text.files.first { text.shown($0.path) == file }
      let kept = try old.map { try AcceptedFile.values(YAML.parse($0.bytes, file: file)) } ?? []
      let others = kept.filter { earlier in
        !news.contains { $0.key == earlier.key && $0.metric == earlier.metric }
      }
      try FileBytes.write(AcceptedFile.text(others + news), to: file)
    }
  }
}
