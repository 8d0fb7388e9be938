import AssayBaseline
import AssayDocument
import AssayFiles
import AssayGate
import AssayMeasure
import AssayModel
import AssayRuntime

let deviceImportCommand = CommandSpecification(
  name: "device import", arguments: "LOG --model M --target T", positionals: 1...1,
  summary: "what a board measured, from its log (- is standard input), into the database",
  options: targetOptions + [
    .value("model", "M", "the model that ran on the board"),
    .value("by", "NAME", "who does it (default: the login name)"),
  ],
  example:
    "assay device import monitor.log --model kws.tflite --target esp32s3-n16r8 --set runtime.esp_nn=1.2.1"
) { invocation, console in
  let target = try invocation.requiredTarget(of: "device import")
  let path = try invocation.required("model", of: "device import")
  let model = try loading { () throws(GateError) in try LoadedModel(path: path) }
  let read = try DeviceLogFile(invocation.positionals[0], clockHertz: target.clockHertz)
  let profile: DeviceProfile
  do { profile = try DeviceProfile(read.log, of: model.graph, on: target) } catch {
    // What an arena report says is worth showing even where nothing was timed.
    for line in BoardArena(log: read.log, graph: model.graph, target: target).lines {
      console.print(line)
    }
    throw CommandFailure(.unusable, "\(read.path): \(error); nothing was stored")
  }
  let record = DeviceProfileRecord(
    profile, model: model.path, target: target, log: (read.path, read.digest.sha256, read.digest.byteCount),
    estimate: try? LatencyEstimator(target: target).estimate(model.graph), importedAt: Timestamp.now(),
    version: Version.current)
  let store = try BaselineSession(invocation).store
  let isReplaced = try BaselineSession.answering { try store.store(record, by: invocation.person) }
  let view = DeviceImportView(
    record: record, notes: profile.notes, isReplaced: isReplaced,
    arena: BoardArena(log: read.log, graph: model.graph, target: target).lines,
    clockHertz: target.clockHertz)
  if invocation.wantsJSON { console.print(view.json.text().withoutLineEnd) } else { view.print(&console) }
  return .done
}

let deviceListCommand = CommandSpecification(
  name: "device list", arguments: "", positionals: 0...0, summary: "the device profiles in the database",
  options: BaselineSession.options, example: "assay device list --format json"
) { invocation, console in
  let profiles = try invocation.deviceProfiles()
  if invocation.wantsJSON {
    let rows = profiles.map(\.json)
    console.print((["schemaVersion": 1, "profiles": .array(rows)] as JSONValue).text().withoutLineEnd)
    return .done
  }
  for profile in profiles {
    console.print(
      "\(profile.target)  \(profile.model) (\(profile.modelSHA256.prefix(12)))  \(profile.summary)")
    console.print("    imported \(profile.importedAt) from \(profile.log); \(profile.runtimeKey)")
  }
  if profiles.isEmpty { console.diagnose("assay: no device profile yet; see assay help device import") }
  return .done
}

/// A device log that was read to its end: text in one pass, or an ETDump.
struct DeviceLogFile {
  /// As errors and reports name it.
  let path: String
  let log: DeviceLog
  let digest: FileDigest

  /// Longest log that is read, in bytes.
  static let maximumBytes = 256 << 20
  private static let maximumETDumpBytes = 64 << 20

  init(_ argument: String, clockHertz: Int) throws(CommandFailure) {
    path = argument == ByteStream.standardInput ? "standard input" : argument
    do {
      var stream = try ByteStream(argument, limit: Self.maximumBytes)
      let first = try Self.start(&stream)
      log =
        ETDumpReader.isETDump(first)
        ? try Self.etdump(first, &stream, clockHertz) : try Self.text(first, &stream)
      digest = stream.digest()
    } catch let error as FileError {
      throw CommandFailure(.unusable, error.description)
    } catch { throw CommandFailure(.unusable, "\(path): \(error)") }
  }

  /// Enough of the log to see an identifier, however small the pieces of a pipe are.
  private static func start(_ stream: inout ByteStream) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < 8, let piece = try stream.next() { bytes += piece }
    return bytes
  }

  private static func text(_ first: [UInt8], _ stream: inout ByteStream) throws -> DeviceLog {
    var parser = DeviceLogParser()
    try parser.consume(first)
    while let piece = try stream.next() { try parser.consume(piece) }
    return try parser.finish()
  }

  private static func etdump(_ first: [UInt8], _ stream: inout ByteStream, _ clockHertz: Int) throws
    -> DeviceLog
  {
    var bytes = first
    while let piece = try stream.next() {
      bytes += piece
      guard bytes.count <= maximumETDumpBytes else {
        throw CommandFailure(.unusable, "an ETDump above \(maximumETDumpBytes) bytes is not read")
      }
    }
    return try DeviceLog(etdump: bytes, clockHertz: clockHertz)
  }
}

