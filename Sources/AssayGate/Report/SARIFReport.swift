import AssayDocument

/// Findings as SARIF 2.1.0, for code-scanning views: one result per check that did not pass.
public enum SARIFReport {
  public static func render(_ run: Run) -> String {
    var driver = JSONObject()
    driver["name"] = "assay"
    driver["version"] = .string(run.assayVersion)
    driver["rules"] = .array(Rulebook.rules.map(rule))
    var tool = JSONObject()
    tool["driver"] = .object(driver)
    let bad = run.checks.filter { $0.verdict != .pass }
    var results = bad.map { result($0, run) }
    results += run.problems.map(problem)
    var entry = JSONObject()
    entry["tool"] = .object(tool)
    entry["results"] = .array(results)
    var root = JSONObject()
    root["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json"
    root["version"] = "2.1.0"
    root["runs"] = .array([.object(entry)])
    return JSONValue.object(root).text()
  }

  private static func rule(_ rule: Rule) -> JSONValue {
    var object = JSONObject()
    object["id"] = .string(rule.code)
    object["shortDescription"] = message(rule.title)
    object["fullDescription"] = message(rule.text)
    return .object(object)
  }

  private static func message(_ text: String) -> JSONValue {
    var object = JSONObject()
    object["text"] = .string(text)
    return .object(object)
  }

  private static func result(_ check: Check, _ run: Run) -> JSONValue {
    var object = JSONObject()
    object["ruleId"] = .string(check.code)
    object["level"] = check.verdict == .fail && check.waived == nil ? "error" : "warning"
    object["message"] = message("\(check.id): \(CheckText.body(check))")
    if let location = location(check, run) { object["locations"] = .array([location]) }
    return .object(object)
  }

  /// The suite's file, or the line of the budget that decided.
  private static func location(_ check: Check, _ run: Run) -> JSONValue? {
    let suite = run.suites.first { check.id.hasPrefix($0.name + "/") }
    // Limits of a bundled program may come from no file: its own place is the file itself.
    let written = check.budget.flatMap { $0.contains(".yaml") ? $0 : nil }
    let parts = (written ?? suite?.file ?? "").split(separator: ":").map(String.init)
    guard let path = parts.first, path.hasSuffix(".yaml") || path.hasSuffix(".bpte") else { return nil }
    var artifact = JSONObject()
    artifact["uri"] = .string(path)
    var physical = JSONObject()
    physical["artifactLocation"] = .object(artifact)
    if parts.count > 1, let line = Int(parts[1]), line > 0 {
      var region = JSONObject()
      region["startLine"] = .integer(line)
      physical["region"] = .object(region)
    }
    var location = JSONObject()
    location["physicalLocation"] = .object(physical)
    return .object(location)
  }

  private static func problem(_ text: String) -> JSONValue {
    var object = JSONObject()
    object["ruleId"] = "run"
    object["level"] = "error"
    object["message"] = message(text)
    return .object(object)
  }
}
