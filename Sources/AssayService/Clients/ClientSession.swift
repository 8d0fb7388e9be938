internal import AssayUpdate

/// The runs of a client through one row: when they end, and which invariants did not hold.
struct ClientSession {
  private let row: ClientRow
  private let delivery: ClientDelivery
  private let server: ServiceServer
  private let relay: FaultRelay
  private(set) var runs = 0
  private var ending = ClientProcess.Ending.exited(0)
  private var serves = "old"
  private var found: [String] = []
  /// What was assigned, and how many bytes had gone, when the run began.
  private var before = (assigned: "", bytes: 0, serves: "")

  private static let requestLimit = 400

  init(row: ClientRow, delivery: ClientDelivery, server: ServiceServer, relay: FaultRelay) {
    self.row = row
    self.delivery = delivery
    self.server = server
    self.relay = relay
  }

  mutating func begin(_ bench: borrowing ClientBench) {
    runs += 1
    before = (assigned, relay.traffic.artifactBytes, bench.serves(row.images))
  }

  mutating func end(_ ending: ClientProcess.Ending, _ bench: borrowing ClientBench) {
    self.ending = ending
    serves = bench.serves(row.images)
    judgeRun()
    // Who never reports is given the next assignment when it has reached the one before.
    let isSilent = relay.traffic.counts[.report, default: 0] == 0
    if isSilent, serves == assigned, hasUpcoming { assignNext() }
  }

  /// True when nothing more is to be expected of another run.
  var isDone: Bool {
    if !ending.isOrderly || !found.isEmpty || !hasAsked { return true }
    guard runs >= leastRuns, hasPassedPolls, !hasUpcoming else { return false }
    if serves == row.serves ?? serves { return !owesReport }
    // Given up and said so: nobody offers it again.
    return server.withCore { [row] in $0.hasEnded(row.profile.mac) }
  }

  /// Who never polls shows nothing, also where nothing is to change.
  private var hasAsked: Bool { relay.traffic.counts[.poll, default: 0] > 0 }

  /// Once more when nothing must happen any more, to see that nothing does.
  private var leastRuns: Int { row.lingers || row.serves == "old" ? 2 : 1 }

  /// True when faults and events that wait for a later poll had their chance.
  private var hasPassedPolls: Bool {
    let polls = relay.traffic.counts[.poll, default: 0]
    let rules = row.rules.filter { $0.step == .poll }.map(\.occurrences.lowerBound)
    let events = row.events.filter { $0.step == .poll }.map(\.occurrence)
    return (rules + events).allSatisfy { $0 <= polls }
  }

  /// The image that is assigned now.
  private var assigned: String {
    let mac = row.profile.mac
    let url = server.withCore { $0.models.manifest(of: mac)?.url }
    return url.flatMap { delivery.names[$0] } ?? ""
  }

  private var hasUpcoming: Bool {
    let mac = row.profile.mac
    return server.withCore { !($0.upcoming[mac]?.isEmpty ?? true) }
  }

  private func assignNext() {
    let mac = row.profile.mac
    server.withCore { core in _ = core.assignNext(to: mac) }
  }

  private var reports: [Report] {
    let mac = row.profile.mac
    return server.withCore { $0.models.reports(of: mac) }
  }

  /// A client that reports at all must get its last word through (R01).
  private var owesReport: Bool {
    row.endsReported && relay.traffic.counts[.report, default: 0] > 0
      && !(reports.last?.status.isFinal ?? false)
  }
}

// Invariants.
extension ClientSession {
  private mutating func judgeRun() {
    switch ending {
    case .timedOut: found.append("I3 did not end within its time limit")
    case .signalled(let signal): found.append("I3 the client was killed by signal \(signal)")
    case .outgrew: found.append("I6 writes without end")
    case .exited: break
    }
    if serves == "damaged" { found.append("I1 the flash image holds none of the models") }
    // Downloading what is already there.
    let bytes = relay.traffic.artifactBytes - before.bytes
    if before.serves == before.assigned, before.assigned == assigned, serves == before.serves, bytes > 0 {
      found.append("I5 downloads \(bytes) bytes of what it already serves")
    }
  }

  func result(_ bench: borrowing ClientBench) -> ClientRehearsal.Result {
    let reports = reports
    return ClientRehearsal.Result(
      row: row.name, place: row.place, ending: ending, runs: runs, serves: serves,
      log: reports.map { "\($0.assignment) \($0.summary)" }, traffic: relay.traffic,
      unmet: unmet, violations: found + judgeEnd(reports) + judgeTraffic() + bench.trespasses)
  }

  private var unmet: [String] {
    let counts = relay.traffic.counts
    let rules = row.rules.filter { counts[$0.step, default: 0] < $0.occurrences.lowerBound }
    let events = row.events.filter { counts[$0.step, default: 0] < $0.occurrence }
    return rules.map(\.phrase) + events.map { "event at \($0.step.rawValue) \($0.occurrence)" }
  }

  private func judgeEnd(_ reports: [Report]) -> [String] {
    var found: [String] = []
    if !hasAsked, ending.isOrderly {
      found.append("I3 never asked what it is assigned")
    } else if let wanted = row.serves, serves != wanted, serves != "damaged", ending.isOrderly,
      !hasGivenUpHonestly(reports)
    {
      let many = runs == 1 ? "1 run" : "\(runs) runs"
      found.append("\(row.guards.rawValue) serves \(serves) after \(many), wanted \(wanted)")
    } else if owesReport, ending.isOrderly, row.serves == nil || serves == row.serves {
      found.append("I4 a lost report was never sent again")
    }
    guard let last = reports.last, last.status.isFinal, let named = image(of: last.assignment) else {
      return found
    }
    if last.status == .succeeded, serves != named {
      found.append("I4 reports success without the \(named) model")
    }
    if last.status != .succeeded, serves == named {
      found.append("I4 reports failure with the \(named) model")
    }
    return found
  }

  /// Bytes that arrived changed are a reason to give up, when it is said.
  private func hasGivenUpHonestly(_ reports: [Report]) -> Bool {
    relay.traffic.hasCorruptedImage && serves == "old"
      && (reports.last.map { $0.status == .failed } ?? false)
  }

  /// The image that an assignment brings.
  private func image(of assignment: UInt32) -> String? {
    let events = delivery.events.compactMap { event -> Manifest? in
      if case .assign(let manifest) = event.change { manifest } else { nil }
    }
    let manifest = (delivery.manifests + events).first { $0.assignment == assignment }
    return manifest.flatMap { delivery.names[$0.url] }
  }

  private func judgeTraffic() -> [String] {
    let traffic = relay.traffic
    var found: [String] = []
    let sizes = (delivery.manifests.map(\.url) + delivery.events.compactMap(\.url)).compactMap { url in
      delivery.artifacts.first { url.hasSuffix(ImageDigest(of: $0).hex) }?.count
    }
    let limit = sizes.reduce(0, +) * (3 + traffic.fired.count)
    if traffic.artifactBytes > limit {
      found.append("I5 \(traffic.artifactBytes) bytes of images, more than \(limit)")
    }
    if traffic.requests > Self.requestLimit {
      found.append("I6 \(traffic.requests) requests, more than \(Self.requestLimit)")
    }
    if traffic.hurried > 0 { found.append("I6 asks again before Retry-After is over") }
    if traffic.leaks > 0 { found.append("I12 shows its token to another host") }
    return found
  }
}

extension ServiceEvent {
  /// Where a newly assigned image is.
  fileprivate var url: String? {
    if case .assign(let manifest) = change { manifest.url } else { nil }
  }
}
