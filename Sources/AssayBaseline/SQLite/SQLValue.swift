/// A value of one column.
enum SQLValue: Hashable {
  case null
  case integer(Int)
  case real(Double)
  case text(String)

  init(_ value: Int?) { self = value.map(SQLValue.integer) ?? .null }
  init(_ value: String?) { self = value.map(SQLValue.text) ?? .null }
  /// SQLite stores NaN as NULL; columns that must not be NULL then refuse it.
  init(_ value: Double?) { self = value.map(SQLValue.real) ?? .null }
}

/// One row of a result, by column position.
struct SQLRow {
  let values: [SQLValue]

  func integer(_ column: Int) -> Int {
    guard case .integer(let value) = self[column] else { return 0 }
    return value
  }

  func text(_ column: Int) -> String { optionalText(column) ?? "" }

  func optionalText(_ column: Int) -> String? {
    guard case .text(let value) = self[column] else { return nil }
    return value
  }

  func optionalInteger(_ column: Int) -> Int? {
    guard case .integer(let value) = self[column] else { return nil }
    return value
  }

  func real(_ column: Int) -> Double? {
    switch self[column] {
    case .real(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  private subscript(column: Int) -> SQLValue { column < values.count ? values[column] : .null }
}
