/// A decision of the device that a glitch (on voltage, clock or by radiation) could turn around.
///
/// Each is a comparison and the branch on it. Names are those of the scenario language.
public enum DeviceCheck: String, Sendable, CaseIterable {
  // The record.
  /// The checksum of a record.
  case record
  /// Which of two records is the newer one.
  case newer
  /// Whether anything has to be stored.
  case changed
  /// Whether flash kept what was stored.
  case readBack = "read-back"
  // The manifest.
  case signature
  case assignment
  case expiry
  case runtime
  case battery
  case window
  case quarantine
  case floor
  case size
  case format
  case target
  case contract
  case arena
  // The image.
  case type
  case length
  case head
  case range
  /// Whether a sector has arrived whole.
  case arrived
  /// The SHA-256 of what was written.
  case digest
  /// The same of an image that a slot is said to hold already.
  case held
  // The trial.
  /// The same before the trial.
  case staged
  case output
  case selfTestArena = "self-test-arena"
  case latency
  case deadline
  // Serving.
  /// The SHA-256 of the active image at boot.
  case boot
  /// The same from time to time.
  case scrub
  /// The same of the image that replaces a damaged one.
  case fallback
  /// The same of the image that the firmware knows.
  case factory
  // The service.
  case redirect
  case receipt
}

/// The evaluations that come out wrong.
struct GlitchPlan: Sendable, Equatable {
  /// The first evaluation of a check when it is made for this time, counted from 1.
  struct Glitch: Sendable, Equatable {
    let check: DeviceCheck
    let time: Int
  }

  var glitches: [Glitch] = []
  /// One evaluation of any check, counted from 1 over the whole run.
  var number: Int?
  /// Evaluations so far.
  private(set) var evaluations = 0
  private var times: [DeviceCheck: Int] = [:]

  init(_ glitches: [Glitch] = [], number: Int? = nil) {
    self.glitches = glitches
    self.number = number
  }

  /// Glitches of checks that were not made so often.
  var unmet: [Glitch] { glitches.filter { $0.time > times[$0.check, default: 0] } }

  mutating func evaluateFirst(_ check: DeviceCheck, _ value: Bool) -> Bool {
    let time = times[check, default: 0] + 1
    times[check] = time
    return evaluate(value) != glitches.contains(Glitch(check: check, time: time))
  }

  mutating func evaluate(_ value: Bool) -> Bool {
    evaluations += 1
    return evaluations == number ? !value : value
  }
}

extension Board {
  /// What a check says. Two evaluations must agree, or a third one decides: a single glitch changes
  /// nothing, neither towards "yes" (an unverified model) nor towards "no" (a good one given up).
  mutating func holds(_ check: DeviceCheck, _ value: Bool, _ flaws: DeviceFlaws) -> Bool {
    // Without a plan every evaluation says the same.
    guard var plan = glitch else { return value }
    defer { glitch = plan }
    let first = plan.evaluateFirst(check, value)
    if flaws.contains(.believesOneEvaluation) { return first }
    let second = plan.evaluate(value)
    return first == second ? first : plan.evaluate(value)
  }
}

extension Device {
  /// See `Board.holds`.
  func holds(_ check: DeviceCheck, _ value: Bool, on board: inout Board) -> Bool {
    board.holds(check, value, flaws)
  }
}
