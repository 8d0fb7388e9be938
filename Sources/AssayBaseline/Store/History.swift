// Reading runs.

/// One run in a list.
public struct RunSummary: Sendable, Hashable {
  public var id: String
  public var startedAt: String
  public var assayVersion: String
  /// `nil`: still running, or its process was killed.
  public var verdict: RunRecord.Verdict?
  public var exitCode: Int?
  public var plannedCases: Int
  public var judgedCases: Int
}

/// What one complete run measured.
public struct HistoryPoint: Sendable, Hashable {
  public var run: String
  public var startedAt: String
  public var verdict: RunRecord.Verdict
  public var measurement: RunRecord.Measurement
}

extension BaselineStore {
  /// The newest runs, newest first; also those that never completed.
  public func runs(limit: Int = 50) throws(BaselineError) -> [RunSummary] {
    try connection.run(
      """
      SELECT id, started_at, assay_version, verdict, exit_code, planned_cases, judged_cases FROM runs
        ORDER BY started_at DESC, id DESC LIMIT ?
      """, .integer(limit)
    ).map {
      RunSummary(
        id: $0.text(0), startedAt: $0.text(1), assayVersion: $0.text(2),
        verdict: RunRecord.Verdict(rawValue: $0.text(3)), exitCode: $0.optionalInteger(4),
        plannedCases: $0.integer(5), judgedCases: $0.integer(6))
    }
  }

  /// What complete runs measured of `metric` for `key`, oldest first, at most the newest `limit`.
  public func history(
    of metric: String, for key: BaselineKey, limit: Int = 100
  ) throws(BaselineError) -> [HistoryPoint] {
    try connection.run(
      """
      SELECT suite, model, target, metric, value, unit, model_sha256, runtime, id, started_at, verdict
        FROM run_measurements JOIN runs ON runs.id = run
        WHERE state = 'complete' AND suite = ? AND model = ? AND target = ? AND metric = ?
        ORDER BY started_at DESC, id DESC LIMIT ?
      """, .text(key.suite), .text(key.model), .text(key.target), .text(metric), .integer(limit)
    ).reversed().compactMap { row in
      guard let measurement = row.measurement, let verdict = RunRecord.Verdict(rawValue: row.text(10)) else {
        return nil
      }
      return HistoryPoint(
        run: row.text(8), startedAt: row.text(9), verdict: verdict, measurement: measurement)
    }
  }

  /// The complete run `id`, or the newest one; `nil` when there is none.
  public func run(_ id: String? = nil) throws(BaselineError) -> RunRecord? {
    try connection.reading { () throws(BaselineError) in
      let found = try connection.run(
        """
        SELECT id, started_at, finished_at, assay_version, verdict, exit_code, planned_cases, judged_cases,
          document FROM runs LEFT JOIN run_documents ON run = id
          WHERE state = 'complete' AND (id = ?1 OR ?1 IS NULL) ORDER BY started_at DESC, id DESC LIMIT 1
        """, SQLValue(id))
      guard let row = found.first, let verdict = RunRecord.Verdict(rawValue: row.text(4)) else { return nil }
      var run = RunRecord(
        id: row.text(0), startedAt: row.text(1), finishedAt: row.text(2), assayVersion: row.text(3),
        verdict: verdict, exitCode: row.integer(5), plannedCases: row.integer(6), judgedCases: row.integer(7))
      run.document = row.optionalText(8)
      try fill(&run)
      return run
    }
  }

  private func fill(_ run: inout RunRecord) throws(BaselineError) {
    let id = SQLValue.text(run.id)
    run.inputs = try connection.run(
      "SELECT kind, path, sha256, bytes FROM run_inputs WHERE run = ? ORDER BY kind, path", id
    ).map { .init(kind: $0.text(0), path: $0.text(1), sha256: $0.text(2), byteCount: $0.integer(3)) }
    run.targets = try connection.run(
      """
      SELECT name, profiles.profile, sha256 FROM run_targets JOIN profiles ON sha256 = run_targets.profile
        WHERE run = ? ORDER BY name
      """, id
    ).map { .init(name: $0.text(0), profile: $0.text(1), sha256: $0.text(2)) }
    run.checks = try connection.run(
      """
      SELECT suite, model, target, check_code, verdict, expected, found, message, waived FROM run_checks
        WHERE run = ? ORDER BY position
      """, id
    ).map {
      .init(
        key: $0.key, code: $0.text(3), verdict: RunRecord.Verdict(rawValue: $0.text(4)) ?? .undecided,
        expected: $0.text(5), found: $0.text(6), message: $0.text(7), waived: $0.optionalText(8))
    }
    run.measurements = try connection.run(
      """
      SELECT suite, model, target, metric, value, unit, model_sha256, runtime FROM run_measurements
        WHERE run = ? ORDER BY suite, model, target, metric
      """, id
    ).compactMap(\.measurement)
  }
}

extension SQLRow {
  /// Of rows that start with the columns of `run_measurements` without the run.
  var measurement: RunRecord.Measurement? {
    guard let value = real(4) else { return nil }
    return RunRecord.Measurement(
      key: key, metric: text(3), value: value, unit: text(5), modelSHA256: text(6),
      runtime: RuntimeText.decode(text(7)))
  }
}
