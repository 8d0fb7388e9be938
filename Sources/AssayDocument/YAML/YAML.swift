/// Reads YAML as a tree in which every node knows its place.
///
///     let root = try YAML.parse(bytes, file: "suite.yaml")
///     var map = try root.map()
///     let model = map.required("model") { try $0.string() }
///
/// Only the plain part of YAML is accepted: one document of maps, lists and scalars. Aliases,
/// anchors, tags, merges, directives and duplicate keys are errors, because a reader of the file
/// and this program could understand them differently. Scalars stay text until a decoder asks for
/// a type; `no` is never a boolean by surprise.
public enum YAML {
  /// What a document may be at most.
  public struct Limits: Sendable {
    public var bytes = 4 << 20
    public var depth = 32
    public var nodes = 200_000

    public init() {}
  }

  /// The root node of the one document in `bytes`.
  ///
  /// - Parameter file: the name that locations carry.
  public static func parse(
    _ bytes: [UInt8], file: String, limits: Limits = Limits()
  ) throws(DocumentErrors) -> DocumentValue {
    guard bytes.count <= limits.bytes else {
      throw DocumentErrors(
        DocumentLocation(file: file), "\(bytes.count) bytes, above the limit of \(limits.bytes)")
    }
    var builder = YAMLTreeBuilder(parser: try YAMLParser(bytes, file: file), limits: limits)
    return try builder.document()
  }
}

/// Recursive descent over libyaml's events, as deep as the limit.
struct YAMLTreeBuilder: ~Copyable {
  let parser: YAMLParser
  let limits: YAML.Limits
  var nodes = 0

  init(parser: consuming YAMLParser, limits: YAML.Limits) {
    self.parser = parser
    self.limits = limits
  }

  mutating func document() throws(DocumentErrors) -> DocumentValue {
    _ = try parser.next()  // stream start
    let start = try parser.next()
    guard case .documentStart = start.event else { throw DocumentErrors(start.location, "is empty") }
    let first = try parser.next()
    let root = try node(first.event, first.location, depth: 0)
    _ = try parser.next()  // document end
    let end = try parser.next()
    guard case .streamEnd = end.event else {
      throw DocumentErrors(end.location, "a second document starts here; only one is allowed")
    }
    return root
  }

  private mutating func node(
    _ event: YAMLParser.Event, _ location: DocumentLocation, depth: Int
  ) throws(DocumentErrors) -> DocumentValue {
    nodes += 1
    guard nodes <= limits.nodes else {
      throw DocumentErrors(location, "more than \(limits.nodes) values")
    }
    guard depth < limits.depth else {
      throw DocumentErrors(location, "nested deeper than \(limits.depth) levels")
    }
    switch event {
    case .scalar(let text, let isPlain):
      return DocumentValue(.scalar(text, isPlain: isPlain), at: location)
    case .listStart: return DocumentValue(.list(try elements(depth)), at: location)
    case .mapStart: return DocumentValue(.map(try entries(depth)), at: location)
    default: throw DocumentErrors(location, "a value is missing here")
    }
  }

  private mutating func elements(_ depth: Int) throws(DocumentErrors) -> [DocumentValue] {
    var elements: [DocumentValue] = []
    while true {
      let next = try parser.next()
      if case .listEnd = next.event { return elements }
      elements.append(try node(next.event, next.location, depth: depth + 1))
    }
  }

  private mutating func entries(_ depth: Int) throws(DocumentErrors) -> [DocumentValue.Entry] {
    var entries: [DocumentValue.Entry] = []
    var firstLines: [String: Int] = [:]
    while true {
      let next = try parser.next()
      if case .mapEnd = next.event { return entries }
      let key = try key(next.event, next.location)
      if let line = firstLines.updateValue(next.location.line, forKey: key) {
        throw DocumentErrors(next.location, "duplicate key \"\(key)\", first on line \(line)")
      }
      let value = try parser.next()
      let child = try node(value.event, value.location, depth: depth + 1)
      entries.append(DocumentValue.Entry(key: key, keyLocation: next.location, value: child))
    }
  }

  private func key(
    _ event: YAMLParser.Event, _ location: DocumentLocation
  ) throws(DocumentErrors) -> String {
    guard case .scalar(let key, let isPlain) = event else {
      throw DocumentErrors(location, "a key must be a word, not a list or map")
    }
    guard !(isPlain && key == "<<") else { throw DocumentErrors(location, "merges (<<) are not allowed") }
    return key
  }
}
