// Requests with redirects, bodies with limits.

extension Device {
  /// Sends a request and follows redirects of the same scheme, at most `policy.redirectLimit`.
  func send(_ request: Request, on board: inout Board) -> Reply {
    var request = request
    var hops = 0
    while true {
      let reply = board.exchange(request)
      guard case .response(let response) = reply, [301, 302, 307, 308].contains(response.status),
        let location = response.location
      else { return reply }
      hops += 1
      guard hops <= policy.redirectLimit || flaws.contains(.followsRedirectsForEver), hops < 1000 else {
        return .failed(.refused)
      }
      guard holds(.redirect, isSecure(location), on: &board) || flaws.contains(.followsInsecureRedirect)
      else { return .failed(.tls) }
      // The token is for this service only.
      if !location.hasPrefix("/"), !flaws.contains(.leaksTokenOnRedirect) { request.token = nil }
      request.url = location
    }
  }

  private func isSecure(_ location: String) -> Bool {
    location.hasPrefix("/") || location.hasPrefix("https://")
  }

  /// The whole body; nil when it is longer than `limit` or does not arrive.
  func readAll(_ body: Body, limit: Int, on board: inout Board) -> [UInt8]? {
    var body = body
    let limit = flaws.contains(.readsAnyManifestLength) ? Int(Int32.max) : limit
    let range = board.receive(&body, upTo: limit + 1, step: .poll).range
    guard range.count <= limit else { return nil }
    switch body.ending {
    case .complete: return Array(body.bytes[range])
    case .reset: return nil
    case .stall:
      waitForStalled(on: &board)
      return nil
    }
  }

  /// Nothing arrives any more; the connection is given up.
  func waitForStalled(on board: inout Board) {
    let seconds = flaws.contains(.waitsForeverOnStall) ? 30 * 86_400 : policy.stallSeconds
    board.clock.microseconds += Int64(seconds) * 1_000_000
  }
}
