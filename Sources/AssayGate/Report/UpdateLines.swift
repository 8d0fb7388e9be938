/// Update rehearsals as text: for a terminal, and for a pull request.
enum UpdateLines {
  /// Failures that are told with all that did not hold; further ones are counted.
  private static let explainedLimit = 4

  /// One line per target; with `verbose` one per scenario; failures always, with what replays them.
  static func render(
    _ update: UpdateResult, _ width: Int, _ style: TerminalReport.Style, _ verbose: Bool
  ) -> [String] {
    if let refusal = update.refusal {
      let mark = TerminalReport.mark(.fail, style)
      return TerminalReport.wrapped("\(mark) update on \(update.target): \(refusal)", width, indent: 2)
    }
    let bad = update.scenarios.count { !$0.passed }
    let problems = update.exploration?.problems ?? []
    let verdict: Verdict = bad == 0 && problems.isEmpty ? .pass : .fail
    let count = update.scenarios.count
    var lines = [
      "  \(TerminalReport.mark(verdict, style)) update on \(update.target): \(count - bad) of \(count) scenarios\(cuts(update))"
    ]
    for problem in problems.prefix(verbose ? problems.count : 3) {
      lines += TerminalReport.wrapped(problem, width, indent: 6)
    }
    if let explored = update.exploration, !problems.isEmpty {
      lines += TerminalReport.wrapped(command: explored.command, width, indent: 6)
    }
    var explained = 0
    for scenario in update.scenarios where verbose || !scenario.passed {
      if explained == explainedLimit, !verbose {
        let rest = ReportText.count(bad - explained, "more scenario")
        return lines + ["      and \(rest): -v shows them, report.json has them"]
      }
      lines.append(line(scenario, width, style))
      guard !scenario.passed else { continue }
      explained += 1
      for problem in scenario.problems { lines += TerminalReport.wrapped(problem, width, indent: 11) }
      lines += TerminalReport.wrapped(command: scenario.replay ?? "", width, indent: 11)
    }
    return lines
  }

  /// `, 4,316 power cuts`
  static func cuts(_ update: UpdateResult) -> String {
    update.exploration.map { ", \(ReportText.count($0.cuts, "power cut"))" } ?? ""
  }

  /// `ok   cut-half-way  old > downloading > pending > trial > new  1.1 h`
  private static func line(
    _ scenario: ScenarioResult, _ width: Int, _ style: TerminalReport.Style
  ) -> String {
    let mark = TerminalReport.mark(scenario.passed ? .pass : .fail, style)
    let chain = chain(scenario, limit: max(12, width - 16 - scenario.name.count))
    return "      \(mark) \(scenario.name)  \(style.dim("\(chain)  \(UpdateChart.time(scenario.seconds))"))"
  }

  /// The states in one word each; from the left as many as fit.
  private static func chain(_ scenario: ScenarioResult, limit: Int) -> String {
    let words = scenario.states.map { String($0.state.split(separator: " ").first ?? "") }
    let whole = words.joined(separator: " > ")
    guard whole.count > limit else { return whole }
    let letters = words.map { String($0.prefix(1)) }.joined(separator: ">")
    return letters.count <= limit ? letters : letters.prefix(limit - 2) + ".."
  }

  static func markdown(_ run: Run) -> [String] {
    var lines: [String] = []
    for suite in run.suites {
      for model in suite.models {
        for update in model.updates ?? [] { lines += markdown(update, "\(suite.name)/\(model.name)") }
      }
    }
    let kills = run.updateKills ?? []
    if !kills.isEmpty {
      lines += [
        "",
        "Wrong devices: \(kills.count(where: \.killed)) of \(kills.count) were caught by the invariant that must notice.",
      ]
    }
    lines += kills.filter { !$0.killed }.map {
      "- **survived**: \(SummaryReport.inline("\($0.name), \($0.mistake), \($0.invariant)"))"
    }
    return lines.isEmpty ? [] : ["", "## Update and rollback"] + lines
  }

  private static func markdown(_ update: UpdateResult, _ model: String) -> [String] {
    if let refusal = update.refusal {
      return [
        "",
        "\(SummaryReport.inline(model)) on \(SummaryReport.inline(update.target)): \(SummaryReport.inline(refusal)).",
      ]
    }
    let bad = update.scenarios.filter { !$0.passed }
    let count = update.scenarios.count
    var lines = [
      "",
      "\(SummaryReport.inline(model)) on \(SummaryReport.inline(update.target)): \(count - bad.count) of \(count) scenarios\(cuts(update)).",
    ]
    lines += (update.exploration?.problems ?? []).prefix(SummaryReport.maximumRows).map {
      "- \(SummaryReport.inline($0))"
    }
    guard !bad.isEmpty else { return lines }
    lines += ["", "| scenario | states | log | what did not hold | replay |", "|---|---|---|---|---|"]
    for scenario in bad.prefix(SummaryReport.maximumRows) {
      let cells = [
        "\(scenario.name) (\(scenario.catalogue.joined(separator: " ")))",
        scenario.states.map(\.state).joined(separator: " > "), scenario.log.joined(separator: " > "),
        scenario.problems.joined(separator: "; "), "`\(scenario.replay ?? "")`",
      ]
      lines.append("| " + cells.map(SummaryReport.inline).joined(separator: " | ") + " |")
    }
    return lines
  }
}
