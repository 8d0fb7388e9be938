import AssayBaseline

/// Since when checks fail, from the history in the database; not part of the run, which is the same
/// whatever was judged before.
enum LookingBack {
  /// Failures that are looked up; somebody with more of them has other questions.
  private static let limit = 200

  /// `passed last on 2026-11-20, not in 3 runs since`, by the id of each check that did not pass.
  static func words(_ run: Run, _ store: BaselineStore) throws(BaselineError) -> [String: String] {
    var words: [String: String] = [:]
    for suite in run.suites {
      for model in suite.models {
        let places = [(BaselineKey.any, model.checks)] + model.targets.map { ($0.name, $0.checks) }
        for (target, checks) in places {
          for check in checks where check.verdict != .pass && words.count < limit {
            let key = BaselineKey(suite: suite.name, model: model.name, target: target)
            words[check.id] = text(try store.standing(of: check.code, for: key))
          }
        }
      }
    }
    return words
  }

  private static func text(_ standing: Standing) -> String {
    let count = ReportText.count(standing.runsSince, "run")
    guard let passedAt = standing.passedAt else {
      return standing.runsSince == 0
        ? "first judged in this run" : "never passed here, in \(count) before this one"
    }
    let since = standing.runsSince == 0 ? "this is the first run since" : "not in \(count) since"
    return "passed last on \(passedAt), \(since)"
  }
}
