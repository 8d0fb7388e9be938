internal import AssayFiles
internal import CSQLite

/// The baselines database: budgets, accepted values, waivers, every run, and who decided what.
///
///     let store = try BaselineStore("assay.db")
///     let baselines = try store.load("baselines", checks: checks)      // read once
///     try store.append(record)                                         // write once
///
/// Several processes may use one database at once: writers wait for each other, and a process that
/// is killed leaves all of a run or nothing of it. One thread at a time uses a store. A damaged,
/// newer or foreign file is reported and left as it is.
public final class BaselineStore {
  let connection: Connection
  public var path: String { connection.path }

  /// Opens the database at `path`, and makes it with its folder when nothing is there.
  ///
  /// - Parameters:
  ///   - busyMilliseconds: how long to wait for another process's lock.
  ///   - usesWriteAheadLog: `nil` decides by the file system: processes on different machines do not
  ///     share the memory that a write-ahead log needs.
  public init(
    _ path: String, busyMilliseconds: Int = 10_000, usesWriteAheadLog: Bool? = nil
  ) throws(BaselineError) {
    try Self.prepareFolder(path)
    try Self.checkNotTiny(path)
    let isRemote = unsafe assay_sqlite3_is_remote(Path.parent(path)) != 0
    connection = try Connection(
      path, .readWriteCreate, busyMilliseconds: Int32(clamping: busyMilliseconds))
    try connection.prepareForUse(usesWriteAheadLog: usesWriteAheadLog ?? !isRemote)
  }

  /// An empty database in memory, for what text says by itself.
  init() throws(BaselineError) {
    connection = try Connection(":memory:", .memory)
    try connection.prepareForUse(usesWriteAheadLog: false)
  }

  private static func prepareFolder(_ path: String) throws(BaselineError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw BaselineError(.unusable, path: "\"\(path.split(separator: "\0").first ?? "")\"", "not a path")
    }
    do {
      try Folder.create(Path.parent(path))
    } catch {
      throw BaselineError(.unusable, path: path, error.description)
    }
  }

  /// SQLite takes a file shorter than its smallest page for an empty one and would write over it.
  private static func checkNotTiny(_ path: String) throws(BaselineError) {
    guard Folder.holdsFile(path), let bytes = try? FileBytes.read(path, limit: 511), !bytes.isEmpty else {
      return
    }
    throw BaselineError(.damaged, path: path, "not a database, or damaged at its start")
  }

  /// Writes a consistent copy of the whole database to a new file at `path`, while others may write.
  public func backup(to path: String) throws(BaselineError) {
    guard !Folder.holdsFile(path) else { throw BaselineError(.refused, path: path, "it exists") }
    try Self.prepareFolder(path)
    try connection.backup(to: Connection(path, .readWriteCreate))
  }

  /// Notes a person's decision; called inside the transaction that carries it out.
  func audit(_ action: String, by who: String, at moment: String, _ detail: String) throws(BaselineError) {
    try connection.run(
      "INSERT INTO audit (at, who, action, detail) VALUES (?, ?, ?, ?)", .text(moment), .text(who),
      .text(action), .text(detail))
  }

  func error(_ code: BaselineError.Code, _ message: String) -> BaselineError {
    BaselineError(code, path: path, message)
  }
}

/// A decision that somebody took.
public struct AuditEntry: Sendable, Hashable {
  public var at: String
  public var who: String
  public var action: String
  public var detail: String
}

extension BaselineStore {
  /// The newest decisions, newest first.
  public func auditLog(limit: Int = 100) throws(BaselineError) -> [AuditEntry] {
    try connection.run("SELECT at, who, action, detail FROM audit ORDER BY id DESC LIMIT ?", .integer(limit))
      .map { AuditEntry(at: $0.text(0), who: $0.text(1), action: $0.text(2), detail: $0.text(3)) }
  }
}
