/// The run as lines for a terminal of a given width.
///
/// The verdict stands last, where the eye is when the command ends; what failed stands just above.
public enum TerminalReport {
  /// How words are marked; identity where colours are off.
  public struct Style: Sendable {
    public var pass: @Sendable (String) -> String
    public var fail: @Sendable (String) -> String
    public var warn: @Sendable (String) -> String
    public var strong: @Sendable (String) -> String
    public var dim: @Sendable (String) -> String

    public init(colours: Bool) {
      pass = Self.paint("32", colours)
      fail = Self.paint("31;1", colours)
      warn = Self.paint("33", colours)
      strong = Self.paint("1", colours)
      dim = Self.paint("2", colours)
    }

    private static func paint(_ code: String, _ colours: Bool) -> @Sendable (String) -> String {
      guard colours else { return { $0 } }
      return { "\u{1B}[\(code)m\($0)\u{1B}[0m" }
    }
  }

  /// - Parameter since: when checks passed last, by their ids.
  public static func render(
    _ run: Run, width: Int = 80, style: Style, verbose: Bool = false, since: [String: String] = [:]
  ) -> [String] {
    var lines: [String] = []
    for suite in run.suites {
      for model in suite.models { lines += self.model(model, in: suite, width, style, verbose) }
    }
    let bad = run.checks.filter { $0.verdict != .pass && $0.waived == nil }
    for check in bad { lines += [""] + failure(check, width, style, since[check.id]) }
    for problem in run.problems { lines += ["", style.fail("PROBLEM") + "  " + problem] }
    let unchecked = SummaryReport.unchecked(run)
    if !unchecked.isEmpty { lines.append("") }
    for line in unchecked {
      lines += wrapped("Not judged: \(line)", width, indent: 0).map(style.dim)
    }
    if let condition = SummaryReport.condition(run) {
      lines += [""] + wrapped(condition, width, indent: 0).map(style.warn)
    }
    return lines + [""] + verdict(run, width, style)
  }

  /// One line, or two where it would not fit: what was tried on the gate itself, then the verdict.
  private static func verdict(_ run: Run, _ width: Int, _ style: Style) -> [String] {
    let word = CheckText.word(run.verdict)
    let painted: String =
      switch run.verdict {
      case .pass: style.pass(word)
      case .fail, .unusable: style.fail(word)
      case .undecided: style.warn(word)
      }
    let caught = run.canaries.count(where: \.caught)
    let kills = run.updateKills ?? []
    let tried =
      (run.canaries.isEmpty ? [] : ["Canaries: \(caught) of \(run.canaries.count) caught."])
      + (kills.isEmpty ? [] : ["Wrong devices: \(kills.count(where: \.killed)) of \(kills.count) caught."])
    let headline = SummaryReport.headline(run)
    let sentences = ([headline] + tried).joined(separator: " ")
    if word.count + 2 + sentences.count <= width { return ["\(painted)  \(sentences)"] }
    return [tried.joined(separator: " "), "\(painted)  \(headline)"].filter { !$0.isEmpty }
  }

  private static func model(
    _ model: ModelResult, in suite: SuiteResult, _ width: Int, _ style: Style, _ verbose: Bool
  ) -> [String] {
    var lines = [
      style.strong("\(suite.name)/\(model.name)")
        + style.dim(
          "  \(ReportText.bytes(model.candidate.bytes)), \(ReportText.count(model.samples, "recording"))")
    ]
    for accuracy in model.accuracy { lines.append("  " + self.accuracy(accuracy)) }
    for drift in model.outputDrift.prefix(shownOutputs) {
      lines += wrapped(self.drift(drift), width, indent: 2)
    }
    if let recorded = model.recorded {
      for line in RecordedReport.lines(recorded) + recorded.notes {
        lines += wrapped(line, width, indent: 2)
      }
    }
    for note in model.notes ?? [] { lines += wrapped(note, width, indent: 2) }
    let prefix = "\(suite.name)/\(model.name)/"
    for check in model.checks where verbose || check.verdict != .pass {
      // A check of a target stands here with the target's name: there may be several.
      let label = check.id.hasPrefix(prefix) ? String(check.id.dropFirst(prefix.count)) : check.code
      lines.append("  " + row(check, label, width, style))
    }
    for target in model.targets { lines += self.target(target, width, style, verbose) }
    for line in BoardText.sideBySide(model) { lines += wrapped(line, width, indent: 2) }
    for update in model.updates ?? [] { lines += UpdateLines.render(update, width, style, verbose) }
    return lines + [""]
  }

  /// Outputs whose drift has a line of its own; report.json has all.
  private static let shownOutputs = 4

