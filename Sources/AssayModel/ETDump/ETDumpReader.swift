/// A profiling event of an ExecuTorch run: a name with its first and last tick.
public struct ETDumpEvent: Sendable, Hashable {
  /// Position of its run in the file.
  public var run: Int
  /// `Method::execute` for a whole inference, an operator's name for one call.
  public var name: String
  /// The instruction of the method; -1 for what is no instruction.
  public var instruction: Int
  public var startTick: UInt64
  public var endTick: UInt64
}

/// Reads ETDump files (`ED00`), which ExecuTorch's event tracer writes.
///
/// Only profiling events are read; allocations and debug values are passed over.
public enum ETDumpReader {
  public static let identifier = "ED00"
  /// Events that are read from one file.
  static let eventLimit = 200_000
  static let runLimit = 10_000

  /// Whether the bytes carry ETDump's identifier.
  public static func isETDump(_ bytes: [UInt8]) -> Bool { FlatBuffer.identifier(of: bytes) == identifier }

  /// - Throws: `ModelError` with the byte at fault.
  public static func events(_ bytes: [UInt8], limits: ModelLimits = .default) throws(ModelError)
    -> [ETDumpEvent]
  {
    guard bytes.count <= limits.fileBytes else {
      throw ModelError(.limit, "\(bytes.count) bytes are more than \(limits.fileBytes)")
    }
    guard isETDump(bytes) else { throw ModelError(.notAModel, at: 4, "the identifier ED00 is missing") }
    let runs = try FlatBuffer(bytes, limits: limits).root().tables(Field.runs).limited(to: runLimit)
    var events: [ETDumpEvent] = []
    for run in 0..<runs.count {
      let entries = try runs.table(run).tables(Field.events).limited(to: eventLimit)
      for index in 0..<entries.count {
        guard let profile = try entries.table(index).table(Field.profile) else { continue }
        guard events.count < eventLimit else {
          throw ModelError(.limit, at: profile.position, "more than \(eventLimit) events")
        }
        events.append(try event(profile, run: run, in: bytes))
      }
    }
    return events
  }

  private static func event(_ profile: FlatTable, run: Int, in bytes: [UInt8]) throws(ModelError)
    -> ETDumpEvent
  {
    let name = try profile.string(Field.name).map { String(decoding: bytes[$0], as: UTF8.self) }
    return ETDumpEvent(
      run: run, name: name ?? "", instruction: try profile.int(Field.instruction, default: -1),
      startTick: try profile.integer(Field.start), endTick: try profile.integer(Field.end))
  }

  /// Slots of the schema's tables.
  private enum Field {
    static let runs = FlatField(1, "run data")
    static let events = FlatField(3, "events")
    static let profile = FlatField(0, "profile event")
    static let name = FlatField(0, "name")
    static let instruction = FlatField(2, "instruction id")
    static let start = FlatField(6, "start time")
    static let end = FlatField(7, "end time")
  }
}
