extension BaselineStore {
  /// What the complete run `id` (or the newest one) measured, beside what `baselines` accept.
  ///
  /// - Throws: `notFound` when there is no such run.
  public func review(
    _ id: String? = nil, against baselines: Baselines, _ filter: CandidateFilter = CandidateFilter()
  ) throws(BaselineError) -> (run: RunRecord, candidates: [Candidate]) {
    guard let run = try run(id) else {
      throw error(.notFound, id.map { "no complete run \($0)" } ?? "no complete run yet")
    }
    let rejected = try connection.run(
      "SELECT suite, model, target, metric FROM rejections WHERE run = ?", .text(run.id)
    ).map { ($0.key, $0.text(3)) }
    let candidates = run.measurements.filter(filter.matches).map { measurement in
      Candidate(
        measurement: measurement, accepted: baselines.accepted(measurement.metric, for: measurement.key),
        isRejected: rejected.contains { $0 == (measurement.key, measurement.metric) })
    }
    return (run, candidates)
  }

  /// Notes that the matching candidates of a run are not to be accepted.
  ///
  /// - Returns: those candidates.
  @discardableResult
  public func reject(
    _ id: String? = nil, against baselines: Baselines, _ filter: CandidateFilter, by who: String,
    at moment: String, reason: String
  ) throws(BaselineError) -> [Candidate] {
    try checkReason(reason, who)
    return try connection.transaction { () throws(BaselineError) in
      let (run, candidates) = try review(id, against: baselines, filter)
      let chosen = candidates.filter { $0.isNews && !$0.isRejected }
      for candidate in chosen {
        let (key, metric) = (candidate.measurement.key, candidate.measurement.metric)
        try connection.run(
          "INSERT INTO rejections VALUES (?, ?, ?, ?, ?)", .text(run.id), .text(key.suite), .text(key.model),
          .text(key.target), .text(metric))
        try audit("reject", by: who, at: moment, "\(key) \(metric) of run \(run.id): \(reason)")
      }
      return chosen
    }
  }

  func checkReason(_ reason: String, _ who: String) throws(BaselineError) {
    guard reason.contains(where: { !$0.isWhitespace }) else { throw error(.refused, "a reason is needed") }
    guard !who.isEmpty else { throw error(.refused, "a name is needed") }
  }
}
