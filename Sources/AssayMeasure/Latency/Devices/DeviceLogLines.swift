/// The lines each tool prints.
extension DeviceLogParser {
  mutating func read(_ line: LogLine) {
    if readProfiler(line) || readStage(line) || readRunner(line) || readExecuTorch(line) { return }
    if readArena(line) { return }
    readChecksum(line)
  }

  /// TFLite Micro's `Log` and `LogCsv`, and the sums by tag.
  private mutating func readProfiler(_ line: LogLine) -> Bool {
    if line.after(" took ") != nil, line.after(" ticks") != nil {
      guard let tag = line.word(before: " took "), let ticks = line.number(after: " took ") else {
        note("a profiler line whose layer or ticks cannot be read")
        return true
      }
      addEvent(tag, ticks)
      return true
    }
    let fields = line.fields
    if fields.count == 3, let ticks = LogLine.number(fields[2][...]), Self.isLayerTag(fields[1]),
      Self.endsInNumber(fields[0])
    {
      addEvent(fields[1], ticks)
      return true
    }
    guard fields.count == 2, fields[0].hasSuffix("total number of ticks"),
      let ticks = LogLine.number(fields[1][...])
    else { return false }
    // The benchmark sums its own set-up the same way, before the layers.
    if !log.events.isEmpty || log.invocations.isEmpty { addInvocation(.ticksPerTag, ticks) }
    return true
  }

  /// Operators are written in capitals; the benchmark's own steps are `tflite::...`.
  private static func isLayerTag(_ tag: String) -> Bool {
    guard let first = tag.unicodeScalars.first, ("A"..."Z").contains(first) else { return false }
    return tag.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || $0 == UInt8(ascii: "_") }
  }

  /// The event number, behind whatever a monitor put in front of it.
  private static func endsInNumber(_ field: String) -> Bool {
    field.unicodeScalars.last.map { ("0"..."9").contains($0) } ?? false
  }

  private mutating func addEvent(_ tag: String, _ ticks: Double) {
    // A difference of an unsigned counter that was printed signed, or taken across its wrap.
    let microseconds = ticks < 0 ? ticks + 4_294_967_296 : ticks
    guard microseconds >= 0, microseconds < 600_000_000 else {
      return note(
        "\(tag): \(Int(clamping: Int64(max(-1e18, min(1e18, ticks))))) ticks are no layer's time: not used")
    }
    if ticks < 0 { note("\(tag): negative ticks, taken as a counter that wrapped") }
    log.events.append(DeviceLog.Event(tag: tag, microseconds: microseconds, line: log.lines))
  }

  private mutating func addInvocation(_ source: DeviceLog.Invocation.Source, _ microseconds: Double) {
    guard microseconds > 0, microseconds < 86_400_000_000 else {
      return note("an inference of \(microseconds) us is not possible: not used")
    }
    log.invocations.append(DeviceLog.Invocation(source: source, microseconds: microseconds, line: log.lines))
  }

  /// esp-tflite-micro's `Total time = 54` and `conv time = 30`, in whole milliseconds.
  private mutating func readStage(_ line: LogLine) -> Bool {
    guard let value = line.number(after: " time = "), let stage = line.word(before: " time = ") else {
      return false
    }
    if stage == "Total" {
      log.stageMilliseconds = [:]
      if value == 0 {
        note("a total of 0 ms: below the resolution")
      } else {
        addInvocation(.stageTimes, value * 1000)
      }
    } else {
      log.stageMilliseconds[stage] = value
    }
    return true
  }

  /// MLPerf Tiny: the runner's windows, or the device's own timestamps around a batch.
  private mutating func readRunner(_ line: LogLine) -> Bool {
    if line.after("Throughput") != nil, line.after("inf./sec") != nil {
      if let rate = line.number(after: "Throughput"), rate > 0 { addInvocation(.benchmarkRunner, 1e6 / rate) }
      return true
    }
    if let count = line.number(after: "m-infer-start-") {
      (inferencesInLap, lapMicroseconds) = (count, nil)
      return true
    }
    guard let time = line.number(after: "m-lap-us-") else { return line.after("m-infer-done") != nil }
    if let start = lapMicroseconds, let count = inferencesInLap, count >= 1 {
      // The counter has 32 bits and wraps after 71 minutes.
      let elapsed = time >= start ? time - start : time - start + 4_294_967_296
      addInvocation(.benchmarkRunner, elapsed / count)
      (lapMicroseconds, inferencesInLap) = (nil, nil)
    } else {
      lapMicroseconds = time
    }
    return true
  }

  private mutating func readExecuTorch(_ line: LogLine) -> Bool {
    guard let milliseconds = line.number(after: "Average inference time: ") else { return false }
    addInvocation(.executorchReport, milliseconds * 1000)
    return true
  }

  private mutating func readArena(_ line: LogLine) -> Bool {
    if line.after("Failed to ") != nil, let requested = line.after("Requested").flatMap(LogLine.bytes),
      let available = line.after("available").flatMap(LogLine.bytes),
      let missing = line.after("missing").flatMap(LogLine.bytes)
    {
      log.arenaFailures.append(
        DeviceLog.ArenaFailure(
          requestedBytes: requested, availableBytes: available, missingBytes: missing, line: log.lines))
      return true
    }
    if let total = line.after("Arena allocation total").flatMap(LogLine.bytes) {
      log.arena.totalBytes = total
    }
    if let head = line.after("Arena allocation head").flatMap(LogLine.bytes) { log.arena.headBytes = head }
    if let tail = line.after("Arena allocation tail").flatMap(LogLine.bytes) { log.arena.tailBytes = tail }
    if line.after("]]: ") != nil { isInArenaTable = line.after("]]: Arena") != nil }
    guard isInArenaTable else { return line.after("Arena allocation") != nil }
    return readArenaTable(line)
  }

  /// The benchmark's table, drawn with bars or as CSV.
  private mutating func readArenaTable(_ line: LogLine) -> Bool {
    func value(_ name: String) -> Int? {
      guard let rest = line.after(name) else { return nil }
      return LogLine.bytes(rest.drop { " |\",".contains($0) })
    }
    if let bytes = value("NonPersistent") {
      log.arena.headBytes = bytes
    } else if let bytes = value("Persistent") {
      log.arena.tailBytes = bytes
    } else if let bytes = value("Total") {
      log.arena.totalBytes = bytes
    } else {
      return false
    }
    return true
  }

  private mutating func readChecksum(_ line: LogLine) {
    if let text = line.after("Model CRC32: 0x") ?? line.after("Model CRC32: ") {
      log.modelCRC32 = UInt32(text.prefix { $0.isHexDigit }, radix: 16)
    }
    if let text = line.after("model sha256: ") ?? line.after("Model SHA256: ") {
      let digits = text.prefix { $0.isHexDigit }.lowercased()
      if digits.utf8.count == 64 { log.modelSHA256 = digits }
    }
  }
}
