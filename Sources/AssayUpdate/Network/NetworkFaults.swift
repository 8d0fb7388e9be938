/// What goes wrong on a way to a service, aimed at requests by their step and number.
///
/// The simulated network and the relay in front of real clients share it: a row means the same to both.
///
///     let (occurrence, faults) = network.next(.artifact)     // the third one: [.cut(at: .byte(4096))]
public struct NetworkFaults: Sendable {
  public var rules: [NetworkRule]
  private var seen = [0, 0, 0]
  /// Names of the faults that happened, in their order.
  public private(set) var fired: [String] = []
  /// An older answer to a poll, for `.replay`.
  private(set) var firstAnswer: Response?

  public init(_ rules: [NetworkRule] = []) { self.rules = rules }

  /// Counts a request: its number among those of its step, from 1, and what happens to it.
  public mutating func next(_ step: Request.Step) -> (occurrence: Int, faults: [NetworkFault]) {
    let index = Request.Step.allCases.firstIndex(of: step) ?? 0
    seen[index] += 1
    let occurrence = seen[index]
    let faults = rules.filter { $0.step == step && $0.occurrences.contains(occurrence) }.map(\.fault)
    if !faults.isEmpty { fired += faults.map(\.name) }
    return (occurrence, faults)
  }

  /// How many requests of a step came.
  public func count(_ step: Request.Step) -> Int {
    seen[Request.Step.allCases.firstIndex(of: step) ?? 0]
  }

  /// Keeps the first answer to a poll, as the service made it.
  public mutating func remember(_ response: Response, to request: Request) {
    if request.step == .poll, response.status == 200, firstAnswer == nil { firstAnswer = response }
  }

  /// What the service is asked instead.
  public static func changed(_ request: Request, by faults: [NetworkFault]) -> Request {
    var request = request
    for fault in faults {
      switch fault {
      case .ignoreRange: request.rangeStart = nil
      // With If-Range, a service that replaced the image sends all of the new one.
      case .replaceArtifact where request.ifRange != nil: request.rangeStart = nil
      case .spliceArtifact: request.ifRange = nil
      default: break
      }
    }
    return request
  }

  /// What the service's good response becomes; the connection's own fate is in its body.
  public func apply(_ faults: [NetworkFault], to response: inout Response) {
    for fault in faults { apply(fault, to: &response) }
  }

  /// A response without the service.
  public static func plain(_ status: Int, _ retryAfterSeconds: Int?) -> Response {
    var response = Response(status: status)
    response.retryAfterSeconds = retryAfterSeconds
    response.contentType = "text/html"
    response.body = Body(bytes: page(status))
    return response
  }

  static func page(_ status: Int) -> [UInt8] {
    Array("<html><body><h1>\(status)</h1>please log in</body></html>\n".utf8)
  }
}
