internal import AssayDocument
internal import AssayFiles
internal import AssayUpdate

// Eclipse hawkBit's Direct Device Integration, as far as update clients use it.
//
//     GET  /{tenant}/controller/v1/{id}                                base poll
//     GET  /{tenant}/controller/v1/{id}/deploymentBase/{action}        what to install
//     POST /{tenant}/controller/v1/{id}/deploymentBase/{action}/feedback
//     GET  /{tenant}/controller/v1/{id}/cancelAction/{action}, POST .../feedback
//     PUT  /{tenant}/controller/v1/{id}/configData
//     GET  /{tenant}/controller/v1/{id}/softwaremodules/{module}/artifacts/{file}

extension ServiceCore {
  mutating func ddi(_ request: HTTPRequest, _ parts: [String], at microseconds: Int64) -> HTTPResponse {
    let device = parts[3]
    guard fleet.contains(device) else { return HTTPResponse(status: 404, text: "unknown controller") }
    guard isAuthorized(request, device) else {
      return HTTPResponse(status: 401, text: "TargetToken or GatewayToken")
    }
    let base = "\(scheme)://\(request.headers["host"] ?? "localhost")/\(parts[0])/controller/v1/\(device)"
    switch (request.method, parts.dropFirst(4).first, parts.count) {
    case ("GET", nil, _): return basePoll(device, base)
    case ("PUT", "configData", 5): return HTTPResponse(status: 200)
    case ("GET", "deploymentBase", 6): return deployment(device, action: parts[5], base)
    case ("POST", "deploymentBase", 7), ("POST", "cancelAction", 7):
      return feedback(request, device, action: parts[5], at: microseconds)
    case ("GET", "cancelAction", 6):
      return json(["id": .string(parts[5]), "cancelAction": ["stopId": .string(parts[5])]])
    case ("GET", "softwaremodules", 8): return artifact(request, device, at: microseconds)
    default: return HTTPResponse(status: 404, text: "no such resource")
    }
  }

  private func isAuthorized(_ request: HTTPRequest, _ device: String) -> Bool {
    if let token = Self.bearer(request, scheme: "TargetToken") { return token == fleetTokens[device] }
    guard let gateway = gatewayToken else { return false }
    return Self.bearer(request, scheme: "GatewayToken") == gateway
  }

  /// An assignment that no final report has ended.
  private func open(_ device: String) -> Manifest? { hasEnded(device) ? nil : models.manifest(of: device) }

  private func basePoll(_ device: String, _ base: String) -> HTTPResponse {
    var links = JSONObject()
    links["configData"] = ["href": .string("\(base)/configData")]
    if let manifest = open(device) {
      links["deploymentBase"] = ["href": .string("\(base)/deploymentBase/\(manifest.assignment)")]
    }
    return json(["config": ["polling": ["sleep": .string(sleep)]], "_links": .object(links)])
  }

  /// `HH:MM:SS`
  private var sleep: String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let seconds = min(max(models.pollSeconds ?? 300, 1), 86_399)
    return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  private func deployment(_ device: String, action: String, _ base: String) -> HTTPResponse {
    guard let manifest = open(device), "\(manifest.assignment)" == action else {
      return HTTPResponse(status: 404, text: "no such action")
    }
    let href = JSONValue.string("\(base)/softwaremodules/\(manifest.assignment)/artifacts/\(artifactName)")
    let artifact: JSONValue = [
      "filename": .string(artifactName), "size": .integer(manifest.sizeBytes), "hashes": hashes(of: manifest),
      "_links": ["download": ["href": href], "download-http": ["href": href]],
    ]
    let chunk: JSONValue = [
      "part": "bApp", "version": .string(manifest.version.description), "name": .string(manifest.model),
      "artifacts": [artifact],
    ]
    return json([
      "id": .string(action), "deployment": ["download": "forced", "update": "forced", "chunks": [chunk]],
    ])
  }

  /// All that is known of the image the manifest names; older clients look at SHA-1 only.
  private func hashes(of manifest: Manifest) -> JSONValue {
    var hashes = JSONObject()
    if let bytes = models.image(manifest.digest) {
      hashes["md5"] = LegacyDigest.md5.hex(of: bytes).map { .string($0) }
      hashes["sha1"] = LegacyDigest.sha1.hex(of: bytes).map { .string($0) }
    }
    hashes["sha256"] = .string(manifest.digest.hex)
    return .object(hashes)
  }

  /// The present body, and the older one with `id` and `time` beside `status`.
  private mutating func feedback(
    _ request: HTTPRequest, _ device: String, action: String, at microseconds: Int64
  ) -> HTTPResponse {
    var limits = JSON.Limits()
    limits.bytes = 65_536
    limits.depth = 8
    guard let root = try? JSON.parse(request.body, file: "feedback", limits: limits),
      let execution = root["status"]?["execution"]?.string,
      let finished = root["status"]?["result"]?["finished"]?.string
    else { return HTTPResponse(status: 400, text: "status.execution and status.result.finished") }
    guard let number = UInt32(action), let manifest = models.manifest(of: device),
      manifest.assignment == number
    else { return HTTPResponse(status: 404, text: "no such action") }
    guard open(device) != nil else { return HTTPResponse(status: 410, text: "the action is closed") }
    feedbackCount += 1
    let status = Self.status(execution: execution, finished: finished)
    let running: JSONValue = status == .succeeded ? .string(manifest.digest.hex) : .null
    let body: JSONValue = [
      "assignment": .integer(Int(number)), "sequence": .integer(Int(feedbackCount)),
      "status": .string(status.rawValue), "sha256": running,
    ]
    var inner = Request(step: .report, url: "/api/v1/devices/\(device)/reports")
    inner.method = .post
    inner.token = fleetTokens[device]
    inner.body = Array(body.text(isPretty: false).utf8)
    return Self.http(models.respond(to: inner, at: microseconds), last: nil)
  }

  private static func status(execution: String, finished: String) -> Report.Status {
    guard execution == "closed" || execution == "rejected" else { return .started }
    return finished == "success" ? .succeeded : .failed
  }

  private mutating func artifact(_ request: HTTPRequest, _ device: String, at microseconds: Int64)
    -> HTTPResponse
  {
    guard let manifest = models.manifest(of: device) else {
      return HTTPResponse(status: 404, text: "no such file")
    }
    let range = ByteRange(request.headers["range"])
    // What is delivered is what the manifest leads to, whatever digest it claims.
    var inner = Request(step: .artifact, url: manifest.url)
    inner.rangeStart = range?.first
    inner.ifRange = request.headers["if-range"]
    return Self.http(models.respond(to: inner, at: microseconds), last: range?.last)
  }

  private func json(_ value: JSONValue) -> HTTPResponse {
    var response = HTTPResponse(status: 200, body: Array(value.text(isPretty: false).utf8))
    response.set("Content-Type", "application/json")
    return response
  }
}
