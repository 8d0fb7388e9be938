internal import AssayUpdate

/// What a client gets from the relay: the very bytes, and what becomes of the connection after them.
struct RelayAnswer: Equatable {
  enum Ending: Equatable {
    /// The next request may come.
    case keep
    case close
    case reset
    /// The connection stays open, and nothing more comes.
    case hold
  }

  var bytes: [UInt8] = []
  /// Where in `bytes` the body begins: only the body is slowed down.
  var bodyStart = 0
  var ending = Ending.keep
  var bytesPerSecond: Int?
  /// Bytes of the body before it was framed.
  var bodyCount = 0
  private static let chunkBytes = 4096

  /// Nothing at all.
  static func nothing(_ ending: Ending) -> RelayAnswer { RelayAnswer(ending: ending) }

  /// The relay's own word about a request it cannot pass on.
  static func refusal(_ status: Int) -> RelayAnswer {
    RelayAnswer(NetworkFaults.plain(status, nil), lines: [], faults: [], ending: .close)
  }

  /// The service's answer as it came.
  init(_ answer: HTTPReader.Answer, isHead: Bool) {
    var lines = [answer.startLine]
    lines += answer.lines.filter { !Self.isFraming($0.name) || isHead }.map { "\($0.name): \($0.value)" }
    if !isHead, Self.hasBody(answer.status) { lines.append("Content-Length: \(answer.body.count)") }
    bytes = Self.head(lines)
    bodyStart = bytes.count
    bytes += answer.body
    bodyCount = answer.body.count
    if answer.fields["connection"]?.lowercased() == "close" { ending = .close }
  }

  /// A response as the faults left it; `lines` are the service's own, for what faults do not speak of.
  init(
    _ response: Response, lines: [HTTPResponse.Field], faults: [NetworkFault], ending: Ending = .keep
  ) {
    self.ending = ending
    let isChunked = faults.contains(.chunked)
    let body = Self.hasBody(response.status) ? Array(response.body.unread) : []
    bodyCount = body.count
    var head = ["HTTP/1.1 \(response.status) \(Self.reason(response.status))"]
    head += lines.filter { !Self.isFraming($0.name) && !Self.isModelled($0.name) }.map {
      "\($0.name): \($0.value)"
    }
    head += Self.fields(response, body.count)
    let claimed = response.contentLength ?? body.count
    if Self.hasBody(response.status) {
      head.append(isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(claimed)")
    }
    switch response.body.ending {
    case .reset: self.ending = .reset
    case .stall: self.ending = .hold
    // Behind a body of another length than was claimed nothing else can come.
    case .complete: if !isChunked, claimed != body.count { self.ending = .close }
    }
    if self.ending == .close { head.append("Connection: close") }
    bytes = Self.head(head)
    bodyStart = bytes.count
    bytes += isChunked ? Self.chunked(body, isWhole: response.body.ending == .complete) : body
    for case .throttle(let rate) in faults { bytesPerSecond = rate }
  }

  private init(ending: Ending) { self.ending = ending }

  /// A header with its empty line. Control characters cannot become lines of their own.
  static func head(_ lines: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in lines {
      bytes += line.utf8.filter { $0 >= 0x20 && $0 != 0x7F }
      bytes += [0x0D, 0x0A]
    }
    return bytes + [0x0D, 0x0A]
  }

  private static func chunked(_ body: [UInt8], isWhole: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: body.count, by: chunkBytes) {
      let part = body[start..<min(start + chunkBytes, body.count)]
      bytes += Array("\(String(part.count, radix: 16))\r\n".utf8) + part + [0x0D, 0x0A]
    }
    return isWhole ? bytes + Array("0\r\n\r\n".utf8) : bytes
  }

  private static func hasBody(_ status: Int) -> Bool { status >= 200 && status != 204 && status != 304 }

  private static func isFraming(_ name: String) -> Bool {
    ["content-length", "transfer-encoding"].contains(name.lowercased())
  }

  /// Fields that faults change, and that are written anew.
  private static func isModelled(_ name: String) -> Bool {
    [
      "etag", "content-type", "content-range", "retry-after", "x-poll-seconds", "location", "connection",
    ].contains(name.lowercased())
  }

  private static func fields(_ response: Response, _ count: Int) -> [String] {
    var lines: [String] = []
    if let tag = response.tag { lines.append("ETag: \(tag)") }
    if let type = response.contentType { lines.append("Content-Type: \(type)") }
    if let seconds = response.retryAfterSeconds { lines.append("Retry-After: \(seconds)") }
    if let seconds = response.pollSeconds { lines.append("X-Poll-Seconds: \(seconds)") }
    if let location = response.location { lines.append("Location: \(location)") }
    if response.status == 206, let (start, total) = response.contentRange {
      // The claim is about the whole part, whatever becomes of it on the way.
      let length = response.contentLength ?? count
      lines.append("Content-Range: bytes \(start)-\(max(start, start + length - 1))/\(total)")
    }
    return lines
  }

  private static let reasons = [
    200: "OK", 204: "No Content", 206: "Partial Content", 302: "Found", 304: "Not Modified",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 410: "Gone",
    413: "Content Too Large", 416: "Range Not Satisfiable", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable",
  ]

  private static func reason(_ status: Int) -> String { reasons[status] ?? "Status" }
}
