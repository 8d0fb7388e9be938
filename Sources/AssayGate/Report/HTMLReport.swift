/// The run as one HTML file: no network, no script, readable on a phone.
///
/// Top to bottom: the verdict, what did not pass and how to reproduce it, then every model with
/// its budgets, drift by layer, arena over time and confusion matrix, and last what was judged.
public enum HTMLReport {
  public static func render(_ run: Run) -> String {
    var html = HTMLPage.head(title: "Assay: \(CheckText.word(run.verdict))")
    html += banner(run)
    html += findings(run)
    for suite in run.suites {
      for model in suite.models { html += section(model, in: suite) }
    }
    html += canaries(run)
    html += KillTableView.render(run.updateKills ?? [])
    html += digests(run)
    return html + HTMLPage.foot
  }

  private static func banner(_ run: Run) -> String {
    let condition = SummaryReport.condition(run).map { "\n<p><b>\(ReportText.escaped($0))</b></p>" } ?? ""
    return """
      <header class="banner \(run.verdict.rawValue)">
      <p class="word">\(CheckText.word(run.verdict))</p>
      <p>\(ReportText.escaped(SummaryReport.headline(run)))</p>\(condition)
      <p class="small">exit code \(run.exitCode) · assay \(ReportText.escaped(run.assayVersion)) · \(ReportText.escaped(run.startedAt))</p>
      </header>

      """
  }

  // MARK: What did not pass

  private static func findings(_ run: Run) -> String {
    let bad = run.checks.filter { $0.verdict != .pass && $0.waived == nil }
    let waived = run.checks.filter { $0.waived != nil }
    guard !bad.isEmpty || !run.problems.isEmpty || !waived.isEmpty else { return "" }
    var html = "<section><h2>What did not pass</h2>\n"
    for problem in run.problems {
      html +=
        "<article class=\"finding unusable\"><h3>Problem</h3><p>\(ReportText.escaped(problem))</p></article>\n"
    }
    for check in bad { html += finding(check) }
    for check in waived {
      html +=
        "<p class=\"small\">Waived: \(ReportText.escaped(check.id)) (\(ReportText.escaped(check.waived ?? "")))</p>\n"
    }
    return html + "</section>\n"
  }

  private static func finding(_ check: Check) -> String {
    var rows = [("expected", check.expected), ("found", check.found)]
    if let headroom = check.headroom { rows.append(("headroom", headroom)) }
    if let tolerance = check.passingTolerance { rows.append(("would pass with", tolerance)) }
    if let layer = check.layer { rows.append(("layer at fault", layer)) }
    if let budget = check.budget { rows.append(("budget", budget)) }
    let list = rows.map { "<dt>\($0.0)</dt><dd>\(ReportText.escaped($0.1))</dd>" }.joined()
    let command = check.reproduce.isEmpty ? "" : "<pre>\(ReportText.escaped(check.reproduce))</pre>"
    return """
      <article class="finding \(check.verdict.rawValue)"><h3>\(badge(check.verdict)) \(ReportText.escaped(check.id))</h3>
      <p>\(paragraph(check.message))</p><dl>\(list)</dl>\(command)</article>

      """
  }

  /// Lines stay lines.
  private static func paragraph(_ text: String) -> String {
    text.split(separator: "\n").map { ReportText.escaped(String($0)) }.joined(separator: "<br>\n")
  }

  static func badge(_ verdict: Verdict) -> String {
    "<span class=\"badge \(verdict.rawValue)\">\(CheckText.word(verdict))</span>"
  }

  // MARK: A model

  private static func section(_ model: ModelResult, in suite: SuiteResult) -> String {
    let checks = model.checks + model.targets.flatMap(\.checks)
    var html =
      "<section><h2>\(badge(checks.map(\.verdict).worst)) \(ReportText.escaped("\(suite.name) / \(model.name)"))</h2>\n"
    html +=
      "<p class=\"small\">\(ReportText.escaped(model.candidate.path)) · \(ReportText.bytes(model.candidate.bytes)) · \(ReportText.count(model.samples, "recording")) · sha256 \(model.candidate.sha256.prefix(12))</p>\n"
    for note in model.notes ?? [] { html += "<p>\(ReportText.escaped(note))</p>\n" }
    html += accuracyTable(model)
    if let recorded = model.recorded { html += RecordedReport.html(recorded) }
    html += targets(model)
    html += BoardTable.render(model)
    html += drift(model)
    html += arenas(model)
    if let confusion = model.confusion { html += ConfusionChart.render(confusion) }
    html += UpdateChart.render(model.updates ?? [])
    html += checkTable(checks)
    return html + "</section>\n"
  }

  private static func accuracyTable(_ model: ModelResult) -> String {
    guard !model.accuracy.isEmpty else { return "" }
    var html =
      "<h3>Accuracy</h3>\n<table><tr><th>of</th><th>metric</th><th>value</th><th>95 % interval</th></tr>\n"
    for facts in model.accuracy {
      let share = facts.metric != "meanAbsoluteError"
      func text(_ value: Double) -> String { share ? ReportText.percent(value) : ReportText.number(value) }
      let interval = facts.low.flatMap { low in facts.high.map { "\(text(low)) to \(text($0))" } } ?? ""
      html +=
        "<tr><td>\(ReportText.escaped(facts.of))</td><td>\(ReportText.escaped(facts.metric))</td><td class=\"n\">\(text(facts.value))</td><td class=\"n\">\(interval)</td></tr>\n"
    }
    return html + "</table>\n"
  }

