/// The model service: which device is assigned which model, the images, and what devices reported.
///
/// A value without clock or network. The simulation calls it directly, the HTTP server in
/// `AssayService` puts sockets in front of it; both speak the native contract:
///
///     GET  /api/v1/devices/{mac}/model     200 | 204 | 304 | 401 | 403 | 404
///     GET  /api/v1/models/{sha256}         200 | 206 | 404 | 416, Range and If-Range
///     POST /api/v1/devices/{mac}/reports   200 | 400 | 403 | 410, idempotent by (assignment, sequence)
public struct ModelService: Sendable {
  /// An image and how it is described.
  struct Artifact: Sendable {
    let bytes: [UInt8]
    let digest: ImageDigest
  }

  /// What one device is to run.
  struct Assignment: Sendable {
    var manifest: Manifest
    var json: [UInt8]
    var tag: String
    var isCancelled = false
  }

  /// A device as the service knows it.
  struct DeviceEntry: Sendable {
    var token: String
    var assignment: Assignment?
    /// Reports in the order of their first arrival.
    var reports: [Report] = []
    /// The highest assignment that ended; reports of lower ones come too late.
    var closed: UInt32 = 0
    /// What the device said it runs when it polled last.
    var running: ImageDigest?
    var boots = BootLog()
    var hasConflict = false
  }

  private(set) var devices: [String: DeviceEntry] = [:]
  private(set) var artifacts: [ImageDigest: Artifact] = [:]
  public let key: SigningKey
  /// Seconds since 1970 at the beginning of the run.
  public var epochSeconds: Int64 = 1_800_000_000
  /// How often devices are asked to poll; nil leaves it to them.
  public var pollSeconds: Int?

  public init(key: SigningKey = SigningKey(name: "release")) { self.key = key }

  public mutating func register(mac: String, token: String) { devices[mac] = DeviceEntry(token: token) }

  /// Stores an image under its own digest.
  @discardableResult
  public mutating func store(_ image: [UInt8]) -> ImageDigest {
    let digest = ImageDigest(of: image)
    artifacts[digest] = Artifact(bytes: image, digest: digest)
    return digest
  }

  /// Stores an image whose digest is known already.
  mutating func store(_ image: [UInt8], digest: ImageDigest) {
    artifacts[digest] = Artifact(bytes: image, digest: digest)
  }

  /// The bytes of a stored image.
  public func image(_ digest: ImageDigest) -> [UInt8]? { artifacts[digest]?.bytes }

  public mutating func deleteArtifact(_ digest: ImageDigest) { artifacts[digest] = nil }

  /// Gives a device its next model; signs the manifest unless it is signed already.
  public mutating func assign(_ manifest: Manifest, to mac: String) {
    var signed = manifest
    if signed.signature.isEmpty { signed.sign(with: key) }
    assignUnsigned(signed, to: mac)
  }

  /// Gives a device a manifest as it is, whatever its signature.
  mutating func assignUnsigned(_ manifest: Manifest, to mac: String) {
    let json = manifest.json
    let tag = "\"m\(manifest.assignment)-\(ImageDigest(of: json).short)\""
    devices[mac]?.assignment = Assignment(manifest: manifest, json: json, tag: tag)
  }

  public mutating func cancelAssignment(of mac: String) { devices[mac]?.assignment?.isCancelled = true }

  /// The service loses what it knew about a device's reports.
  mutating func forgetReports(of mac: String) {
    devices[mac]?.reports = []
    devices[mac]?.closed = 0
  }

  /// The service loses everything about a device but its address and token.
  mutating func forget(_ mac: String) {
    guard let token = devices[mac]?.token else { return }
    register(mac: mac, token: token)
  }

  /// The reports of a device, each once, in the order in which they first came.
  public func reports(of mac: String) -> [Report] { devices[mac]?.reports ?? [] }

  /// The manifest a device is assigned.
  public func manifest(of mac: String) -> Manifest? {
    guard let assignment = devices[mac]?.assignment, !assignment.isCancelled else { return nil }
    return assignment.manifest
  }

