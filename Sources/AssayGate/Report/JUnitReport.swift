/// The run as JUnit XML, for CI systems that draw test results.
///
/// One suite per model, one case per check. Names are unique over the file; a failure's message
/// stands in the body too, because viewers show one or the other.
public enum JUnitReport {
  public static func render(_ run: Run) -> String {
    let suites = run.suites.flatMap { suite in
      suite.models.map { ("\(suite.name)/\($0.name)", checks(of: $0)) }
    }
    let all = suites.flatMap(\.1)
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
    lines.append("<testsuites name=\"assay\" \(counts(all, extra: run.problems.count))>")
    for (name, checks) in suites {
      lines.append("  <testsuite name=\"\(ReportText.escaped(name))\" \(counts(checks, extra: 0))>")
      lines += checks.flatMap { testCase($0) }
      lines.append("  </testsuite>")
    }
    lines += problems(run)
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func checks(of model: ModelResult) -> [Check] {
    model.checks + model.targets.flatMap(\.checks)
  }

  private static func counts(_ checks: [Check], extra: Int) -> String {
    let failures = checks.count { $0.verdict == .fail && $0.waived == nil }
    let errors = checks.count { $0.verdict == .undecided || $0.verdict == .unusable } + extra
    let skipped = checks.count { $0.waived != nil }
    return
      "tests=\"\(checks.count + extra)\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"\(skipped)\""
  }

  private static func testCase(_ check: Check) -> [String] {
    let parts = check.id.split(separator: "/").map(String.init)
    let group = ReportText.escaped(parts.dropLast().joined(separator: "."))
    let open = "    <testcase classname=\"\(group)\" name=\"\(ReportText.escaped(check.id))\""
    let message = ReportText.escaped(check.message)
    let body = ReportText.escaped(CheckText.body(check))
    if let reason = check.waived {
      return [
        open + ">", "      <skipped message=\"waived: \(ReportText.escaped(reason))\"/>", "    </testcase>",
      ]
    }
    switch check.verdict {
    case .pass: return [open + "/>"]
    case .fail:
      return [open + ">", "      <failure message=\"\(message)\">\(body)</failure>", "    </testcase>"]
    case .undecided, .unusable:
      return [open + ">", "      <error message=\"\(message)\">\(body)</error>", "    </testcase>"]
    }
  }

  private static func problems(_ run: Run) -> [String] {
    guard !run.problems.isEmpty else { return [] }
    var lines = [
      "  <testsuite name=\"assay/run\" tests=\"\(run.problems.count)\" errors=\"\(run.problems.count)\">"
    ]
    for (index, problem) in run.problems.enumerated() {
      let text = ReportText.escaped(problem)
      lines.append("    <testcase classname=\"assay.run\" name=\"problem \(index + 1)\">")
      lines.append("      <error message=\"\(text)\">\(text)</error>")
      lines.append("    </testcase>")
    }
    return lines + ["  </testsuite>"]
  }
}

/// A check in words, the same in every report.
enum CheckText {
  /// What the line with the command begins with.
  static let reproduce = "reproduce: "

  /// Everything a person needs at 6 pm, a line each.
  static func body(_ check: Check) -> String {
    var lines = [check.message, "expected: \(check.expected)", "found: \(check.found)"]
    if let headroom = check.headroom { lines.append("headroom: \(headroom)") }
    if let tolerance = check.passingTolerance { lines.append("would pass with: \(tolerance)") }
    if let layer = check.layer { lines.append("layer at fault: \(layer)") }
    if let budget = check.budget { lines.append("budget: \(budget)") }
    if !check.reproduce.isEmpty { lines.append(reproduce + check.reproduce) }
    return lines.joined(separator: "\n")
  }

  static func word(_ verdict: Verdict) -> String {
    switch verdict {
    case .pass: "PASS"
    case .fail: "FAIL"
    case .undecided: "UNDECIDED"
    case .unusable: "UNUSABLE"
    }
  }
}
