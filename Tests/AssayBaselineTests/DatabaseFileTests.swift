import AssayBaseline
import AssayFiles
import AssayTestSupport
import CSQLite
import Glibc
import Testing

/// Does to a database file what the store's own code never would.
private func tamper(_ path: String, _ sql: String) {
  var connection: OpaquePointer?
  unsafe sqlite3_open(path, &connection)
  unsafe sqlite3_exec(connection, sql, nil, nil, nil)
  unsafe sqlite3_close(connection)
}

@Suite struct `The database file` {
  static let good: [UInt8] = {
    guard let folder = try? TemporaryFolder(), let store = try? BaselineStore(folder("a.db")),
      (try? store.append(Sample.run("r1"))) != nil, (try? store.backup(to: folder("b.db"))) != nil
    else { return [] }
    return (try? FileBytes.read(folder("b.db"), limit: 1 << 20)) ?? []
  }()

  struct Damage: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var code: BaselineError.Code
    var text: String
    var bytes: @Sendable () -> [UInt8]

    init(
      _ description: String, _ code: BaselineError.Code, _ text: String,
      _ bytes: @escaping @Sendable () -> [UInt8]
    ) {
      testDescription = description
      self.code = code
      self.text = text
      self.bytes = bytes
    }
  }

  @Test(arguments: [
    Damage("random bytes", .damaged, "not a database") {
      (0..<9_000).map { UInt8(truncatingIfNeeded: $0 &* 73 >> 3) }
    },
    Damage("one byte", .damaged, "not a database") { [7] },
    Damage("text", .damaged, "not a database") { Array(String(repeating: "budgets: []\n", count: 100).utf8) },
    Damage("a file cut in the middle", .damaged, "damaged") { Array(good.prefix(good.count / 2)) },
    Damage("a file cut after its header", .damaged, "not a database") { Array(good.prefix(100)) },
    Damage("a page of zeros", .damaged, "damaged") {
      var bytes = good
      for index in 8_192..<12_288 { bytes[index] = 0 }
      return bytes
    },
    Damage("random pages", .damaged, "damaged") {
      var bytes = good
      for index in 4_096..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 151 >> 2) }
      return bytes
    },
  ])
  func `that is damaged is reported and left as it is`(_ damage: Damage) throws {
    let folder = try TemporaryFolder()
    let bytes = damage.bytes()
    try folder.write("assay.db", bytes)
    let error = #expect(throws: BaselineError.self) { try BaselineStore(folder("assay.db")) }
    #expect(error?.code == damage.code)
    #expect(
      error?.description.hasPrefix("\(folder("assay.db")): \(damage.text)") == true,
      "\(String(describing: error))")
    #expect(error?.description.contains("\n") == false)
    #expect(try FileBytes.read(folder("assay.db"), limit: 1 << 20) == bytes)
  }

  @Test(arguments: [
    "UPDATE budgets SET value = 0", "DELETE FROM budgets", "UPDATE waivers SET last_day = '2999-12-31'",
    "UPDATE budgets SET model = model || 'x'",
  ])
  func `whose rows are not those of the reviewed text decides nothing`(sql: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("baselines/budgets/digits.yaml", Sample.budgets)
    func load() throws {
      _ = try BaselineStore(folder("a.db")).load(folder("baselines"), checks: Sample.checks)
    }
    try load()
    try load()
    tamper(folder("a.db"), sql)
    let error = #expect(throws: BaselineLoadError.self) { try load() }
    #expect(error?.description.contains("not those of the files in") == true)
    // Nor does another file that changed make it good again.
    try folder.write("baselines/budgets/other.yaml", "budgets: [{suite: o, check: arena, max: 1}]")
    #expect(throws: BaselineLoadError.self) { try load() }
  }

  @Test(arguments: [
    (
      "PRAGMA user_version = 99", BaselineError.Code.newer,
      "written by a newer version of assay (schema 99, this one knows 2)"
    ),
    ("PRAGMA user_version = 0", .damaged, "damaged: its schema version is 0"),
    ("PRAGMA application_id = 77", .foreign, "a database of another program (application_id 77)"),
    (
      "CREATE TRIGGER t AFTER INSERT ON runs BEGIN UPDATE runs SET verdict = 'pass'; END", .damaged,
      "damaged: its tables are not those that assay makes"
    ),
    ("CREATE VIEW v AS SELECT 1", .damaged, "damaged: its tables are not those that assay makes"),
    ("DROP TABLE run_checks", .damaged, "damaged: its tables are not those that assay makes"),
  ])
  func `that is not ours as it stands is refused`(sql: String, code: BaselineError.Code, message: String)
    throws
  {
    let folder = try TemporaryFolder()
    _ = try BaselineStore(folder("assay.db"))
    tamper(folder("assay.db"), sql)
    let error = #expect(throws: BaselineError.self) { try BaselineStore(folder("assay.db")) }
    #expect(error == BaselineError(code, path: folder("assay.db"), message))
  }

  @Test func `of another program is not touched`() throws {
    let folder = try TemporaryFolder()
    tamper(folder("other.db"), "CREATE TABLE t (x); INSERT INTO t VALUES (1)")
    let before = try FileBytes.read(folder("other.db"), limit: 1 << 20)
    let error = #expect(throws: BaselineError.self) { try BaselineStore(folder("other.db")) }
    #expect(error?.code == .foreign)
    #expect(try FileBytes.read(folder("other.db"), limit: 1 << 20) == before)
  }

  @Test func `that another process holds is reported as locked`() throws {
    let folder = try TemporaryFolder()
    let path = folder("assay.db")
    let store = try BaselineStore(path, busyMilliseconds: 50)
    var other: OpaquePointer?
    unsafe sqlite3_open(path, &other)
    unsafe sqlite3_exec(other, "BEGIN IMMEDIATE", nil, nil, nil)
    let error = #expect(throws: BaselineError.self) { try store.append(Sample.run("r1")) }
    #expect(error == BaselineError(.locked, path: path, "locked by another process"))
    // Reading goes on, and so does writing afterwards.
    #expect(try store.runs().isEmpty)
    unsafe sqlite3_close(other)
    try store.append(Sample.run("r1"))
  }

  @Test(arguments: [
    ("folder", "it is a folder"), ("file/assay.db", "not a folder"), ("", "not a path"),
    ("a\0b", "not a path"),
  ])
  func `that cannot be one is refused`(name: String, text: String) throws {
    let folder = try TemporaryFolder()
    try Folder.create(folder("folder"))
    try folder.write("file", "")
    let error = #expect(throws: BaselineError.self) { try BaselineStore(name.isEmpty ? "" : folder(name)) }
    #expect(error?.code == .unusable || error?.code == .damaged)
    #expect(error?.description.isEmpty == false, "\(String(describing: error))")
  }

  @Test(.enabled(if: getuid() != 0, "root may write anywhere"))
  func `that is read-only is an error`() throws {
    let folder = try TemporaryFolder()
    _ = try BaselineStore(folder("assay.db"))
    unsafe chmod(folder("assay.db"), 0o400)
    let error = #expect(throws: BaselineError.self) {
      try BaselineStore(folder("assay.db")).append(Sample.run("r1"))
    }
    #expect(error?.code == .unusable)
  }

  @Test func `on a full disk is an error, and whole afterwards`() async throws {
    let folder = try TemporaryFolder()
    let path = folder("assay.db")
    try BaselineStore(path).append(Sample.run("first"))
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      // A limit on the size of files stands in for a disk that fills up.
      var limit = rlimit(rlim_cur: 300_000, rlim_max: 300_000)
      unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_FSIZE.rawValue)), &limit)
      var run = Sample.run("large")
      run.document = String(repeating: "x", count: 1_000_000)
      do throws(BaselineError) {
        try BaselineStore(path).append(run)
        exit(9)
      } catch {
        exit(error.code == .unusable && !error.description.contains("\n") ? 0 : 8)
      }
    }
    let store = try BaselineStore(path)
    #expect(try store.runs().map(\.id) == ["first"])
    try store.append(Sample.run("second"))
  }

  @Test func `that is empty becomes a database`() throws {
    let folder = try TemporaryFolder()
    try folder.write("assay.db", "")
    try BaselineStore(folder("assay.db")).append(Sample.run("r1"))
    #expect(try BaselineStore(folder("assay.db")).run()?.id == "r1")
  }
}
