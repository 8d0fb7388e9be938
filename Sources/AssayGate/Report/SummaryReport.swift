/// The run as Markdown for a pull request or a job summary, bounded in size.
public enum SummaryReport {
  /// Most checks listed one by one; the rest are counted.
  static let maximumRows = 60
  static let maximumBytes = 64 * 1024

  public static func render(_ run: Run) -> String {
    var lines = ["# Assay: \(CheckText.word(run.verdict))", ""]
    lines.append("\(headline(run)) Exit code \(run.exitCode).")
    if let condition = condition(run) { lines += ["", inline(condition)] }
    let bad = run.checks.filter { $0.verdict != .pass && $0.waived == nil }
    if !bad.isEmpty { lines += ["", "## What did not pass", ""] + rows(bad) }
    lines += run.problems.prefix(maximumRows).map { "- **problem**: \(inline($0))" }
    lines += waivers(run.checks.filter { $0.waived != nil })
    for suite in run.suites { lines += section(suite) }
    if !run.canaries.isEmpty {
      let caught = run.canaries.count(where: \.caught)
      lines += ["", "Canaries: \(caught) of \(run.canaries.count) known-bad measurements were caught."]
    }
    for line in unchecked(run) { lines += ["", "Not judged: \(inline(line))."] }
    lines += UpdateLines.markdown(run)
    return bounded(lines)
  }

  static func headline(_ run: Run) -> String {
    let checks = run.checks
    let parts = [Verdict.pass, .fail, .undecided, .unusable].compactMap { verdict -> String? in
      let count = checks.count { $0.verdict == verdict && $0.waived == nil }
      return count == 0 ? nil : "\(count) \(verdict.rawValue)"
    }
    let waived = checks.count { $0.waived != nil }
    let words = parts + (waived > 0 ? ["\(waived) waived"] : [])
    return
      "\(ReportText.count(checks.count, "check")) on \(ReportText.count(run.judgedCases, "case")) of \(run.plannedCases) planned: \(words.isEmpty ? "none" : words.joined(separator: ", "))."
  }

  /// What makes this another question than the suites ask.
  static func condition(_ run: Run) -> String? {
    run.overrides.map {
      "Not the targets as they are written: \($0.map { "--set \($0)" }.joined(separator: " "))."
    }
  }

  /// Excused failures: whoever reads that it passed should see what did not.
  private static func waivers(_ checks: [Check]) -> [String] {
    guard !checks.isEmpty else { return [] }
    var lines = ["", "## Waived", "", "| check | found | expected | why |", "|---|---|---|---|"]
    for check in checks.prefix(maximumRows) {
      let cells = [check.id, check.found, check.expected, check.waived ?? ""]
      lines.append("| " + cells.map(inline).joined(separator: " | ") + " |")
    }
    if checks.count > maximumRows { lines.append("\n... and \(checks.count - maximumRows) more") }
    return lines
  }

  private static func rows(_ checks: [Check]) -> [String] {
    var lines = ["| check | found | expected | layer | reproduce |", "|---|---|---|---|---|"]
    for check in checks.prefix(maximumRows) {
      let cells = [
        "\(CheckText.word(check.verdict)) \(check.id)", check.found, check.expected, check.layer ?? "",
        check.reproduce.isEmpty ? "" : "`\(check.reproduce)`",
      ]
      lines.append("| " + cells.map(inline).joined(separator: " | ") + " |")
    }
    if checks.count > maximumRows { lines.append("\n... and \(checks.count - maximumRows) more") }
    return lines
  }

