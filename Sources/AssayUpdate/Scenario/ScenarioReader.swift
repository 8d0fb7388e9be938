public import AssayDocument

/// Reads scenario files: tables of rows, one scenario a line.
///
///     ota: 1
///     tables:
///       - table: network
///         rows:
///           - {name: cut-at-0, row: N01, faults: [artifact 1 cut 0], ends: [succeeded], serves: new}
///       - table: canary
///         fleets:
///           - {name: canary-fails, row: R04, devices: 60, groups: [20], faults: [group 1 8 output]}
///
/// Everything that is wrong is reported at once, each with `file:line:column`.
public enum ScenarioReader {
  /// Every row of one file, in its order: scenarios of one device and rollouts over fleets.
  public static func rehearsals(_ bytes: [UInt8], file: String) throws(DocumentErrors) -> [Rehearsal] {
    let document = try YAML.parse(bytes, file: file)
    var map = try document.map()
    let version = map.required("ota") { try $0.integer(in: 1...1) }
    let tables = map.required("tables") { try $0.list { try table($0) } }
    let (_, rows) = try map.finish(version, tables)
    let found = rows.flatMap { $0 }
    guard !found.isEmpty else { throw document.error("no scenario in this file") }
    return found.map(\.rehearsal)
  }

  /// The scenarios of one device in a file, in its order; none in a file that has rollouts only.
  public static func read(_ bytes: [UInt8], file: String) throws(DocumentErrors) -> [Scenario] {
    try rehearsals(bytes, file: file).compactMap { rehearsal in
      if case .device(let scenario) = rehearsal { scenario } else { nil }
    }
  }

  /// One row by itself.
  static func readRow(_ bytes: [UInt8], file: String) throws(DocumentErrors) -> Scenario {
    try row(try YAML.parse(bytes, file: file))
  }

  private struct Row {
    let rehearsal: Rehearsal
    let location: DocumentLocation
  }

  private static func table(_ value: DocumentValue) throws(DocumentErrors) -> [Row] {
    var map = try value.map()
    let name = map.required("table") { try $0.string() }
    let rows = map.optional("rows", or: []) { rows in
      try rows.list { Row(rehearsal: .device(try row($0)), location: $0.location) }
    }
    let fleets = map.optional("fleets", or: []) { rows in
      try rows.list { Row(rehearsal: .fleet(try fleetRow($0)), location: $0.location) }
    }
    if !map.has("rows"), !map.has("fleets") { map.fail("missing key \"rows\" or \"fleets\"") }
    _ = try map.finish(name)
    let found = rows + fleets
    var seen: Set<String> = []
    for row in found where !seen.insert(row.rehearsal.name).inserted {
      throw DocumentErrors(row.location, "a second scenario called \"\(row.rehearsal.name)\"")
    }
    return found
  }

  private static func row(_ value: DocumentValue) throws(DocumentErrors) -> Scenario {
    var map = try value.map()
    let name = map.required("name") { try identifier($0) }
    let catalogue = map.required("row") { try catalogueRows($0) }
    var scenario = Scenario(name: name ?? "", catalogue: catalogue ?? [], place: value.location.description)
    readPlan(&map, into: &scenario)
    readExpectations(&map, into: &scenario)
    _ = try map.finish(name, catalogue)
    return scenario
  }

  private static func readPlan(_ map: inout MapReader, into scenario: inout Scenario) {
    if let found = map.optional("assign", { try $0.list { try Scenario.AssignmentPhrase.read($0) } }) {
      scenario.assignments = found
    }
    scenario.imageSize = map.optional("image", or: scenario.imageSize) { try imageSize($0) }
    scenario.selfTest = map.optional("self-test", or: .pass) { try $0.choice() }
    scenario.rules = map.optional("faults", or: []) { try $0.list { try NetworkRule.read($0) } }
    scenario.events = map.optional("events", or: []) { try $0.list { try Scenario.EventPhrase.read($0) } }
    scenario.flash = map.optional("flash", or: []) { try $0.list { try Scenario.FlashPhrase.read($0) } }
    scenario.cuts = map.optional("power", or: []) { try $0.list { try Scenario.CutPhrase.read($0) } }
    scenario.glitches = map.optional("glitch", or: []) { try $0.list { try GlitchPlan.Glitch.read($0) } }
    scenario.device = map.optional("device", or: Scenario.DevicePhrase()) { try device($0) }
    scenario.lingerSeconds = map.optional("linger", or: 0) { try seconds($0) }
    scenario.limitHours = map.optional("within", or: 48) { max(1, try seconds($0) / 3600) }
  }

