public import AssayDocument
internal import AssayRuntime

/// Writes a target profile from the files of an ESP-IDF build.
public struct TargetImport: Sendable {
  public var name: String
  public var facts: BuildFacts
  /// Paths to note in the profile, so that later gates compare the two.
  public var files: Target.BuildFiles

  public init(name: String, facts: BuildFacts, files: Target.BuildFiles = Target.BuildFiles()) {
    self.name = name
    self.facts = facts
    self.files = files
  }

  /// The profile's text, ready to be reviewed.
  ///
  /// Every value that a file states carries that line as a comment; what none states is ESP-IDF's
  /// default and marked "assumed".
  /// - Throws: a value that no profile may have (a clock that does not exist), with its line.
  public func text() throws(DocumentErrors) -> String {
    let text = lines.joined(separator: "\n") + "\n"
    do throws(DocumentErrors) {
      let library = try TargetLibrary(profiles: [.init(file: "imported", bytes: Array(text.utf8))])
      _ = try library.resolve(name)
    } catch {
      throw located(error, in: text)
    }
    return text
  }

  private var lines: [String] {
    var lines = ["target: \(name)", "chip: esp32s3"]
    lines += section("cpu", [field("clock", facts.clockHertz, assumed: 160_000_000, TargetText.frequency)])
    lines += section(
      "flash",
      [
        field("size", facts.flashSizeBytes, assumed: 16 << 20, TargetText.bytes),
        field("mode", facts.flashMode, assumed: .dio, \.rawValue),
        field("clock", facts.flashClockHertz, assumed: 80_000_000, TargetText.frequency),
      ])
    lines += psramLines
    lines += section(
      "cache",
      [
        field("data", facts.cacheDataBytes, assumed: 32 << 10, TargetText.bytes),
        field("line", facts.cacheLineBytes, assumed: 32, TargetText.bytes),
        field("instruction", facts.cacheInstructionBytes, assumed: 16 << 10, TargetText.bytes),
      ])
    lines += runtimeLines
    lines += ["memory:", "  arena: internal  # assumed: the build does not say", "  weights: flash"]
    return lines + partitionLines + fileLines
  }

  private var psramLines: [String] {
    guard facts.hasPSRAM?.value == true else { return ["psram: none"] }
    let size = facts.psramBus?.value == .quad ? 2 : 8
    return section(
      "psram",
      [
        // The size is detected when the board starts; no file of the build holds it.
        "size: \(size) MiB  # assumed from the bus: detected at start, check the module",
        field("bus", facts.psramBus, assumed: .octal, \.rawValue),
        field("clock", facts.psramClockHertz, assumed: 40_000_000, TargetText.frequency),
      ])
  }

  private var runtimeLines: [String] {
    if let executorch = facts.executorch, facts.espTFLiteMicro == nil {
      return section("runtime", ["name: executorch", stated("executorch", executorch, \.description)])
    }
    var fields = ["name: tflm"]
    if let version = facts.espTFLiteMicro {
      fields.append(stated("esp_tflite_micro", version, \.description))
    }
    if let espNN = facts.espNN {
      fields.append(stated("esp_nn", espNN) { $0 })
    } else {
      fields.append("esp_nn: none  # the build has no espressif/esp-nn")
    }
    if let skipped = facts.skipsNudge { fields.append(stated("skip_nudge", skipped) { "\($0)" }) }
    return section("runtime", fields)
  }

  private var partitionLines: [String] {
    var fields: [String] = []
    if let slot = facts.modelSlotBytes { fields.append(stated("model_slot", slot, TargetText.bytes)) }
    if let slot = facts.applicationSlotBytes { fields.append(stated("app_slot", slot, TargetText.bytes)) }
    return fields.isEmpty ? [] : section("partitions", fields)
  }

  private var fileLines: [String] {
    [("lock", files.lock), ("sdkconfig", files.sdkconfig), ("partition_table", files.partitionTable)]
      .compactMap { key, file in file.map { "\(key): \(TargetText.quoted($0))" } }
  }

  private func section(_ name: String, _ fields: [String]) -> [String] {
    ["\(name):"] + fields.map { "  " + $0 }
  }

  private func stated<Value>(_ key: String, _ fact: BuildFacts.Fact<Value>, _ text: (Value) -> String)
    -> String
  {
    "\(key): \(text(fact.value))  # \(fact.location)"
  }

  private func field<Value>(
    _ key: String, _ fact: BuildFacts.Fact<Value>?, assumed: Value, _ text: (Value) -> String
  ) -> String {
    fact.map { stated(key, $0, text) } ?? "\(key): \(text(assumed))  # assumed: the build does not say"
  }

  /// Moves a problem of the written text to the line of the build it came from.
  private func located(_ errors: DocumentErrors, in text: String) -> DocumentErrors {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let moved = errors.errors.map { error in
      guard (1...lines.count).contains(error.location.line),
        let comment = lines[error.location.line - 1].split(separator: "#").dropFirst().first
      else { return error }
      return DocumentError(DocumentLocation(file: String(comment.dropFirst())), error.message)
    }
    return DocumentErrors(moved[0], Array(moved.dropFirst()))
  }
}
