/// The states of the device over time, one line per scenario.
enum UpdateChart {
  private static let rowHeight = 20
  private static let labelWidth = 300
  private static let endWidth = 230
  private static let width = 900
  private static let shownLimit = 400

  /// One heading over all targets; nothing where no update was rehearsed.
  static func render(_ updates: [UpdateResult]) -> String {
    updates.isEmpty ? "" : "<h3>Update and rollback</h3>\n" + updates.map(render).joined()
  }

  private static func render(_ update: UpdateResult) -> String {
    if let refusal = update.refusal {
      return
        "<p class=\"fail\">\(ReportText.escaped("\(update.target): the trial refuses this candidate: \(refusal)"))</p>\n"
    }
    let shown = Array(update.scenarios.sorted { !$0.passed && $1.passed }.prefix(shownLimit))
    let bad = shown.filter { !$0.passed }
    let problems = update.exploration?.problems ?? []
    var html = bad.map(finding).joined() + problems.prefix(3).map { cut($0, update) }.joined()
    let count = update.scenarios.count
    let summary =
      "Update rehearsed on \(ReportText.escaped(update.target)): \(count - bad.count) of \(count) scenarios\(UpdateLines.cuts(update))"
    let isGood = bad.isEmpty && problems.isEmpty
    html += "<details\(isGood ? "" : " open")><summary>\(summary)</summary>\n"
    html += chart(shown)
    if update.scenarios.count > shown.count {
      html += "<p class=\"small\">\(update.scenarios.count - shown.count) more are in report.json</p>\n"
    }
    return "\(html)</details>\n"
  }

  private static func cut(_ problem: String, _ update: UpdateResult) -> String {
    """
    <article class="finding fail"><h3>Power cut</h3>
    <p>\(ReportText.escaped(problem))</p><pre>\(ReportText.escaped(update.exploration?.command ?? ""))</pre></article>

    """
  }

  private static func finding(_ scenario: ScenarioResult) -> String {
    let problems = scenario.problems.map { "<p>\(ReportText.escaped($0))</p>" }.joined()
    return """
      <article class="finding fail"><h3>\(ReportText.escaped(scenario.name)) <span class="small">\(ReportText.escaped("\(scenario.catalogue.joined(separator: " ")) · \(scenario.place)"))</span></h3>
      \(problems)<pre>\(ReportText.escaped(scenario.replay ?? ""))</pre></article>

      """
  }

  private static func chart(_ scenarios: [ScenarioResult]) -> String {
    let height = scenarios.count * rowHeight + 28
    var svg =
      "<svg class=\"states\" viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"States over time\">\n"
    svg += legend
    for (row, scenario) in scenarios.enumerated() { svg += line(scenario, y: row * rowHeight + 26) }
    return svg
      + "</svg>\n<p class=\"small\">Width grows with the logarithm of the time a state lasted; ticks are power cuts and restarts. Point at a bar for its times.</p>\n"
  }

  private static let colours: [(state: String, colour: String, words: String)] = [
    ("old", "#9aa5b3", "serves the old model"), ("downloading", "#6ea0ea", "downloading"),
    ("pending", "#e6b04d", "pending"), ("trial", "#c9772b", "on trial"),
    ("new", "#46a56c", "serves the new model"), ("nothing", "#c4281f", "serves nothing"),
  ]

  /// States of a rollout, in the colours of what they mean for the fleet.
  private static let rolloutColours = [
    "group": "#6ea0ea", "paused": "#e6b04d", "rolled-back": "#9aa5b3", "finished": "#46a56c",
  ]

  private static func colour(_ state: String) -> String {
    let first = state.split(separator: " ").first.map(String.init) ?? ""
    return colours.first { $0.state == first }?.colour ?? rolloutColours[first] ?? "#8a63b5"
  }

  private static var legend: String {
    var x = 0
    return colours.map { entry in
      defer { x += 24 + entry.words.utf8.count * 7 }
      return
        "<rect x=\"\(x)\" y=\"4\" width=\"12\" height=\"12\" fill=\"\(entry.colour)\"/><text class=\"soft\" x=\"\(x + 16)\" y=\"15\">\(entry.words)</text>"
    }.joined() + "\n"
  }

