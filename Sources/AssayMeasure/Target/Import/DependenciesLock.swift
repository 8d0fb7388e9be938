public import AssayDocument

/// The versions that ESP-IDF's component manager locked: `dependencies.lock`.
public struct DependenciesLock: Sendable, Hashable {
  public struct Component: Sendable, Hashable {
    /// As written: a release (`1.2.1`, `1.3.4~1`) or a commit.
    public var version: String
    public var location: DocumentLocation
  }

  /// By name with namespace: `espressif/esp-nn`, `idf`.
  public var components: [String: Component]
  /// The chip the project was solved for, when the lock says so.
  public var chip: String?

  /// Reads the component manager's YAML; keys that do not matter here are left alone.
  ///
  /// - Throws: what is not YAML, or lacks `dependencies`, with its place.
  public init(_ bytes: [UInt8], file: String) throws(DocumentErrors) {
    let root = try YAML.parse(bytes, file: file)
    guard let dependencies = root["dependencies"] else {
      throw root.error("missing key \"dependencies\": not a dependencies.lock")
    }
    var components: [String: Component] = [:]
    for entry in try dependencies.entries() {
      guard let version = entry.value["version"] else {
        throw entry.value.error("component \"\(entry.key)\" has no version")
      }
      components[entry.key] = Component(version: try version.string(), location: version.location)
    }
    self.components = components
    chip = try root["target"]?.string()
  }

  /// The release of a component; `nil` when it is not among the dependencies.
  ///
  /// - Throws: when the version is a commit or a path, from which no behaviour can be known.
  public func release(of name: String) throws(DocumentErrors) -> ComponentVersion? {
    guard let component = components[name] else { return nil }
    guard let version = ComponentVersion(component.version) else {
      throw DocumentErrors(
        component.location, "\(name) is locked to \"\(component.version)\", not to a release such as 1.2.1")
    }
    return version
  }
}
