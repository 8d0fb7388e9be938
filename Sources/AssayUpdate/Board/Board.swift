/// Everything outside the device's processor: flash, clock, network, power.
///
/// Every flash operation goes through `operate`, which is where power can fail, where an explorer
/// forks the run, and where the invariants look.
struct Board {
  var flash: Flash
  var timings = FlashTimings.espIDF
  var clock = BoardClock()
  var network: SimulatedNetwork
  /// The device's own randomness (jitter).
  var random: SeededRandom
  /// What faults draw from; apart from the device's, so that a cut does not change its jitter.
  var faultRandom: SeededRandom
  var images: ImageJudge
  var monitor: InvariantMonitor
  var trace = Trace()
  var power = PowerPlan()
  /// Decisions that come out wrong; nil when none does.
  var glitch: GlitchPlan?
  var batteryMillivolts = 3900
  /// What tells this chip from any other, as its random number generator does.
  var chip: UInt64 = 0
  /// A reset that an incident asks for.
  var pendingReset: Reset?
  /// The states the device was in, without repetitions.
  private(set) var states: [DeviceState] = []
  /// When each of them began, in microseconds of the run.
  private(set) var stateTimes: [Int64] = []
  /// When power failed or the processor started again.
  private(set) var resetTimes: [Int64] = []
  /// Incidents of the mission that have happened.
  var incidentsDone = 0
  /// Flash operations since the run began.
  private(set) var operations = 0
  /// Called before each operation with the board as it is then; forks happen here.
  var onOperation: ((Board, FlashOperation, [UInt8], Int) -> Void)?

  init(
    flash: Flash, network: SimulatedNetwork, images: ImageJudge, monitor: InvariantMonitor, seed: UInt64
  ) {
    self.flash = flash
    self.network = network
    self.images = images
    self.monitor = monitor
    random = SeededRandom(seed: seed, purpose: 1)
    faultRandom = SeededRandom(seed: seed, purpose: 2)
  }

  /// Erases one sector; false when the chip reports an error.
  mutating func erase(sector: Int) throws(Reset) -> Bool {
    let operation = FlashOperation(
      kind: .erase, address: sector * FlashGeometry.sectorBytes, count: FlashGeometry.sectorBytes)
    return try operate(operation, from: [], at: 0)
  }

  /// Programs bytes page by page; false at the first page the chip reports an error for.
  mutating func program(at address: Int, from data: [UInt8], range: Range<Int>) throws(Reset) -> Bool {
    var source = range.lowerBound
    while source < range.upperBound {
      let target = address + source - range.lowerBound
      let room = FlashGeometry.pageBytes - target % FlashGeometry.pageBytes
      let count = min(room, range.upperBound - source)
      let operation = FlashOperation(kind: .program, address: target, count: count)
      guard try operate(operation, from: data, at: source) else { return false }
      source += count
    }
    return true
  }

  private mutating func operate(
    _ operation: FlashOperation, from data: [UInt8], at source: Int
  ) throws(Reset) -> Bool {
    guard flash.geometry.contains(operation) else {
      monitor.fail(.writesInsideSlot, "writes beyond the end of the chip", at: clock.microseconds)
      return false
    }
    monitor.willOperate(operation, flash: flash, at: clock.microseconds)
    onOperation?(self, operation, data, source)
    operations += 1
    if let mode = power.mode(atOperation: operations) {
      tear(operation, from: data, at: source, mode: mode)
      throw .powerCut
    }
    clock.microseconds +=
      operation.kind == .erase ? timings.sectorEraseMicroseconds : timings.pageProgramMicroseconds
    trace.operation(operation, at: clock.microseconds)
    let succeeded = apply(operation, from: data, at: source)
    monitor.didOperate(operation, flash: flash, images: images, at: clock.microseconds)
    return succeeded
  }

  private mutating func apply(_ operation: FlashOperation, from data: [UInt8], at source: Int) -> Bool {
    do {
      switch operation.kind {
      case .erase: try flash.erase(sector: operation.sector)
      case .program:
        let isClean = try flash.program(operation, from: data, at: source)
        monitor.didProgram(operation, isClean: isClean, flash: flash, at: clock.microseconds)
      }
      return true
    } catch {
      return false
    }
  }

  /// Does the part of an operation that happened before power failed.
  mutating func tear(_ operation: FlashOperation, from data: [UInt8], at source: Int, mode: TearMode) {
    flash.tear(operation, from: data, at: source, mode: mode, random: &faultRandom)
    trace.operation(operation, at: clock.microseconds)
    monitor.didOperate(operation, flash: flash, images: images, at: clock.microseconds, isTorn: true)
  }
}