  /// The image a device runs, as far as the service was told; nil when it was not.
  public func running(of mac: String) -> ImageDigest? {
    // The number says which report is the latest: an older one may arrive again after it.
    devices[mac]?.reports.max { $0.sequence < $1.sequence }?.running ?? devices[mac]?.running
  }
}

// The three requests of a device.
extension ModelService {
  /// Answers a request made at `microseconds` of the run.
  public mutating func respond(to request: Request, at microseconds: Int64) -> Response {
    var response = route(request)
    response.dateSeconds = epochSeconds + microseconds / 1_000_000
    response.pollSeconds = pollSeconds
    return response
  }

  private mutating func route(_ request: Request) -> Response {
    let path = request.url.split(separator: "?", maxSplits: 1).first.map(String.init) ?? ""
    let parts = path.split(separator: "/").map(String.init)
    guard parts.count >= 4, parts[0] == "api", parts[1] == "v1" else { return Response(status: 404) }
    switch (request.method, parts[2], parts.count) {
    case (.get, "devices", 5) where parts[4] == "model": return manifest(for: parts[3], request)
    case (.get, "models", 4): return artifact(parts[3], request)
    case (.post, "devices", 5) where parts[4] == "reports": return accept(parts[3], request)
    default: return Response(status: 404)
    }
  }

  private mutating func manifest(for mac: String, _ request: Request) -> Response {
    guard let device = devices[mac] else { return Response(status: 404) }
    guard request.token == device.token else { return Response(status: request.token == nil ? 401 : 403) }
    devices[mac]?.running = request.running
    if let boot = request.boot { devices[mac]?.boots.note(boot) }
    guard let assignment = device.assignment, !assignment.isCancelled else { return Response(status: 204) }
    var response = Response(status: request.ifNoneMatch == assignment.tag ? 304 : 200)
    response.tag = assignment.tag
    guard response.status == 200 else { return response }
    response.contentType = "application/json"
    response.contentLength = assignment.json.count
    response.body = Body(bytes: assignment.json)
    let isAuthentic = assignment.manifest.signature == key.signature(of: assignment.manifest.signedText)
    response.truth = ManifestTruth(manifest: assignment.manifest, isAuthentic: isAuthentic)
    return response
  }

  private func artifact(_ name: String, _ request: Request) -> Response {
    guard let digest = ImageDigest(hex: name), let artifact = artifacts[digest] else {
      return Response(status: 404)
    }
    let tag = "\"\(digest.hex.prefix(32))\""
    let size = artifact.bytes.count
    var start = 0
    var response = Response(status: 200)
    if let wanted = request.rangeStart, request.ifRange == nil || request.ifRange == tag {
      guard wanted >= 0, wanted < size else { return Response(status: 416) }
      start = wanted
      response.status = 206
      response.contentRange = (start, size)
    }
    response.tag = tag
    response.contentType = "application/octet-stream"
    response.contentLength = size - start
    response.body = Body(bytes: artifact.bytes, range: start..<size)
    return response
  }

  private mutating func accept(_ mac: String, _ request: Request) -> Response {
    guard var device = devices[mac] else { return Response(status: 404) }
    guard request.token == device.token else { return Response(status: 403) }
    guard let report = Report(json: request.body) else { return Response(status: 400) }
    let known = device.reports.first {
      $0.assignment == report.assignment && $0.sequence == report.sequence
    }
    if let known {
      if known != report { devices[mac]?.hasConflict = true }
      return Response(status: 200)
    }
    // A device that lost its record does not know any assignment, but it knows that something is wrong.
    let isAlarm = report.status == .degraded && report.assignment == 0
    guard isAlarm || report.assignment >= device.closed else { return Response(status: 410) }
    guard report.assignment <= device.assignment?.manifest.assignment ?? 0 else {
      return Response(status: 400)
    }
    device.reports.append(report)
    if report.status.isFinal { device.closed = max(device.closed, report.assignment) }
    devices[mac] = device
    return Response(status: 200)
  }
}
