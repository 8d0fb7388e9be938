/// A service behind a network that misbehaves as told.
struct SimulatedNetwork: Transport {
  var service: ModelService
  var rules: [NetworkRule]
  /// How long a request waits for its response, in microseconds.
  var roundTripMicroseconds: Int64 = 60_000
  /// Manifests to assign, one after another, each when the one before has ended.
  var upcoming: [Manifest] = []
  /// True when responses carry no Date.
  var hidesDate = false
  /// A real service instead of the simulated one; faults happen in front of it all the same.
  var remote: RemoteService?
  private var seen: [Int] = [0, 0, 0]
  private(set) var fired: [String] = []
  /// Where a redirection's target leads.
  private var redirections: [String: String] = [:]
  /// An older answer to a poll, for `.replay`.
  private(set) var firstAnswer: Response?
  /// Changes on the service's side at a number of requests of a step.
  var events: [ServiceEvent] = []

  /// Where some images are: the same store under another name.
  static let otherHost = "https://images.example"

  init(service: ModelService, rules: [NetworkRule] = [], events: [ServiceEvent] = []) {
    self.service = service
    self.rules = rules
    self.events = events
  }

  mutating func exchange(_ request: Request, at time: Int64) -> (reply: Reply, microseconds: Int64) {
    let occurrence = count(request.step)
    for event in events where event.step == request.step && event.occurrence == occurrence {
      event.apply(&service)
    }
    let faults = rules.filter { $0.step == request.step && $0.occurrences.contains(occurrence) }.map(\.fault)
    if !faults.isEmpty { fired += faults.map(\.name) }
    for case .fail(let failure) in faults {
      return (.failed(failure), failure == .timeout ? 15_000_000 : roundTripMicroseconds)
    }
    for case .status(let status, let seconds) in faults {
      return (plain(status, seconds), roundTripMicroseconds)
    }
    if let reply = redirect(faults, request) { return (reply, roundTripMicroseconds) }
    if remote != nil { return askRemote(request, faults, at: time) }
    var response = service.respond(to: onService(request, faults), at: time)
    if request.step == .poll, response.status == 200, firstAnswer == nil { firstAnswer = response }
    if hidesDate { response.dateSeconds = nil }
    for fault in faults { apply(fault, to: &response, request) }
    if faults.contains(.loseResponse) { return (.failed(.timeout), 15_000_000) }
    return (.response(response), roundTripMicroseconds)
  }

  private mutating func askRemote(
    _ request: Request, _ faults: [NetworkFault], at time: Int64
  ) -> (reply: Reply, microseconds: Int64) {
    let asked = onService(request, faults)
    guard let (reply, duration) = remote?.exchange(asked, at: time) else {
      return (.failed(.refused), roundTripMicroseconds)
    }
    guard case .response(var response) = reply else { return (reply, duration) }
    if request.step == .poll, response.status == 200, firstAnswer == nil { firstAnswer = response }
    for fault in faults { apply(fault, to: &response, request) }
    if faults.contains(.loseResponse) { return (.failed(.timeout), 15_000_000) }
    return (.response(response), duration)
  }

  /// How many requests of a step came, this one included.
  private mutating func count(_ step: Request.Step) -> Int {
    let index = Request.Step.allCases.firstIndex(of: step) ?? 0
    seen[index] += 1
    return seen[index]
  }

  private func plain(_ status: Int, _ retryAfterSeconds: Int?) -> Reply {
    var response = Response(status: status)
    response.retryAfterSeconds = retryAfterSeconds
    response.contentType = "text/html"
    response.body = Body(bytes: Self.page(status))
    return .response(response)
  }

  static func page(_ status: Int) -> [UInt8] {
    Array("<html><body><h1>\(status)</h1>please log in</body></html>\n".utf8)
  }

  private mutating func redirect(_ faults: [NetworkFault], _ request: Request) -> Reply? {
    for case .redirect(let target, let hops) in faults {
      let done = request.url.split(separator: "#", maxSplits: 1).dropFirst().first.flatMap { Int($0) } ?? 0
      guard done < hops else { return nil }
      let location = "\(target)#\(done + 1)"
      redirections[location] = redirections[request.url] ?? request.url
      var response = Response(status: 302)
      response.location = location
      return .response(response)
    }
    return nil
  }

  /// What the service is asked: behind a redirection stands the resource it came from.
  private func onService(_ request: Request, _ faults: [NetworkFault]) -> Request {
    var request = request
    request.url = redirections[request.url] ?? request.url
    if request.url.hasPrefix(Self.otherHost) { request.url.removeFirst(Self.otherHost.count) }
    for fault in faults {
      switch fault {
      // With If-Range, a service that replaced the image sends all of the new one.
      case .ignoreRange, .replaceArtifact: request.rangeStart = nil
      case .spliceArtifact: request.ifRange = nil
      default: break
      }
    }
    return request
  }
}
