/// What the recorded cases say about the model, about ExecuTorch's own tolerance, and about themselves.
enum RecordedWords {
  static func notes(_ facts: RecordedFacts, _ recorded: RecordedCases, isWithin: Bool) -> [String] {
    [tolerance(facts, isWithin: isWithin)] + strength(facts, recorded)
  }

  /// `ExecuTorch's default tolerance (...) would fail this honest model in 3 of 20 cases: ...`
  private static func tolerance(_ facts: RecordedFacts, isWithin: Bool) -> String {
    let name =
      "ExecuTorch's default tolerance (relative \(ReportText.number(facts.defaultRelative)), "
      + "absolute \(ReportText.number(facts.defaultAbsolute)))"
    let cases = "\(facts.casesFailingDefault) of \(ReportText.count(facts.cases, "case"))"
    switch (isWithin, facts.casesFailingDefault) {
    case (true, 0): return "Also within \(name)."
    case (true, _):
      return "\(name) would fail this honest model in \(cases): it asks for more than float sums in another "
        + "order, or one step of an int8 kernel, can keep."
    case (false, 0): return "\(name) would pass this broken model: do not rely on it."
    case (false, _): return "\(name) fails it too, in \(cases)."
    }
  }

  /// Cases that a model could pass without computing anything.
  private static func strength(_ facts: RecordedFacts, _ recorded: RecordedCases) -> [String] {
    var notes: [String] = []
    let first = recorded.cases.first
    if facts.cases == 1 {
      notes.append("One case tells little: a model that always gives this answer passes it.")
    } else if recorded.cases.allSatisfy({ $0.expected == first?.expected }) {
      notes.append("All cases expect the same outputs: a model that always gives this answer passes them.")
    }
    let tiny = facts.outputs.filter { $0.largest <= facts.defaultAbsolute && $0.type.hasPrefix("float") }
    for output in tiny where facts.cases > 0 {
      notes.append(
        "Output \(output.output) is expected to stay below \(ReportText.number(facts.defaultAbsolute)): zeros "
          + "would pass ExecuTorch's default tolerance, which would pass a broken model.")
    }
    let undefined = facts.outputs.filter { $0.nonFinite > 0 && $0.elementsOverDefault < $0.nonFinite }
    for output in undefined {
      notes.append(
        "Output \(output.output) expects NaN, which ExecuTorch's check takes for equal to NaN: it would pass a "
          + "broken model.")
    }
    return notes
  }

  /// The check's message.
  static func message(_ facts: RecordedFacts, isWithin: Bool) -> String {
    let figures = facts.outputs.map { output in
      "output \(output.output) differs by at most \(ReportText.number(output.maxAbs, places: 6)), allowed "
        + "\(ReportText.number(output.tolerance, places: 6)) (\(output.rule))"
        + (output.nonFinite > 0 ? ", \(ReportText.count(output.nonFinite, "value")) not finite" : "")
    }
    let verb = isWithin ? "are reproduced" : "are not reproduced"
    return "The \(ReportText.count(facts.cases, "recorded case")) of method \(facts.method) \(verb): "
      + figures.joined(separator: "; ") + ". " + facts.notes.joined(separator: " ")
  }
}
