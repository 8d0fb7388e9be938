public import AssayUpdate
internal import Synchronization

/// Decides what becomes of each request at a relay, and keeps count.
///
/// The faults are those of the simulated network (`NetworkFaults`); this turns them into bytes.
final class RelayDirector: Sendable {
  private struct State {
    var faults: NetworkFaults
    var traffic = RelayTraffic()
    /// Before these moments a step was told not to ask again.
    var notBefore: [Request.Step: ContinuousClock.Instant] = [:]
  }

  /// What is to be done with a request.
  enum Decision {
    case answer(RelayAnswer)
    /// The service is asked; these faults happen to what it says.
    case ask([NetworkFault])
  }

  private let state: Mutex<State>
  private let onStep: @Sendable (Request.Step, Int, [NetworkFault]) -> Void
  /// No Retry-After is longer: a rehearsal waits for it in real time.
  private let longestRetrySeconds: Int
  /// How clients come: `http` or `https`.
  let scheme: String

  init(
    _ rules: [NetworkRule], longestRetrySeconds: Int, scheme: String,
    onStep: @escaping @Sendable (Request.Step, Int, [NetworkFault]) -> Void
  ) {
    state = Mutex(State(faults: NetworkFaults(rules)))
    self.longestRetrySeconds = longestRetrySeconds
    self.scheme = scheme
    self.onStep = onStep
  }

  var traffic: RelayTraffic { state.withLock { $0.traffic } }

  /// Until when a client was told to wait; nil when it may ask.
  var waitsUntil: ContinuousClock.Instant? { state.withLock { $0.notBefore.values.max() } }

  /// Counts a request and looks up what happens to it.
  func decide(_ request: RelayRequest) -> Decision {
    guard let step = request.step else {
      state.withLock { $0.traffic.others += 1 }
      return .ask([])
    }
    let (occurrence, faults) = state.withLock { state in
      let next = state.faults.next(step)
      state.traffic.counts[step, default: 0] += 1
      state.traffic.fired = state.faults.fired
      if step == .artifact, next.faults.contains(where: \.corrupts) { state.traffic.hasCorruptedImage = true }
      if request.leaksToken { state.traffic.leaks += 1 }
      if let moment = state.notBefore.removeValue(forKey: step), ContinuousClock.now < moment {
        state.traffic.hurried += 1
      }
      return next
    }
    onStep(step, occurrence, faults)
    return decide(request, step, faults)
  }

  private func decide(_ request: RelayRequest, _ step: Request.Step, _ faults: [NetworkFault]) -> Decision {
    for case .fail(let failure) in faults {
      return .answer(.nothing(failure == .timeout ? .hold : .reset))
    }
    for case .status(let status, let seconds) in faults {
      let told = seconds.map { min($0, longestRetrySeconds) }
      if let told { hold(step, seconds: told) }
      return .answer(RelayAnswer(NetworkFaults.plain(status, told), lines: [], faults: faults))
    }
    for case .redirect(_, let hops) in faults where request.hops < hops {
      var response = Response(status: 302)
      response.location = request.redirection
      return .answer(RelayAnswer(response, lines: [], faults: faults))
    }
    return .ask(faults)
  }

  /// A client that comes a tenth of a second early has rounded.
  private func hold(_ step: Request.Step, seconds: Int) {
    let moment = ContinuousClock.now + .seconds(seconds) - .milliseconds(100)
    state.withLock { $0.notBefore[step] = moment }
  }

  /// What the client gets of the service's answer.
  func answer(
    _ answer: HTTPReader.Answer, to request: RelayRequest, _ faults: [NetworkFault]
  ) -> RelayAnswer {
    let start = answer.status == 206 ? request.asked.rangeStart : nil
    var response = Response(answer, isStalled: false, rangeStart: start)
    let made = state.withLock { state -> RelayAnswer in
      if request.step != nil { state.faults.remember(response, to: request.asked) }
      if faults.isEmpty { return RelayAnswer(answer, isHead: request.method == "HEAD") }
      state.faults.apply(faults, to: &response)
      return RelayAnswer(response, lines: answer.lines, faults: faults)
    }
    if request.step == .artifact {
      // What a fault adds is not the client's doing.
      state.withLock { $0.traffic.artifactBytes += min(made.bodyCount, answer.body.count) }
    }
    return faults.contains(.loseResponse) ? .nothing(.reset) : made
  }
}

/// What a relay has seen.
public struct RelayTraffic: Sendable, Equatable {
  /// Requests by their step.
  public internal(set) var counts: [Request.Step: Int] = [:]
  /// Requests that are no step of an update.
  public internal(set) var others = 0
  /// Names of the faults that happened, in their order.
  public internal(set) var fired: [String] = []
  /// True when an image, or a part of one, arrived changed.
  public internal(set) var hasCorruptedImage = false
  /// Bytes of images that were passed on.
  public internal(set) var artifactBytes = 0
  /// Requests that came before the Retry-After of the one before was over.
  public internal(set) var hurried = 0
  /// Requests that showed the device's token to another host.
  public internal(set) var leaks = 0

  public init() {}

  /// All requests.
  public var requests: Int { counts.values.reduce(others, +) }
}
