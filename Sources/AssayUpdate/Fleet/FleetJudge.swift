// What became of the fleet.

extension FleetRun {
  mutating func finish(_ perSecond: [Int64: Int]) -> FleetReport {
    report.devices = members.count
    report.state = rollout.state
    report.allowed = members.count { $0.group < report.opened }
    report.peakRequestsPerSecond = perSecond.values.max() ?? 0
    report.allowedRequestsPerSecond = allowedPeak
    for index in members.indices { add(index) }
    report.log = statusCounts
    report.serves = servingCounts
    report.unmet = upcoming.map { "\($0.phrase), at \($0.seconds) s" } + unmetFaults
    judge()
    return report
  }

  private mutating func add(_ index: Int) {
    members[index].board.monitor.judgeServing(
      flash: members[index].board.flash, images: members[index].board.images, at: report.microseconds)
    let board = members[index].board
    let serves = served(index)
    if serves == "new" { report.updated += 1 }
    if serves == "old", hasTriedNew(board) { report.rolledBack += 1 }
    if board.operations > 0 { report.touched += 1 }
    if members[index].original == nil, board.network.service.suspicion(of: mac) != nil { report.flagged += 1 }
    report.flashOperations += board.operations
    report.artifactBytes += board.monitor.counters.artifactBytes
    report.violations += board.monitor.violations.prefix(max(0, 8 - report.violations.count))
    report.traceHash.mix(board.trace.hash.value)
  }

  private func hasTriedNew(_ board: Board) -> Bool {
    board.states.contains { state in
      state.phase == .trial && state.candidate == manifest.digest || state.active == manifest.digest
    }
  }

  private func served(_ index: Int) -> String {
    guard members[index].isBooted else { return "off" }
    let board = members[index].board
    let content = board.monitor.serving.flatMap { board.monitor.oracle.best?.record[$0] }
    switch content?.digest {
    case manifest.digest: return "new"
    case mission.oldContent.digest: return "old"
    case nil: return "nothing"
    case let other?: return other.short
    }
  }

  private var servingCounts: [String] {
    var counts: [String: Int] = [:]
    for index in members.indices { counts[served(index), default: 0] += 1 }
    let known = ["new", "old", "nothing", "off"]
    let names = known + counts.keys.filter { !known.contains($0) }.sorted()
    return names.compactMap { name in counts[name].map { "\(name) \($0)" } }
  }

  /// By assignment, then in the order of `Report.Status` and `Reason`; a cloned address counts once.
  private var statusCounts: [String] {
    struct Key: Hashable {
      let assignment: UInt32
      let status: Report.Status
      let reason: Reason
      var rank: (UInt32, UInt8, UInt8) { (assignment, status.code, reason.code) }
    }
    var counts: [Key: Int] = [:]
    for member in members where member.original == nil {
      for report in member.board.network.service.reports(of: mac) {
        let key = Key(assignment: report.assignment, status: report.status, reason: report.reason)
        counts[key, default: 0] += 1
      }
    }
    return counts.sorted { $0.key.rank < $1.key.rank }.map { key, count in
      let reason = key.reason == .none ? "" : ":\(key.reason.rawValue)"
      return "\(key.assignment) \(key.status.rawValue)\(reason) \(count)"
    }
  }

  /// Faults of the network that no device came to.
  private var unmetFaults: [String] {
    let rules = plan.faults.flatMap(\.kinds).compactMap { kind in
      if case .network(let rule) = kind { rule } else { nil }
    }
    return rules.filter { rule in
      !members.contains { member in
        member.ownRules.contains(rule)
          && member.board.network.faults.count(rule.step) >= rule.occurrences.lowerBound
      }
    }.map(\.phrase)
  }

  /// Jitter spreads a fleet over its window; three requests a device, four times the mean, and a few.
  private var allowedPeak: Int { members.count * 3 * 4 / max(1, DevicePolicy().bootJitterSeconds) + 32 }

  private mutating func judge() {
    let strays = members.count { $0.board.operations > 0 && $0.group >= report.opened }
    if strays > 0 || report.touched > report.allowed {
      fail(.boundsCanary, "\(strays) devices touched outside of the \(report.opened) groups that were opened")
    }
    if report.peakRequestsPerSecond > report.allowedRequestsPerSecond {
      let message =
        "\(report.peakRequestsPerSecond) requests in a second, at most \(report.allowedRequestsPerSecond)"
      fail(.triesBounded, message)
    }
  }

  private mutating func fail(_ invariant: Invariant, _ message: String) {
    report.violations.append(
      Violation(invariant: invariant, message: message, microseconds: report.microseconds))
  }
}
