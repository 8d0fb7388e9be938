internal import AssayDocument

// `IMAGE [property ...]`: what the service assigns.
//
//     new         old rollback         new version 0.9.0         new target esp32 size 70000

extension Scenario.AssignmentPhrase {
  private static let properties = [
    "rollback", "version", "size", "format", "target", "contract", "arena", "runtime", "window", "deadline",
    "expired", "wrong-digest", "near-digest", "key", "unsigned",
    "other-host",
  ]

  static func read(_ value: DocumentValue) throws(DocumentErrors) -> Self {
    var phrase = try PhraseReader(value)
    let assignment = try read(&phrase)
    try phrase.finish()
    return assignment
  }

  static func read(_ phrase: inout PhraseReader) throws(DocumentErrors) -> Self {
    var assignment = Self(image: try phrase.choice(Scenario.ImageName.self, "image"))
    while !phrase.isAtEnd { try assignment.readProperty(&phrase) }
    return assignment
  }

  private mutating func readProperty(_ phrase: inout PhraseReader) throws(DocumentErrors) {
    let name = try phrase.word("a property")
    let limit = 1 << 40
    switch name {
    case "rollback": order = .rollback
    case "expired": isExpired = true
    case "wrong-digest": hasWrongDigest = true
    case "near-digest": hasNearDigest = true
    case "unsigned": isUnsigned = true
    case "other-host": isOnOtherHost = true
    case "version": version = try readVersion(&phrase)
    case "runtime": runtime = try readVersion(&phrase)
    case "size": sizeBytes = try phrase.integer("a size in bytes", in: 0...limit)
    case "arena": arenaBytes = try phrase.integer("a size in bytes", in: 0...limit)
    case "deadline": confirmSeconds = try phrase.integer("seconds", in: 0...65535)
    case "format": format = try phrase.word("a format")
    case "target": target = try phrase.word("a target")
    case "contract": contract = try phrase.word("a contract")
    case "key": key = try phrase.word("a key")
    case "window": windowHours = try readWindow(&phrase)
    default: throw phrase.unknown(name, "property", Self.properties)
    }
  }

  private func readVersion(_ phrase: inout PhraseReader) throws(DocumentErrors) -> ModelVersion {
    let text = try phrase.word("a version")
    guard let version = ModelVersion(text) else {
      throw phrase.error("\"\(text)\" is not a version such as 1.2.0")
    }
    return version
  }

  private func readWindow(_ phrase: inout PhraseReader) throws(DocumentErrors) -> ClosedRange<Int> {
    let text = try phrase.word("hours such as 2-4")
    let parts = text.split(separator: "-")
    guard parts.count == 2, let first = Int(parts[0]), let last = Int(parts[1]), (0...23).contains(first),
      (first...23).contains(last)
    else { throw phrase.error("expected hours such as 2-4, found \"\(text)\"") }
    return first...last
  }
}

extension Scenario.EventPhrase {
  /// `poll 2 cancel`, `poll 3 assign other`, `artifact 1 delete`, `report 1 forget`, `poll 2 every 0 s`
  static func read(_ value: DocumentValue) throws(DocumentErrors) -> Self {
    var phrase = try PhraseReader(value)
    let step = try phrase.choice(Request.Step.self, "step")
    let occurrence = try phrase.integer("a number", in: 1...1_000_000)
    let change: Change
    switch try phrase.word("an event") {
    case "cancel": change = .cancel
    case "delete": change = .delete
    case "forget": change = .forget
    case "every": change = .pollEvery(seconds: try phrase.seconds("a time"))
    case "assign": change = .assign(try Scenario.AssignmentPhrase.read(&phrase))
    case let other: throw phrase.unknown(other, "event", ["cancel", "delete", "forget", "every", "assign"])
    }
    try phrase.finish()
    return Self(step: step, occurrence: occurrence, change: change)
  }
}