  private static func accuracy(_ facts: AccuracyFacts) -> String {
    let share = facts.metric != "meanAbsoluteError"
    let value = share ? ReportText.percent(facts.value) : ReportText.number(facts.value)
    var text = "\(facts.metric) of \(facts.of): \(value)"
    if let low = facts.low, let high = facts.high {
      text +=
        share
        ? " [\(ReportText.percent(low)), \(ReportText.percent(high))]"
        : " [\(ReportText.number(low)), \(ReportText.number(high))]"
    }
    return text
  }

  private static func drift(_ drift: DriftFacts) -> String {
    var parts = [
      "drift of \(drift.name): max \(ReportText.number(drift.maxAbs))",
      "rmse \(ReportText.number(drift.rmse))",
    ]
    if let sqnr = drift.sqnrDb { parts.append("SQNR \(ReportText.fixed(sqnr, places: 1)) dB") }
    if let agreement = drift.top1Agreement { parts.append("agreement \(ReportText.percent(agreement))") }
    return parts.joined(separator: ", ")
  }

  private static func target(
    _ target: TargetResult, _ width: Int, _ style: Style, _ verbose: Bool
  ) -> [String] {
    let fits = target.name.count + target.runtime.count + 9 <= width
    let name = "  \(mark(target.checks.map(\.verdict).worst, style)) \(target.name)"
    let runtime = style.dim(target.runtime)
    var lines = fits ? ["\(name)  \(runtime)"] : [name, "       \(runtime)"]
    for check in target.checks where verbose || check.verdict != .pass || check.usage != nil {
      lines.append("      " + row(check, check.code, width - 4, style))
    }
    return lines
  }

  /// `pass  arena       [=======...]  20,112 B of 24,576 B, headroom 4,464 B (18.2 %)`.
  private static func row(_ check: Check, _ label: String, _ width: Int, _ style: Style) -> String {
    var text = "\(mark(check.verdict, style)) \(label)"
    if let usage = check.usage { text += " " + bar(usage) }
    text += "  " + check.found
    if let headroom = check.headroom { text += style.dim(", headroom \(headroom)") }
    if let waived = check.waived { text += style.warn("  waived: \(waived)") }
    return text
  }

  private static func bar(_ usage: Double) -> String {
    let cells = 10
    let full = usage.isFinite ? Int((min(max(usage, 0), 1) * Double(cells)).rounded(.down)) : cells
    return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: cells - full) + "]"
  }

  static func mark(_ verdict: Verdict, _ style: Style) -> String {
    switch verdict {
    case .pass: style.pass("ok  ")
    case .fail: style.fail("FAIL")
    case .undecided: style.warn("????")
    case .unusable: style.fail("BAD ")
    }
  }

  private static func failure(_ check: Check, _ width: Int, _ style: Style, _ since: String?) -> [String] {
    let word = CheckText.word(check.verdict)
    let head = check.verdict == .undecided ? style.warn(word) : style.fail(word)
    var lines = ["\(head)  \(style.strong(check.id))"]
    if let since { lines += wrapped(since, width, indent: 2) }
    for line in CheckText.body(check).split(separator: "\n") {
      let isCommand = line.hasPrefix(CheckText.reproduce)
      lines +=
        isCommand ? wrapped(command: String(line), width, indent: 2) : wrapped(String(line), width, indent: 2)
    }
    return lines
  }

  /// The same for a command: lines that go on end in a backslash, so that all of them can be pasted
  /// into a shell as they are.
  static func wrapped(command text: String, _ width: Int, indent: Int) -> [String] {
    // Inside quotation marks a line must not be broken: there the spaces belong to the argument.
    let pieces = text.split(separator: "'", omittingEmptySubsequences: false).enumerated().map {
      index, piece in
      index.isMultiple(of: 2) ? String(piece) : String(piece).replacing(" ", with: hardSpace)
    }
    let lines = wrapped(pieces.joined(separator: "'"), width - 2, indent: indent)
    return lines.enumerated().map { index, line in
      line.replacing(hardSpace, with: " ") + (index < lines.count - 1 ? " \\" : "")
    }
  }

  /// A control character, which no text that is shown has.
  private static let hardSpace = "\u{1F}"

  /// Breaks at spaces so that no line is longer than `width`, unless one word is.
  public static func wrapped(_ text: String, _ width: Int, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = margin
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if line.count + word.count + 1 > width && line != margin && !line.allSatisfy({ $0 == " " }) {
        lines.append(line)
        line = margin + "  "
      }
      line += line.last == " " || line.isEmpty ? String(word) : " \(word)"
    }
    return lines + [line]
  }
}
