public import AssayDocument

// The documented JSON of `assay ota explore`, `mutants` and `replay` (`--format json`).

extension FullExploration {
  public var json: JSONValue {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["operations"] = .integer(payload.operations)
    object["cases"] = .integer(payload.cases)
    object["secondCuts"] = .integer(payload.secondCuts)
    object["violations"] = .integer(violations)
    object["traceHash"] = .string(traceHash)
    object["rehearsals"] = [
      "operations": .integer(rehearsals.operations), "cases": .integer(rehearsals.cases),
      "secondCuts": .integer(rehearsals.secondCuts), "violations": .integer(rehearsals.violations),
    ]
    object["random"] = [
      "runs": .integer(random.runs), "violations": .integer(random.findings.count),
      "missingFaults": .array(random.missing.map { .string($0) }),
    ]
    object["findings"] = .array(findings.map { .string($0) })
    return .object(object)
  }
}

extension KillTable {
  public var json: JSONValue {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["mutants"] = .array(
      rows.map { row in
        [
          "name": .string(row.name), "killed": .bool(row.killed), "invariant": .string(row.invariant),
          "mistake": .string(row.mistake), "evidence": row.evidence.map { .string($0) } ?? .null,
        ]
      })
    object["survivors"] = .array(survivors.map { .string($0) })
    return .object(object)
  }
}

extension Outcome {
  public var json: JSONValue {
    func texts(_ items: [String]) -> JSONValue { .array(items.map { .string($0) }) }
    var object = JSONObject()
    object["scenario"] = .string(scenario)
    object["catalogue"] = texts(catalogue)
    object["place"] = .string(place)
    object["passed"] = .bool(passed)
    object["chain"] = texts(chain)
    object["log"] = texts(log)
    object["serves"] = .string(serves)
    object["seconds"] = .number(Double(microseconds) / 1e6)
    object["flashOperations"] = .integer(flashOperations)
    object["artifactBytes"] = .integer(artifactBytes)
    object["violations"] = texts(violations.map(\.description))
    object["differences"] = texts(differences)
    object["neverHappened"] = texts(unmet)
    object["traceHash"] = .string(traceHash)
    if let fleet { object["fleet"] = fleet.summary }
    return .object(object)
  }

  /// One line for a terminal: `pass cut-half-way: old > downloading new > ... (1 started > 1 succeeded)`.
  public var line: String {
    "\(passed ? "pass" : "FAIL") \(scenario): \(chain.joined(separator: " > ")) (\(log.joined(separator: " > ")))"
  }
}

extension TraceEntry {
  /// `   61.203 s  request GET ...`
  public var line: String {
    let milliseconds = microseconds / 1000
    let fraction = String(1000 + milliseconds % 1000).dropFirst()
    return "\(milliseconds / 1000).\(fraction) s  \(event.label)"
  }
}
