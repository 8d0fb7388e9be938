import AssayBaseline
import AssayDocument
import AssayFiles
import AssayTestSupport
import Testing

@Suite struct `Reviewed text` {
  private func load(_ folder: TemporaryFolder) throws -> Baselines {
    try BaselineStore(folder("assay.db")).load(folder("baselines"), checks: Sample.checks)
  }

  @Test func `gives budgets in their units, the most specific first`() throws {
    let folder = try TemporaryFolder()
    try folder.write("baselines/budgets/digits.yaml", Sample.budgets)
    let baselines = try load(folder)
    func budget(_ check: String, _ model: String, _ target: String) -> Double? {
      baselines.budget(check, for: BaselineKey(suite: "digits", model: model, target: target))?.value
    }
    #expect(budget("arena", "digits-v2", "esp32s3-n16r8") == 20_000)
    #expect(budget("arena", "digits-v2", "esp32s3-n8") == 32_768)
    #expect(budget("arena", "digits-v1", "esp32s3-n16r8") == 65_536)
    #expect(budget("top1", "digits-v1", "*") == 0.95 && budget("top1", "digits-v3", "*") == nil)
    #expect(budget("top1-drop-vs-baseline", "x", "y") == 0.02)
    #expect(budget("latency", "x", "b") == 12.5 && budget("latency", "x", "c") == nil)
    #expect(
      budget("drift-max", "x", "y") == 3 && budget("sqnr", "x", "y") == 30
        && budget("cosine", "x", "y") == 0.99)
    let found = try #require(baselines.budget("arena", for: Sample.key))
    #expect(found.rule == .max && found.unit == .bytes && found.note == "of the firmware")
    #expect(found.location.description == "\(folder("baselines"))/budgets/digits.yaml:3:5")
    #expect(
      baselines.budgets(for: Sample.key).map(\.check) == [
        "arena", "cosine", "drift-max", "sqnr", "top1", "top1-drop-vs-baseline",
      ])
    #expect(baselines.sources.map(\.sha256) == [SHA256.hex(of: Sample.budgets)])
  }

  @Test(arguments: [("2026-11-29", true), ("2026-11-30", true), ("2026-12-01", false)])
  func `waives until the last day`(day: String, isWaived: Bool) throws {
    let folder = try TemporaryFolder()
    try folder.write("baselines/budgets/digits.yaml", Sample.budgets)
    let waiver = try load(folder).waiver(of: "top1", for: Sample.key, on: day)
    #expect((waiver != nil) == isWaived)
    #expect(waiver?.reason == "issue 12" || !isWaived)
  }

  @Test func `is followed when files change or go, and not read again when they do not`() throws {
    let folder = try TemporaryFolder()
    #expect(try load(folder) == Baselines())
    try folder.write("baselines/budgets/a.yaml", "budgets: [{suite: s, check: arena, max: 1}]")
    try folder.write("baselines/budgets/b.yaml", "budgets: [{suite: t, check: arena, max: 2}]")
    try folder.write("baselines/budgets/notes.txt", "not yaml: [")
    #expect(try load(folder).budgets.map(\.value) == [1, 2])
    let again = try load(folder)
    #expect(try load(folder) == again)
    try folder.write("baselines/budgets/a.yaml", "budgets: [{suite: t, check: top1, min: 0.5}]")
    try FileBytes.remove(folder("baselines/budgets/b.yaml"))
    #expect(try load(folder).budgets.map(\.check) == ["top1"])
    // What was allowed with other checks is read again when the checks change.
    let store = try BaselineStore(folder("assay.db"))
    #expect(throws: BaselineLoadError.self) {
      try store.load(folder("baselines"), checks: [BudgetCheck("arena", .bytes, [.max])])
    }
    #expect(try load(folder).budgets.map(\.check) == ["top1"])
  }

  @Test(arguments: [
    (
      "budgets: [{suite: s, check: arnea, max: 1}]",
      "1:29: unknown value \"arnea\"; did you mean \"arena\"? allowed: arena, latency, top1, top1-drop-vs-baseline, drift-max, sqnr, cosine"
    ),
    (
      "budgets: [{suite: s, check: arena, max: 5 ms}]",
      "1:41: unknown unit \"ms\"; allowed: B, KiB, MiB, GiB, kB, MB, GB"
    ),
    ("budgets: [{suite: s, check: arena, min: 5}]", "1:41: check \"arena\" needs one of \"max\""),
    ("budgets: [{suite: s, check: arena}]", "1:11: check \"arena\" needs one of \"max\""),
    ("budgets: [{suite: s, check: arena, max: 5, min: 5}]", "1:49: check \"arena\" needs one of \"max\""),
    ("budgets: [{check: arena, max: 5}]", "1:11: missing key \"suite\""),
    (
      "budgets: [{suite: s, check: top1, min: .nan}]", "1:40: expected a number or percentage, found \".nan\""
    ),
    ("budgets: [{suite: s, check: top1, min: 95}]", "1:40: 95 is not between 0 and 1 (100 %)"),
    (
      "budgets: [{suite: s, modle: m, check: arena, max: 5}]",
      "1:22: unknown key \"modle\"; did you mean \"model\"? allowed: suite, model, target, check, note, max, min, margin"
    ),
    ("budgts: []", "1:1: neither \"budgets\" nor \"waivers\" is in the file"),
    (
      "waivers: [{suite: s, check: arena, by: A, reason: r, until: 2026-02-29}]",
      "1:61: \"2026-02-29\" is not a day such as 2026-12-31"
    ),
    ("waivers: [{suite: s, check: arena, by: A, until: 2026-02-28}]", "1:11: missing key \"reason\""),
    (
      "waivers: [{suite: s, check: arena, by: A, reason: \"\", until: 2026-02-28}]",
      "1:51: expected text, found an empty one"
    ),
    (
      "budgets: [{suite: s, check: arena, max: 1}, {suite: s, check: arena, max: 2}]",
      "1:45: \"arena\" of s/*/* is already written at FOLDER/budgets/a.yaml:1"
    ),
    (
      "waivers: [{suite: s, check: arena, by: A, reason: \" \", until: 2026-02-28}]",
      "1:51: expected text, found an empty one"
    ),
    (
      "budgets: [{suite: s, model: [], check: arena, max: 1}]",
      "1:29: an empty list names nothing; leave it out for every one"
    ),
    (
      "budgets: [{suite: s, check: top1-drop-vs-baseline, margin: 0}]",
      "1:60: a margin lies above 0 and below 100 points"
    ),
    (
      "budgets: [{suite: s, check: top1-drop-vs-baseline, margin: 100 %}]",
      "1:60: a margin lies above 0 and below 100 points"
    ),
    (
      "budgets: [{suite: s, check: arena, max: 0x7fffffffffffffff}]",
      "1:41: 9223372036854775807 bytes are no limit: less than 2^53 are"
    ),
    ("accepted: []", "1:1: unknown key \"accepted\"; allowed: suite, model, target, budgets, waivers"),
  ])
  func `with errors is refused with the place`(text: String, message: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("baselines/budgets/a.yaml", text)
    let error = #expect(throws: BaselineLoadError.self) { try load(folder) }
    let wanted =
      "\(folder("baselines"))/budgets/a.yaml:" + message.replacing("FOLDER", with: folder("baselines"))
    #expect(
      error?.description.split(separator: "\n").contains(Substring(wanted)) == true,
      "\(String(describing: error))")
    // Nothing of it is kept.
    try folder.write("baselines/budgets/a.yaml", "budgets: [{suite: s, check: arena, max: 3}]")
    #expect(try load(folder).budgets.map(\.value) == [3])
  }

  @Test func `excuses no hard check`() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "baselines/budgets/a.yaml", "waivers: [{suite: s, check: arena, by: A, reason: r, until: 2026-02-28}]")
    let error = #expect(throws: BaselineLoadError.self) {
      try BaselineStore(folder("assay.db")).load(
        folder("baselines"), checks: [BudgetCheck("arena", .bytes, [.max], isWaivable: false)])
    }
    #expect(error?.description.hasSuffix("1:29: \"arena\" is a hard check: it cannot be waived") == true)
  }

  @Test func `of two files with one budget is refused with both places`() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] {
      try folder.write("baselines/budgets/\(name).yaml", "budgets: [{suite: s, check: arena, max: 1}]")
    }
    let error = #expect(throws: BaselineLoadError.self) { try load(folder) }
    let place = folder("baselines") + "/budgets"
    #expect(
      error?.description == "\(place)/b.yaml:1:11: \"arena\" of s/*/* is already written at \(place)/a.yaml:1"
    )
    // Moving it from one file to the other is fine.
    try folder.write("baselines/budgets/a.yaml", "budgets: []")
    #expect(try load(folder).budgets.map(\.location.file) == ["\(place)/b.yaml"])
    try folder.write("baselines/budgets/a.yaml", "budgets: [{suite: s, check: arena, max: 1}]")
    try folder.write("baselines/budgets/b.yaml", "budgets: []")
    #expect(try load(folder).budgets.map(\.location.file) == ["\(place)/a.yaml"])
  }
}
