internal import AssayDocument

/// A run as JSON and back.
enum RunJSON {
  static func value(of run: RunRecord) -> JSONValue {
    [
      "id": .string(run.id), "startedAt": .string(run.startedAt), "finishedAt": .string(run.finishedAt),
      "assayVersion": .string(run.assayVersion), "verdict": .string(run.verdict.rawValue),
      "exitCode": .integer(run.exitCode), "plannedCases": .integer(run.plannedCases),
      "judgedCases": .integer(run.judgedCases), "inputs": .array(run.inputs.map(value)),
      "targets": .array(run.targets.map(value)), "checks": .array(run.checks.map(value)),
      "measurements": .array(run.measurements.map(value)),
      "document": run.document.map(JSONValue.string) ?? .null,
    ]
  }

  private static func value(_ input: RunRecord.Input) -> JSONValue {
    [
      "kind": .string(input.kind), "path": .string(input.path), "sha256": .string(input.sha256),
      "bytes": .integer(input.byteCount),
    ]
  }

  private static func value(_ target: RunRecord.ResolvedTarget) -> JSONValue {
    ["name": .string(target.name), "profile": .string(target.profile), "sha256": .string(target.sha256)]
  }

  private static func value(_ check: RunRecord.Check) -> JSONValue {
    [
      "suite": .string(check.key.suite), "model": .string(check.key.model),
      "target": .string(check.key.target), "code": .string(check.code),
      "verdict": .string(check.verdict.rawValue), "expected": .string(check.expected),
      "found": .string(check.found), "message": .string(check.message),
      "waived": check.waived.map(JSONValue.string) ?? .null,
    ]
  }

  private static func value(_ measured: RunRecord.Measurement) -> JSONValue {
    var runtime = JSONObject()
    for (name, version) in measured.runtime.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    {
      runtime[name] = .string(version)
    }
    return [
      "suite": .string(measured.key.suite), "model": .string(measured.key.model),
      "target": .string(measured.key.target), "metric": .string(measured.metric),
      "value": .number(measured.value), "unit": .string(measured.unit),
      "modelSha256": .string(measured.modelSHA256), "runtime": .object(runtime),
    ]
  }
}

extension RunJSON {
  static func runs(_ root: JSONValue, file: String) throws(DocumentErrors) -> [RunRecord] {
    let reader = Reader(place: DocumentLocation(file: file))
    guard try reader.integer(root, "schemaVersion") == BaselineStore.exportVersion else {
      throw reader.error("unknown schemaVersion; this version of assay reads \(BaselineStore.exportVersion)")
    }
    return try reader.list(root, "runs") { value throws(DocumentErrors) in try reader.run(value) }
  }

  private struct Reader {
    let place: DocumentLocation

    func error(_ message: String) -> DocumentErrors { DocumentErrors(place, message) }

    func text(_ value: JSONValue, _ name: String) throws(DocumentErrors) -> String {
      guard let text = value[name]?.string else { throw error("\"\(name)\" of a run is missing or not text") }
      return text
    }

    func integer(_ value: JSONValue, _ name: String) throws(DocumentErrors) -> Int {
      guard let number = value[name]?.integer else {
        throw error("\"\(name)\" is missing or not a whole number")
      }
      return number
    }

    func list<Element>(
      _ value: JSONValue, _ name: String, _ read: (JSONValue) throws(DocumentErrors) -> Element
    ) throws(DocumentErrors) -> [Element] {
      guard let values = value[name]?.array else { throw error("\"\(name)\" is missing or not a list") }
      var elements: [Element] = []
      for value in values { elements.append(try read(value)) }
      return elements
    }

    func verdict(_ value: JSONValue) throws(DocumentErrors) -> RunRecord.Verdict {
      let text = try text(value, "verdict")
      guard let verdict = RunRecord.Verdict(rawValue: text) else {
        throw error("unknown verdict \"\(text)\"")
      }
      return verdict
    }

    func key(_ value: JSONValue) throws(DocumentErrors) -> BaselineKey {
      BaselineKey(
        suite: try text(value, "suite"), model: try text(value, "model"), target: try text(value, "target"))
    }

    func run(_ value: JSONValue) throws(DocumentErrors) -> RunRecord {
      var run = RunRecord(
        id: try text(value, "id"), startedAt: try text(value, "startedAt"),
        finishedAt: try text(value, "finishedAt"), assayVersion: try text(value, "assayVersion"),
        verdict: try verdict(value), exitCode: try integer(value, "exitCode"),
        plannedCases: try integer(value, "plannedCases"), judgedCases: try integer(value, "judgedCases"))
      run.inputs = try list(value, "inputs") { value throws(DocumentErrors) in try input(value) }
      run.targets = try list(value, "targets") { value throws(DocumentErrors) in try target(value) }
      run.checks = try list(value, "checks") { value throws(DocumentErrors) in try check(value) }
      run.measurements = try list(value, "measurements") { value throws(DocumentErrors) in
        try measurement(value)
      }
      run.document = value["document"]?.string
      return run
    }

    private func input(_ value: JSONValue) throws(DocumentErrors) -> RunRecord.Input {
      RunRecord.Input(
        kind: try text(value, "kind"), path: try text(value, "path"), sha256: try text(value, "sha256"),
        byteCount: try integer(value, "bytes"))
    }

    private func target(_ value: JSONValue) throws(DocumentErrors) -> RunRecord.ResolvedTarget {
      RunRecord.ResolvedTarget(
        name: try text(value, "name"), profile: try text(value, "profile"), sha256: try text(value, "sha256"))
    }

    private func check(_ value: JSONValue) throws(DocumentErrors) -> RunRecord.Check {
      RunRecord.Check(
        key: try key(value), code: try text(value, "code"), verdict: try verdict(value),
        expected: try text(value, "expected"), found: try text(value, "found"),
        message: try text(value, "message"), waived: value["waived"]?.string)
    }

    private func measurement(_ value: JSONValue) throws(DocumentErrors) -> RunRecord.Measurement {
      guard let number = value["value"]?.number else { throw error("\"value\" is missing or not a number") }
      let runtime = (value["runtime"]?.object?.members ?? []).map { ($0.name, $0.value.string ?? "") }
      return RunRecord.Measurement(
        key: try key(value), metric: try text(value, "metric"), value: number, unit: try text(value, "unit"),
        modelSHA256: try text(value, "modelSha256"), runtime: Dictionary(runtime) { first, _ in first })
    }
  }
}
