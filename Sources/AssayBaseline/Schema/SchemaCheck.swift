// Whose database it is, which version, whether it is sound.
extension Connection {
  /// Makes the database ready for use, or says why it is not. Nothing is changed before it is known
  /// to be this program's and not newer.
  func prepareForUse(usesWriteAheadLog: Bool) throws(BaselineError) {
    try execute("PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON")
    let isNew = try reading { () throws(BaselineError) in try identify() }
    if !isNew { try quickCheck() }
    // NORMAL may lose the last transactions with the power: never a verdict.
    try execute("PRAGMA synchronous = FULL")
    try setJournalMode(usesWriteAheadLog ? "wal" : "delete")
    try migrate()
    try checkSchema()
  }

  /// - Returns: whether the database is still empty.
  private func identify() throws(BaselineError) -> Bool {
    let application = try number("PRAGMA application_id")
    let version = try number("PRAGMA user_version")
    let tables = try number("SELECT count(*) FROM sqlite_schema")
    if application == 0, version == 0, tables == 0 { return true }
    guard application == Schema.applicationID else {
      throw BaselineError(
        .foreign, path: path, "a database of another program (application_id \(application))")
    }
    guard version <= Schema.version else {
      throw BaselineError(
        .newer, path: path,
        "written by a newer version of assay (schema \(version), this one knows \(Schema.version))")
    }
    guard version > 0 else {
      throw BaselineError(.damaged, path: path, "damaged: its schema version is \(version)")
    }
    return false
  }

  private func quickCheck() throws(BaselineError) {
    let findings = try run("PRAGMA quick_check(1)").map { $0.text(0) }
    guard findings == ["ok"] else {
      let first = findings.first?.split(separator: "\n").first.map(String.init) ?? "no answer"
      throw BaselineError(.damaged, path: path, "damaged: \(first)")
    }
  }

  /// Changing the mode does not wait for locks by itself, so several first users would collide.
  private func setJournalMode(_ mode: String) throws(BaselineError) {
    for attempt in 1...200 {
      do {
        let result = try run("PRAGMA journal_mode = \(mode)")
        if result.first?.text(0) == mode || path == ":memory:" { return }
      } catch  where error.code == .locked && attempt < 200 {}
      Pause.milliseconds(20)
    }
    throw BaselineError(.locked, path: path, "locked by another process")
  }

  private func migrate() throws(BaselineError) {
    if try number("PRAGMA user_version") == Schema.version { return }
    try transaction { () throws(BaselineError) in
      // Another process may have been first.
      let version = try number("PRAGMA user_version")
      for migration in Schema.migrations.dropFirst(version) { try execute(migration) }
      try execute("PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(Schema.version)")
    }
  }

  /// A table, trigger or view that was changed by hand could change verdicts: compared with what the
  /// migrations make.
  private func checkSchema() throws(BaselineError) {
    if path == ":memory:" { return }
    let model = try Connection(":memory:", .memory)
    for migration in Schema.migrations { try model.execute(migration) }
    guard try schemaRows() == model.schemaRows() else {
      throw BaselineError(.damaged, path: path, "damaged: its tables are not those that assay makes")
    }
  }

  private func schemaRows() throws(BaselineError) -> [[SQLValue]] {
    // `sqlite_stat1` and its kin come from ANALYZE and mean nothing.
    try run(
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1, 2"
    )
    .map(\.values)
  }

  private func number(_ sql: String) throws(BaselineError) -> Int {
    try run(sql).first?.integer(0) ?? 0
  }
}
