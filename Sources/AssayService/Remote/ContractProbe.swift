public import AssayUpdate

/// Asks a service for what a fleet depends on, beyond what an update happens to need.
public struct ContractProbe: Sendable {
  public struct Finding: Sendable, Equatable {
    /// Row of the fault catalogue.
    public let row: String
    public let text: String
    public let holds: Bool

    public var line: String { "\(holds ? "pass" : "FAIL") \(row) \(text)" }
  }

  private var transport: RemoteTransport
  private let mac: String
  private let token: String

  public init(_ transport: RemoteTransport, mac: String, token: String) {
    self.transport = transport
    self.mac = mac
    self.token = token
  }

  /// Every question that can be asked with this manifest and this report.
  public mutating func ask(_ manifest: Manifest?, _ report: Report?) -> [Finding] {
    var findings = [strangers(), unknownDevice()]
    findings += conditionalPoll()
    if let manifest { findings += artifact(manifest) }
    if let report { findings.append(repeated(report)) }
    return findings
  }

  private func poll() -> Request {
    var request = Request(step: .poll, url: "/api/v1/devices/\(mac)/model")
    request.token = token
    return request
  }

  private mutating func answer(_ request: Request) -> Response? {
    guard case .response(let response) = transport.exchange(request, at: 0).reply else { return nil }
    return response
  }

  private mutating func strangers() -> Finding {
    var request = poll()
    request.token = "\(token)-of-another-device"
    let status = answer(request)?.status ?? 0
    return Finding(
      row: "A03", text: "another device's token gets \(status), wanted 401 or 403",
      holds: status == 401 || status == 403)
  }

  private mutating func unknownDevice() -> Finding {
    var request = Request(step: .poll, url: "/api/v1/devices/00:00:00:00:00:00/model")
    request.token = token
    let status = answer(request)?.status ?? 0
    return Finding(
      row: "S06", text: "an unknown device gets \(status), wanted 401, 403 or 404",
      holds: [401, 403, 404].contains(status))
  }

  private mutating func conditionalPoll() -> [Finding] {
    guard let first = answer(poll()), first.status == 200 else { return [] }
    guard let tag = first.tag else {
      return [Finding(row: "S03", text: "the manifest has no ETag", holds: false)]
    }
    var request = poll()
    request.ifNoneMatch = tag
    let status = answer(request)?.status ?? 0
    return [Finding(row: "S03", text: "If-None-Match gets \(status), wanted 304", holds: status == 304)]
  }

  private mutating func artifact(_ manifest: Manifest) -> [Finding] {
    var request = Request(step: .artifact, url: manifest.url)
    if manifest.url.hasPrefix("/") { request.token = token }
    request.rangeStart = manifest.sizeBytes / 2
    let part = answer(request)
    let isPart = part?.status == 206 && part?.contentRange?.start == manifest.sizeBytes / 2
    request.ifRange = "\"another-image\""
    let whole = answer(request)?.status ?? 0
    request.ifRange = nil
    request.rangeStart = manifest.sizeBytes
    let beyond = answer(request)?.status ?? 0
    return [
      Finding(row: "N01", text: "Range gets \(part?.status ?? 0), wanted 206 from there", holds: isPart),
      Finding(
        row: "N02", text: "the image has \(part?.tag == nil ? "no ETag" : "an ETag") for If-Range",
        holds: part?.tag != nil),
      Finding(row: "N03", text: "If-Range of another image gets \(whole), wanted 200", holds: whole == 200),
      Finding(row: "N04", text: "Range at the end gets \(beyond), wanted 416", holds: beyond == 416),
    ]
  }

  private mutating func repeated(_ report: Report) -> Finding {
    var request = Request(step: .report, url: "/api/v1/devices/\(mac)/reports")
    request.method = .post
    request.token = token
    request.body = report.json
    let status = answer(request)?.status ?? 0
    return Finding(
      row: "R06", text: "a report sent twice gets \(status), wanted 200 or 410",
      holds: status == 200 || status == 410)
  }
}
