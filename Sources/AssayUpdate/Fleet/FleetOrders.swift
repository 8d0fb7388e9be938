// What the service wants of one device. It knows what it ordered and what was reported, nothing else.

extension FleetRun {
  mutating func assign(_ index: Int, at time: Int64) {
    switch rollout.state {
    case .paused: takeBack(index)
    case .rolledBack: orderBack(index)
    case .running, .finished:
      guard members[index].assignment == nil, members[index].group < rollout.openGroups else { return }
      var wanted = manifest
      wanted.assignment = order
      wanted.signature = ""
      members[index].assignment = order
      members[index].wasAssigned = true
      members[index].hasCounted = false
      members[index].board.network.service.assign(wanted, to: mac)
    }
  }

  /// What nobody has begun is taken back; what runs is left to end by itself.
  private mutating func takeBack(_ index: Int) {
    guard let assignment = members[index].assignment, !members[index].hasCounted else { return }
    let reports = members[index].board.network.service.reports(of: mac)
    guard !reports.contains(where: { $0.assignment == assignment }) else { return }
    members[index].board.network.service.cancelAssignment(of: mac)
    members[index].assignment = nil
  }

  /// Every device that was told to update is told to go back, whatever became of it meanwhile.
  private mutating func orderBack(_ index: Int) {
    guard members[index].wasAssigned, !members[index].isOrderedBack else { return }
    var back = Mission.manifest(
      mission.old, digest: mission.oldContent.digest, version: mission.oldContent.version, assignment: order,
      profile: mission.profile)
    back.order = .rollback
    members[index].isOrderedBack = true
    members[index].assignment = nil
    members[index].board.network.service.assign(back, to: mac)
  }

  /// The service lost assignments, reports and counts. The rollout is ordered again, under a number
  /// that no device has seen; what devices say to that tells what had been done.
  mutating func forget(atSeconds now: Int64) {
    order += 1
    outstanding = members.count { $0.isExpected }
    for index in members.indices {
      members[index].board.network.service.forget(mac)
      members[index].assignment = nil
      members[index].hasCounted = false
    }
    rollout.beginAgain(atSeconds: now)
  }

  /// While the service is overloaded, nothing but its status comes back.
  mutating func showOverload(_ index: Int, at time: Int64) {
    let status = overloads.last { $0.span.contains(time) }?.status
    guard status != members[index].overload else { return }
    members[index].overload = status
    guard let status else { return members[index].board.network.rules = members[index].ownRules }
    members[index].board.network.rules = Request.Step.allCases.map {
      NetworkRule(step: $0, occurrences: 1...1_000_000, fault: .status(status, retryAfterSeconds: 300))
    }
  }
}
