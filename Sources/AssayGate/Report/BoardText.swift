/// What firmwares' own kernels give, in words: the same ones in every report.
public enum BoardText {
  /// `87.20 %`, `85.00 % to 91.00 %`.
  public static func figure(_ facts: BoardFacts) -> String {
    guard let low = facts.low, let high = facts.high else { return "unknown" }
    return low == high ? value(low, facts) : "\(value(low, facts)) to \(value(high, facts))"
  }

  public static func reference(_ facts: BoardFacts) -> String {
    facts.reference.map { value($0, facts) } ?? "unknown"
  }

  private static func value(_ value: Double, _ facts: BoardFacts) -> String {
    facts.metric == "meanAbsoluteError" ? ReportText.number(value) : ReportText.percent(value)
  }

  /// `-2.90 points`, `-2.90 to -2.70 points`; empty where nothing is known.
  public static func change(_ facts: BoardFacts) -> String {
    guard let reference = facts.reference, let low = facts.low, let high = facts.high else { return "" }
    if low == high {
      return low == reference ? "no change" : difference(low - reference, facts) + unit(facts)
    }
    return "\(difference(low - reference, facts)) to \(difference(high - reference, facts))" + unit(facts)
  }

  private static func unit(_ facts: BoardFacts) -> String {
    facts.metric == "meanAbsoluteError" ? "" : " points"
  }

  private static func difference(_ value: Double, _ facts: BoardFacts) -> String {
    let text =
      facts.metric == "meanAbsoluteError"
      ? ReportText.number(value) : ReportText.fixed(value * 100, places: 2)
    return (value > 0 ? "+" : "") + text
  }

  /// `rule A at subgraph 0, operator 1 (CONV_2D)`; `same as the reference`.
  public static func rules(_ facts: BoardFacts) -> String {
    guard !facts.layers.isEmpty else { return facts.reason ?? "same bytes as the reference" }
    let shown = facts.layers.prefix(3).map { "rule \($0.rule) at \($0.layer)" }
    let more = facts.layers.count > 3 ? ["and \(facts.layers.count - 3) more"] : []
    return (shown + more).joined(separator: ", ")
  }

  /// `Predicted on 899 recordings: top1 98.4 % by the reference, 87.2 % ...; 102 answers change`.
  public static func prediction(_ facts: BoardFacts) -> String {
    guard facts.samples > 0 else { return "Not predicted: \(facts.reason ?? "no recordings")" }
    var parts: [String] = []
    if let metric = facts.metric {
      let change = Self.change(facts)
      parts.append(
        "\(metric) \(reference(facts)) by the reference, \(figure(facts)) on a board with \(facts.library)"
          + (change.isEmpty ? "" : " (\(change))"))
    }
    parts.append("outputs differ on \(facts.differingOutputs), the largest output on \(facts.changedAnswers)")
    if facts.unknownOutputs > 0 {
      parts.append("\(facts.unknownOutputs) rest on memory that nobody can know")
    }
    if let reason = facts.reason { parts.append(reason) }
    return "Predicted on \(ReportText.count(facts.samples, "recording")): " + parts.joined(separator: "; ")
  }

  /// One row of the comparison of reference and boards.
  struct Row {
    var kernels: String
    var metric: String
    var figure: String
    var change: String
    var answers: String
    var why: String
  }

  /// The reference first, then every firmware; empty where no board computes anything else.
  static func rows(_ model: ModelResult) -> [Row] {
    let boards = model.targets.compactMap { target in target.board.map { (target.name, $0) } }
    guard boards.contains(where: { !$0.1.layers.isEmpty }) else { return [] }
    let known = boards.first { $0.1.metric != nil }?.1
    let metric = known?.metric ?? "outputs"
    var rows: [Row] = []
    if let known {
      rows.append(
        Row(
          kernels: "TFLM reference", metric: metric, figure: reference(known), change: "", answers: "",
          why: ""))
    }
    for (name, facts) in boards {
      let isSame = facts.layers.isEmpty
      rows.append(
        Row(
          kernels: "\(name), board with \(facts.library)", metric: metric,
          figure: facts.metric == nil ? "" : figure(facts), change: isSame ? "" : change(facts),
          answers: isSame || facts.samples == 0 ? "" : "\(facts.changedAnswers) of \(facts.samples)",
          why: rules(facts)))
    }
    return rows
  }

  /// One sentence where every firmware's kernels give the reference's bytes; `nil` elsewhere.
  static func agreement(_ model: ModelResult) -> String? {
    let boards = model.targets.compactMap(\.board)
    guard !boards.isEmpty, boards.allSatisfy(\.agrees) else { return nil }
    var names: [String] = []
    for board in boards where !names.contains(board.library) { names.append(board.library) }
    return "boards: the reference's bytes with \(names.joined(separator: ", "))"
  }

  /// The rows as lines for a terminal.
  static func sideBySide(_ model: ModelResult) -> [String] {
    if let agreement = agreement(model) { return [agreement] }
    return rows(model).map { row in
      var text = "\(row.kernels): \(row.figure.isEmpty ? "" : "\(row.metric) \(row.figure)")"
      if !row.change.isEmpty { text += " (\(row.change))" }
      if !row.answers.isEmpty { text += ", \(row.answers) answers change" }
      return row.why.isEmpty ? text : text + "; \(row.why)"
    }
  }
}

/// Reference and boards side by side, as HTML.
enum BoardTable {
  static func render(_ model: ModelResult) -> String {
    if let agreement = BoardText.agreement(model) {
      return "<p class=\"small\">\(ReportText.escaped(agreement))</p>\n"
    }
    let rows = BoardText.rows(model)
    guard let first = rows.first else { return "" }
    var html =
      "<h3>On the boards</h3>\n<table><tr><th>kernels</th><th>\(ReportText.escaped(first.metric))</th><th>change</th><th>answers that change</th><th>why</th></tr>\n"
    for row in rows {
      let cells = [row.kernels, row.figure, row.change, row.answers, row.why].map(ReportText.escaped)
      html +=
        "<tr><td>\(cells[0])</td><td class=\"n\">\(cells[1])</td><td class=\"n\">\(cells[2])</td><td class=\"n\">\(cells[3])</td><td>\(cells[4])</td></tr>\n"
    }
    html += "</table>\n"
    for target in model.targets {
      guard let board = target.board else { continue }
      for line in board.memory + board.advice {
        html += "<p class=\"small\">\(ReportText.escaped("\(target.name): \(line)"))</p>\n"
      }
    }
    return html
  }
}
