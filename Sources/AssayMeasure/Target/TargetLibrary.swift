public import AssayDocument

/// Target profiles that may inherit from each other, parsed but not resolved.
///
/// ```swift
/// let library = try TargetLibrary(profiles: files)
/// let target = try library.resolve("esp32s3-n16r8", overrides: ["cpu.clock=160MHz"])
/// ```
public struct TargetLibrary: Sendable {
  /// A profile's text, with the name that messages carry.
  public struct Profile: Sendable {
    public var file: String
    public var bytes: [UInt8]

    public init(file: String, bytes: [UInt8]) {
      self.file = file
      self.bytes = bytes
    }
  }

  private var documents: [String: DocumentValue] = [:]
  /// Chains longer than this are refused.
  private static let depthLimit = 8

  /// Parses every profile; problems of all of them together.
  public init(profiles: [Profile]) throws(DocumentErrors) {
    var problems: [DocumentError] = []
    for profile in profiles {
      do throws(DocumentErrors) {
        let value = try YAML.parse(profile.bytes, file: profile.file)
        guard let name = value["target"] else { throw value.error("missing key \"target\"") }
        if documents.updateValue(value, forKey: try name.identifier()) != nil {
          throw name.error("target \"\(try name.string())\" is defined twice")
        }
      } catch { problems += error.errors }
    }
    if let first = problems.first { throw DocumentErrors(first, Array(problems.dropFirst())) }
  }

  /// The names of all profiles, sorted.
  public var names: [String] { documents.keys.sorted() }

  /// A profile with everything it inherits and the overrides of a command line.
  ///
  /// - Parameter overrides: `path=value`, one key each: `runtime.esp_nn=1.1.2`.
  /// - Throws: unknown target, missing or circular `extends`, unknown keys and values, each with its
  ///   place and a suggestion.
  public func resolve(_ name: String, overrides: [String] = []) throws(DocumentErrors) -> Target {
    var merged = try chain(from: name)
    for override in overrides { merged = try Self.overlay(override).overlaid(on: merged) }
    return try TargetDecoder().target(merged.withoutNulls)
  }

  private func chain(from name: String) throws(DocumentErrors) -> DocumentValue {
    guard var current = documents[name] else {
      throw DocumentErrors(
        DocumentLocation(file: "--target"),
        "unknown target \"\(name)\"\(Suggestion.hint(for: name, in: names))")
    }
    var layers = [current]
    var visited = [name]
    while let parent = current["extends"] {
      let base = try parent.string()
      guard !visited.contains(base), visited.count < Self.depthLimit else {
        throw parent.error("extends goes in a circle: \((visited + [base]).joined(separator: " -> "))")
      }
      guard let next = documents[base] else {
        throw parent.error("extends unknown target \"\(base)\"\(Suggestion.hint(for: base, in: names))")
      }
      visited.append(base)
      layers.append(next)
      current = next
    }
    let merged = layers.reversed().reduce(layers[layers.count - 1]) { $1.overlaid(on: $0) }
    return merged.dropping("extends")
  }

  /// `a.b=value` as the map `{a: {b: value}}`, each node placed at the option itself.
  static func overlay(_ text: String) throws(DocumentErrors) -> DocumentValue {
    let location = DocumentLocation(file: "--set \(text)")
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...4).contains(path.count), path.allSatisfy({ !$0.isEmpty }) else {
      throw DocumentErrors(location, "expected path=value, such as cpu.clock=160MHz")
    }
    guard path != ["target"], path != ["extends"] else {
      throw DocumentErrors(location, "\"\(path[0])\" cannot be overridden")
    }
    let value = try Self.value(String(parts[1]), at: location)
    return path.reversed().reduce(value) { inner, key in
      DocumentValue(
        .map([DocumentValue.Entry(key: String(key), keyLocation: location, value: inner)]), at: location)
    }
  }

  /// A plain word as it is; a list or map in YAML's flow form.
  private static func value(_ text: String, at location: DocumentLocation) throws(DocumentErrors)
    -> DocumentValue
  {
    guard text.hasPrefix("[") || text.hasPrefix("{") else {
      return DocumentValue(.scalar(text, isPlain: true), at: location)
    }
    return try YAML.parse(Array(text.utf8), file: location.file).placed(at: location)
  }
}

extension DocumentValue {
  func dropping(_ key: String) -> DocumentValue {
    guard case .map(let entries) = content else { return self }
    return DocumentValue(.map(entries.filter { $0.key != key }), at: location)
  }

  /// The same tree with every node at one place.
  func placed(at location: DocumentLocation) -> DocumentValue {
    switch content {
    case .scalar: return DocumentValue(content, at: location)
    case .list(let values):
      return DocumentValue(.list(values.map { $0.placed(at: location) }), at: location)
    case .map(let entries):
      let placed = entries.map { entry in
        Entry(key: entry.key, keyLocation: location, value: entry.value.placed(at: location))
      }
      return DocumentValue(.map(placed), at: location)
    }
  }
}
