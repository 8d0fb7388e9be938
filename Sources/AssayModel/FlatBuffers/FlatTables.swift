/// A vector of tables, entered one by one.
struct FlatTables {
  let buffer: FlatBuffer
  let start: Int
  let count: Int
  let depth: Int
  let name: StaticString

  var isEmpty: Bool { count == 0 }

  /// The table at `index`, which the caller keeps below ``count``.
  func table(_ index: Int) throws(ModelError) -> FlatTable {
    let target = try buffer.follow(start + 4 * index, name)
    return try buffer.table(at: target, depth: depth + 1, name)
  }

  /// Checks the number of tables before any is entered.
  func limited(to limit: Int) throws(ModelError) -> FlatTables {
    guard count <= limit else {
      throw ModelError(.limit, at: start - 4, "\(name): \(count) are more than \(limit)")
    }
    return self
  }
}
