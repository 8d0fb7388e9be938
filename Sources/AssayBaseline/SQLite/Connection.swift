internal import AssayFiles
internal import CSQLite

/// An open database, closed when the value goes away.
@safe struct Connection: ~Copyable {
  private let handle: OpaquePointer
  let path: String

  enum Access { case readWrite, readWriteCreate, memory }

  /// - Parameter busyMilliseconds: how long a call waits for another process's lock.
  init(_ path: String, _ access: Access, busyMilliseconds: Int32 = 0) throws(BaselineError) {
    self.path = path
    let flags =
      switch access {
      case .readWrite: SQLITE_OPEN_READWRITE
      case .readWriteCreate: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .memory: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY
      }
    var opened: OpaquePointer?
    // One thread uses a connection at a time: no mutex of its own.
    let code = unsafe sqlite3_open_v2(
      path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let connection = unsafe opened else {
      let failure = unsafe Connection.error(code, opened, path: path)
      unsafe sqlite3_close_v2(opened)
      throw failure
    }
    unsafe handle = connection
    unsafe sqlite3_busy_timeout(connection, busyMilliseconds)
    unsafe _ = assay_sqlite3_defend(connection)
    // A row larger than any report would only come from a damaged file.
    unsafe _ = sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, 256 << 20)
  }

  deinit { unsafe sqlite3_close_v2(handle) }

  func prepare(_ sql: String) throws(BaselineError) -> Statement {
    var statement: OpaquePointer?
    let code = unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
    guard code == SQLITE_OK, let prepared = unsafe statement else {
      throw unsafe Connection.error(code, handle, path: path)
    }
    return unsafe Statement(prepared, path: path)
  }

  /// Runs one statement and gives all its rows.
  @discardableResult
  func run(_ sql: String, _ values: SQLValue...) throws(BaselineError) -> [SQLRow] {
    try prepare(sql).run(values)
  }

  /// Runs statements separated by semicolons, none of which gives rows that matter.
  func execute(_ script: String) throws(BaselineError) {
    let code = unsafe sqlite3_exec(handle, script, nil, nil, nil)
    guard code == SQLITE_OK else { throw unsafe Connection.error(code, handle, path: path) }
  }

  /// How many rows the last statement changed.
  var changeCount: Int { Int(unsafe sqlite3_changes(handle)) }

  /// All of `body` or nothing of it. Takes the write lock at once: a transaction that starts by
  /// reading could no longer get it after another process wrote, and would fail as busy.
  func transaction<Value>(_ body: () throws(BaselineError) -> Value) throws(BaselineError) -> Value {
    try run("BEGIN IMMEDIATE")
    do {
      let value = try body()
      try run("COMMIT")
      return value
    } catch {
      rollBack()
      throw error
    }
  }

  /// As ``transaction(_:)``, for a body whose errors are of several kinds.
  func attempt<Value>(_ body: () throws -> Value) throws -> Value {
    try run("BEGIN IMMEDIATE")
    do {
      let value = try body()
      try run("COMMIT")
      return value
    } catch {
      rollBack()
      throw error
    }
  }

  /// `body` sees one state of the database, whatever others write meanwhile.
  func reading<Value>(_ body: () throws(BaselineError) -> Value) throws(BaselineError) -> Value {
    // Inside a transaction that is so already.
    guard unsafe sqlite3_get_autocommit(handle) != 0 else { return try body() }
    try run("BEGIN")
    do {
      let value = try body()
      try run("COMMIT")
      return value
    } catch {
      rollBack()
      throw error
    }
  }

  private func rollBack() {
    // SQLite has rolled back by itself after some errors; then this fails, which is fine.
    _ = try? run("ROLLBACK")
  }

  /// A consistent copy, made page by page while others may write.
  func backup(to copy: borrowing Connection) throws(BaselineError) {
    guard let backup = unsafe sqlite3_backup_init(copy.handle, "main", handle, "main") else {
      throw unsafe Connection.error(sqlite3_errcode(copy.handle), copy.handle, path: copy.path)
    }
    let code = unsafe sqlite3_backup_step(backup, -1)
    unsafe sqlite3_backup_finish(backup)
    guard code == SQLITE_DONE else { throw unsafe Connection.error(code, handle, path: path) }
  }
}

extension Connection {
  @unsafe static func error(_ code: Int32, _ handle: OpaquePointer?, path: String) -> BaselineError {
    let detail = unsafe handle.map { unsafe String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
    let system = unsafe handle.map { unsafe sqlite3_system_errno($0) } ?? 0
    // The low byte is the class; the rest says more than anybody acts on.
    switch code & 0xFF {
    case SQLITE_NOTADB: return BaselineError(.damaged, path: path, "not a database, or damaged at its start")
    case SQLITE_CORRUPT: return BaselineError(.damaged, path: path, "damaged: \(detail)")
    case SQLITE_BUSY, SQLITE_LOCKED: return BaselineError(.locked, path: path, "locked by another process")
    case SQLITE_FULL: return BaselineError(.unusable, path: path, "no space left on the disk")
    case SQLITE_READONLY: return BaselineError(.unusable, path: path, "it is read-only")
    case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
      let reason = system == 0 ? detail : FileError.system(system, path: path, "open").message
      return BaselineError(.unusable, path: path, reason)
    case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH:
      return BaselineError(.refused, path: path, "the database refuses this: \(detail)")
    default: return BaselineError(.unusable, path: path, "database error \(code): \(detail)")
    }
  }
}
