import AssayBaseline
import AssayDocument

/// What the baseline verbs print with `--format json`, schema version 1.
enum BaselineJSON {
  static func list(_ budgets: [Budget], _ accepted: [AcceptedValue], _ waivers: [Waiver]) -> JSONValue {
    var object = JSONObject()
    object["schemaVersion"] = 1
    object["budgets"] = .array(
      budgets.map { row in
        keyed(row.key) {
          $0["check"] = .string(row.check)
          $0["rule"] = .string(row.rule.rawValue)
          $0["value"] = .number(row.value)
          $0["unit"] = .string(row.unit.rawValue)
          $0["place"] = .string(row.location.description)
        }
      })
    object["accepted"] = .array(accepted.map(value))
    object["waivers"] = .array(
      waivers.map { row in
        keyed(row.key) {
          $0["check"] = .string(row.check)
          $0["until"] = .string(row.lastDay)
          $0["by"] = .string(row.grantedBy)
          $0["reason"] = .string(row.reason)
          $0["place"] = .string(row.location.description)
        }
      })
    return .object(object)
  }

  static func review(_ run: RunRecord, _ candidates: [Candidate]) -> JSONValue {
    [
      "schemaVersion": 1, "run": .string(run.id), "verdict": .string(run.verdict.rawValue),
      "candidates": .array(candidates.map(value)),
    ]
  }

  static func history(_ points: [HistoryPoint]) -> JSONValue {
    let rows = points.map { point in
      keyed(point.measurement.key) {
        $0["metric"] = .string(point.measurement.metric)
        $0["value"] = .number(point.measurement.value)
        $0["unit"] = .string(point.measurement.unit)
        $0["run"] = .string(point.run)
        $0["startedAt"] = .string(point.startedAt)
        $0["verdict"] = .string(point.verdict.rawValue)
        $0["modelSha256"] = .string(point.measurement.modelSHA256)
      }
    }
    return ["schemaVersion": 1, "points": .array(rows)]
  }

  static func runs(_ runs: [RunSummary]) -> JSONValue {
    let rows = runs.map { run in
      [
        "id": .string(run.id), "startedAt": .string(run.startedAt), "assayVersion": .string(run.assayVersion),
        "verdict": run.verdict.map { .string($0.rawValue) } ?? .null,
        "exitCode": run.exitCode.map { .integer($0) } ?? .null, "plannedCases": .integer(run.plannedCases),
        "judgedCases": .integer(run.judgedCases),
      ] as JSONValue
    }
    return ["schemaVersion": 1, "runs": .array(rows)]
  }

  private static func value(_ row: AcceptedValue) -> JSONValue {
    keyed(row.key) {
      $0["metric"] = .string(row.metric)
      $0["value"] = .number(row.value)
      $0["unit"] = .string(row.unit)
      $0["modelSha256"] = .string(row.modelSHA256)
      $0["run"] = .string(row.run)
      $0["acceptedBy"] = .string(row.acceptedBy)
      $0["acceptedAt"] = .string(row.acceptedAt)
      $0["reason"] = .string(row.reason)
      $0["place"] = .string(row.location.description)
    }
  }

  private static func value(_ candidate: Candidate) -> JSONValue {
    let measured = candidate.measurement
    return keyed(measured.key) {
      $0["metric"] = .string(measured.metric)
      $0["value"] = .number(measured.value)
      $0["unit"] = .string(measured.unit)
      $0["accepted"] = candidate.accepted.map { .number($0.value) } ?? .null
      $0["isNews"] = .bool(candidate.isNews)
      $0["isRejected"] = .bool(candidate.isRejected)
      $0["versionChanges"] = .array(candidate.versionChanges.map { .string($0) })
    }
  }

  private static func keyed(_ key: BaselineKey, _ fill: (inout JSONObject) -> Void) -> JSONValue {
    var object = JSONObject()
    object["suite"] = .string(key.suite)
    object["model"] = .string(key.model)
    object["target"] = .string(key.target)
    fill(&object)
    return .object(object)
  }
}

extension String {
  /// JSON text ends its line; so does the console.
  var withoutLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
