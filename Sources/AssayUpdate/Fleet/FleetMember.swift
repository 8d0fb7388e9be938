/// A device, its board and its place in the rollout.
struct FleetMember {
  var device: Device
  var board: Board
  let group: Int
  /// What its network always does.
  let ownRules: [NetworkRule]
  /// When it has power; nil for never.
  let powerMicroseconds: Int64?
  /// The device it was cloned from: the service knows both as one.
  let original: Int?
  /// The assignment the rollout waits for.
  var assignment: UInt32?
  var wasAssigned = false
  var hasCounted = false
  var isOrderedBack = false
  var isBooted = false
  /// Overload of the service that its network shows at the moment.
  var overload: Int?

  /// True for a device that will have power some day; a clone is known by its original.
  var isExpected: Bool { powerMicroseconds != nil && original == nil }

  /// One wake at `time`; returns how many requests it made.
  mutating func wake(at time: Int64) -> Int {
    board.clock.microseconds = max(board.clock.microseconds, time)
    let before = requests
    if isBooted {
      do { try device.wake(on: &board) } catch { reboot(after: error) }
    } else {
      boot()
    }
    return requests - before
  }

  private mutating func boot() {
    device = Device(profile: device.profile)
    do {
      try device.boot(on: &board)
      isBooted = true
    } catch { reboot(after: error) }
  }

  /// A reboot follows at once; a second reset waits for the next wake.
  private mutating func reboot(after reset: Reset) {
    isBooted = false
    board.powerUp(after: reset)
    device = Device(profile: device.profile)
    do {
      try device.boot(on: &board)
      isBooted = true
    } catch { board.powerUp(after: error) }
  }

  private var requests: Int {
    let counters = board.monitor.counters
    return counters.polls + counters.artifactRequests + counters.reportRequests
  }
}

// A fleet before it has power.
extension FleetRun {
  /// A device that is about to be made.
  private struct Blank {
    var group: Int
    var kind = Scenario.SelfTestKind.pass
    var rules: [NetworkRule] = []
    var powerSeconds: Int? = 0
    var isCloned = false
    var isFaulty = false

    static let silence = NetworkRule(
      step: .report, occurrences: 1...1_000_000, fault: .fail(.timeout))

    mutating func apply(_ kind: FleetFault.Kind) {
      isFaulty = true
      switch kind {
      case .selfTest(let test): self.kind = test
      case .silent: rules.append(Self.silence)
      case .offline(let seconds): powerSeconds = seconds
      case .clone: isCloned = true
      case .network(let rule): rules.append(rule)
      }
    }
  }

  /// All devices that are there from the beginning get power at the same moment; the first poll is
  /// up to each one's jitter.
  mutating func powerOn(_ sizes: [Int]) -> Bool {
    var random = SeededRandom(seed: plan.seed, purpose: 0xF1EE7)
    var blanks = sizes.enumerated().flatMap { group, size in
      (0..<size).map { _ in blank(group, &random) }
    }
    guard spoil(&blanks, sizes, &random) else { return false }
    for event in plan.allEvents {
      guard case .join(let devices, let group) = event.change, sizes.indices.contains(group) else { continue }
      blanks += (0..<devices).map { _ in Blank(group: group, powerSeconds: event.seconds) }
    }
    for blank in blanks { add(blank, original: nil) }
    for (index, blank) in blanks.enumerated() where blank.isCloned { add(blank, original: index) }
    outstanding = members.count { $0.isExpected }
    return true
  }

  private func blank(_ group: Int, _ random: inout SeededRandom) -> Blank {
    var blank = Blank(group: group)
    if random.chance(perMille: plan.failingPerMille) { blank.apply(.selfTest(.output)) }
    if random.chance(perMille: plan.offlinePerMille) { blank.apply(.offline(untilSeconds: nil)) }
    if random.chance(perMille: plan.silentPerMille) { blank.apply(.silent) }
    return blank
  }

  /// Gives every fault its devices: those of one group first, then those of any.
  private func spoil(_ blanks: inout [Blank], _ sizes: [Int], _ random: inout SeededRandom) -> Bool {
    guard !plan.faults.isEmpty else { return true }
    var order = Array(blanks.indices)
    for index in order.indices.reversed() { order.swapAt(index, random.below(index + 1)) }
    for fault in plan.faults.filter({ $0.group != nil }) + plan.faults.filter({ $0.group == nil }) {
      let size = fault.group.map { sizes.indices.contains($0) ? sizes[$0] : 0 } ?? blanks.count
      guard let wanted = fault.amount.devices(of: size) else { return false }
      let free = order.filter { index in
        !blanks[index].isFaulty && (fault.group == nil || fault.group == blanks[index].group)
      }
      guard free.count >= wanted else { return false }
      for index in free.prefix(wanted) { fault.kinds.forEach { blanks[index].apply($0) } }
    }
    return true
  }

  private mutating func add(_ blank: Blank, original: Int?) {
    guard let kind = kinds[blank.kind] else { return }
    var board = kind.board
    board.random = SeededRandom(seed: plan.seed, purpose: UInt64(members.count) << 20)
    board.chip = UInt64(members.count)
    board.network.service.cancelAssignment(of: mac)
    board.network.rules = blank.rules
    let power = blank.powerSeconds.map { Int64($0) * 1_000_000 }
    members.append(
      FleetMember(
        device: Device(profile: kind.mission.profile), board: board, group: blank.group,
        ownRules: blank.rules, powerMicroseconds: power, original: original))
    if let power { queue.push(members.count - 1, at: power) }
  }
}