  private static func line(_ scenario: ScenarioResult, y: Int) -> String {
    let label = "\(scenario.catalogue.first ?? "") \(scenario.name)"
    let cut = label.count > 44 ? label.prefix(43) + "…" : Substring(label)
    let log = scenario.log.isEmpty ? "no report" : scenario.log.joined(separator: " > ")
    let end = log.count > 32 ? "… " + log.suffix(30) : Substring(log)
    let style = scenario.passed ? "" : " class=\"over\""
    return "<text\(style) x=\"0\" y=\"\(y + 14)\">\(ReportText.escaped(String(cut)))</text>"
      + bars(scenario, y)
      + "<text class=\"soft\" x=\"\(width - endWidth + 8)\" y=\"\(y + 14)\">\(ReportText.escaped(String(end)))</text>\n"
  }

  private static func bars(_ scenario: ScenarioResult, _ y: Int) -> String {
    let room = Double(width - labelWidth - endWidth)
    let spans = durations(scenario)
    let weights = spans.map { 0.35 + logarithm(1 + $0) }
    let total = max(weights.reduce(0, +), 1)
    var x = Double(labelWidth)
    var svg = ""
    for (index, span) in spans.enumerated() {
      let length = weights[index] / total * room
      let state = scenario.states[index]
      let begin = state.seconds
      let words = ReportText.escaped("\(state.state): from \(time(begin)) for \(time(span))")
      svg +=
        "<path stroke=\"\(colour(state.state))\" d=\"M\(ReportText.fixed(x, places: 0)) \(y + 10)h\(ReportText.fixed(max(length - 1, 1), places: 0))\"><title>\(words)</title></path>"
      for reset in scenario.resetSeconds where reset >= begin && reset < begin + max(span, 0.001) {
        let share = span > 0 ? logarithm(1 + reset - begin) / max(logarithm(1 + span), 0.001) : 0
        let at = ReportText.fixed(x + min(share, 1) * max(length - 2, 0), places: 1)
        svg += "<path class=\"tick\" d=\"M\(at) \(y)v19\"/>"
      }
      x += length
    }
    return svg
  }

  /// How long each state lasted, in seconds.
  private static func durations(_ scenario: ScenarioResult) -> [Double] {
    let ends = scenario.states.dropFirst().map(\.seconds) + [scenario.seconds]
    return zip(scenario.states, ends).map { max(0, $1 - $0.seconds) }
  }

  /// The logarithm to base 2, near enough for drawing, and the same on every machine.
  static func logarithm(_ value: Double) -> Double {
    guard value.isFinite, value >= 1 else { return 0 }
    return Double(value.exponent) + value.significand - 1
  }

  /// `0.400 s`, `12.3 min`, `4.2 h`
  static func time(_ seconds: Double) -> String {
    if seconds < 100 { return "\(ReportText.fixed(seconds, places: seconds < 1 ? 3 : 1)) s" }
    if seconds < 6000 { return "\(ReportText.fixed(seconds / 60, places: 1)) min" }
    return "\(ReportText.fixed(seconds / 3600, places: 1)) h"
  }
}

/// The wrong devices and what noticed them.
enum KillTableView {
  static func render(_ kills: [UpdateKill]) -> String {
    guard !kills.isEmpty else { return "" }
    let killed = kills.count(where: \.killed)
    var html =
      "<section><h2>Can the update rehearsals fail?</h2>\n<p>\(killed) of \(kills.count) devices that are wrong on purpose, each in one branch, were caught by the invariant that must notice.</p>\n"
    html +=
      "<details\(killed == kills.count ? "" : " open")><summary>Kill table</summary><table><tr><th></th><th>device</th><th>what it does wrong</th><th>invariant</th><th>caught where</th></tr>\n"
    for kill in kills.sorted(by: { !$0.killed && $1.killed }) {
      html +=
        "<tr><td>\(kill.killed ? "killed" : "<b>SURVIVED</b>")</td><td>\(ReportText.escaped(kill.name))</td><td>\(ReportText.escaped(kill.mistake))</td><td>\(ReportText.escaped(kill.invariant))</td><td>\(ReportText.escaped(kill.evidence ?? ""))</td></tr>\n"
    }
    return html + "</table></details></section>\n"
  }
}
