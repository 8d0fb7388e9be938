internal import AssayDocument

// Writing runs.
extension BaselineStore {
  /// Notes that a run has started. Until it is completed it counts for nothing.
  public func begin(id: String, startedAt: String, assayVersion: String) throws(BaselineError) {
    try connection.transaction { () throws(BaselineError) in
      try insertRunning(id, startedAt, assayVersion)
    }
  }

  /// Completes a run that was begun: its verdict, checks, measurements and inputs become visible
  /// together, in one transaction.
  public func complete(_ run: RunRecord) throws(BaselineError) {
    try connection.transaction { () throws(BaselineError) in try finish(run) }
  }

  /// Begins and completes a run in one transaction.
  public func append(_ run: RunRecord) throws(BaselineError) {
    try connection.transaction { () throws(BaselineError) in try insertComplete(run) }
  }

  private func insertRunning(_ id: String, _ startedAt: String, _ version: String) throws(BaselineError) {
    try connection.run(
      "INSERT INTO runs (id, started_at, assay_version, state) VALUES (?, ?, ?, 'running')", .text(id),
      .text(startedAt), .text(version))
  }

  /// Inside a transaction of the caller's.
  func insertComplete(_ run: RunRecord) throws(BaselineError) {
    try insertRunning(run.id, run.startedAt, run.assayVersion)
    try finish(run)
  }

  private func finish(_ run: RunRecord) throws(BaselineError) {
    try connection.run(
      """
      UPDATE runs SET state = 'complete', finished_at = ?, verdict = ?, exit_code = ?, planned_cases = ?,
        judged_cases = ? WHERE id = ? AND state = 'running'
      """, .text(run.finishedAt), .text(run.verdict.rawValue), .integer(run.exitCode),
      .integer(run.plannedCases), .integer(run.judgedCases), .text(run.id))
    guard connection.changeCount == 1 else { throw error(.refused, "run \(run.id) is not running") }
    try insertInputs(run)
    try insertTargets(run)
    try insertChecks(run)
    try insertMeasurements(run)
    if let document = run.document {
      try connection.run("INSERT INTO run_documents VALUES (?, ?)", .text(run.id), .text(document))
    }
  }

  private func insertInputs(_ run: RunRecord) throws(BaselineError) {
    let insert = try connection.prepare("INSERT INTO run_inputs VALUES (?, ?, ?, ?, ?)")
    for input in run.inputs {
      try insert.run([
        .text(run.id), .text(input.kind), .text(input.path), .text(input.sha256), .integer(input.byteCount),
      ])
    }
  }

  private func insertTargets(_ run: RunRecord) throws(BaselineError) {
    let profile = try connection.prepare("INSERT OR IGNORE INTO profiles VALUES (?, ?, ?)")
    let target = try connection.prepare("INSERT INTO run_targets VALUES (?, ?, ?)")
    for resolved in run.targets {
      try profile.run([.text(resolved.sha256), .text(resolved.name), .text(resolved.profile)])
      try target.run([.text(run.id), .text(resolved.name), .text(resolved.sha256)])
    }
  }

  private func insertChecks(_ run: RunRecord) throws(BaselineError) {
    let insert = try connection.prepare("INSERT INTO run_checks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for (position, check) in run.checks.enumerated() {
      try insert.run([
        .text(run.id), .integer(position), .text(check.key.suite), .text(check.key.model),
        .text(check.key.target), .text(check.code), .text(check.verdict.rawValue), .text(check.expected),
        .text(check.found), .text(check.message), SQLValue(check.waived),
      ])
    }
  }

  private func insertMeasurements(_ run: RunRecord) throws(BaselineError) {
    let insert = try connection.prepare("INSERT INTO run_measurements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for measured in run.measurements {
      try insert.run([
        .text(run.id), .text(measured.key.suite), .text(measured.key.model), .text(measured.key.target),
        .text(measured.metric), .real(measured.value), .text(measured.unit), .text(measured.modelSHA256),
        .text(RuntimeText.encode(measured.runtime)),
      ])
    }
  }
}

/// Runtime versions in one column, as JSON with sorted names.
enum RuntimeText {
  static func encode(_ runtime: [String: String]) -> String {
    var object = JSONObject()
    for (name, version) in runtime.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      object[name] = .string(version)
    }
    return String(JSONValue.object(object).text(isPretty: false).dropLast())
  }

  static func decode(_ text: String) -> [String: String] {
    guard let object = try? JSON.parse(Array(text.utf8), file: "runtime").object else { return [:] }
    let pairs = object.members.map { ($0.name, $0.value.string ?? "") }
    return Dictionary(pairs) { first, _ in first }
  }
}
