public import AssayDocument

// `STEP WHICH FAULT ...`: what goes wrong on the network.
//
//     artifact 1 cut 4096            poll 1-3 status 503 retry 30 s
//     report 1-2 lose                artifact 2- ignore-range

extension NetworkRule {
  /// Reads one phrase, such as `artifact 1 cut 4096`; errors name the column in it.
  public static func read(phrase: String) throws(DocumentErrors) -> NetworkRule {
    try read(try YAML.parse(Array(phrase.utf8), file: "fault"))
  }

  static func read(_ value: DocumentValue) throws(DocumentErrors) -> NetworkRule {
    var phrase = try PhraseReader(value)
    let rule = try read(&phrase)
    try phrase.finish()
    return rule
  }

  static func read(_ phrase: inout PhraseReader) throws(DocumentErrors) -> NetworkRule {
    let step = try phrase.choice(Request.Step.self, "step")
    let occurrences = try phrase.occurrences()
    return NetworkRule(step: step, occurrences: occurrences, fault: try NetworkFault.read(&phrase))
  }
}

extension NetworkFault {
  private static let words = [
    "dns", "refused", "tls", "reset", "timeout", "lose", "cut", "stall", "throttle", "flip", "status",
    "captive-portal", "ignore-range", "wrong-range", "wrong-total", "replace", "splice", "wrong-bytes",
    "wrong-length",
    "extra-bytes", "missing-bytes", "chunked", "redirect", "redirect-loop", "body", "tamper", "flood",
    "replay", "not-modified",
  ]

  static func read(_ phrase: inout PhraseReader) throws(DocumentErrors) -> NetworkFault {
    let name = try phrase.word("a fault")
    if let failure = TransportFailure(rawValue: name) { return .fail(failure) }
    if let simple = simple[name] { return simple }
    let limit = 1 << 30
    switch name {
    case "cut": return .cut(at: try place(&phrase))
    case "stall": return .stall(at: try place(&phrase))
    case "throttle": return .throttle(bytesPerSecond: try phrase.integer("bytes per second", in: 1...limit))
    case "flip":
      return .flip(at: try place(&phrase), bit: try phrase.integer("a bit", in: 0...7))
    case "status": return try status(&phrase)
    case "wrong-length": return .wrongLength(try phrase.integer("a difference", in: -limit...limit))
    case "extra-bytes": return .wrongBody(try phrase.integer("a count", in: 1...limit))
    case "missing-bytes": return .wrongBody(-(try phrase.integer("a count", in: 1...limit)))
    case "redirect": return .redirect(to: try phrase.word("a URL"), hops: 1)
    case "redirect-loop": return .redirect(to: try phrase.word("a URL"), hops: 1_000)
    case "body": return .body(try rest(&phrase))
    case "flood": return .flood(bytes: try phrase.integer("a size in bytes", in: 1...limit))
    case "tamper": return .tamper(try phrase.word("a field"), try phrase.word("a value"))
    default: throw phrase.unknown(name, "fault", words)
    }
  }

  private static let simple: [String: NetworkFault] = [
    "lose": .loseResponse, "captive-portal": .captivePortal, "ignore-range": .ignoreRange,
    "wrong-range": .wrongRange, "wrong-total": .wrongTotal, "replace": .replaceArtifact,
    "splice": .spliceArtifact,
    "wrong-bytes": .wrongArtifact, "chunked": .chunked, "replay": .replay, "not-modified": .notModified,
  ]

  private static func status(_ phrase: inout PhraseReader) throws(DocumentErrors) -> NetworkFault {
    let code = try phrase.integer("a status", in: 100...599)
    guard phrase.accept("retry") else { return .status(code, retryAfterSeconds: nil) }
    return .status(code, retryAfterSeconds: try phrase.seconds("seconds of Retry-After"))
  }

  /// `4096`, `50 %`
  private static func place(_ phrase: inout PhraseReader) throws(DocumentErrors) -> BodyPlace {
    let number = try phrase.integer("a byte or a percentage", in: 0...1 << 30)
    guard phrase.accept("%") else { return .byte(number) }
    guard number <= 100 else { throw phrase.error("\(number) % is more than all") }
    return .percent(number)
  }

  private static func rest(_ phrase: inout PhraseReader) throws(DocumentErrors) -> String {
    var words = [try phrase.word("the text of the body")]
    while !phrase.isAtEnd { words.append(try phrase.word("text")) }
    return words.joined(separator: " ")
  }

  /// The phrase that reads back as this fault.
  public var phrase: String {
    switch self {
    case .fail(let failure): return failure.rawValue
    case .cut(let place): return "cut \(place.phrase)"
    case .stall(let place): return "stall \(place.phrase)"
    case .throttle(let rate): return "throttle \(rate)"
    case .flip(let byte, let bit): return "flip \(byte) \(bit)"
    case .status(let code, nil): return "status \(code)"
    case .status(let code, let seconds?): return "status \(code) retry \(seconds) s"
    case .wrongLength(let difference): return "wrong-length \(difference)"
    case .wrongBody(let count): return count < 0 ? "missing-bytes \(-count)" : "extra-bytes \(count)"
    case .redirect(let target, let hops): return "\(hops > 1 ? "redirect-loop" : "redirect") \(target)"
    case .body(let text): return "body \(text)"
    case .tamper(let field, let value): return "tamper \(field) \(value)"
    case .flood(let count): return "flood \(count)"
    default: return Self.simple.first { $0.value == self }?.key ?? name
    }
  }
}

extension NetworkRule {
  /// The phrase that reads back as this rule.
  public var phrase: String {
    let last = occurrences.upperBound == 1_000_000 ? "" : "\(occurrences.upperBound)"
    let which = occurrences.count == 1 ? "\(occurrences.lowerBound)" : "\(occurrences.lowerBound)-\(last)"
    return "\(step.rawValue) \(which) \(fault.phrase)"
  }
}
