/// What goes wrong between a device and its service, or in the service itself.
public enum NetworkFault: Sendable, Equatable {
  /// No connection.
  case fail(TransportFailure)
  /// The service acts on the request, and the response is lost.
  case loseResponse
  /// The connection is lost at this place of the body.
  case cut(at: BodyPlace)
  /// Nothing more arrives from this place of the body on.
  case stall(at: BodyPlace)
  case throttle(bytesPerSecond: Int)
  /// One bit of the body arrives changed.
  case flip(at: BodyPlace, bit: Int)
  /// A response without the service: status, and seconds of Retry-After.
  case status(Int, retryAfterSeconds: Int?)
  /// 200 with a page of HTML.
  case captivePortal
  /// The whole file is sent although a part was asked for.
  case ignoreRange
  /// 206, but from another offset than asked for.
  case wrongRange
  /// 206 of an image that claims to be a byte longer.
  case wrongTotal
  /// From here on another image of the same length is served under another ETag.
  case replaceArtifact
  /// The same, by a service that ignores If-Range.
  case spliceArtifact
  /// The image is served with one byte changed, whole and of the right length.
  case wrongArtifact
  /// The header claims this many bytes more (or fewer) than the body has.
  case wrongLength(Int)
  /// The body has this many bytes more (or fewer) than the image.
  case wrongBody(Int)
  /// No Content-Length.
  case chunked
  case redirect(to: String, hops: Int)
  /// The body is this text.
  case body(String)
  /// The manifest arrives with a field changed by somebody who cannot sign.
  case tamper(String, String)
  /// A body of this many bytes.
  case flood(bytes: Int)
  /// The answer to an older poll arrives again.
  case replay
  /// "Not modified", whatever was asked.
  case notModified

  /// True when an image that arrives with this fault is not the image.
  public var corrupts: Bool {
    switch self {
    case .flip, .replaceArtifact, .spliceArtifact, .wrongArtifact, .captivePortal, .body, .wrongRange: true
    case .wrongBody, .wrongLength, .wrongTotal: true
    default: false
    }
  }

  /// One word for counting that each class has fired.
  public var name: String {
    switch self {
    case .fail(let failure): failure.rawValue
    case .loseResponse: "lose-response"
    case .cut: "cut"
    case .stall: "stall"
    case .throttle: "throttle"
    case .flip: "flip"
    case .status: "status"
    case .captivePortal: "captive-portal"
    case .ignoreRange: "ignore-range"
    case .wrongRange: "wrong-range"
    case .wrongTotal: "wrong-total"
    case .replaceArtifact: "replace-artifact"
    case .spliceArtifact: "splice-artifact"
    case .wrongArtifact: "wrong-artifact"
    case .wrongLength: "wrong-length"
    case .wrongBody: "wrong-body"
    case .chunked: "chunked"
    case .redirect: "redirect"
    case .body: "body"
    case .tamper: "tamper"
    case .flood: "flood"
    case .replay: "replay"
    case .notModified: "not-modified"
    }
  }
}

/// A place in a body, counted from the first byte that is sent.
public enum BodyPlace: Sendable, Equatable {
  case byte(Int)
  case percent(Int)

  /// Bytes before the place in a body of `count` bytes.
  func offset(in count: Int) -> Int {
    switch self {
    case .byte(let byte): max(0, byte)
    case .percent(let share): count / 100 * share + count % 100 * share / 100
    }
  }

  var phrase: String {
    switch self {
    case .byte(let byte): "\(byte)"
    case .percent(let share): "\(share) %"
    }
  }
}

/// A fault and the requests it hits.
public struct NetworkRule: Sendable, Equatable {
  public let step: Request.Step
  /// Requests of that step, counted from 1.
  public let occurrences: ClosedRange<Int>
  public let fault: NetworkFault

  public init(step: Request.Step, occurrences: ClosedRange<Int>, fault: NetworkFault) {
    self.step = step
    self.occurrences = occurrences
    self.fault = fault
  }
}
