internal import AssayDocument

// What is wrong with flash and power.
//
//     slot 1 sector 3 program-error      record 1 silent-program      slot 0 sector 2 rot at 2 h
//     erase-records                      restart at 3 h               battery 3000 at 1 h
//     newer-records at 4 h               newer-record at 4 h

extension Scenario.FlashPhrase {
  private static let words = [
    "slot", "record", "erase-records", "newer-records", "newer-record", "restart", "battery",
  ]

  static func read(_ value: DocumentValue) throws(DocumentErrors) -> Self {
    var phrase = try PhraseReader(value)
    let change = try readChange(&phrase)
    var seconds = 0
    if phrase.accept("at") { seconds = try phrase.seconds("a time") }
    try phrase.finish()
    return Self(change: change, seconds: seconds)
  }

  private static func readChange(_ phrase: inout PhraseReader) throws(DocumentErrors) -> Change {
    let word = try phrase.word("what is wrong")
    switch word {
    case "slot": return try readDefect(of: try readSlot(&phrase), &phrase)
    case "record":
      let number = try phrase.integer("0 or 1", in: 0...1)
      return try readDefect(of: .record(number == 0 ? .zero : .one), &phrase)
    case "erase-records": return .eraseRecords
    case "newer-records": return .newerRecords(both: true)
    case "newer-record": return .newerRecords(both: false)
    case "restart": return .restart
    case "battery": return .battery(millivolts: try phrase.integer("millivolts", in: 0...6000))
    default: throw phrase.unknown(word, "defect", words)
    }
  }

  private static func readSlot(_ phrase: inout PhraseReader) throws(DocumentErrors) -> Scenario.SectorName {
    let number = try phrase.integer("0 or 1", in: 0...1)
    guard phrase.accept("sector") else { throw phrase.error("expected \"sector\" here", atNext: true) }
    return .slot(number == 0 ? .zero : .one, sector: try phrase.integer("a sector", in: 0...15))
  }

  private static func readDefect(
    of sector: Scenario.SectorName, _ phrase: inout PhraseReader
  ) throws(DocumentErrors) -> Change {
    let word = try phrase.word("a defect")
    if word == "rot" { return .rot(sector) }
    guard let defect = SectorDefect(rawValue: word) else {
      throw phrase.unknown(word, "defect", ["rot"] + SectorDefect.allCases.map(\.rawValue))
    }
    return .defect(sector: sector, defect)
  }
}

extension Scenario.CutPhrase {
  /// `operation 57 prefix`, `trial 2 subset`: the operation of the run, or of the record of a state.
  static func read(_ value: DocumentValue) throws(DocumentErrors) -> Self {
    var phrase = try PhraseReader(value)
    let word = try phrase.word("operation or a state")
    let state = StatePoint(rawValue: word)
    guard state != nil || word == "operation" else {
      throw phrase.unknown(word, "point", ["operation"] + StatePoint.allCases.map(\.rawValue))
    }
    let number = try phrase.integer("which operation", in: 1...1_000_000_000)
    let point = state.map { Point.state($0, operation: number) } ?? .operation(number)
    let mode = phrase.isAtEnd ? TearMode.before : try phrase.choice(TearMode.self, "tear mode")
    try phrase.finish()
    return Self(point: point, mode: mode)
  }
}

extension GlitchPlan.Glitch {
  /// `digest 1`: the first time that this check is made, its first evaluation comes out wrong.
  static func read(_ value: DocumentValue) throws(DocumentErrors) -> Self {
    var phrase = try PhraseReader(value)
    let check = try phrase.choice(DeviceCheck.self, "check")
    let time = try phrase.integer("which time", in: 1...1_000_000)
    try phrase.finish()
    return Self(check: check, time: time)
  }
}
