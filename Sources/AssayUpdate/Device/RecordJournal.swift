/// The two sectors that hold the record in turn.
///
/// The live copy is never touched: a new record goes into the other sector, and it becomes the live
/// one by its sequence number once its checksum is complete. A cut at any moment leaves the old
/// record or the new one.
struct RecordJournal {
  private(set) var liveCopy: RecordCopy?
  /// What the live copy says.
  private(set) var stored: DeviceRecord?
  private var sequence: UInt32 = .max
  private let flaws: DeviceFlaws

  init(flaws: DeviceFlaws) { self.flaws = flaws }

  /// The newest whole record; nil when neither sector holds one, or when the newest one is of a version
  /// that this firmware does not know: what an older copy says is no longer true.
  mutating func load(from board: inout Board) -> DeviceRecord? {
    var newest: (record: DeviceRecord, sequence: UInt32)?
    for copy in RecordCopy.allCases {
      guard let found = read(copy, from: &board) else { continue }
      if let newest, !isPreferred(found.sequence, to: newest.sequence, on: &board) { continue }
      if flaws.contains(.readsFirstCopyOnly), newest != nil { continue }
      newest = found
      liveCopy = copy
      sequence = found.sequence
    }
    stored = newest?.record
    for copy in RecordCopy.allCases { respectUnknown(copy, on: &board) }
    return stored
  }

  /// A record of another version that is newer than all others stays where it is, unread.
  private mutating func respectUnknown(_ copy: RecordCopy, on board: inout Board) {
    guard let unknown = unknownSequence(copy, from: board), !flaws.contains(.overwritesUnknownRecord),
      liveCopy == nil || isPreferred(unknown, to: sequence, on: &board)
    else { return }
    liveCopy = copy
    sequence = unknown
    stored = nil
  }

  /// Writes a record into the sector that is not live and reads it back; false when it did not stay.
  mutating func store(_ record: DeviceRecord, on board: inout Board) throws(Reset) -> Bool {
    let copy = copyToWrite(&board)
    let sector = board.flash.geometry.recordSector(copy)
    let next = RecordCodec.next(after: sequence)
    let bytes = RecordCodec.encode(record, sequence: next)
    guard bytes.count <= RecordCodec.limitBytes else { return false }
    if !flaws.contains(.programsWithoutErasing) {
      guard try board.erase(sector: sector) else { return false }
    }
    let address = sector * FlashGeometry.sectorBytes
    guard try board.program(at: address, from: bytes, range: 0..<bytes.count) else { return false }
    let isKept = isStored(bytes, at: address, on: board)
    guard flaws.contains(.recordNotReadBack) || board.holds(.readBack, isKept, flaws) else { return false }
    if !flaws.contains(.forgetsLiveCopy) || liveCopy == nil { liveCopy = copy }
    sequence = next
    stored = record
    return true
  }

  /// The spare copy; or the live one when it is damaged, because then the spare copy is all there is.
  private func copyToWrite(_ board: inout Board) -> RecordCopy {
    guard let liveCopy else { return .zero }
    if flaws.contains(.rewritesRecordInPlace) { return liveCopy }
    let isWhole =
      flaws.contains(.trustsLiveRecord) || read(liveCopy, from: &board)?.sequence == sequence
      || unknownSequence(liveCopy, from: board) == sequence
    return isWhole ? liveCopy.other : liveCopy
  }

  private func isPreferred(_ a: UInt32, to b: UInt32, on board: inout Board) -> Bool {
    if flaws.contains(.comparesSequencePlainly) { return a > b }
    let isNewer =
      flaws.contains(.prefersOlderRecord)
      ? RecordCodec.isNewer(b, than: a) : RecordCodec.isNewer(a, than: b)
    return board.holds(.newer, isNewer, flaws)
  }

  private func read(
    _ copy: RecordCopy, from board: inout Board
  ) -> (record: DeviceRecord, sequence: UInt32)? {
    guard let sector = sector(copy, of: board) else { return nil }
    return RecordCodec.decode(sector, flaws: flaws) { board.holds(.record, $0, flaws) }
  }

  private func unknownSequence(_ copy: RecordCopy, from board: Board) -> UInt32? {
    sector(copy, of: board).flatMap(RecordCodec.unknownSequence)
  }

  private func sector(_ copy: RecordCopy, of board: Board) -> [UInt8]? {
    let address = board.flash.geometry.recordSector(copy) * FlashGeometry.sectorBytes
    return try? board.flash.read(at: address, count: FlashGeometry.sectorBytes)
  }

  private func isStored(_ bytes: [UInt8], at address: Int, on board: Board) -> Bool {
    (try? board.flash.read(at: address, count: bytes.count)) == bytes
  }
}
