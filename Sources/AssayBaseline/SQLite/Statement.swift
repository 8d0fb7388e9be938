internal import CSQLite

/// A prepared statement, finalized when the value goes away.
@safe struct Statement: ~Copyable {
  private let handle: OpaquePointer
  private let path: String

  @unsafe init(_ handle: OpaquePointer, path: String) {
    unsafe self.handle = handle
    self.path = path
  }

  deinit { unsafe sqlite3_finalize(handle) }

  /// Runs the statement with `values` in place of its question marks and gives all its rows.
  @discardableResult
  func run(_ values: [SQLValue] = []) throws(BaselineError) -> [SQLRow] {
    defer {
      unsafe sqlite3_reset(handle)
      unsafe sqlite3_clear_bindings(handle)
    }
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
    var rows: [SQLRow] = []
    while true {
      switch unsafe sqlite3_step(handle) {
      case SQLITE_ROW: rows.append(row())
      case SQLITE_DONE: return rows
      case let code: throw unsafe Connection.error(code, sqlite3_db_handle(handle), path: path)
      }
    }
  }

  private func bind(_ value: SQLValue, at index: Int32) throws(BaselineError) {
    let code =
      switch value {
      case .null: unsafe sqlite3_bind_null(handle, index)
      case .integer(let number): unsafe sqlite3_bind_int64(handle, index, Int64(number))
      case .real(let number): unsafe sqlite3_bind_double(handle, index, number)
      case .text(let text): bind(text, at: index)
      }
    guard code == SQLITE_OK else {
      throw unsafe Connection.error(code, sqlite3_db_handle(handle), path: path)
    }
  }

  private func bind(_ text: String, at index: Int32) -> Int32 {
    // An empty buffer may have no address, which would bind NULL.
    if text.isEmpty { return unsafe assay_sqlite3_bind_text(handle, index, "", 0) }
    var text = text
    return text.withUTF8 { bytes in
      guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
      return unsafe bytes.withMemoryRebound(to: CChar.self) {
        unsafe assay_sqlite3_bind_text(handle, index, $0.baseAddress, count)
      }
    }
  }

  private func row() -> SQLRow {
    SQLRow(values: (0..<(unsafe sqlite3_column_count(handle))).map { column($0) })
  }

  private func column(_ index: Int32) -> SQLValue {
    switch unsafe sqlite3_column_type(handle, index) {
    case SQLITE_INTEGER: return .integer(Int(unsafe sqlite3_column_int64(handle, index)))
    case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(handle, index))
    case SQLITE_TEXT:
      guard let start = unsafe sqlite3_column_text(handle, index) else { return .null }
      let count = Int(unsafe sqlite3_column_bytes(handle, index))
      return .text(unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
    default: return .null
    }
  }
}
