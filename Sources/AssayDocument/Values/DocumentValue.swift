/// A node of a document: a scalar that is still text, a list or a map, with its place.
public struct DocumentValue: Sendable, Hashable {
  public enum Content: Sendable, Hashable {
    /// `isPlain`: written without quotes.
    case scalar(String, isPlain: Bool)
    case list([DocumentValue])
    /// In the order of the document; keys are unique.
    case map([Entry])
  }

  public struct Entry: Sendable, Hashable {
    public var key: String
    public var keyLocation: DocumentLocation
    public var value: DocumentValue

    public init(key: String, keyLocation: DocumentLocation, value: DocumentValue) {
      self.key = key
      self.keyLocation = keyLocation
      self.value = value
    }
  }

  public var content: Content
  public var location: DocumentLocation

  public init(_ content: Content, at location: DocumentLocation) {
    self.content = content
    self.location = location
  }

  /// Written as nothing, `~` or `null`, without quotes.
  public var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return text.isEmpty || text == "~" || text == "null"
  }

  /// The value of `key` when this is a map that has it.
  public subscript(key: String) -> DocumentValue? {
    guard case .map(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// An error at this place, for a decoder's own rules.
  public func error(_ message: String) -> DocumentErrors { DocumentErrors(location, message) }

  /// What stands here, for messages: `a list`, `"abc"`, `nothing`.
  var shown: String {
    switch content {
    case .list: return "a list"
    case .map: return "a map"
    case .scalar(let text, _):
      if isNull { return "nothing" }
      return text.count <= 60 ? "\"\(text)\"" : "\"\(text.prefix(60))...\""
    }
  }

  func mismatch(_ expected: String) -> DocumentErrors { error("expected \(expected), found \(shown)") }
}

extension DocumentValue {
  /// This value laid over `base`: maps are combined key by key, anything else replaces.
  ///
  /// The order of keys is the base's, then the new ones in their own order.
  public func overlaid(on base: DocumentValue) -> DocumentValue {
    guard case .map(let over) = content, case .map(var entries) = base.content else { return self }
    for entry in over {
      if let index = entries.firstIndex(where: { $0.key == entry.key }) {
        entries[index].value = entry.value.overlaid(on: entries[index].value)
        entries[index].keyLocation = entry.keyLocation
      } else {
        entries.append(entry)
      }
    }
    return DocumentValue(.map(entries), at: location)
  }
}
