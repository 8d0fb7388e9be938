/// A service behind a network that misbehaves as told.
struct SimulatedNetwork: Transport {
  var service: ModelService
  var faults: NetworkFaults
  /// How long a request waits for its response, in microseconds.
  var roundTripMicroseconds: Int64 = 60_000
  /// Manifests to assign, one after another, each when the one before has ended.
  var upcoming: [Manifest] = []
  /// True when responses carry no Date.
  var hidesDate = false
  /// A real service instead of the simulated one; faults happen in front of it all the same.
  var remote: RemoteService?
  /// Where a redirection's target leads.
  private var redirections: [String: String] = [:]
  /// Changes on the service's side at a number of requests of a step.
  var events: [ServiceEvent] = []

  /// Where some images are: the same store under another name.
  static let otherHost = "https://images.example"

  init(service: ModelService, rules: [NetworkRule] = [], events: [ServiceEvent] = []) {
    self.service = service
    faults = NetworkFaults(rules)
    self.events = events
  }

  var rules: [NetworkRule] {
    get { faults.rules }
    set { faults.rules = newValue }
  }

  mutating func exchange(_ request: Request, at time: Int64) -> (reply: Reply, microseconds: Int64) {
    let (occurrence, faults) = self.faults.next(request.step)
    for event in events where event.step == request.step && event.occurrence == occurrence {
      event.apply(&service)
    }
    for case .fail(let failure) in faults {
      return (.failed(failure), failure == .timeout ? 15_000_000 : roundTripMicroseconds)
    }
    for case .status(let status, let seconds) in faults {
      return (.response(NetworkFaults.plain(status, seconds)), roundTripMicroseconds)
    }
    if let reply = redirect(faults, request) { return (reply, roundTripMicroseconds) }
    if remote != nil { return askRemote(request, faults, at: time) }
    var response = service.respond(to: onService(request, faults), at: time)
    self.faults.remember(response, to: request)
    if hidesDate { response.dateSeconds = nil }
    for fault in faults { self.faults.apply(fault, to: &response) }
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
    self.faults.remember(response, to: request)
    for fault in faults { self.faults.apply(fault, to: &response) }
    if faults.contains(.loseResponse) { return (.failed(.timeout), 15_000_000) }
    return (.response(response), duration)
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
    return NetworkFaults.changed(request, by: faults)
  }
}
