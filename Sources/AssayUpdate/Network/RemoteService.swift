/// A real service as the simulated network sees it, and what the invariants may know about it.
struct RemoteService {
  private var transport: any Transport
  /// Keys whose manifests count as authentic.
  private let keys: [SigningKey]
  /// Reports that the service took, in their order.
  private(set) var accepted: [Report] = []
  /// The manifest that came last, and its ETag.
  private(set) var manifest: Manifest?
  private(set) var answeredPolls = 0
  /// Requests in a row that got no answer.
  private(set) var failuresInARow = 0

  init(_ transport: any Transport, keys: [SigningKey]) {
    self.transport = transport
    self.keys = keys
  }

  mutating func exchange(_ request: Request, at time: Int64) -> (reply: Reply, microseconds: Int64) {
    let (reply, duration) = transport.exchange(request, at: time)
    guard case .response(var response) = reply else {
      failuresInARow += 1
      return (reply, duration)
    }
    failuresInARow = 0
    if request.step == .poll { answeredPolls += 1 }
    switch request.step {
    case .poll where response.status == 200: response.truth = truth(response)
    case .report where (200..<300).contains(response.status):
      // A report sent again because its answer was lost is the same report.
      if let report = Report(json: request.body), !accepted.contains(report) { accepted.append(report) }
    default: break
    }
    return (.response(response), duration)
  }

  /// Nobody can say what the service meant to send; what a trusted key signed is taken for that.
  private mutating func truth(_ response: Response) -> ManifestTruth {
    let bytes = Array(response.body.bytes.dropFirst(response.body.position).prefix(response.body.remaining))
    guard let found = Manifest(json: bytes) else { return ManifestTruth(manifest: nil) }
    manifest = found
    return ManifestTruth(
      manifest: found, isAuthentic: keys.verifies(found.signature, of: found.signedText))
  }
}
