internal import AssayDocument
internal import AssayFiles

// Bringing reviewed text into the database.
extension BaselineStore {
  /// Brings the database up to the files under `folder` and gives what they say, in one transaction:
  /// another process that loads another checkout at the same time cannot mix the two.
  ///
  /// Files that are known by their content hash are not read again; the rows of removed files go.
  ///
  /// - Parameter checks: every check that a budget may be written for.
  /// - Throws: all errors of all changed files together; then nothing is changed.
  public func load(_ folder: String, checks: [BudgetCheck]) throws(BaselineLoadError) -> Baselines {
    try BaselineLoadError.wrapping {
      let text = try BaselineText(folder, checks: checks)
      if let known = try baselinesIfUnchanged(text) { return try checked(known, text, checks) }
      return try connection.attempt {
        let problems = try replaceChanged(text, checks)
        if let first = problems.first { throw DocumentErrors(first, Array(problems.dropFirst())) }
        return try checked(try baselines(text), text, checks)
      }
    }
  }

  /// `known`, when a database made from the same text this moment says the same: a row that was
  /// changed in the file must not decide in the name of a reviewed line.
  private func checked(
    _ known: Baselines, _ text: BaselineText, _ checks: [BudgetCheck]
  ) throws -> Baselines {
    let fresh = try BaselineStore()
    guard try fresh.replaceChanged(text, checks).isEmpty, try fresh.baselines(text) == known else {
      throw error(
        .damaged,
        "damaged: its budgets, waivers or accepted values are not those of the files in \(text.folder); "
          + "without it they are read anew, its history of runs is not")
    }
    return known
  }

  /// The usual case, without taking the write lock.
  private func baselinesIfUnchanged(_ text: BaselineText) throws(BaselineError) -> Baselines? {
    try connection.reading { () throws(BaselineError) in
      let known = try loadKeys()
      let wanted = Dictionary(text.files.map { ($0.path, $0.loadKey) }) { first, _ in first }
      return known == wanted ? try baselines(text) : nil
    }
  }

  private func loadKeys() throws(BaselineError) -> [String: String] {
    let rows = try connection.run("SELECT path, load_key FROM sources")
    return Dictionary(rows.map { ($0.text(0), $0.text(1)) }) { first, _ in first }
  }

  /// - Returns: what is wrong with the text.
  func replaceChanged(_ text: BaselineText, _ checks: [BudgetCheck]) throws(BaselineError) -> [DocumentError]
  {
    let known = try loadKeys()
    let changed = text.files.filter { known[$0.path] != $0.loadKey }
    let gone = Set(known.keys).subtracting(text.files.map(\.path)).union(changed.map(\.path))
    for path in gone.sorted(by: Path.precedes) {
      try connection.run("DELETE FROM sources WHERE path = ?", .text(path))
    }
    var problems: [DocumentError] = []
    for file in changed {
      try connection.run(
        "INSERT INTO sources VALUES (?, ?, ?, ?)", .text(file.path), .text(file.kind.rawValue),
        .text(file.sha256), .text(file.loadKey))
      do {
        let root = try YAML.parse(file.bytes, file: text.shown(file.path))
        problems += try insert(file, root, text, checks)
      } catch let errors as DocumentErrors {
        problems += errors.errors
      } catch let error as BaselineError {
        throw error
      } catch {}
    }
    return problems
  }

  private func insert(
    _ file: BaselineText.File, _ root: DocumentValue, _ text: BaselineText, _ checks: [BudgetCheck]
  ) throws -> [DocumentError] {
    switch file.kind {
    case .budgets:
      let rows = try BudgetFile(root, checks: checks)
      return try rows.budgets.compactMap { try insert($0, file, text) }
        + rows.waivers.compactMap { try insert($0, file, text) }
    case .accepted: return try AcceptedFile.values(root).compactMap { try insert($0, file, text) }
    }
  }

  private func insert(_ row: Budget, _ file: BaselineText.File, _ text: BaselineText) throws -> DocumentError?
  {
    try insert("budgets", "check_code", row.key, row.check, row.location, file, text) {
      [.text(row.rule.rawValue), .real(row.value), .text(row.unit.rawValue), SQLValue(row.note)]
    }
  }

  private func insert(_ row: Waiver, _ file: BaselineText.File, _ text: BaselineText) throws -> DocumentError?
  {
    try insert("waivers", "check_code", row.key, row.check, row.location, file, text) {
      [.text(row.reason), .text(row.lastDay), .text(row.grantedBy)]
    }
  }

  private func insert(
    _ row: AcceptedValue, _ file: BaselineText.File, _ text: BaselineText
  ) throws -> DocumentError? {
    try insert("accepted", "metric", row.key, row.metric, row.location, file, text) {
      [
        .real(row.value), .text(row.unit), .text(row.modelSHA256), .text(RuntimeText.encode(row.runtime)),
        .text(row.run), .text(row.acceptedBy), .text(row.acceptedAt), .text(row.reason),
      ]
    }
  }

  /// One row, or the error that its key is taken, with both places.
  private func insert(
    _ table: String, _ subject: String, _ key: BaselineKey, _ name: String, _ location: DocumentLocation,
    _ file: BaselineText.File, _ text: BaselineText, _ values: () -> [SQLValue]
  ) throws(BaselineError) -> DocumentError? {
    let place: [SQLValue] = [.text(key.suite), .text(key.model), .text(key.target), .text(name)]
    let earlier = try connection.prepare(
      "SELECT source, line FROM \(table) WHERE suite = ? AND model = ? AND target = ? AND \(subject) = ?"
    ).run(place)
    if let earlier = earlier.first {
      let other = "\(text.shown(earlier.text(0))):\(earlier.integer(1))"
      return DocumentError(location, "\"\(name)\" of \(key) is already written at \(other)")
    }
    let row = place + values() + [.text(file.path), .integer(location.line), .integer(location.column)]
    let marks = repeatElement("?", count: row.count).joined(separator: ", ")
    try connection.prepare("INSERT INTO \(table) VALUES (\(marks))").run(row)
    return nil
  }
}
