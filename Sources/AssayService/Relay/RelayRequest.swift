internal import AssayUpdate

/// A client's request at the relay, whole.
struct RelayRequest {
  let method: String
  /// Path and query, without the mark of a redirection.
  let target: String
  /// Redirections that led here.
  let hops: Int
  /// Which step of an update it is.
  let step: Request.Step?
  let message: HTTPReader.Answer
  /// `http` or `https`: how the client came.
  private let scheme: String

  /// What the relay puts before a path when it redirects: `/assay-redirect/2/api/v1/models/1a2b`.
  static let mark = "assay-redirect"
  private static let hopLimit = 1_000

  /// The reader has made sure of a start line with three words.
  init(_ message: HTTPReader.Answer, scheme: String) {
    self.scheme = scheme
    let words = message.startLine.split(separator: " ").map(String.init)
    method = words.first ?? ""
    let found = Self.unmarked(Self.path(words.dropFirst().first ?? "/"))
    (target, hops) = found
    step = Request.Step(
      method: method, path: String(found.target.prefix { $0 != "?" }))
    self.message = message
  }

  /// `http://host/path` as it is sent to proxies, or the path itself.
  private static func path(_ target: String) -> String {
    guard target.hasPrefix("http://") else { return target }
    let parts = target.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
    return parts.count == 3 ? "/\(parts[2])" : "/"
  }

  private static func unmarked(_ path: String) -> (target: String, hops: Int) {
    let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
    guard parts.count == 3, parts[0] == mark, let hops = Int(parts[1]), (1...hopLimit).contains(hops) else {
      return (path, 0)
    }
    return ("/\(parts[2])", hops)
  }

  var host: String { message.fields["host"] ?? "" }

  /// True when the device's token came with a redirection to another name.
  var leaksToken: Bool {
    hops > 0 && host.hasPrefix(Self.otherName) && message.fields["authorization"] != nil
  }

  private static let otherName = "localhost"

  /// Where a redirection leads: the same relay, under another name where it has one.
  var redirection: String {
    let parts = host.split(separator: ":", maxSplits: 1)
    let isLocal = parts.first == "127.0.0.1"
    let other = isLocal ? "\(Self.otherName)\(parts.count == 2 ? ":\(parts[1])" : "")" : host
    return "\(scheme)://\(other)/\(Self.mark)/\(hops + 1)\(target)"
  }

  /// What the simulated network would be asked.
  var asked: Request {
    var request = Request(step: step ?? .poll, url: target)
    request.rangeStart = ByteRange(message.fields["range"])?.first
    request.ifRange = message.fields["if-range"]
    return request
  }

  /// True when the client wants to ask more on this connection.
  var keepsAlive: Bool {
    let wish = message.fields["connection"]?.lowercased()
    return message.startLine.hasSuffix("1.1") ? wish != "close" : wish == "keep-alive"
  }

  /// The bytes that the service gets, under these faults.
  func forwarded(_ faults: [NetworkFault]) -> [UInt8] {
    let changed = NetworkFaults.changed(asked, by: faults)
    var left: Set<String> = ["content-length", "transfer-encoding", "expect"]
    if changed.rangeStart == nil { left.insert("range") }
    if changed.ifRange == nil { left.insert("if-range") }
    var lines = ["\(method) \(target) HTTP/1.1"]
    lines += message.lines.filter { !left.contains($0.name.lowercased()) }.map { "\($0.name): \($0.value)" }
    if !message.body.isEmpty || method == "POST" || method == "PUT" {
      lines.append("Content-Length: \(message.body.count)")
    }
    return RelayAnswer.head(lines) + message.body
  }
}
