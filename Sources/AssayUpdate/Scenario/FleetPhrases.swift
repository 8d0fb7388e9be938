internal import AssayDocument

// `WHERE HOW-MANY FAULT`: which devices of a fleet something is wrong with.
//
//     group 1 40 % output        any 3 silent        group 2 5 offline until 30 h
//     group 1 all artifact 1 cut 50 % and artifact 2-9 reset          group 1 1 clone

extension FleetFault {
  private static let words =
    ["silent", "offline", "clone"] + Scenario.SelfTestKind.allCases.filter { $0 != .pass }.map(\.rawValue)
    + Request.Step.allCases.map(\.rawValue)

  /// `sizes`: devices of each group.
  static func read(_ value: DocumentValue, _ sizes: [Int]) throws(DocumentErrors) -> Self {
    var phrase = try PhraseReader(value)
    let group = try readGroup(&phrase, sizes)
    let amount = try readAmount(&phrase, of: group.map { sizes[$0] } ?? sizes.reduce(0, +))
    var kinds = [try readKind(&phrase)]
    while phrase.accept("and") { kinds.append(try readKind(&phrase)) }
    try phrase.finish()
    return Self(group: group, amount: amount, kinds: kinds)
  }

  private static func readGroup(
    _ phrase: inout PhraseReader, _ sizes: [Int]
  ) throws(DocumentErrors) -> Int? {
    switch try phrase.word("group or any") {
    case "any": return nil
    case "group": return try phrase.group(of: sizes)
    case let other: throw phrase.unknown(other, "place", ["group", "any"])
    }
  }

  private static func readAmount(
    _ phrase: inout PhraseReader, of size: Int
  ) throws(DocumentErrors) -> Amount {
    if phrase.accept("all") { return .all }
    let number = try phrase.integer("a number of devices, a percentage or all", in: 1...1_000_000)
    let amount = phrase.accept("%") ? Amount.percent(number) : .count(number)
    if case .percent = amount, number > 100 { throw phrase.error("\(number) % is more than all") }
    guard amount.devices(of: size) != nil else {
      throw phrase.error(
        amount == .count(number)
          ? "\(number) devices of \(size)" : "\(number) % of \(size) devices is no whole number of devices")
    }
    return amount
  }

  private static func readKind(_ phrase: inout PhraseReader) throws(DocumentErrors) -> Kind {
    if let next = phrase.next, Request.Step(rawValue: next) != nil {
      return .network(try NetworkRule.read(&phrase))
    }
    let word = try phrase.word("a fault")
    if let test = Scenario.SelfTestKind(rawValue: word), test != .pass { return .selfTest(test) }
    switch word {
    case "silent": return .silent
    case "clone": return .clone
    case "offline":
      return .offline(untilSeconds: phrase.accept("until") ? try phrase.seconds("a time") : nil)
    default: throw phrase.unknown(word, "fault", words)
    }
  }
}

extension PhraseReader {
  /// The number of a group, counted from 1; returned counted from 0.
  mutating func group(of sizes: [Int]) throws(DocumentErrors) -> Int {
    let number = try integer("the number of a group", in: 1...1_000_000)
    guard sizes.indices.contains(number - 1) else {
      throw error("no group \(number): \(sizes.reduce(0, +)) devices make \(sizes.count) groups")
    }
    return number - 1
  }
}

// `EVENT ... at TIME`: what the service or its operators do.
//
//     pause at 2 h      resume at 5 h      rollback at 90 s      forget at 3 h
//     overload 503 at 10 min for 6 h       join 5 group 2 at 3 h

extension FleetEvent {
  private static let words = ["pause", "resume", "rollback", "forget", "overload", "join"]

  static func read(_ value: DocumentValue, _ sizes: [Int]) throws(DocumentErrors) -> Self {
    var phrase = try PhraseReader(value)
    var change = try readChange(&phrase, sizes)
    guard phrase.accept("at") else { throw phrase.error("expected \"at\" and a time here", atNext: true) }
    let seconds = try phrase.seconds("a time")
    if case .overload(let status, _) = change {
      guard phrase.accept("for") else { throw phrase.error("expected \"for\" and a time here", atNext: true) }
      change = .overload(status: status, seconds: try phrase.seconds("a time"))
    }
    try phrase.finish()
    return Self(seconds: seconds, change: change)
  }

  private static func readChange(
    _ phrase: inout PhraseReader, _ sizes: [Int]
  ) throws(DocumentErrors) -> Change {
    let word = try phrase.word("an event")
    switch word {
    case "pause": return .pause
    case "resume": return .resume
    case "rollback": return .rollBack
    case "forget": return .forget
    case "overload": return .overload(status: try phrase.integer("a status", in: 400...599), seconds: 0)
    case "join":
      let devices = try phrase.integer("a number of devices", in: 1...100_000)
      guard phrase.accept("group") else { throw phrase.error("expected \"group\" here", atNext: true) }
      return .join(devices: devices, group: try phrase.group(of: sizes))
    default: throw phrase.unknown(word, "event", words)
    }
  }

  /// What happens, for the timeline.
  var phrase: String {
    switch change {
    case .pause: "an operator pauses the rollout"
    case .resume: "an operator resumes the rollout"
    case .rollBack: "an operator orders everybody back"
    case .forget: "the service loses assignments, reports and counts; the rollout is ordered again"
    case .overload(let status, let seconds): "the service answers \(status) for \(seconds) s"
    case .join(let devices, let group): "\(devices) devices join group \(group + 1)"
    }
  }
}
