/// What earlier runs said of a check.
public struct Standing: Sendable, Hashable {
  /// When the newest run that passed it started; `nil` when none did.
  public var passedAt: String?
  /// Complete runs after that one, or all of them, in which it did not pass.
  public var runsSince: Int
}

extension BaselineStore {
  /// How `check` of `key` fared in the newest complete runs.
  ///
  /// A run passed it when it did so everywhere: one code may be judged several times for a key.
  public func standing(of check: String, for key: BaselineKey) throws(BaselineError) -> Standing {
    let runs = try connection.run(
      """
      SELECT started_at, MIN(run_checks.verdict = 'pass') FROM run_checks JOIN runs ON runs.id = run
        WHERE state = 'complete' AND suite = ? AND model = ? AND target = ? AND check_code = ?
        GROUP BY runs.id ORDER BY started_at DESC, runs.id DESC LIMIT 1000
      """, .text(key.suite), .text(key.model), .text(key.target), .text(check))
    let passed = runs.firstIndex { $0.integer(1) == 1 }
    return Standing(passedAt: passed.map { runs[$0].text(0) }, runsSince: passed ?? runs.count)
  }
}
