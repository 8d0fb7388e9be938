// A body becomes flash sectors.

extension Device {
  /// Writes a response's body from `start` on, a sector at a time.
  ///
  /// A sector is erased only when all of its bytes have arrived, so that a lost connection never
  /// leaves half a sector, and nothing is erased for a body that is not the image.
  mutating func receive(
    _ response: Response, _ manifest: Manifest, from start: Int, on board: inout Board
  ) throws(Reset) -> Attempt {
    guard let slot = record.candidate else { return .interrupted(retryAfterSeconds: nil) }
    guard holds(.type, isWantedType(response), on: &board) || flaws.contains(.takesAnyContentType) else {
      return .interrupted(retryAfterSeconds: nil)
    }
    let isWanted = isWantedLength(response, manifest, start)
    guard holds(.length, isWanted, on: &board) || flaws.contains(.ignoresContentLength) else {
      return .failed(.length)
    }
    let isHeadGood = start > 0 || isWantedFormat(response, manifest)
    guard holds(.head, isHeadGood, on: &board) || flaws.contains(.ignoresImageHead) else {
      return .failed(.format)
    }
    let isTagKept = flaws.contains(.keepsStaleTag) && record.download?.tag.isEmpty == false
    if start == 0, !isTagKept { record.download?.tag = response.tag ?? "" }
    let base = board.flash.geometry.address(of: slot)
    var body = response.body
    var position = start
    while position < manifest.sizeBytes || flaws.contains(.readsPastManifestSize) && body.remaining > 0 {
      let wanted = wantedBytes(at: position, manifest)
      let (range, duration) = board.receive(&body, upTo: wanted, step: .artifact)
      guard !isTooSlow(duration, range.count) || flaws.contains(.neverTooSlow) else {
        return .interrupted(retryAfterSeconds: nil)
      }
      guard holds(.arrived, range.count == wanted, on: &board) else { return shortBody(body, on: &board) }
      if flaws.contains(.savesProgressTooEarly) { try saveBeforeWriting(on: &board) }
      guard try writeSector(at: base + position, from: body.bytes, range: range, on: &board) else {
        return .failed(.storage)
      }
      position += range.count
      if !flaws.contains(.savesProgressTooEarly) { record.download?.sectorsDone += 1 }
      guard try saveNowAndThen(position, manifest, on: &board) else { return .failed(.storage) }
    }
    return .complete
  }

  private func wantedBytes(at position: Int, _ manifest: Manifest) -> Int {
    if flaws.contains(.readsPastManifestSize) { return FlashGeometry.sectorBytes }
    return min(FlashGeometry.sectorBytes, manifest.sizeBytes - position)
  }

  /// A length the service does not state is not an objection: the manifest's size limits what is read.
  private func isWantedLength(_ response: Response, _ manifest: Manifest, _ start: Int) -> Bool {
    guard let length = response.contentLength, !flaws.contains(.readsPastManifestSize) else { return true }
    return length == manifest.sizeBytes - start
  }

  /// A captive portal answers 200 too; it goes away when somebody has logged in.
  private func isWantedType(_ response: Response) -> Bool {
    response.contentType.map { $0 == "application/octet-stream" } ?? true
  }

  /// The first bytes, before the first erase.
  private func isWantedFormat(_ response: Response, _ manifest: Manifest) -> Bool {
    let head = response.body.bytes.dropFirst(response.body.position).prefix(8)
    return ModelFormat.accepts(head: Array(head), format: manifest.format)
  }

  private func isTooSlow(_ microseconds: Int64, _ count: Int) -> Bool {
    microseconds > 0 && Int64(count) * 1_000_000 / microseconds < policy.slowestBytesPerSecond
  }

  private func shortBody(_ body: Body, on board: inout Board) -> Attempt {
    switch body.ending {
    case .complete: return .failed(.length)
    case .reset: return .interrupted(retryAfterSeconds: nil)
    case .stall:
      waitForStalled(on: &board)
      return .interrupted(retryAfterSeconds: nil)
    }
  }

  private func writeSector(
    at address: Int, from bytes: [UInt8], range: Range<Int>, on board: inout Board
  ) throws(Reset) -> Bool {
    let sector = address / FlashGeometry.sectorBytes
    if !flaws.contains(.skipsEraseOfBlankSector) || !board.flash.isBlank(sector: sector) {
      guard try board.erase(sector: sector) else { return false }
    }
    return try board.program(at: address, from: bytes, range: range) || flaws.contains(.ignoresProgramFailure)
  }

  /// A flaw: the record says "written" before it is.
  private mutating func saveBeforeWriting(on board: inout Board) throws(Reset) {
    record.download?.sectorsDone += 1
    _ = try commit(on: &board)
  }

  private mutating func saveNowAndThen(
    _ position: Int, _ manifest: Manifest, on board: inout Board
  ) throws(Reset) -> Bool {
    let between = flaws.contains(.savesEverySector) ? 1 : policy.sectorsBetweenSaves
    guard let done = record.download?.sectorsDone, Int(done) % between == 0,
      position < manifest.sizeBytes, !flaws.contains(.neverSavesProgress)
    else { return true }
    return try commit(on: &board)
  }
}

/// Model formats by their first bytes.
public enum ModelFormat {
  /// The format of an image: `tflite`, `pte`, or `raw` for bytes nothing is known about.
  public static func detect(_ image: [UInt8]) -> String {
    let identifier = image.dropFirst(4).prefix(4)
    if identifier.elementsEqual("TFL3".utf8) { return "tflite" }
    if identifier.prefix(2).elementsEqual("ET".utf8), image.count >= 8 { return "pte" }
    return "raw"
  }

  /// True unless the first bytes contradict the format.
  static func accepts(head: [UInt8], format: String) -> Bool {
    switch format {
    case "tflite", "pte": detect(head) == format
    default: true
    }
  }
}
