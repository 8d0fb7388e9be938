/// Every request and its answer, without secrets: printed by `assay ota serve`, and turned into a scenario.
public struct Journal: Sendable {
  public struct Entry: Sendable, Equatable {
    public let microseconds: Int64
    public let method: String
    public let path: String
    public let range: String?
    public let status: Int
    public let bytes: Int

    /// `12.345 GET /api/v1/models/1a2b range bytes=4096- 206 15904`
    public var line: String {
      let milliseconds = microseconds / 1000
      let fraction = String(1000 + milliseconds % 1000).dropFirst()
      let part = range.map { " range \($0)" } ?? ""
      return "\(milliseconds / 1000).\(fraction) \(method) \(path)\(part) \(status) \(bytes)"
    }
  }

  public private(set) var entries: [Entry] = []
  private static let limit = 100_000

  mutating func add(_ request: HTTPRequest, _ response: HTTPResponse, at microseconds: Int64) {
    guard entries.count < Self.limit else { return }
    entries.append(
      Entry(
        microseconds: microseconds, method: request.method, path: request.path,
        range: request.headers["range"], status: response.status,
        bytes: request.method == "HEAD" ? 0 : response.body.count))
  }

  /// Bytes of images that were sent.
  public var artifactBytes: Int { entries.filter { Self.step($0) == "artifact" }.map(\.bytes).reduce(0, +) }

  /// A scenario row in which the service answers with the same errors to the same requests.
  public func scenarioRow(name: String) -> String {
    var seen = ["poll": 0, "artifact": 0, "report": 0]
    var faults: [String] = []
    for entry in entries {
      guard let step = Self.step(entry) else { continue }
      seen[step, default: 0] += 1
      guard entry.status >= 400 else { continue }
      faults.append("\(step) \(seen[step, default: 0]) status \(entry.status)")
    }
    return "- {name: \(name), row: S02, faults: [\(faults.joined(separator: ", "))], ends: [any]}"
  }

  private static func step(_ entry: Entry) -> String? {
    if entry.path.hasPrefix("/api/v1/models/") || entry.path.contains("/artifacts/") { return "artifact" }
    if entry.path.hasSuffix("/reports") || entry.path.hasSuffix("/feedback") { return "report" }
    if entry.path.hasSuffix("/model") || entry.path.contains("/controller/v1/") { return "poll" }
    return nil
  }
}
