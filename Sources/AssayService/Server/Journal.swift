internal import AssayFiles
internal import AssayUpdate

/// Every request and its answer, without secrets: printed by `assay ota serve`, and turned into a scenario.
public struct Journal: Sendable {
  public struct Entry: Sendable, Equatable {
    public let microseconds: Int64
    public let method: String
    public let path: String
    /// First byte that was asked for.
    public let rangeStart: Int?
    public let status: Int
    public let bytes: Int
    public let retryAfterSeconds: Int?
    /// The device that asked, when its path or its token says so.
    public let device: String?
    /// The report a device sent: `failed:digest`.
    public let report: String?

    /// `12.345 GET /api/v1/models/1a2b range 4096- 206 15904`
    public var line: String {
      let milliseconds = microseconds / 1000
      let fraction = String(1000 + milliseconds % 1000).dropFirst()
      let part = rangeStart.map { " range \($0)-" } ?? ""
      let told = report.map { " \($0)" } ?? ""
      return PrintableText.line(
        "\(milliseconds / 1000).\(fraction) \(method) \(path)\(part) \(status) \(bytes)\(told)")
    }

    /// Which step of an update this is; nil for anything else.
    var step: Request.Step? { Request.Step(method: method, path: path) }
  }

  public private(set) var entries: [Entry] = []
  private static let limit = 100_000

  mutating func add(
    _ request: HTTPRequest, _ response: HTTPResponse, device: String?, at microseconds: Int64
  ) {
    guard entries.count < Self.limit else { return }
    let isReport = request.method == "POST" && request.path.hasSuffix("/reports")
    entries.append(
      Entry(
        microseconds: microseconds, method: request.method, path: request.path,
        rangeStart: ByteRange(request.headers["range"])?.first, status: response.status,
        bytes: request.method == "HEAD" ? 0 : response.body.count,
        retryAfterSeconds: response.field("Retry-After").flatMap { Int($0) }, device: device,
        report: isReport ? Report(json: request.body)?.summary : nil))
  }

  /// Bytes of images that were sent.
  public var artifactBytes: Int { entries.filter { $0.step == .artifact }.map(\.bytes).reduce(0, +) }
}
