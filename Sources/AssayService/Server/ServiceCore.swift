public import AssayUpdate

/// The model service with HTTP around it, without a socket: requests in, responses out.
///
/// It speaks the native contract (`ModelService`), uploads by build pipelines, rollouts, and Eclipse
/// hawkBit's Direct Device Integration for clients such as swupdate.
public struct ServiceCore: Sendable {
  public var models: ModelService
  public var uploads = UploadStore()
  /// Keys of pipelines, and what each may do.
  public var keys: [String: Role] = [:]
  /// Devices that took part in a rollout, in the order of their registration.
  var fleet: [String] = []
  var fleetTokens: [String: String] = [:]
  /// Token with which any device may speak DDI.
  public var gatewayToken: String?
  /// File name of an artifact in DDI.
  var artifactName = "model.bin"
  /// Of the links in DDI's answers.
  var scheme = "http"
  var rollout: Rollout?
  var rolloutManifest: Manifest?
  /// What each device is assigned next, one after another, each when the one before has ended.
  var upcoming: [String: [Manifest]] = [:]
  var nextAssignment: UInt32 = 1
  var feedbackCount: UInt32 = 0
  public private(set) var journal = Journal()

  public enum Role: String, Sendable {
    /// May look.
    case viewer
    /// May upload and roll out.
    case publisher
  }

  public init(models: ModelService = ModelService()) { self.models = models }

  /// Answers a request that came at `microseconds` of the service's life.
  public mutating func respond(to request: HTTPRequest, at microseconds: Int64) -> HTTPResponse {
    var routed = request
    // The server leaves the body of an answer to HEAD away by itself.
    if request.method == "HEAD" { routed.method = "GET" }
    let response = route(routed, at: microseconds)
    for mac in upcoming.keys where hasEnded(mac) { assignNext(to: mac) }
    journal.add(request, response, device: device(of: request), at: microseconds)
    return response
  }

  private mutating func route(_ request: HTTPRequest, at microseconds: Int64) -> HTTPResponse {
    let parts = request.path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    guard !parts.contains(".."), !parts.contains(".") else {
      return HTTPResponse(status: 400, text: "bad path")
    }
    switch (parts.first, parts.dropFirst().first, parts.dropFirst(2).first) {
    case ("api", "v1", "devices"), ("api", "v1", "models"): return native(request, at: microseconds)
    case ("api", "v1", "artifacts"): return upload(request, parts)
    case ("api", "v1", "rollouts"): return rollOut(request, parts)
    case (_, "controller", "v1") where parts.count >= 4: return ddi(request, parts, at: microseconds)
    default: return HTTPResponse(status: 404, text: "no such resource")
    }
  }

  /// The device a request comes from: by its path, or by the token it shows.
  private func device(of request: HTTPRequest) -> String? {
    let parts = request.path.split(separator: "/").map(String.init)
    if let named = parts.first(where: { fleetTokens[$0] != nil }) { return named }
    if let token = Self.bearer(request, scheme: "Bearer") ?? Self.bearer(request, scheme: "TargetToken") {
      return fleet.first { fleetTokens[$0] == token }
    }
    // Images are fetched without a token too: by whoever was told of this one last.
    return journal.entries.last { entry in
      entry.step == .poll && entry.device.map { models.manifest(of: $0)?.url == request.path } ?? false
    }?.device
  }

  /// Registers a device and, during a rollout, lets it take part.
  public mutating func register(mac: String, token: String) {
    models.register(mac: mac, token: token)
    if !fleet.contains(mac) { fleet.append(mac) }
    fleetTokens[mac] = token
  }

  /// Assigns an image to a device, signed, under the next number.
  @discardableResult
  public mutating func assign(_ image: [UInt8], version: ModelVersion, to mac: String) -> Manifest {
    let digest = models.store(image)
    let manifest = makeManifest(digest, bytes: image, version: version, model: "model")
    models.assign(manifest, to: mac)
    return manifest
  }

  /// Assigns manifests in their order: the first now, each other one when the one before has ended.
  public mutating func assign(inTurn manifests: [Manifest], to mac: String) {
    upcoming[mac] = manifests
    assignNext(to: mac)
  }

