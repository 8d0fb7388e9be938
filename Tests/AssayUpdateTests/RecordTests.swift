import Testing

@testable import AssayUpdate

struct RecordTests {
  static func sample(seed: UInt64) -> DeviceRecord {
    var random = SeededRandom(seed: seed)
    var record = DeviceRecord()
    record.phase = DeviceRecord.Phase.allCases[random.below(4)]
    record.active = random.chance(perMille: 700) ? .one : nil
    record.candidate = random.chance(perMille: 500) ? .zero : nil
    for slot in SlotIndex.allCases where random.chance(perMille: 600) {
      record[slot] = DeviceRecord.Content(
        digest: ImageDigest(of: random.bytes(9)), sizeBytes: UInt32(random.below(1 << 20)),
        version: ModelVersion(1, UInt16(random.below(60000)), 3), assignment: UInt32(random.below(99)),
        confirmSeconds: 60)
    }
    record.manifestTag = "\"m1\""
    record.download = DeviceRecord.Download(
      digest: ImageDigest(of: random.bytes(3)), tag: "\"t\"", sectorsDone: 16, failures: 2)
    for _ in 0..<random.below(12) { record.quarantine(ImageDigest(of: random.bytes(4))) }
    for _ in 0..<random.below(12) { record.queue(.failed, .digest, assignment: 4) }
    return record
  }

  @Test(arguments: UInt64(0)..<50)
  func `a record reads back as it was written`(seed: UInt64) throws {
    let record = Self.sample(seed: seed)
    let sector = RecordCodec.encode(record, sequence: 77)
    let padded = sector + [UInt8](repeating: 0xFF, count: 4096 - sector.count)
    let found = try #require(RecordCodec.decode(padded))
    #expect(found.record == record)
    #expect(found.sequence == 77)
  }

  @Test func `the checksum covers every byte`() {
    let bytes = RecordCodec.encode(Self.sample(seed: 3), sequence: 5)
    for index in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes + [UInt8](repeating: 0xFF, count: 4096 - bytes.count)
        flipped[index] ^= 1 << UInt8(bit)
        #expect(RecordCodec.decode(flipped) == nil, "byte \(index), bit \(bit)")
      }
    }
  }

  @Test func `no prefix of a record is a record`() {
    let bytes = RecordCodec.encode(Self.sample(seed: 4), sequence: 5)
    for count in 0..<bytes.count {
      let torn = bytes.prefix(count) + [UInt8](repeating: 0xFF, count: 4096 - count)
      #expect(RecordCodec.decode(Array(torn)) == nil, "\(count) bytes")
    }
  }

  @Test func `erased flash is not a record`() {
    #expect(RecordCodec.decode([UInt8](repeating: 0xFF, count: 4096)) == nil)
  }

  @Test(arguments: [
    (UInt32(0), UInt32(1)), (5, 6), (0xFFFF_FFFD, 0xFFFF_FFFE), (0xFFFF_FFFE, 0), (0xFFFF_FFFF, 0),
  ])
  func `sequence numbers wrap past what erased flash reads`(before: UInt32, after: UInt32) {
    #expect(RecordCodec.next(after: before) == after)
    if before != .max { #expect(RecordCodec.isNewer(after, than: before)) }
    #expect(!RecordCodec.isNewer(before, than: before))
  }

  @Test func `the queue keeps final reports when it is full`() {
    var record = DeviceRecord()
    record.queue(.succeeded, assignment: 1)
    for assignment in UInt32(2)..<20 { record.queue(.deferred, .battery, assignment: assignment) }
    #expect(record.reports.count == DeviceRecord.reportLimit)
    #expect(record.reports.first?.status == .succeeded)
  }

  @Test(arguments: ["1.2.3", "0.0.0", "65535.1.0"]) func `a version is three numbers`(text: String) {
    #expect(ModelVersion(text)?.description == text)
  }

  @Test(arguments: ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.-3", "1.2.65536", "1.2.3 ", "a.b.c", "1..3"])
  func `anything else is not a version`(text: String) { #expect(ModelVersion(text) == nil) }
}

struct UnknownRecordTests {
  private static func sector(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0xFF, count: 4096 - bytes.count)
  }

  private static func newer(_ sequence: UInt32) -> [UInt8] {
    sector(RecordCodec.frame([0, 1, 2], sequence: sequence, version: RecordCodec.version + 1))
  }

  @Test func `a record of another version is seen, and not read`() {
    #expect(RecordCodec.decode(Self.newer(7)) == nil)
    #expect(RecordCodec.unknownSequence(Self.newer(7)) == 7)
    let own = Self.sector(RecordCodec.encode(RecordTests.sample(seed: 1), sequence: 7))
    #expect(RecordCodec.unknownSequence(own) == nil)
  }

  @Test func `a torn record of another version is nothing`() {
    let whole = Self.newer(7)
    for index in 0..<17 {
      for bit in 0..<8 {
        var torn = whole
        torn[index] ^= 1 << UInt8(bit)
        #expect(RecordCodec.unknownSequence(torn) == nil, "byte \(index), bit \(bit)")
      }
    }
  }

  /// Copies as their sequence numbers, negative ones of a newer version; what is read, where the next goes.
  @Test(
    arguments: [
      (5, -6, nil, 0), (-6, 5, nil, 1), (-5, 6, 6, 0), (6, -5, 6, 1), (-5, -6, nil, 0), (-6, -5, nil, 1),
      (-6, nil, nil, 1), (nil, -6, nil, 0), (5, 6, 6, 0),
    ] as [(Int?, Int?, UInt32?, Int)])
  func `the newest record is never overwritten, whoever wrote it`(
    zero: Int?, one: Int?, read: UInt32?, next: Int
  ) throws {
    var board = try Self.board()
    for (copy, sequence) in [(RecordCopy.zero, zero), (.one, one)] {
      let number = UInt32(clamping: abs(sequence ?? 0))
      let own = Self.sector(RecordCodec.encode(RecordTests.sample(seed: UInt64(number)), sequence: number))
      let content = sequence.map { $0 < 0 ? Self.newer(number) : own } ?? Flash.erasedSector
      board.flash.leave(content, sector: board.flash.geometry.recordSector(copy))
    }
    var journal = RecordJournal(flaws: [])
    #expect(journal.load(from: &board) == read.map { RecordTests.sample(seed: UInt64($0)) })
    #expect(try journal.store(RecordTests.sample(seed: 9), on: &board))
    let written = RecordCopy.allCases.filter { copy in
      RecordCodec.decode(board.flash.sectors[board.flash.geometry.recordSector(copy)])?.sequence == 7
    }
    #expect(written.map(\.number) == [next])
    var later = RecordJournal(flaws: [])
    #expect(later.load(from: &board) == RecordTests.sample(seed: 9))
  }

  private static func board() throws -> Board {
    let scenario = Scenario(name: "a", catalogue: [], place: "")
    let subject = Subject()
    let mission = try #require(
      Mission(scenario, subject, images: ScenarioImages(scenario, subject)))
    return mission.makeBoard(seed: 1, judge: ImageJudge(selfTest: mission.selfTest))
  }
}
