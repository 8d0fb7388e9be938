import AssayMeasure
import AssayModel
import AssayTestSupport
import Testing

/// An ETDump whose runs each hold these events.
private func etdump(_ runs: [[(String, UInt64, UInt64)]]) -> [UInt8] {
  let tables = runs.map { events in
    FlatTableValue([
      0: .string("run"),
      3: .tables(
        events.map { event in
          let profile: [Int: FlatValue] = [
            0: .string(event.0), 6: .uint64(event.1), 7: .uint64(event.2),
          ]
          return FlatTableValue([0: .table(FlatTableValue(profile))])
        }),
    ])
  }
  return FlatWriter.file(FlatTableValue([0: .uint32(0), 1: .tables(tables)]), identifier: "ED00")
}

private func message(_ bytes: [UInt8], clockHertz: Int = 240_000_000) -> String {
  do {
    _ = try DeviceLog(etdump: bytes, clockHertz: clockHertz)
    return "no error"
  } catch {
    return "\(error)"
  }
}

struct `ETDump files` {
  @Test func `give one inference per method call, in cycles of the clock`() throws {
    let bytes = etdump([
      [("Method::init", 0, 50), ("aten::add.out", 100, 200), ("Method::execute", 100, 48_100)],
      [("Method::execute", 4_294_967_000, 23_704)],
    ])
    let log = try DeviceLog(etdump: bytes, clockHertz: 240_000_000)
    #expect(log.invocations.map(\.microseconds) == [200, 100])
    #expect(ETDumpReader.isETDump(bytes) && !ETDumpReader.isETDump([1, 2, 3]))
  }

  @Test func `with ticks that cannot be are used in part`() throws {
    let log = try DeviceLog(
      etdump: etdump([[("Method::execute", 9 << 40, 1), ("Method::execute", 0, 240)]]),
      clockHertz: 240_000_000)
    #expect(log.invocations.map(\.microseconds) == [1])
    #expect(log.notes.map(\.message) == ["run 0: ticks that go backwards: not used"])
  }

  @Test func `without an inference, of another kind or cut anywhere are refused`() {
    #expect(
      message(etdump([[("aten::add.out", 1, 2)]])) == "times no inference: it has no Method::execute event")
    #expect(message([]).hasPrefix("is no readable ETDump"))
    let whole = etdump([[("Method::execute", 1, 2)]])
    #expect(message(whole) == "no error")
    #expect(message(whole, clockHertz: 0) == "a clock of 0 Hz times nothing")
    for length in stride(from: 0, to: whole.count - 1, by: 3) {
      _ = message(Array(whole[..<length]))
    }
  }

  @Test func `damaged anywhere never trap`() {
    let seed: UInt64 = 5
    var generator = SeededGenerator(seed: seed)
    let whole = etdump([[("Method::execute", 1, 2), ("aten::mul.out", 3, 4)]])
    for _ in 0..<2000 {
      var bytes = whole
      bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
      _ = message(bytes)
    }
  }
}
