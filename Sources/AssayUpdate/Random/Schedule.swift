public import AssayDocument

/// A run in one line: the seed and everything that goes wrong, in the words of the scenario language.
///
///     {seed: 42, faults: [artifact 1 cut 5000, poll 2 dns], power: [operation 57 prefix]}
///
/// `assay ota replay --schedule LINE` replays it; failing lines join `suites/ota/corpus.txt`.
public struct Schedule: Sendable, Equatable {
  public var seed: UInt64
  var selfTest = Scenario.SelfTestKind.pass
  var faults: [String] = []
  var events: [String] = []
  var flash: [String] = []
  var power: [String] = []
  /// What the first assignment must end with; `any` for any final report.
  var ends = "succeeded"

  init(seed: UInt64) { self.seed = seed }

  /// The line that reads back as this schedule.
  public var line: String {
    var parts = ["seed: \(seed)"]
    if selfTest != .pass { parts.append("self-test: \(selfTest.rawValue)") }
    for (name, phrases) in [("faults", faults), ("events", events), ("flash", flash), ("power", power)]
    where !phrases.isEmpty {
      parts.append("\(name): [\(phrases.map(Self.quoted).joined(separator: ", "))]")
    }
    parts.append("ends: \(Self.quoted(ends))")
    return "{\(parts.joined(separator: ", "))}"
  }

  /// How many things go wrong.
  var count: Int { faults.count + events.count + flash.count + power.count }

  private static func quoted(_ phrase: String) -> String {
    let isPlain = phrase.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."): true
      default: false
      }
    }
    return isPlain ? phrase : "'\(phrase)'"
  }
}

extension Schedule {
  /// Reads a line; errors name the column in it.
  public static func read(_ line: String, file: String = "schedule") throws(DocumentErrors) -> Schedule {
    let document = try YAML.parse(Array(line.utf8), file: file)
    var map = try document.map()
    let seed = map.required("seed") { try $0.integer(in: 0 ... .max) }
    var schedule = Schedule(seed: UInt64(seed ?? 0))
    schedule.selfTest = map.optional("self-test", or: .pass) { try $0.choice() }
    schedule.faults = map.optional("faults", or: []) { list in
      try list.list { phrase in
        _ = try NetworkRule.read(phrase)
        return try phrase.string()
      }
    }
    schedule.events = map.optional("events", or: []) { list in
      try list.list { phrase in
        _ = try Scenario.EventPhrase.read(phrase)
        return try phrase.string()
      }
    }
    schedule.flash = map.optional("flash", or: []) { list in
      try list.list { phrase in
        _ = try Scenario.FlashPhrase.read(phrase)
        return try phrase.string()
      }
    }
    schedule.power = map.optional("power", or: []) { list in
      try list.list { phrase in
        _ = try Scenario.CutPhrase.read(phrase)
        return try phrase.string()
      }
    }
    schedule.ends = map.optional("ends", or: "succeeded") { try $0.string() }
    try map.finish()
    _ = try schedule.scenario(file: file)
    return schedule
  }

  /// The scenario the line stands for.
  public func scenario(file: String = "schedule") throws(DocumentErrors) -> Scenario {
    var row =
      "{name: schedule, row: P03, self-test: \(selfTest.rawValue), within: 240 h"
    row += ", device: {scrub: 30 min}, linger: \(flash.isEmpty ? 0 : 12) h, ends: [\(Self.quoted(ends))]"
    for (name, phrases) in [("faults", faults), ("events", events), ("flash", flash), ("power", power)] {
      row += ", \(name): [\(phrases.map(Self.quoted).joined(separator: ", "))]"
    }
    return try ScenarioReader.readRow(Array("\(row)}".utf8), file: file)
  }

  /// Runs the line against a device with these mistakes.
  func outcome(flaws: DeviceFlaws = []) -> Outcome? {
    var subject = Subject()
    subject.seed = seed
    subject.flaws = flaws
    return (try? scenario())?.replay(subject, keepsTimeline: false)
  }
}