  private static func section(_ suite: SuiteResult) -> [String] {
    var lines = [
      "", "## \(inline(suite.name))", "", "| model | target | verdict | arena | headroom |",
      "|---|---|---|--:|--:|",
    ]
    for model in suite.models {
      for target in model.targets.prefix(maximumRows) {
        let arena = target.checks.first { $0.code == "arena" }
        let worst = target.checks.map(\.verdict).worst
        let cells = [
          model.name, target.name, CheckText.word(worst),
          target.arena.map { ReportText.bytes($0.minimumBytes) } ?? "",
          arena?.headroom ?? "",
        ]
        lines.append("| " + cells.map(inline).joined(separator: " | ") + " |")
      }
    }
    lines += suite.models.flatMap(accuracy)
    for model in suite.models { lines += boards(model) }
    for model in suite.models {
      let found = (model.recorded.map { RecordedReport.lines($0) + $0.notes } ?? []) + (model.notes ?? [])
      if !found.isEmpty {
        lines += ["", "**\(inline(model.name))**: \(found.map(inline).joined(separator: " "))"]
      }
    }
    return lines
  }

  /// `**digits-v2**: top1 99.56 % (98.86 % to 99.83 %), reference 99.56 %, baseline 99.78 %`.
  private static func accuracy(_ model: ModelResult) -> [String] {
    let parts = model.accuracy.map { facts in
      let share = facts.metric != "meanAbsoluteError"
      func text(_ value: Double) -> String { share ? ReportText.percent(value) : ReportText.number(value) }
      guard facts.of == "candidate" else { return "\(facts.of) \(text(facts.value))" }
      let interval = facts.low.flatMap { low in facts.high.map { " (\(text(low)) to \(text($0)))" } } ?? ""
      return "\(facts.metric) \(text(facts.value))\(interval)"
    }
    guard !parts.isEmpty else { return [] }
    let line = "**\(inline(model.name))**: \(inline(parts.joined(separator: ", ")))"
    return ["", line + " on \(ReportText.count(model.samples, "recording"))"]
  }

  /// What targets leave out, so that a pass does not mean it: one line each, with how many cases.
  static func unchecked(_ run: Run) -> [String] {
    let notes = run.suites.flatMap(\.models).flatMap(\.targets).flatMap(\.notes)
      .filter { $0.hasSuffix("was not checked") }
    var counts: [String: Int] = [:]
    for note in notes { counts[note, default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map {
      "\($0.key) (\($0.value) of \(ReportText.count(run.judgedCases, "case")))"
    }
  }

  /// Reference and boards side by side, where a board computes anything else.
  private static func boards(_ model: ModelResult) -> [String] {
    let rows = BoardText.rows(model)
    guard !rows.isEmpty else { return [] }
    let head = [
      "", "### \(inline(model.name)) on its boards", "",
      "| kernels | \(inline(rows[0].metric)) | change | answers that change | why |",
      "|---|--:|--:|--:|---|",
    ]
    return head
      + rows.prefix(maximumRows).map { row in
        "| "
          + [row.kernels, row.figure, row.change, row.answers, row.why].map(inline).joined(separator: " | ")
          + " |"
      }
  }

  /// One table cell: no line breaks, no table or HTML syntax from names that a model chose.
  static func inline(_ text: String) -> String {
    var result = ""
    for character in text.prefix(400) {
      switch character {
      case "|": result += "\\|"
      case "\n", "\r\n", "\r": result += " "
      case "<": result += "&lt;"
      default: result.append(character)
      }
    }
    return result
  }

  private static func bounded(_ lines: [String]) -> String {
    var text = ""
    for line in lines {
      guard text.utf8.count + line.utf8.count + 1 <= maximumBytes - 64 else {
        return text + "\n... cut at \(maximumBytes / 1024) KiB; see report.html\n"
      }
      text += line + "\n"
    }
    return text
  }
}

extension [Verdict] {
  /// The verdict of a group: unusable before fail before undecided before pass; an empty group
  /// was never checked and is undecided.
  var worst: Verdict {
    if contains(.unusable) { return .unusable }
    if contains(.fail) { return .fail }
    if contains(.undecided) || isEmpty { return .undecided }
    return .pass
  }
}
