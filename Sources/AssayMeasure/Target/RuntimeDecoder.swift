internal import AssayDocument
internal import AssayModel
internal import AssayRuntime

/// Reads `runtime:` and `fielded:`.
struct RuntimeDecoder {
  func runtime(_ value: DocumentValue) throws(DocumentErrors) -> RuntimeProfile {
    var map = try value.map()
    let name = map.required("name") { try $0.choice(RuntimeProfile.Name.self) }
    let tflite = map.optional("esp_tflite_micro") { try $0.componentVersion() }
    let espNN = map.optional("esp_nn", espNN)
    let skipsNudge = map.optional("skip_nudge", or: false) { try $0.bool() }
    let executorch = map.optional("executorch") { try $0.componentVersion() }
    let kernels = map.optional("kernels") { try $0.list { try $0.choice(RuntimeProfile.KernelSet.self) } }
    let operators = map.optional("operators", operators)
    let variables = map.optional("resource_variables", or: ResourceVariableTable(), resourceVariables)
    switch name {
    case .tflm?:
      if !map.has("esp_nn") { map.fail("missing key \"esp_nn\" (none, ansi or a version)") }
      refuse(["executorch", "kernels"], of: "executorch", in: &map)
    case .executorch?:
      refuse(["esp_nn", "esp_tflite_micro", "skip_nudge", "resource_variables"], of: "tflm", in: &map)
    case nil: break
    }
    let known = try map.finish(name)
    return RuntimeProfile(
      name: known, espTFLiteMicro: tflite, espNN: espNN, skipsNudge: skipsNudge,
      executorch: executorch,
      kernels: known == .executorch ? kernels ?? [.portable] : [], operators: operators,
      resourceVariables: variables)
  }

  /// Each entry is a name and whatever differs from `runtime`.
  func fielded(_ value: DocumentValue, over runtime: DocumentValue?) throws(DocumentErrors)
    -> [FieldedFirmware]
  {
    let firmwares = try value.list { try firmware($0, over: runtime) }
    var seen: Set<String> = []
    for firmware in firmwares where !seen.insert(firmware.name).inserted {
      throw value.error("firmware \"\(firmware.name)\" is listed twice")
    }
    return firmwares
  }

  private func firmware(_ value: DocumentValue, over runtime: DocumentValue?) throws(DocumentErrors)
    -> FieldedFirmware
  {
    guard case .map(let entries) = value.content, let nameValue = value["name"] else {
      throw value.error("expected a map with a name, such as {name: fw-2.3, esp_nn: 1.1.2}")
    }
    let name = try nameValue.identifier()
    let changes = DocumentValue(.map(entries.filter { $0.key != "name" }), at: value.location)
    let merged = (runtime.map { changes.overlaid(on: $0) } ?? changes).withoutNulls
    // The runtime's own name (tflm, executorch) cannot change from firmware to firmware.
    return FieldedFirmware(name: name, runtime: try self.runtime(merged))
  }

  private func refuse(_ keys: [String], of runtime: String, in map: inout MapReader) {
    for key in keys where map.has(key) {
      map.fail(
        "\"\(key)\" belongs to runtime \(runtime); remove it, or write ~ to drop an inherited one", at: key)
    }
  }

  /// A version that is spelled like one is accepted here: whether it is *modelled* is asked when
  /// memory or latency is computed, and is another exit code.
  private func espNN(_ value: DocumentValue) throws(DocumentErrors) -> String {
    let text = try value.string()
    if ["none", "ansi"].contains(text) { return text }
    guard let version = ComponentVersion(text) else {
      let allowed = KernelLibrary.allCases.map(\.rawValue)
      throw value.error("unknown value \"\(text)\"\(Suggestion.hint(for: text, in: allowed))")
    }
    return version.description
  }

  private func resourceVariables(_ value: DocumentValue) throws(DocumentErrors) -> ResourceVariableTable {
    var map = try value.map()
    let arena = map.optional("arena", or: .shared) { try $0.choice(ResourceVariableTable.Placement.self) }
    let count = map.optional("count") { try $0.integer(in: 0...4096) }
    try map.finish()
    return ResourceVariableTable(placement: arena, count: count)
  }

  /// `[CONV_2D: 5, SOFTMAX]` or `{CONV_2D: 5}`.
  private func operators(_ value: DocumentValue) throws(DocumentErrors) -> OperatorSet {
    var versions: [String: Int?] = [:]
    for (name, version, place) in try operatorEntries(value) {
      guard isOperator(name) else {
        let names = BuiltinOperator.allCases.map(\.name)
        let near = Suggestion.nearest(to: name, in: names).map { "; did you mean \"\($0)\"?" } ?? ""
        throw place.error("unknown operator \"\(name)\"\(near) (custom operators are CUSTOM:NAME)")
      }
      guard versions.updateValue(version, forKey: name) == nil else {
        throw place.error("operator \(name) is listed twice")
      }
    }
    return OperatorSet(versions)
  }

  private func operatorEntries(
    _ value: DocumentValue
  ) throws(DocumentErrors) -> [(name: String, version: Int?, place: DocumentValue)] {
    if case .map(let entries) = value.content { return try entries.map(versioned) }
    return try value.list { element in
      if case .scalar = element.content { return (try element.string(), nil, element) }
      guard let entry = try element.entries().first, try element.entries().count == 1 else {
        throw element.error("expected NAME or NAME: VERSION")
      }
      return try versioned(entry)
    }
  }

  private func versioned(
    _ entry: DocumentValue.Entry
  ) throws(DocumentErrors) -> (name: String, version: Int?, place: DocumentValue) {
    (entry.key, try entry.value.integer(in: 1...1000), entry.value)
  }

  private func isOperator(_ name: String) -> Bool {
    (name.hasPrefix("CUSTOM:") && name.utf8.count > 7) || Self.operatorNames.contains(name)
  }

  private static let operatorNames = Set(BuiltinOperator.allCases.map(\.name))
}

extension DocumentValue {
  func componentVersion() throws(DocumentErrors) -> ComponentVersion {
    let text = try string()
    guard let version = ComponentVersion(text) else {
      throw error("\"\(text)\" is not a version such as 1.4.0")
    }
    return version
  }

  /// Without the keys whose value is empty (`~`): how a profile drops what it inherits.
  var withoutNulls: DocumentValue {
    guard case .map(let entries) = content else { return self }
    let kept = entries.filter { !$0.value.isNull }.map { entry in
      DocumentValue.Entry(key: entry.key, keyLocation: entry.keyLocation, value: entry.value.withoutNulls)
    }
    return DocumentValue(.map(kept), at: location)
  }
}
