public import AssayUpdate
internal import Glibc
internal import Synchronization

/// Requests of the simulated device, sent to a real service over HTTP or HTTPS.
public struct RemoteTransport: Transport, Sendable {
  private let address: ServiceAddress
  /// PEM file of authorities instead of the system's.
  public var certificates: String?
  /// How long one request may take, in seconds.
  public var limitSeconds = 30
  /// Bytes after which a body is not read further.
  public var bodyLimitBytes = (1 << 20) + 4096
  private let log = FailureLog()

  public init(_ address: ServiceAddress) { self.address = address }

  /// Why the last request got no answer, in words.
  public var lastFailure: String? { log.text.withLock { $0 } }

  public mutating func exchange(
    _ request: Request, at microseconds: Int64
  ) -> (reply: Reply, microseconds: Int64) {
    let begun = ContinuousClock.now
    let reply: Reply
    do throws(RemoteFailure) {
      reply = .response(try send(request, begun + .seconds(limitSeconds)))
      log.text.withLock { $0 = nil }
    } catch {
      let (failure, words) = Self.described(error, limitSeconds)
      log.text.withLock { $0 = words }
      reply = .failed(failure)
    }
    let elapsed = (ContinuousClock.now - begun).components
    return (reply, elapsed.seconds * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000)
  }

  private func send(_ request: Request, _ deadline: ContinuousClock.Instant) throws(RemoteFailure) -> Response
  {
    let (target, path) = try target(of: request.url)
    let stream = try RemoteStream(to: target, certificates: certificates, deadline: deadline)
    try stream.send(Self.head(request, path, target) + request.body)
    var reader = HTTPReader(bodyLimit: request.step == .artifact ? bodyLimitBytes : 65_536)
    var isStalled = false
    do throws(HTTPReader.Failure) {
      while !reader.isFinished {
        let bytes: [UInt8]
        do throws(RemoteFailure) { bytes = try stream.receive() } catch {
          isStalled = error == .timeout
          break
        }
        if bytes.isEmpty { break }
        try reader.take(bytes)
      }
      return Response(try reader.finish(), isStalled: isStalled, rangeStart: request.rangeStart)
    } catch { throw isStalled ? .timeout : .reset }
  }

  /// A path of the service, or a whole URL that a redirect led to.
  private func target(of url: String) throws(RemoteFailure) -> (ServiceAddress, String) {
    if url.hasPrefix("/") { return (address, address.base + url) }
    let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, let other = ServiceAddress(parts[..<3].joined(separator: "/")) else {
      throw .refused("no such address: \(url.prefix(80))")
    }
    return (other, "/\(parts[3])")
  }

  private static func head(_ request: Request, _ path: String, _ target: ServiceAddress) -> [UInt8] {
    var lines = ["\(request.method.rawValue) \(path) HTTP/1.1", "Host: \(target.authority)"]
    lines += ["User-Agent: assay", "Accept: */*", "Connection: close"]
    if let token = request.token { lines.append("Authorization: Bearer \(token)") }
    if let tag = request.ifNoneMatch { lines.append("If-None-Match: \(tag)") }
    if let start = request.rangeStart { lines.append("Range: bytes=\(start)-") }
    if let tag = request.ifRange { lines.append("If-Range: \(tag)") }
    if let running = request.running { lines.append("X-Running-SHA256: \(running.hex)") }
    if let boot = request.boot { lines.append("X-Boot: \(String(boot, radix: 16))") }
    if request.method == .post {
      lines += ["Content-Type: application/json", "Content-Length: \(request.body.count)"]
    }
    // A line end inside a value would be another header field.
    let safe = lines.map { line in String(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7F })
    }
    return Array((safe.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  private static func described(_ failure: RemoteFailure, _ seconds: Int) -> (TransportFailure, String) {
    switch failure {
    case .dns(let words): (.dns, words)
    case .refused(let words): (.refused, words)
    case .tls(let words): (.tls, words)
    case .reset: (.reset, "the connection was lost, or what came was not HTTP")
    case .timeout: (.timeout, "no answer within \(seconds) s")
    }
  }
}

/// Shared by the copies of a transport.
private final class FailureLog: Sendable {
  let text = Mutex<String?>(nil)
}

extension Response {
  /// An answer from a socket; whatever its fields say is kept only when it makes sense.
  init(_ answer: HTTPReader.Answer, isStalled: Bool, rangeStart: Int?) {
    self.init(status: answer.status)
    tag = answer.fields["etag"].flatMap { $0.utf8.count <= 256 ? $0 : nil }
    contentType = answer.fields["content-type"]?.split(separator: ";").first.map(String.init)
    contentLength = answer.fields["content-length"].flatMap { Int($0) }
    contentRange = answer.fields["content-range"].flatMap(Self.range)
    retryAfterSeconds = answer.fields["retry-after"].flatMap { Int($0) }.map { min(max(0, $0), 1 << 31) }
    pollSeconds = answer.fields["x-poll-seconds"].flatMap { Int($0) }.map { min(max(0, $0), 1 << 31) }
    location = answer.fields["location"].flatMap { $0.utf8.count <= 512 ? $0 : nil }
    dateSeconds = answer.fields["date"].flatMap(HTTPDate.seconds)
    let ending: Body.Ending =
      answer.ending == .cut ? (isStalled ? .stall : .reset) : .complete
    body = Body(bytes: answer.body, ending: ending, origin: rangeStart ?? 0)
  }

  /// `bytes 100-199/200`
  private static func range(_ text: String) -> (start: Int, total: Int)? {
    guard text.hasPrefix("bytes ") else { return nil }
    let parts = text.dropFirst(6).split(separator: "/")
    guard parts.count == 2, let total = Int(parts[1]), total >= 0,
      let start = parts[0].split(separator: "-").first.flatMap({ Int($0) }), start >= 0
    else { return nil }
    return (start, total)
  }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Seconds since 1970; nil for anything else.
  static func seconds(_ text: String) -> Int64? {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 6, words[5] == "GMT", let day = Int64(words[1]), (1...31).contains(day),
      let month = months.firstIndex(of: words[2]), let year = Int64(words[3]), (1970...9999).contains(year)
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int64($0) }
    guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]),
      (0...60).contains(clock[2])
    else { return nil }
    return days(year, Int64(month) + 1, day) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
  }

  /// Days since 1970-01-01, years beginning in March so that the leap day is the last one.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let ofEra = shifted - era * 400
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }
}
