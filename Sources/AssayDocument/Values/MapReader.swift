/// Decodes a map and collects everything that is wrong with it.
///
///     var map = try value.map()
///     let model = map.required("model") { try $0.string() }
///     let arena = map.optional("arena") { try $0.byteCount() }
///     let name = try map.finish(model)
///     return Suite(model: name, arena: arena)
///
/// A decoder may throw anything; what is not a ``DocumentErrors`` is reported at the value's place.
/// Every key that is asked for counts as allowed; ``finish(_:)`` reports the others, with a
/// suggestion, beside all the values that could not be read.
public struct MapReader: Sendable {
  private let entries: [DocumentValue.Entry]
  private let lookup: [String: Int]
  private var allowed: [String] = []
  private var problems: [DocumentError] = []
  /// Where the map starts.
  public let location: DocumentLocation

  init(_ entries: [DocumentValue.Entry], at location: DocumentLocation) {
    self.entries = entries
    self.location = location
    let pairs = entries.enumerated().map { ($0.element.key, $0.offset) }
    lookup = Dictionary(pairs) { first, _ in first }
  }

  /// Whether the map has `key`, which thereby is allowed.
  public mutating func has(_ key: String) -> Bool { value(key) != nil }

  /// The undecoded value of `key`, which thereby is allowed.
  public mutating func value(_ key: String) -> DocumentValue? {
    if !allowed.contains(key) { allowed.append(key) }
    return lookup[key].map { entries[$0].value }
  }

  /// The value of `key`; `nil` when it is missing or wrong, which ``finish(_:)`` then throws.
  public mutating func required<Value>(
    _ key: String, _ read: (DocumentValue) throws -> Value
  ) -> Value? {
    guard let found = value(key) else {
      problems.append(DocumentError(location, "missing key \"\(key)\""))
      return nil
    }
    return attempt(found, read)
  }

  /// The value of `key`; `nil` when it is absent, or wrong, which ``finish(_:)`` then throws.
  public mutating func optional<Value>(
    _ key: String, _ read: (DocumentValue) throws -> Value
  ) -> Value? {
    value(key).flatMap { attempt($0, read) }
  }

  /// The value of `key`, or `absent` when there is none.
  public mutating func optional<Value>(
    _ key: String, or absent: Value, _ read: (DocumentValue) throws -> Value
  ) -> Value {
    optional(key, read) ?? absent
  }

  /// Adds a finding of the decoder's own: at the value of `key`, or at the start of the map.
  public mutating func fail(_ message: String, at key: String? = nil) {
    let place = key.flatMap { value($0)?.location } ?? location
    problems.append(DocumentError(place, message))
  }

  /// Adds what another decoder found.
  public mutating func fail(_ errors: DocumentErrors) { problems += errors.errors }

  /// The values, when nothing at all is wrong with the map.
  ///
  /// - Throws: every problem: missing and unknown keys, values that could not be read.
  public func finish<each Value>(
    _ values: repeat (each Value)?
  ) throws(DocumentErrors) -> (repeat each Value) {
    try finish()
    return (repeat try unwrap(each values))
  }

  /// Throws every problem found so far, with the unknown keys.
  public func finish() throws(DocumentErrors) {
    let unknown = entries.filter { !allowed.contains($0.key) }.map { entry in
      DocumentError(
        entry.keyLocation,
        "unknown key \"\(entry.key)\"\(Suggestion.hint(for: entry.key, in: allowed))")
    }
    let all = problems + unknown
    if let first = all.first { throw DocumentErrors(first, Array(all.dropFirst())) }
  }

  private func unwrap<Value>(_ value: Value?) throws(DocumentErrors) -> Value {
    guard let value else { throw DocumentErrors(location, "a value is missing") }
    return value
  }

  private mutating func attempt<Value>(
    _ value: DocumentValue, _ read: (DocumentValue) throws -> Value
  ) -> Value? {
    do {
      return try value.decode(read)
    } catch {
      problems += error.errors
      return nil
    }
  }
}

extension DocumentValue {
  /// A reader of this map's keys.
  public func map() throws(DocumentErrors) -> MapReader {
    guard case .map(let entries) = content else { throw mismatch("a map") }
    return MapReader(entries, at: location)
  }

  /// The entries of a map whose keys are names, not a schema.
  public func entries() throws(DocumentErrors) -> [Entry] {
    guard case .map(let entries) = content else { throw mismatch("a map") }
    return entries
  }

  /// Every element of a list, decoded; the problems of all elements together.
  public func list<Element>(
    _ read: (DocumentValue) throws -> Element
  ) throws(DocumentErrors) -> [Element] {
    guard case .list(let values) = content else { throw mismatch("a list") }
    var elements: [Element] = []
    var problems: [DocumentError] = []
    for value in values {
      do { elements.append(try value.decode(read)) } catch { problems += error.errors }
    }
    if let first = problems.first { throw DocumentErrors(first, Array(problems.dropFirst())) }
    return elements
  }

  /// What `read` makes of this value; errors of other kinds become one at this place.
  ///
  /// (Closures infer `any Error`; a typed parameter would burden every call.)
  func decode<Value>(_ read: (DocumentValue) throws -> Value) throws(DocumentErrors) -> Value {
    do {
      return try read(self)
    } catch let errors as DocumentErrors {
      throw errors
    } catch {
      throw self.error("\(error)")
    }
  }
}