  /// False when nothing is left to assign.
  @discardableResult
  mutating func assignNext(to mac: String) -> Bool {
    guard let next = upcoming[mac]?.first else {
      upcoming[mac] = nil
      return false
    }
    upcoming[mac]?.removeFirst()
    models.assign(next, to: mac)
    return true
  }

  /// True when a final report has ended what the device is assigned.
  func hasEnded(_ mac: String) -> Bool {
    guard let manifest = models.manifest(of: mac) else { return true }
    return models.reports(of: mac).contains { $0.assignment == manifest.assignment && $0.status.isFinal }
  }

  mutating func makeManifest(
    _ digest: ImageDigest, bytes: [UInt8], version: ModelVersion, model: String
  ) -> Manifest {
    let profile = DeviceProfile()
    defer { nextAssignment += 1 }
    return Manifest(
      assignment: nextAssignment, model: model, version: version, format: ModelFormat.detect(bytes),
      sizeBytes: bytes.count, digest: digest, url: "/api/v1/models/\(digest.hex)", target: profile.target,
      minimumRuntime: ModelVersion(0, 0, 0), contract: profile.contract, arenaBytes: 0, confirmSeconds: 60,
      expirySeconds: models.epochSeconds + 365 * 86_400)
  }

  /// What a key may do; nil for a key nobody knows. White space around a key is refused, not trimmed.
  func role(_ request: HTTPRequest) -> Role? { request.headers["x-api-key"].flatMap { keys[$0] } }
}

// The native contract over HTTP.
extension ServiceCore {
  private mutating func native(_ request: HTTPRequest, at microseconds: Int64) -> HTTPResponse {
    guard let step = Self.step(request) else { return HTTPResponse(status: 405, text: "method not allowed") }
    let range = ByteRange(request.headers["range"])
    var inner = Request(step: step, url: request.path)
    inner.method = request.method == "POST" ? .post : .get
    inner.token = Self.bearer(request, scheme: "Bearer")
    inner.ifNoneMatch = request.headers["if-none-match"]
    inner.ifRange = request.headers["if-range"]
    inner.rangeStart = range?.first
    inner.running = request.headers["x-running-sha256"].flatMap(ImageDigest.init(hex:))
    inner.boot = request.headers["x-boot"].flatMap { UInt64($0, radix: 16) }
    inner.body = request.body
    let response = Self.http(models.respond(to: inner, at: microseconds), last: range?.last)
    if step == .report, response.status == 200 { countReport(request, at: microseconds) }
    return response
  }

  private static func step(_ request: HTTPRequest) -> Request.Step? {
    if request.path.hasPrefix("/api/v1/models/") { return request.method == "GET" ? .artifact : nil }
    if request.path.hasSuffix("/reports") { return request.method == "POST" ? .report : nil }
    return request.method == "GET" ? .poll : nil
  }

  static func bearer(_ request: HTTPRequest, scheme: String) -> String? {
    guard let header = request.headers["authorization"], header.hasPrefix("\(scheme) ") else { return nil }
    return String(header.dropFirst(scheme.utf8.count + 1))
  }

  /// A response of the service with its header fields; a range that ends early is cut here.
  static func http(_ inner: Response, last: Int?) -> HTTPResponse {
    var body = Array(inner.body.bytes.dropFirst(inner.body.position).prefix(inner.body.remaining))
    var response = HTTPResponse(status: inner.status)
    if let tag = inner.tag { response.set("ETag", tag) }
    if let type = inner.contentType { response.set("Content-Type", type) }
    if let seconds = inner.retryAfterSeconds { response.set("Retry-After", "\(seconds)") }
    if let seconds = inner.pollSeconds { response.set("X-Poll-Seconds", "\(seconds)") }
    if let (start, total) = inner.contentRange {
      if let last { body = Array(body.prefix(max(0, min(last, total) - start + 1))) }
      response.set("Content-Range", "bytes \(start)-\(start + max(0, body.count - 1))/\(total)")
    }
    if inner.status == 200 || inner.status == 206 { response.set("Accept-Ranges", "bytes") }
    response.body = body
    return response
  }
}