  private static func readExpectations(_ map: inout MapReader, into scenario: inout Scenario) {
    scenario.endings = map.optional("ends", or: []) { try $0.list { try ending($0) } }
    scenario.chain = map.optional("chain") { try arrows($0) }
    scenario.log = map.optional("log") { try arrows($0) }
    scenario.serves = map.optional("serves") {
      try $0.choice(of: Scenario.ImageName.allCases.map(\.rawValue) + ["nothing"])
    }
    if !scenario.endings.isEmpty, scenario.endings.count != scenario.assignments.count {
      map.fail("\(scenario.endings.count) endings for \(scenario.assignments.count) assignments", at: "ends")
    }
  }
}

// Values of a row.
extension ScenarioReader {
  static func identifier(_ value: DocumentValue) throws(DocumentErrors) -> String {
    let text = try value.string()
    guard Manifest.isOpaqueName(text) else { throw value.error("a name has letters, digits, . _ and - only") }
    return text
  }

  static func catalogueRows(_ value: DocumentValue) throws(DocumentErrors) -> [String] {
    if case .list = value.content { return try value.list { try catalogueRow($0) } }
    return [try catalogueRow(value)]
  }

  /// A letter and two digits.
  private static func catalogueRow(_ value: DocumentValue) throws(DocumentErrors) -> String {
    let text = try value.string()
    guard text.utf8.count == 3, let letter = text.first, letter.isUppercase, Int(text.dropFirst()) != nil
    else {
      throw value.error("expected a row of the catalogue such as N01, found \"\(text)\"")
    }
    return text
  }

  /// `20000`, `slot`, `slot +1`
  private static func imageSize(_ value: DocumentValue) throws(DocumentErrors) -> Scenario.ImageSize {
    var phrase = try PhraseReader(value)
    if phrase.accept("slot") {
      let plus = phrase.isAtEnd ? 0 : try phrase.integer("a difference such as +1", in: -65535...65536)
      try phrase.finish()
      return .slot(plus: plus)
    }
    let bytes = try value.byteCount()
    guard bytes <= FlashGeometry.largestSlotBytes else {
      throw value.error("\(bytes) bytes is larger than any slot")
    }
    return .bytes(bytes)
  }

  static func seconds(_ value: DocumentValue) throws(DocumentErrors) -> Int {
    try value.nanoseconds() / 1_000_000_000
  }

  static func arrows(_ value: DocumentValue) throws(DocumentErrors) -> [String] {
    let text = try value.string()
    if text == "none" { return [] }
    return text.split(separator: ">").map { part in
      part.split(separator: " ").joined(separator: " ")
    }
  }

  private static func ending(_ value: DocumentValue) throws(DocumentErrors) -> Mission.Expectation {
    let text = try value.string()
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let reason = parts.count == 2 ? Reason(rawValue: parts[1]) : nil
    if parts.count == 2, reason == nil {
      let hint = Suggestion.hint(for: parts[1], in: Reason.allCases.map(\.rawValue))
      throw value.error("unknown reason \"\(parts[1])\"\(hint)")
    }
    switch (parts.first, reason) {
    case ("succeeded", nil): return .succeeds
    case ("open", nil): return .open
    case ("cancelled", nil): return .cancelled
    case ("any", nil): return .ends
    case ("failed", let reason?): return .fails(reason)
    case ("refused", let reason?): return .refused(reason)
    default:
      throw value.error(
        "unknown ending \"\(text)\"; allowed: succeeded, any, open, cancelled, failed:REASON, refused:REASON")
    }
  }

  private static func device(_ value: DocumentValue) throws(DocumentErrors) -> Scenario.DevicePhrase {
    var map = try value.map()
    var device = Scenario.DevicePhrase()
    device.batteryMillivolts = map.optional("battery", or: 3900) { try $0.integer(in: 0...6000) }
    device.clock = map.optional("clock", or: .known) { try $0.choice() }
    device.scrubSeconds = map.optional("scrub") { max(1, try seconds($0)) }
    device.sequence = map.optional("sequence", or: 1) { UInt32(try $0.integer(in: 0...4_294_967_294)) }
    device.failedBefore = map.optional("failed-before", or: 0) {
      try $0.integer(in: 0...DeviceRecord.quarantineLimit)
    }
    device.candidate = map.optional("candidate") { try $0.choice() }
    try map.finish()
    return device
  }
}