/// What a board printed about its arena, beside the plan for it.
struct BoardArena {
  let log: DeviceLog
  let graph: Graph
  let target: Target

  var lines: [String] {
    guard log.arena != DeviceLog.ArenaUse() || !log.arenaFailures.isEmpty else { return [] }
    var lines: [String] = []
    let plan = (try? target.runtime.kernelLibrary()).flatMap { library in
      try? MemoryPlan(
        graph, ArenaConfiguration(library: library, resourceVariables: target.runtime.resourceVariables))
    }
    if let total = log.arena.totalBytes {
      let planned = plan.map { ", planned \(ReportWords.bytes($0.usedBytes))" } ?? ""
      lines.append("arena used on the board \(ReportWords.bytes(total))\(planned)")
    }
    for failure in log.arenaFailures.prefix(5) {
      let needed = plan.map { "; this target needs an arena of \(ReportWords.bytes($0.minimumBytes))" } ?? ""
      lines.append(
        "line \(failure.line): the arena was too small, \(ReportWords.bytes(failure.missingBytes)) missing of "
          + "\(ReportWords.bytes(failure.requestedBytes))\(needed)")
    }
    return lines
  }
}

/// What `device import` says it understood, stored and left out.
struct DeviceImportView {
  let record: DeviceProfileRecord
  let notes: [String]
  let isReplaced: Bool
  let arena: [String]
  let clockHertz: Int

  var json: JSONValue {
    [
      "schemaVersion": 1, "profile": record.json, "replaced": .bool(isReplaced),
      "leftOut": .array(notes.map { .string($0) }), "arena": .array(arena.map { .string($0) }),
    ]
  }

  func print(_ console: inout Console) {
    console.print(
      "\(isReplaced ? "replaced" : "stored")  \(record.model) on \(record.target): \(record.summary)")
    wrapped(record.runtimeKey, &console)
    if let estimated = record.estimatedMicroseconds {
      let ratio = record.total.median / estimated
      let rounded = ReportWords.number((ratio * 1000).rounded() / 1000)
      wrapped(
        "estimated \(ReportWords.milliseconds(estimated / 1000)); measured is \(rounded) times that", &console
      )
      if let clock = DeviceClock.suspected(ratio: ratio, statedHertz: clockHertz) {
        wrapped(
          "that is what a clock of \(clock / 1_000_000) MHz instead of \(clockHertz / 1_000_000) MHz would "
            + "give (160 MHz is ESP-IDF's default): if so, import it again with --set cpu.clock=\(clock / 1_000_000)MHz",
          &console)
      }
    }
    for line in arena { console.print("  \(line)") }
    for note in notes { wrapped("left out: \(note)", &console) }
  }

  private func wrapped(_ text: String, _ console: inout Console) {
    for line in TerminalReport.wrapped(text, console.width, indent: 2) { console.print(line) }
  }
}

extension DeviceProfileRecord {
  /// `12.345 ms (12.300 ms to 12.400 ms) over 5 runs, 13 layers`.
  fileprivate var summary: String {
    let spread = [total.median, total.lowest, total.highest].map { ReportWords.milliseconds($0 / 1000) }
    let timed = layers.isEmpty ? "layers not timed" : "\(layers.count) layer\(layers.count == 1 ? "" : "s")"
    return "\(spread[0]) (\(spread[1]) to \(spread[2])) over \(runs) run\(runs == 1 ? "" : "s"), \(timed)"
  }

  fileprivate var json: JSONValue {
    [
      "target": .string(target), "model": .string(model), "modelSha256": .string(modelSHA256),
      "runtime": .string(runtimeKey), "log": .string(log), "logSha256": .string(logSHA256),
      "importedAt": .string(importedAt), "runs": .integer(runs), "milliseconds": .number(total.median / 1000),
      "lowMilliseconds": .number(total.lowest / 1000), "highMilliseconds": .number(total.highest / 1000),
      "estimatedMilliseconds": estimatedMicroseconds.map { .number($0 / 1000) } ?? .null,
      "layerMilliseconds": .array(layers.map { .number($0.median / 1000) }),
    ]
  }
}
