internal import AssayModel

extension DeviceLog {
  /// What an ETDump of ExecuTorch's event tracer says: every inference by its `Method::execute`.
  ///
  /// - Parameter clockHertz: ticks on ESP chips are processor cycles, of a counter with 32 bits.
  /// - Throws: a damaged file, or one that times no inference.
  public init(etdump bytes: [UInt8], clockHertz: Int) throws(DeviceLogError) {
    self.init()
    let events: [ETDumpEvent]
    do throws(ModelError) {
      events = try ETDumpReader.events(bytes)
    } catch {
      throw DeviceLogError("is no readable ETDump: \(error)")
    }
    guard clockHertz > 0 else { throw DeviceLogError("a clock of \(clockHertz) Hz times nothing") }
    for event in events where event.name == "Method::execute" {
      guard let cycles = Self.cycles(event) else {
        notes.append(Note(line: 0, message: "run \(event.run): ticks that go backwards: not used"))
        continue
      }
      let microseconds = Double(cycles) / Double(clockHertz) * 1e6
      invocations.append(Invocation(source: .executorchReport, microseconds: microseconds, line: 0))
    }
    guard !invocations.isEmpty else {
      throw DeviceLogError("times no inference: it has no Method::execute event")
    }
  }

  /// Elapsed cycles; the counter may have wrapped once between the two.
  private static func cycles(_ event: ETDumpEvent) -> UInt64? {
    if event.endTick > event.startTick { return event.endTick - event.startTick }
    let (wrapped, overflow) = event.endTick.addingReportingOverflow(1 << 32)
    guard !overflow, event.startTick < 1 << 32, wrapped > event.startTick, event.endTick < event.startTick
    else { return nil }
    return wrapped - event.startTick
  }
}