  private static func targets(_ model: ModelResult) -> String {
    guard !model.targets.isEmpty else { return "" }
    var html = "<h3>Budgets by target</h3>\n"
    for target in model.targets {
      html +=
        "<div class=\"target\"><p>\(badge(target.checks.map(\.verdict).worst)) <b>\(ReportText.escaped(target.name))</b> <span class=\"small\">\(ReportText.escaped(target.runtime))</span></p>\n"
      for check in target.checks where check.usage != nil { html += BudgetBar.render(check) }
      if let latency = target.latency { html += self.latency(latency) }
      for note in target.notes { html += "<p class=\"small\">\(ReportText.escaped(note))</p>\n" }
      html += "</div>\n"
    }
    return html
  }

  private static func latency(_ latency: LatencyFacts) -> String {
    guard let value = latency.milliseconds, let low = latency.lowMilliseconds,
      let high = latency.highMilliseconds
    else {
      let reason = latency.reason.map { ": \($0)" } ?? ""
      return "<p class=\"small\">latency: \(ReportText.escaped(latency.provenance + reason))</p>\n"
    }
    return
      "<p class=\"small\">latency \(ReportText.number(value)) ms, \(ReportText.number(low)) to \(ReportText.number(high)) ms (\(ReportText.escaped(latency.provenance)))</p>\n"
  }

  private static func drift(_ model: ModelResult) -> String {
    guard !model.layerDrift.isEmpty || !model.outputDrift.isEmpty else { return "" }
    var html = "<h3>Drift against the reference</h3>\n"
    if !model.referenceNote.isEmpty {
      html += "<p class=\"small\">\(ReportText.escaped(model.referenceNote))</p>\n"
    }
    if let layer = model.layerAtFault {
      html += "<p>First layer over tolerance: <b>\(ReportText.escaped(layer))</b></p>\n"
    }
    if !model.layerDrift.isEmpty { html += DriftChart.render(model.layerDrift) }
    if !model.outputDrift.isEmpty {
      html +=
        "<table><tr><th>output</th><th>max</th><th>rmse</th><th>SQNR</th><th>cosine</th><th>0 / 1 / 2 / more LSB</th></tr>\n"
      for drift in model.outputDrift {
        let histogram =
          drift.lsbHistogram.map { $0.map { ReportText.percent($0, places: 1) }.joined(separator: " / ") }
          ?? ""
        let sqnr = drift.sqnrDb.map { "\(ReportText.fixed($0, places: 1)) dB" } ?? (drift.reason ?? "")
        html +=
          "<tr><td>\(ReportText.escaped(drift.name))</td><td class=\"n\">\(ReportText.number(drift.maxAbs))</td><td class=\"n\">\(ReportText.number(drift.rmse))</td><td class=\"n\">\(ReportText.escaped(sqnr))</td><td class=\"n\">\(drift.cosine.map { ReportText.fixed($0, places: 5) } ?? "undefined")</td><td class=\"n\">\(histogram)</td></tr>\n"
      }
      html += "</table>\n"
    }
    for finding in model.collapse { html += "<p class=\"warn\">\(ReportText.escaped(finding))</p>\n" }
    return html
  }

  private static func arenas(_ model: ModelResult) -> String {
    let drawn = model.targets.filter { !($0.arena?.steps.isEmpty ?? true) }
    guard !drawn.isEmpty else { return "" }
    var html = "<h3>Tensor arena over time</h3>\n"
    for (index, target) in drawn.enumerated() {
      guard let arena = target.arena else { continue }
      let title = "\(ReportText.escaped(target.name)): \(ReportText.bytes(arena.minimumBytes))"
      html +=
        "<details\(index == 0 ? " open" : "")><summary>\(title)</summary>\n\(ArenaChart.render(arena))</details>\n"
    }
    return html
  }

  private static func checkTable(_ checks: [Check]) -> String {
    var html =
      "<details><summary>All \(ReportText.count(checks.count, "check"))</summary>\n<table><tr><th></th><th>check</th><th>found</th><th>expected</th><th>headroom</th></tr>\n"
    for check in checks {
      html +=
        "<tr><td>\(badge(check.verdict))</td><td>\(ReportText.escaped(check.id))</td><td>\(ReportText.escaped(check.found))</td><td>\(ReportText.escaped(check.expected))</td><td>\(ReportText.escaped(check.headroom ?? ""))</td></tr>\n"
    }
    return html + "</table></details>\n"
  }

  // MARK: The run

  private static func canaries(_ run: Run) -> String {
    guard !run.canaries.isEmpty else { return "" }
    let caught = run.canaries.count(where: \.caught)
    var html =
      "<section><h2>Can this gate fail?</h2>\n<p>\(caught) of \(run.canaries.count) of this run's own measurements, made worse on purpose, were caught by the same checks and budgets.</p>\n<details><summary>Canaries</summary><table><tr><th></th><th>check</th><th>change</th></tr>\n"
    for canary in run.canaries {
      html +=
        "<tr><td>\(canary.caught ? "caught" : "<b>MISSED</b>")</td><td>\(ReportText.escaped(canary.check))</td><td>\(ReportText.escaped(canary.change))</td></tr>\n"
    }
    return html + "</table></details></section>\n"
  }

  private static func digests(_ run: Run) -> String {
    guard !run.inputs.isEmpty else { return "" }
    var html =
      "<section><h2>What was judged</h2>\n<details><summary>\(ReportText.count(run.inputs.count, "input"))</summary><table><tr><th>kind</th><th>path</th><th>bytes</th><th>sha256</th></tr>\n"
    for input in run.inputs {
      html +=
        "<tr><td>\(ReportText.escaped(input.kind))</td><td>\(ReportText.escaped(input.path))</td><td class=\"n\">\(ReportText.grouped(input.bytes))</td><td class=\"hash\">\(ReportText.escaped(input.sha256))</td></tr>\n"
    }
    return html + "</table></details></section>\n"
  }
}
