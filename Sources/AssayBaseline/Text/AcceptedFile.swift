internal import AssayDocument
internal import AssayFiles

/// One file under `baselines/accepted/`: read as reviewed, written only by accepting.
enum AcceptedFile {
  static func values(_ root: DocumentValue) throws(DocumentErrors) -> [AcceptedValue] {
    var map = try root.map()
    let values = map.required("accepted") { try $0.list { try value($0) } }
    return try map.finish(values)
  }

  private static func value(_ node: DocumentValue) throws(DocumentErrors) -> AcceptedValue {
    var map = try node.map()
    let suite = map.required("suite") { try $0.filledText() }
    let model = map.required("model") { try $0.filledText() }
    let target = map.required("target") { try $0.filledText() }
    let metric = map.required("metric") { try $0.filledText() }
    let value = map.required("value") { try $0.number() }
    let unit = map.required("unit") { try $0.string() }
    let digest = map.required("model_sha256") { try $0.sha256() }
    let runtime = map.optional("runtime", or: [:]) { try $0.versions() }
    let run = map.required("run") { try $0.string() }
    let by = map.required("accepted_by") { try $0.filledText() }
    let at = map.required("accepted_at") { try $0.filledText() }
    let reason = map.required("reason") { try $0.filledText() }
    let place = try map.finish(suite, model, target)
    let found = try map.finish(metric, value, unit, digest)
    let record = try map.finish(run, by, at, reason)
    return AcceptedValue(
      key: BaselineKey(suite: place.0, model: place.1, target: place.2), metric: found.0,
      value: found.1, unit: found.2, modelSHA256: found.3, runtime: runtime, run: record.0,
      acceptedBy: record.1, acceptedAt: record.2, reason: record.3, location: node.location)
  }

  /// The file's text: sorted, one key a line, so that a review shows what changed and nothing else.
  static func text(_ values: [AcceptedValue]) -> String {
    var text = "# Written by `assay baseline accept`. Reviewed like code; edit only to delete.\naccepted:\n"
    if values.isEmpty { return text.replacingLast(":\n", with: ": []\n") }
    for value in values.sorted(by: precedes) { text += entry(value) }
    return text
  }

  private static func entry(_ value: AcceptedValue) -> String {
    let runtime = value.runtime.sorted { Path.precedes($0.key, $1.key) }
      .map { "\(YAMLText.scalar($0.key)): \(YAMLText.quoted($0.value))" }.joined(separator: ", ")
    let lines = [
      ("suite", YAMLText.scalar(value.key.suite)), ("model", YAMLText.scalar(value.key.model)),
      ("target", YAMLText.scalar(value.key.target)), ("metric", YAMLText.scalar(value.metric)),
      ("value", YAMLText.number(value.value)), ("unit", YAMLText.quoted(value.unit)),
      ("model_sha256", YAMLText.quoted(value.modelSHA256)), ("runtime", "{\(runtime)}"),
      ("run", YAMLText.quoted(value.run)), ("accepted_by", YAMLText.quoted(value.acceptedBy)),
      ("accepted_at", YAMLText.quoted(value.acceptedAt)), ("reason", YAMLText.quoted(value.reason)),
    ]
    return "  - " + lines.map { "\($0.0): \($0.1)\n" }.joined(separator: "    ")
  }

  private static func precedes(_ a: AcceptedValue, _ b: AcceptedValue) -> Bool {
    a.key == b.key ? Path.precedes(a.metric, b.metric) : BaselineKey.precedes(a.key, b.key)
  }
}

extension String {
  fileprivate func replacingLast(_ ending: String, with replacement: String) -> String {
    hasSuffix(ending) ? dropLast(ending.count) + replacement : self
  }
}

extension DocumentValue {
  fileprivate func sha256() throws(DocumentErrors) -> String {
    let text = try string()
    guard text.utf8.count == 64, text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else { throw error("expected a SHA-256 in 64 lower-case hexadecimal digits") }
    return text
  }

  fileprivate func versions() throws(DocumentErrors) -> [String: String] {
    var versions: [String: String] = [:]
    for entry in try entries() { versions[entry.key] = try entry.value.string() }
    return versions
  }
}

/// Scalars as YAML that reads back as the same text.
enum YAMLText {
  /// Bare when nothing in it means anything to YAML, quoted otherwise.
  static func scalar(_ text: String) -> String {
    let isWord =
      text.utf8.first.map { isLetter($0) } == true
      && text.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || "._-/".utf8.contains($0) }
    return isWord && !["null", "true", "false"].contains(text) ? text : quoted(text)
  }

  /// JSON's form of a string is YAML's too.
  static func quoted(_ text: String) -> String {
    String(JSONValue.string(text).text(isPretty: false).dropLast())
  }

  /// The fewest digits that read back as the same number; whole numbers without a point.
  static func number(_ value: Double) -> String {
    if let whole = Int(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
    return value.description
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 0x20) }
}
