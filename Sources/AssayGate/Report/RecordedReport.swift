/// Recorded cases of a bundled program, in the words and tables of reports.
enum RecordedReport {
  /// `20 recorded cases: output 0 differs by at most 2.98e-08, 9.99e-06 allowed (...).`
  static func lines(_ facts: RecordedFacts) -> [String] {
    facts.outputs.map { output in
      let shapes = facts.shapes.count > 1 ? " at \(facts.shapes.count) input shapes" : ""
      return
        "\(ReportText.count(facts.cases, "recorded case"))\(shapes): output \(output.output) differs by at most "
        + "\(ReportText.number(output.maxAbs, places: 6)), "
        + "\(ReportText.number(output.tolerance, places: 6)) allowed (\(output.rule)); "
        + "\(ReportText.grouped(output.exactElements)) of \(ReportText.grouped(output.elements)) values exact."
    }
  }

  static func html(_ facts: RecordedFacts) -> String {
    let columns = [
      "output", "type", "values", "exact", "largest difference", "allowed", "over",
      "over ExecuTorch's default",
    ]
    let head = columns.map { "<th>\(ReportText.escaped($0))</th>" }.joined()
    var html = "<h3>Recorded cases</h3>\n<table><tr>\(head)</tr>\n"
    for output in facts.outputs { html += row(output) }
    html += "</table>\n<p class=\"small\">\(ReportText.count(facts.cases, "case")) of method "
    html +=
      "\(ReportText.escaped(facts.method)); \(facts.casesFailingDefault) over ExecuTorch's default</p>\n"
    for note in facts.notes { html += "<p>\(ReportText.escaped(note))</p>\n" }
    return html
  }

  private static func row(_ output: RecordedOutputFacts) -> String {
    let cells = [
      "\(output.output)", output.type, ReportText.grouped(output.elements),
      ReportText.grouped(output.exactElements), ReportText.number(output.maxAbs, places: 6),
      "\(ReportText.number(output.tolerance, places: 6)) (\(output.rule))",
      ReportText.grouped(output.elementsOverTolerance), ReportText.grouped(output.elementsOverDefault),
    ]
    return "<tr>\(cells.map { "<td>\(ReportText.escaped($0))</td>" }.joined())</tr>\n"
  }
}
