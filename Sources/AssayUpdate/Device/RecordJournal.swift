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

  /// The newest whole record; nil when neither sector holds one.
  mutating func load(from board: Board) -> DeviceRecord? {
    var newest: (record: DeviceRecord, sequence: UInt32)?
    for copy in RecordCopy.allCases {
      guard let found = read(copy, from: board) else { continue }
      if let newest, !isPreferred(found.sequence, to: newest.sequence) { continue }
      if flaws.contains(.readsFirstCopyOnly), newest != nil { continue }
      newest = found
      liveCopy = copy
      sequence = found.sequence
    }
    stored = newest?.record
    return stored
  }

  /// Writes a record into the sector that is not live and reads it back; false when it did not stay.
  mutating func store(_ record: DeviceRecord, on board: inout Board) throws(Reset) -> Bool {
    let copy = copyToWrite(board)
    let sector = board.flash.geometry.recordSector(copy)
    let next = RecordCodec.next(after: sequence)
    let bytes = RecordCodec.encode(record, sequence: next)
    guard bytes.count <= RecordCodec.limitBytes else { return false }
    if !flaws.contains(.programsWithoutErasing) {
      guard try board.erase(sector: sector) else { return false }
    }
    let address = sector * FlashGeometry.sectorBytes
    guard try board.program(at: address, from: bytes, range: 0..<bytes.count) else { return false }
    guard flaws.contains(.recordNotReadBack) || isStored(bytes, at: address, on: board) else { return false }
    if !flaws.contains(.forgetsLiveCopy) || liveCopy == nil { liveCopy = copy }
    sequence = next
    stored = record
    return true
  }

  /// The spare copy; or the live one when it is damaged, because then the spare copy is all there is.
  private func copyToWrite(_ board: Board) -> RecordCopy {
    guard let liveCopy else { return .zero }
    if flaws.contains(.rewritesRecordInPlace) { return liveCopy }
    let isWhole = flaws.contains(.trustsLiveRecord) || read(liveCopy, from: board)?.sequence == sequence
    return isWhole ? liveCopy.other : liveCopy
  }

  private func isPreferred(_ a: UInt32, to b: UInt32) -> Bool {
    if flaws.contains(.comparesSequencePlainly) { return a > b }
    return flaws.contains(.prefersOlderRecord)
      ? RecordCodec.isNewer(b, than: a) : RecordCodec.isNewer(a, than: b)
  }

  private func read(_ copy: RecordCopy, from board: Board) -> (record: DeviceRecord, sequence: UInt32)? {
    let address = board.flash.geometry.recordSector(copy) * FlashGeometry.sectorBytes
    guard let sector = try? board.flash.read(at: address, count: FlashGeometry.sectorBytes) else {
      return nil
    }
    return RecordCodec.decode(sector, flaws: flaws)
  }

  private func isStored(_ bytes: [UInt8], at address: Int, on board: Board) -> Bool {
    (try? board.flash.read(at: address, count: bytes.count)) == bytes
  }
}