// States.
extension Board {
  /// The device's record says this now.
  mutating func noteState(of record: DeviceRecord) {
    let state = DeviceState(record)
    guard states.last != state else { return }
    states.append(state)
    stateTimes.append(clock.microseconds)
    trace.add(.state(record.summary), code: 5, at: clock.microseconds)
  }

  /// The device is about to store a record; a cut may be planned for this moment.
  mutating func willStore(_ record: DeviceRecord, after stored: DeviceRecord?) {
    power.willReach(StatePoint(from: stored, to: record), afterOperation: operations)
  }
}

// What the device sees of its surroundings.
extension Board {
  /// A number drawn at every boot by the chip's own generator; never the same twice.
  var bootNumber: UInt64 {
    var random = SeededRandom(seed: chip, purpose: 0xB007 << 32 | UInt64(monitor.counters.resets))
    return random.next()
  }

  /// Sends a request and waits for the beginning of its reply.
  mutating func exchange(_ request: Request) -> Reply {
    monitor.willSend(request, flash: flash, images: images, at: clock.microseconds)
    let (reply, duration) = network.exchange(request, at: clock.microseconds)
    trace.add(.request(request.summary), code: 1, at: clock.microseconds)
    clock.microseconds += duration
    trace.add(.reply(reply.summary), code: reply.code, at: clock.microseconds)
    monitor.didReceive(reply, to: request, at: clock.microseconds)
    if case .response(let response) = reply, let date = response.dateSeconds, clock.wallOffsetSeconds == nil {
      clock.wallOffsetSeconds = date - clock.microseconds / 1_000_000
    }
    return reply
  }

  /// Takes the next bytes of a body: where they stand in it, and how long they took.
  mutating func receive(
    _ body: inout Body, upTo count: Int, step: Request.Step
  ) -> (range: Range<Int>, microseconds: Int64) {
    let (range, duration) = body.read(count)
    clock.microseconds += duration
    monitor.didReceiveBytes(
      range.count, offset: body.origin + range.lowerBound, step: step, microseconds: duration,
      at: clock.microseconds)
    return (range, duration)
  }

  /// The digest of the first bytes of a slot, and the time the chip takes for it (about 16 MB/s).
  mutating func digest(slot: SlotIndex, count: Int) -> ImageDigest? {
    clock.microseconds += Int64(count / 16)
    images.share(&flash, slot: slot, count: count)
    return images.digest(of: flash, slot: slot, count: count)
  }

  /// Runs the candidate on its golden inputs; a crash or a hang ends in a reset.
  mutating func selfTest(slot: SlotIndex, count: Int, watchdogSeconds: Int) throws(Reset) -> SelfTestResult? {
    guard let result = images.result(of: flash, slot: slot, count: count) else { return nil }
    monitor.didTest(result, slot: slot)
    trace.add(.selfTest("\(result.ending)"), code: 2, at: clock.microseconds)
    switch result.ending {
    case .finished: clock.microseconds += result.durationMicroseconds
    case .crashed: throw .watchdog
    case .hung:
      clock.microseconds += Int64(watchdogSeconds) * 1_000_000
      throw .watchdog
    }
    return result
  }

  /// Inference is answered from this slot from now on; nil for no inference.
  mutating func serve(_ slot: SlotIndex?) {
    let content = monitor.didServe(slot, flash: flash, images: images, at: clock.microseconds)
    trace.add(.serving(content), code: 3 + Int(slot?.rawValue ?? 7), at: clock.microseconds)
  }

  /// Power comes back: RAM is gone, and bits that were only half erased show what they are.
  mutating func powerUp(after reset: Reset) {
    flash.settleWeakBits()
    resetTimes.append(clock.microseconds)
    clock.microseconds += 300_000
    monitor.didReset(reset, flash: flash, at: clock.microseconds)
    trace.add(.boot("after \(reset)"), code: 4, at: clock.microseconds)
  }
}

/// Virtual time.
struct BoardClock: Sendable, Equatable {
  /// Since the run began; never goes back.
  var microseconds: Int64 = 0
  /// Seconds since 1970 minus seconds of the run; nil while the device does not know the date.
  var wallOffsetSeconds: Int64? = 1_800_000_000

  /// Seconds since 1970 as the device believes.
  var wallSeconds: Int64? { wallOffsetSeconds.map { $0 + microseconds / 1_000_000 } }
}
