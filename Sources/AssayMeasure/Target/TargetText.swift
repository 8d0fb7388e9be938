internal import AssayFiles
internal import AssayRuntime

/// Writes a resolved target as YAML: the same target always as the same bytes.
enum TargetText {
  static func frequency(_ hertz: Int) -> String {
    hertz % 1_000_000 == 0 ? "\(hertz / 1_000_000) MHz" : "\(hertz) Hz"
  }

  static func bytes(_ count: Int) -> String {
    if count > 0, count % (1 << 20) == 0 { return "\(count >> 20) MiB" }
    if count > 0, count % (1 << 10) == 0 { return "\(count >> 10) KiB" }
    return "\(count) B"
  }

  static func power(_ milliwatts: Double) -> String { "\(milliwatts) mW" }

  static func runtime(_ runtime: RuntimeProfile) -> [String] {
    var lines = ["name: \(runtime.name.rawValue)"]
    if let version = runtime.espTFLiteMicro { lines.append("esp_tflite_micro: \(version)") }
    if let espNN = runtime.espNN { lines.append("esp_nn: \(espNN)") }
    if runtime.skipsNudge { lines.append("skip_nudge: true") }
    if let version = runtime.executorch { lines.append("executorch: \(version)") }
    if !runtime.kernels.isEmpty {
      lines.append("kernels: [\(runtime.kernels.map(\.rawValue).joined(separator: ", "))]")
    }
    if let operators = runtime.operators {
      let entries = operators.names.map { name in
        operators.maximumVersions[name]?.map { "\"\(name)\": \($0)" } ?? "\"\(name)\""
      }
      lines.append("operators: [\(entries.joined(separator: ", "))]")
    }
    if runtime.name == .tflm {
      let table = runtime.resourceVariables
      // A firmware's entry lies over the runtime's: what it lacks is said (`~`), not left out.
      let count = table.count.map { "\($0)" } ?? "~"
      lines.append("resource_variables: {arena: \(table.placement.rawValue), count: \(count)}")
    }
    return lines
  }

  static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      scalar == "\"" || scalar == "\\" ? "\\\(scalar)" : "\(scalar)"
    }
    return "\"\(escaped.joined())\""
  }
}

extension Target {
  /// The resolved profile as YAML, every field written out in a fixed order and unit.
  ///
  /// It reads back as an equal target, and it is what ``sha256`` is taken over.
  public var canonicalText: String { (hardwareLines + firmwareLines).joined(separator: "\n") + "\n" }

  /// Names this exact target in a verdict.
  public var sha256: String { SHA256.hex(of: canonicalText) }

  private var hardwareLines: [String] {
    var lines = ["target: \(name)", "chip: \(chip.rawValue)"]
    if let module { lines.append("module: \(TargetText.quoted(module))") }
    lines.append("cpu: {clock: \(TargetText.frequency(clockHertz))}")
    lines.append(
      "flash: {size: \(TargetText.bytes(flash.sizeBytes)), mode: \(flash.mode.rawValue), "
        + "clock: \(TargetText.frequency(flash.clockHertz))}")
    if let psram {
      lines.append(
        "psram: {size: \(TargetText.bytes(psram.sizeBytes)), bus: \(psram.bus.rawValue), "
          + "clock: \(TargetText.frequency(psram.clockHertz))}")
    } else {
      lines.append("psram: none")
    }
    lines.append(
      "cache: {data: \(TargetText.bytes(cache.dataBytes)), line: \(TargetText.bytes(cache.lineBytes)), "
        + "instruction: \(TargetText.bytes(cache.instructionBytes))}")
    lines.append("memory: {arena: \(placement.arena.rawValue), weights: \(placement.weights.rawValue)}")
    return lines + partitionLines + powerLines + buildLines
  }

  private var partitionLines: [String] {
    let sizes = [("model_slot", partitions.modelSlotBytes), ("app_slot", partitions.applicationSlotBytes)]
    let parts = sizes.compactMap { name, size in size.map { "\(name): \(TargetText.bytes($0))" } }
    return parts.isEmpty ? [] : ["partitions: {\(parts.joined(separator: ", "))}"]
  }

  private var powerLines: [String] {
    guard let power else { return [] }
    let idle = power.idleMilliwatts.map { ", idle: \(TargetText.power($0))" } ?? ""
    return ["power: {active: \(TargetText.power(power.activeMilliwatts))\(idle)}"]
  }

  private var buildLines: [String] {
    let files = [
      ("lock", build.lock), ("sdkconfig", build.sdkconfig), ("partition_table", build.partitionTable),
    ]
    return files.compactMap { name, file in file.map { "\(name): \(TargetText.quoted($0))" } }
  }

  private var firmwareLines: [String] {
    var lines = ["runtime:"] + TargetText.runtime(runtime).map { "  " + $0 }
    guard !fielded.isEmpty else { return lines }
    lines.append("fielded:")
    for firmware in fielded {
      // The runtime's own `name` line is the profile's; a firmware's is its release.
      var rest = TargetText.runtime(firmware.runtime).dropFirst()
      if runtime.operators != nil, firmware.runtime.operators == nil { rest.append("operators: ~") }
      if runtime.espTFLiteMicro != nil, firmware.runtime.espTFLiteMicro == nil {
        rest.append("esp_tflite_micro: ~")
      }
      lines.append("  - name: \(firmware.name)")
      lines += rest.map { "    " + $0 }
    }
    return lines
  }
}
