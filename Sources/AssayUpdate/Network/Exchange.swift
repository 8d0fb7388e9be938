/// One request of a device, as HTTP would carry it.
public struct Request: Sendable, Equatable {
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
  }

  /// Which step of the protocol this is: faults are aimed at steps.
  public enum Step: String, Sendable, CaseIterable {
    case poll
    case artifact
    case report
  }

  public let step: Step
  public var method: Method = .get
  /// Absolute path with its query, or a whole URL after a redirect.
  public var url: String
  /// The device's own token; never sent to another host.
  public var token: String?
  public var ifNoneMatch: String?
  /// The image that serves, told with every poll: a service that lost its store learns it again.
  public var running: ImageDigest?
  /// Drawn anew at every boot: two devices that share an address do not share this.
  public var boot: UInt64?
  /// First byte wanted; nil for the whole resource.
  public var rangeStart: Int?
  public var ifRange: String?
  public var body: [UInt8] = []

  public init(step: Step, url: String) {
    self.step = step
    self.url = url
  }
}

/// What came of a request.
public enum Reply: Sendable {
  case failed(TransportFailure)
  case response(Response)
}

/// Why there is no response.
public enum TransportFailure: String, Sendable, CaseIterable {
  case dns
  case refused
  case tls
  case reset
  case timeout
}

/// A response and its body, of which the device reads as much as it wants.
public struct Response: Sendable {
  public var status: Int
  public var tag: String?
  public var contentType: String?
  /// What the header claims; nil when the body is chunked.
  public var contentLength: Int?
  /// First byte and total size as Content-Range claims.
  public var contentRange: (start: Int, total: Int)?
  public var retryAfterSeconds: Int?
  /// How often the service wants to be asked, in seconds.
  public var pollSeconds: Int?
  public var location: String?
  /// The service's clock, in seconds since 1970.
  public var dateSeconds: Int64?
  public var body = Body(bytes: [])
  /// What is true about the manifest in the body; the device never looks at it.
  var truth: ManifestTruth?
  /// True when the body is not what the service sent; the device never looks at it.
  var isCorrupted = false

  public init(status: Int) { self.status = status }
}

/// A body that arrives over time and may end early.
public struct Body: Sendable {
  /// How the body ends after its last byte.
  public enum Ending: Sendable {
    case complete
    /// The connection is lost.
    case reset
    /// Nothing more arrives; the reader gives up after its own time limit.
    case stall
  }

  public let bytes: [UInt8]
  public private(set) var position: Int
  let end: Int
  public let ending: Ending
  public let microsecondsPerKibibyte: Int64
  /// Where `bytes[0]` stands in the whole resource.
  let origin: Int

  /// The bytes of `range`, at about 500 KiB/s unless told otherwise.
  public init(
    bytes: [UInt8], range: Range<Int>? = nil, ending: Ending = .complete,
    microsecondsPerKibibyte: Int64 = 2_000, origin: Int = 0
  ) {
    self.origin = origin
    self.bytes = bytes
    let whole = 0..<bytes.count
    let part = range.map { $0.clamped(to: whole) } ?? whole
    position = part.lowerBound
    end = part.upperBound
    self.ending = ending
    self.microsecondsPerKibibyte = microsecondsPerKibibyte
  }

  /// Bytes that will still arrive.
  public var remaining: Int { end - position }

  /// The bytes that will still arrive.
  public var unread: ArraySlice<UInt8> { bytes[position..<end] }

  /// Takes up to `count` bytes: where they stand in `bytes`, and how long they took.
  mutating func read(_ count: Int) -> (range: Range<Int>, microseconds: Int64) {
    let part = position..<position + max(0, min(count, remaining))
    position = part.upperBound
    return (part, Int64(part.count) * microsecondsPerKibibyte / 1024)
  }

  /// The same body with other properties.
  func changed(
    bytes: [UInt8]? = nil, range: Range<Int>? = nil, ending: Ending? = nil,
    microsecondsPerKibibyte: Int64? = nil
  ) -> Body {
    Body(
      bytes: bytes ?? self.bytes, range: range ?? position..<end, ending: ending ?? self.ending,
      microsecondsPerKibibyte: microsecondsPerKibibyte ?? self.microsecondsPerKibibyte, origin: origin)
  }
}

/// The way from a device to its service.
public protocol Transport {
  /// Sends a request at `microseconds` of virtual time and returns what came of it, and how long it took.
  mutating func exchange(_ request: Request, at microseconds: Int64) -> (reply: Reply, microseconds: Int64)
}

extension Request {
  /// One line for a timeline, without secrets.
  var summary: String {
    var line = "\(method.rawValue) \(url)"
    if let ifNoneMatch { line += " if-none-match \(ifNoneMatch)" }
    if let rangeStart { line += " range \(rangeStart)-" }
    if let ifRange { line += " if-range \(ifRange)" }
    return line
  }
}

extension Reply {
  /// One line for a timeline.
  var summary: String {
    switch self {
    case .failed(let failure): failure.rawValue
    case .response(let response): "\(response.status), \(response.body.remaining) bytes"
    }
  }

  /// A number for the trace hash.
  var code: Int {
    switch self {
    case .failed(let failure): 10_000 + (TransportFailure.allCases.firstIndex(of: failure) ?? 0)
    case .response(let response): response.status << 32 | response.body.remaining
    }
  }
}
