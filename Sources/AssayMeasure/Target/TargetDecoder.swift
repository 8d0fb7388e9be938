internal import AssayDocument
internal import AssayModel
internal import AssayRuntime

/// Reads a merged profile (inheritance and overrides applied) as a target; all problems at once.
struct TargetDecoder {
  func target(_ value: DocumentValue) throws(DocumentErrors) -> Target {
    var map = try value.map()
    let name = map.required("target") { try $0.identifier() }
    let chip = map.required("chip") { try $0.choice(Target.Chip.self) }
    let module = map.optional("module") { try $0.string() }
    let clock = map.required("cpu", processor)
    let flash = map.required("flash", flash)
    let psram = map.optional("psram", or: nil, psram)
    let cache = map.required("cache", cache)
    let runtimeValue = map.value("runtime")
    let runtime = map.required("runtime", RuntimeDecoder().runtime)
    let fielded = map.optional("fielded", or: []) { try RuntimeDecoder().fielded($0, over: runtimeValue) }
    let placement = map.required("memory", placement)
    let partitions = map.optional("partitions", or: Target.Partitions(), partitions)
    let power = map.optional("power", or: nil, power)
    let build = Target.BuildFiles(
      lock: map.optional("lock") { try $0.string() },
      sdkconfig: map.optional("sdkconfig") { try $0.string() },
      partitionTable: map.optional("partition_table") { try $0.string() })
    if let placement, psram == nil, [placement.arena, placement.weights].contains(.psram) {
      map.fail("memory is placed in psram, but the target has none", at: "memory")
    }
    if let flash, let slot = partitions.modelSlotBytes, slot > flash.sizeBytes {
      map.fail("the model slot of \(slot) B is larger than the flash", at: "partitions")
    }
    let all = try map.finish(name, chip, clock, flash, cache, runtime, placement)
    return Target(
      name: all.0, chip: all.1, module: module, clockHertz: all.2, flash: all.3, psram: psram,
      cache: all.4, runtime: all.5, fielded: fielded, placement: all.6, partitions: partitions,
      power: power, build: build)
  }

  private func processor(_ value: DocumentValue) throws(DocumentErrors) -> Int {
    var map = try value.map()
    let clock = map.required("clock") { try $0.megahertz([80, 160, 240]) }
    return try map.finish(clock)
  }

  private func flash(_ value: DocumentValue) throws(DocumentErrors) -> Target.Flash {
    var map = try value.map()
    let size = map.required("size") { try $0.bytes(in: 1 << 20...128 << 20) }
    let mode = map.required("mode") { try $0.choice(Target.Flash.Mode.self) }
    let clock = map.required("clock") { try $0.megahertz([20, 40, 80, 120]) }
    let all = try map.finish(size, mode, clock)
    return Target.Flash(sizeBytes: all.0, mode: all.1, clockHertz: all.2)
  }

  private func psram(_ value: DocumentValue) throws(DocumentErrors) -> Target.PSRAM? {
    if case .scalar("none", _) = value.content { return nil }
    var map = try value.map()
    let size = map.required("size") { try $0.bytes(in: 1 << 20...64 << 20) }
    let bus = map.required("bus") { try $0.choice(Target.PSRAM.Bus.self) }
    let clock = map.required("clock") { try $0.megahertz([40, 80, 120]) }
    let all = try map.finish(size, bus, clock)
    return Target.PSRAM(sizeBytes: all.0, bus: all.1, clockHertz: all.2)
  }

  private func cache(_ value: DocumentValue) throws(DocumentErrors) -> Target.Cache {
    var map = try value.map()
    let data = map.required("data") { try $0.bytes(of: [16 << 10, 32 << 10, 64 << 10]) }
    let line = map.required("line") { try $0.bytes(of: [16, 32, 64]) }
    let instruction = map.optional("instruction", or: 16 << 10) { try $0.bytes(of: [16 << 10, 32 << 10]) }
    let all = try map.finish(data, line)
    return Target.Cache(dataBytes: all.0, lineBytes: all.1, instructionBytes: instruction)
  }

  private func placement(_ value: DocumentValue) throws(DocumentErrors) -> Target.Placement {
    var map = try value.map()
    let arena = map.required("arena") { try $0.choice(of: ["internal", "psram"]) }
    let weights = map.required("weights") { try $0.choice(Target.Placement.Memory.self) }
    let all = try map.finish(arena, weights)
    return Target.Placement(arena: all.0 == "psram" ? .psram : .internal, weights: all.1)
  }

  private func partitions(_ value: DocumentValue) throws(DocumentErrors) -> Target.Partitions {
    var map = try value.map()
    let model = map.optional("model_slot") { try $0.bytes(in: 1...1 << 30) }
    let application = map.optional("app_slot") { try $0.bytes(in: 1...1 << 30) }
    try map.finish()
    return Target.Partitions(modelSlotBytes: model, applicationSlotBytes: application)
  }

  private func power(_ value: DocumentValue) throws(DocumentErrors) -> Target.Power? {
    var map = try value.map()
    let active = map.required("active") { try $0.milliwatts() }
    let idle = map.optional("idle") { try $0.milliwatts() }
    return Target.Power(activeMilliwatts: try map.finish(active), idleMilliwatts: idle)
  }
}

extension DocumentValue {
  /// A name that can stand in file names, keys and reports as it is.
  func identifier() throws(DocumentErrors) -> String {
    let text = try string()
    let allowed = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || ".-_".utf8.contains(byte)
    }
    guard allowed, (1...64).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "."),
      text.utf8.first != UInt8(ascii: "-")
    else { throw error("\"\(text)\" is not a name: letters, digits, '.', '-' and '_' (1 to 64)") }
    return text
  }

  /// One of a few frequencies, in Hz.
  func megahertz(_ allowed: [Int]) throws(DocumentErrors) -> Int {
    let found = try hertz()
    guard allowed.contains(where: { $0 * 1_000_000 == found }) else {
      let names = allowed.map { "\($0) MHz" }.joined(separator: ", ")
      throw error("unknown value \"\(TargetText.frequency(found))\"; allowed: \(names)")
    }
    return found
  }

  /// One of a few sizes, in bytes.
  func bytes(of allowed: [Int]) throws(DocumentErrors) -> Int {
    let found = try byteCount()
    guard allowed.contains(found) else {
      let names = allowed.map(TargetText.bytes).joined(separator: ", ")
      throw error("unknown value \"\(TargetText.bytes(found))\"; allowed: \(names)")
    }
    return found
  }

  func bytes(in range: ClosedRange<Int>) throws(DocumentErrors) -> Int {
    let found = try byteCount()
    guard range.contains(found) else {
      let ends = "\(TargetText.bytes(range.lowerBound)) and \(TargetText.bytes(range.upperBound))"
      throw error("\(TargetText.bytes(found)) is not between \(ends)")
    }
    return found
  }

  /// `210 mW` or `0.21 W`, above 0.
  func milliwatts() throws(DocumentErrors) -> Double {
    let text = try string()
    for (unit, factor) in [("mW", 1.0), ("W", 1000.0)] where text.hasSuffix(unit) {
      let digits = text.dropLast(unit.count).filter { $0 != " " }
      let plain = digits.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
      guard plain, let number = Double(digits), number > 0, number * factor <= 100_000 else { break }
      return number * factor
    }
    throw error("expected a power such as 210 mW, found \"\(text)\"")
  }
}
