import AssayTestSupport
import Testing

@Suite struct `Somebody's own updater` {
  private static let rows = """
    ota: 1
    tables:
      - table: t
        rows:
          - {name: plain, row: S03, serves: new}
          - {name: reported, row: R01, faults: [report 2 lose], serves: old}
          - {name: nameless, row: N07, faults: [poll 1 dns], serves: new}

    """

  private static func project() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("rows.yaml", rows)
    return folder
  }

  @Test func `is judged by rows, and what does not apply is counted and explained`() throws {
    let folder = try Self.project()
    let words = ["ota", "replay", "--client", "true", "rows.yaml"]
    let found = try ProgramRun(words, in: folder.path)
    #expect(found.exitCode == 1)
    #expect(found.output.hasPrefix("FAIL plain: old, 1 run, 0 kB\n     I3 never asked what it is assigned\n"))
    #expect(
      found.output.contains("\n     never happened: report 2 lose\n2 rows ran, 2 failed, 1 do not apply\n"))
    #expect(
      found.output.contains("\n     in 1 of them what was to go wrong never did\n     1 dns: the client is"))
    let verbose = try ProgramRun(words + ["-v"], in: folder.path)
    #expect(verbose.output.contains("n/a  nameless: dns: the client is given an address"))
    let known = try ProgramRun(words + ["--known", "plain", "--known", "reported"], in: folder.path)
    #expect(known.exitCode == 0 && known.output.hasPrefix("known plain: "))
    let gone = try ProgramRun(
      ["ota", "replay", "--client", "true", "rows.yaml", "--scenario", "nameless", "--known", "nameless"],
      in: folder.path)
    #expect(gone.exitCode == 0 && gone.output.hasPrefix("0 rows ran, 0 failed, 1 do not apply"))
  }

  @Test(arguments: [
    (
      "replay --client true rows.yaml --known plane", 2,
      "--known \"plane\" is no row that is run; allowed: plain, reported, nameless"
    ),
    (
      "replay --client true rows.yaml --scenario plane", 2,
      "no scenario \"plane\"; allowed: plain, reported, nameless"
    ),
    ("replay --client true", 2, "suites/ota/clients.yaml"),
    ("replay --client true rows.yaml --package zip", 2, "--package is one of raw, swu, mender, not \"zip\""),
    ("replay --client true rows.yaml --limit 0", 2, "--limit is a whole number from 1 to 3600"),
    ("replay --client /nowhere/updater rows.yaml", 3, "cannot start /nowhere/updater: No such file"),
    ("replay --client /etc/passwd rows.yaml", 3, "cannot start /etc/passwd: Permission denied"),
    ("replay --client true rows.yaml --fault x", 2, "--client or --fault, not both"),
    ("serve --fault x", 2, "fault:1:1: unknown step \"x\""),
    ("serve --fault=poll", 2, "fault:1:"),
    ("serve --row plain", 2, "--row is a row of a --scenario file"),
    ("serve --scenario rows.yaml", 2, "rows.yaml has 3 rows: --row NAME says which"),
    (
      "serve --scenario rows.yaml --row plane", 2, "no scenario \"plane\"; allowed: plain, reported, nameless"
    ),
    ("serve --scenario rows.yaml --row plain", 2, "--scenario is for exactly one --device MAC=TOKEN"),
    (
      "serve --scenario rows.yaml --row nameless --device m=t", 2,
      "\"poll 1 dns\" cannot be done: dns: the client"
    ),
    ("serve --scenario nowhere.yaml --row x", 2, "nowhere.yaml"),
  ])
  func `is not started on a line that makes no sense`(words: String, code: Int32, text: String) throws {
    let folder = try Self.project()
    let found = try ProgramRun(["ota"] + words.split(separator: " ").map(String.init), in: folder.path)
    #expect(found.exitCode == code && found.errors.contains(text), "\(found)")
  }
}
