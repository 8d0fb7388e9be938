internal import AssayDocument
internal import AssayFiles

// Reading back what the text said.
extension BaselineStore {
  func baselines(_ text: BaselineText) throws(BaselineError) -> Baselines {
    var baselines = Baselines()
    baselines.budgets = try budgets(text.folder)
    baselines.waivers = try waivers(text.folder)
    baselines.accepted = try accepted(text.folder)
    baselines.sources = text.files.map {
      Baselines.Source(path: text.shown($0.path), kind: $0.kind.rawValue, sha256: $0.sha256)
    }
    return baselines
  }

  private func rows(_ table: String, _ columns: String, _ subject: String) throws(BaselineError) -> [SQLRow] {
    try connection.run(
      """
      SELECT suite, model, target, \(subject), source, line, place, \(columns) FROM \(table)
        ORDER BY suite, model, target, \(subject)
      """)
  }

  private func budgets(_ folder: String) throws(BaselineError) -> [Budget] {
    try rows("budgets", "rule, value, unit, note", "check_code").compactMap { row in
      guard let rule = Budget.Rule(rawValue: row.text(7)), let value = row.real(8),
        let unit = BudgetUnit(rawValue: row.text(9))
      else { return nil }
      return Budget(
        key: row.key, check: row.text(3), rule: rule, value: value, unit: unit, note: row.optionalText(10),
        location: row.location(folder))
    }
  }

  private func waivers(_ folder: String) throws(BaselineError) -> [Waiver] {
    try rows("waivers", "reason, last_day, granted_by", "check_code").map { row in
      Waiver(
        key: row.key, check: row.text(3), reason: row.text(7), lastDay: row.text(8), grantedBy: row.text(9),
        location: row.location(folder))
    }
  }

  private func accepted(_ folder: String) throws(BaselineError) -> [AcceptedValue] {
    let columns = "value, unit, model_sha256, runtime, run, accepted_by, accepted_at, reason"
    return try rows("accepted", columns, "metric").compactMap { row in
      guard let value = row.real(7) else { return nil }
      return AcceptedValue(
        key: row.key, metric: row.text(3), value: value, unit: row.text(8), modelSHA256: row.text(9),
        runtime: RuntimeText.decode(row.text(10)), run: row.text(11), acceptedBy: row.text(12),
        acceptedAt: row.text(13), reason: row.text(14), location: row.location(folder))
    }
  }
}

extension SQLRow {
  /// Of rows that start with suite, model and target.
  var key: BaselineKey { BaselineKey(suite: text(0), model: text(1), target: text(2)) }

  fileprivate func location(_ folder: String) -> DocumentLocation {
    DocumentLocation(file: Path.join(folder, text(4)), line: integer(5), column: integer(6))
  }
}
