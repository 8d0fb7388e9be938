/// A scenario as it is rehearsed with a real update client: the same images, assignments, faults and
/// events as on the simulated device, with what cannot exist before a real client left out by name.
public struct ClientRow: Sendable {
  /// An image by its role in the row: `old`, `new` or `other`.
  public struct Image: Sendable {
    public let name: String
    public let bytes: [UInt8]
    public let digest: ImageDigest
  }

  public let name: String
  /// Rows of the fault catalogue it stands for.
  public let catalogue: [String]
  /// `file:line:column`
  public let place: String
  /// What the client's device is.
  public let profile: DeviceProfile
  public let images: [Image]
  /// What is assigned, one after another, each when the one before has ended.
  public internal(set) var manifests: [Manifest]
  public let rules: [NetworkRule]
  public internal(set) var events: [ServiceEvent]
  /// What must serve at the end; nil when that depends on how often a client polls.
  public let serves: String?
  /// The invariant that is broken when something else serves: `I11`.
  public let guards: Invariant
  /// True when the last report the service sees must be a final one.
  public let endsReported: Bool
  /// True when a client is run once more after it has settled.
  public let lingers: Bool

  public func image(_ name: String) -> Image? { images.first { $0.name == name } }
}

/// How a client gets its model, for what a row may ask of it.
public enum ClientForm: Sendable {
  /// The image itself, and the native manifest with every field.
  case native
  /// A package of another update system, which knows nothing of the manifest's fields.
  case packaged
}

extension Scenario {
  /// The row for a real client called `mac`; manifests expire relative to `epochSeconds`, the machine's
  /// own time.
  ///
  /// Nil when the subject's slot is not one.
  public func clientRow(_ subject: Subject, epochSeconds: Int64, mac: String? = nil) -> ClientRow? {
    let images = ScenarioImages(self, subject)
    guard let mission = Mission(self, subject, images: images) else { return nil }
    let shift = epochSeconds - 1_800_000_000
    return ClientRow(
      name: name, catalogue: catalogue, place: place, profile: mission.profile,
      images: images.all.map { ClientRow.Image(name: $0.name.rawValue, bytes: $0.bytes, digest: $0.digest) },
      manifests: mission.steps.map { $0.manifest.expiring(later: shift) }, rules: rules,
      events: mission.events.map { $0.expiring(later: shift, of: mac) },
      serves: dependsOnPolling ? nil : serves,
      guards: guards, endsReported: log?.last?.hasSuffix("succeeded") ?? false, lingers: lingerSeconds > 0)
  }

  /// True when the end depends on whether a client polls again before it is through with an assignment.
  private var dependsOnPolling: Bool {
    var later = 0
    for event in events where event.step == .poll && event.occurrence > 1 {
      switch event.change {
      case .cancel: return true
      case .assign: later += 1
      case .delete, .forget, .pollEvery: break
      }
    }
    return later > 1
  }

  /// Why the row cannot be rehearsed with a real client; nil when it can.
  public func obstacle(for form: ClientForm) -> String? {
    deviceObstacle ?? rules.lazy.compactMap(\.obstacle).first ?? waitObstacle ?? planObstacle
      ?? (form == .packaged ? packageObstacle : nil)
  }

  private var deviceObstacle: String? {
    if !cuts.isEmpty { return "power cuts at flash operations: only the simulated flash has them" }
    if !flash.isEmpty { return "defects of flash, restarts: only the simulated device has them" }
    if !glitches.isEmpty { return "glitched decisions: only those of the simulated device can be reached" }
    if device != DevicePhrase() { return "clock, battery and record are the simulated device's" }
    if selfTest != .pass { return "the trial is the firmware's, a client of a file has none" }
    return nil
  }

  /// Faults that last until a client's own time limit, at most so often: it is real time.
  private static let waitLimit = 12

  private var waitObstacle: String? {
    let waits = rules.filter(\.waits).map(\.occurrences.count).reduce(0) { min($0 + $1, 1_000_000) }
    guard waits > Self.waitLimit else { return nil }
    return "\(waits) waits for a client's own time limit, more than \(Self.waitLimit)"
  }

  private var planObstacle: String? {
    if assignments.contains(where: { $0.windowHours != nil }) {
      return "a window is an hour of the day, and the machine's clock is real"
    }
    if assignments.contains(where: \.isOnOtherHost) {
      return "the relay is one host, and the contract wants https for another"
    }
    let changesInterval = events.contains { event in
      if case .pollEvery = event.change { true } else { false }
    }
    return changesInterval ? "how often a client polls is up to whoever runs it" : nil
  }

  private var packageObstacle: String? {
    for case .tamper(let field, _) in rules.map(\.fault) {
      return "tamper \(field): a field of the native manifest"
    }
    for case .refused(let reason) in endings { return "refusing for \(reason): no field of the package" }
    if assignments.contains(where: \.hasNativeProperties) { return "a property of the native manifest" }
    return nil
  }

  /// What it means when an image serves that must not.
  private var guards: Invariant {
    for case .tamper in rules.map(\.fault) { return .acceptsAuthentic }
    for assignment in assignments {
      if assignment.hasWrongDigest { return .servesTestedModel }
      if assignment.isUnsigned || assignment.key != nil || assignment.isExpired { return .acceptsAuthentic }
      if assignment.hasNativeProperties { return .checksBeforeErasing }
    }
    if endings.contains(.refused(.downgrade)) { return .keepsFloor }
    if imageSize != .bytes(Self.usualBytes) { return .checksBeforeErasing }
    return .converges
  }
}

extension Scenario.AssignmentPhrase {
  /// True when it depends on a field that only the native manifest has.
  fileprivate var hasNativeProperties: Bool {
    sizeBytes != nil || format != nil || target != nil || contract != nil || arenaBytes != nil
      || runtime != nil || isExpired || key != nil || isUnsigned
  }
}

extension NetworkRule {
  /// Why the fault cannot be made in front of a real client.
  public var obstacle: String? {
    switch fault {
    case .fail(.dns): "dns: the client is given an address, no name is looked up"
    case .fail(.refused): "refused: a relay does not see connections that are refused, so cannot count them"
    case .fail(.tls): "tls: the relay speaks plain HTTP"
    case .redirect(let target, _) where target.hasPrefix("http:"):
      "redirect without TLS: the relay speaks plain HTTP from the beginning"
    default: nil
    }
  }

  /// True when a client notices the fault by waiting.
  fileprivate var waits: Bool {
    switch fault {
    case .fail(.timeout), .stall: true
    case .throttle(let rate): rate < 4_000
    default: false
    }
  }
}

extension Manifest {
  fileprivate func expiring(later seconds: Int64) -> Manifest {
    var manifest = self
    manifest.expirySeconds += seconds
    return manifest
  }
}

extension ServiceEvent {
  fileprivate func expiring(later seconds: Int64, of mac: String?) -> ServiceEvent {
    var event = self
    event.mac = mac ?? event.mac
    if case .assign(let manifest) = change { event.change = .assign(manifest.expiring(later: seconds)) }
    return event
  }
}
