// What a fault makes of a good response.

extension NetworkFaults {
  func apply(_ fault: NetworkFault, to response: inout Response) {
    defer { if fault.corrupts { response.isCorrupted = true } }
    let body = response.body
    let rest = body.position..<body.position + body.remaining
    switch fault {
    case .cut(let place), .stall(let place):
      let count = place.offset(in: rest.count)
      guard count <= rest.count else { break }
      let part = rest.lowerBound..<rest.lowerBound + count
      let ending: Body.Ending = if case .cut = fault { .reset } else { .stall }
      response.body = body.changed(range: part, ending: ending)
    case .throttle(let rate):
      response.body = body.changed(microsecondsPerKibibyte: Int64(1_024_000_000 / max(1, rate)))
    case .flip(let place, let bit):
      let index = rest.lowerBound + place.offset(in: rest.count)
      response.body = body.changed(bytes: Self.flipped(body.bytes, at: index, bit: bit))
    case .captivePortal: response = portal()
    case .wrongRange:
      guard response.status == 206, !rest.isEmpty else { break }
      response.contentRange = response.contentRange.map { ($0.start + 1, $0.total) }
      response.contentLength = response.contentLength.map { $0 - 1 }
      response.body = body.changed(range: rest.lowerBound + 1..<rest.upperBound)
    case .wrongTotal: response.contentRange = response.contentRange.map { ($0.start, $0.total + 1) }
    case .replaceArtifact, .spliceArtifact: replace(&response)
    case .wrongArtifact:
      response.body = body.changed(bytes: Self.flipped(body.bytes, at: body.bytes.count / 2, bit: 3))
    case .wrongLength(let difference):
      response.contentLength = response.contentLength.map { max(0, $0 + difference) }
    case .wrongBody(let difference): resize(&response, by: difference)
    case .chunked: response.contentLength = nil
    case .body(let text): replaceDocument(&response, Array(text.utf8))
    case .flood(let count): replaceDocument(&response, [UInt8](repeating: 0x20, count: max(0, count)))
    case .tamper(let field, let value): tamper(&response, field, value)
    case .replay: replayFirst(&response)
    case .notModified:
      response = Response(status: 304)
    case .fail, .loseResponse, .status, .ignoreRange, .redirect: break
    }
  }

  private static func flipped(_ bytes: [UInt8], at index: Int, bit: Int) -> [UInt8] {
    guard bytes.indices.contains(index) else { return bytes }
    var bytes = bytes
    bytes[index] ^= 1 << UInt8(bit & 7)
    return bytes
  }

  private func portal() -> Response {
    var response = Response(status: 200)
    response.contentType = "text/html"
    response.body = Body(bytes: Self.page(200))
    return response
  }

  private func replace(_ response: inout Response) {
    guard response.status == 200 || response.status == 206 else { return }
    let bytes = response.body.bytes.map { ~$0 }
    // Another image of the same kind: its magic, at the beginning, stays.
    let kept = max(0, 8 - response.body.origin)
    response.body = response.body.changed(
      bytes: Array(response.body.bytes.prefix(kept)) + bytes.dropFirst(kept))
    response.tag = "\"replaced\""
  }

  private func resize(_ response: inout Response, by difference: Int) {
    let body = response.body
    let bytes = Array(body.bytes[body.position..<body.position + body.remaining])
    let resized =
      difference >= 0
      ? bytes + [UInt8](repeating: 0xA5, count: difference) : Array(bytes.dropLast(-difference))
    response.body = Body(bytes: resized, ending: body.ending, origin: body.origin + body.position)
  }

  private func replaceDocument(_ response: inout Response, _ bytes: [UInt8]) {
    response.body = Body(bytes: bytes)
    response.contentLength = bytes.count
    response.truth = ManifestTruth(manifest: nil)
  }

  /// Changes a field in the text of the manifest, leaving the signature as it was.
  private func tamper(_ response: inout Response, _ field: String, _ value: String) {
    // Behind a relay nobody knows more of the manifest than what it says.
    guard var manifest = response.truth?.manifest ?? Manifest(json: Array(response.body.unread)) else {
      return
    }
    switch field {
    case "size": manifest.sizeBytes = Int(value) ?? 0
    case "sha256": manifest.digest = ImageDigest(of: Array(value.utf8))
    case "version": manifest.version = ModelVersion(value) ?? manifest.version
    case "target": manifest.target = value
    case "signature": manifest.signature = value
    case "key": manifest.sign(with: SigningKey(name: value))
    case "assignment": manifest.assignment = UInt32(value) ?? 0
    case "model": manifest.model = value
    case "format": manifest.format = value
    case "runtime": manifest.minimumRuntime = ModelVersion(value) ?? manifest.minimumRuntime
    case "arena": manifest.arenaBytes = Int(value) ?? 0
    case "deadline": manifest.confirmSeconds = Int(value) ?? 0
    case "expiry": manifest.expirySeconds += Int64(value) ?? 0
    case "order": manifest.order = Manifest.Order(rawValue: value) ?? manifest.order
    case "window": manifest.window = manifest.window == nil ? 0...23 : nil
    default: manifest.contract = value
    }
    let json = manifest.json
    response.body = Body(bytes: json)
    response.contentLength = json.count
    response.truth = ManifestTruth(manifest: manifest, isAuthentic: false)
  }

  private func replayFirst(_ response: inout Response) {
    guard let first = firstAnswer else { return }
    response = first
  }
}
