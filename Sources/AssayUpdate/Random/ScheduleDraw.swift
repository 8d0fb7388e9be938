// Drawing a schedule: the seed draws the faults *and their probabilities*, so that some runs have
// one kind of fault all the time and others a little of everything.

extension Schedule {
  /// Draws a schedule; faults stop after a while, and then the device must converge.
  static func draw(seed: UInt64) -> Schedule {
    var random = SeededRandom(seed: seed, purpose: 0x5EED)
    var schedule = Schedule(seed: seed)
    var isHopeless = schedule.drawNetwork(&random)
    schedule.drawPower(&random)
    if random.chance(perMille: 150) {
      schedule.selfTest = Scenario.SelfTestKind.allCases[random.below(Scenario.SelfTestKind.allCases.count)]
      isHopeless = isHopeless || schedule.selfTest != .pass
    }
    if random.chance(perMille: 150) {
      schedule.drawFlash(&random)
      isHopeless = true
    }
    if random.chance(perMille: 100) { schedule.events.append("report \(1 + random.below(3)) forget") }
    schedule.ends = isHopeless ? "any" : "succeeded"
    return schedule
  }

  /// True when an image may rightly be given up because of what was drawn.
  private mutating func drawNetwork(_ random: inout SeededRandom) -> Bool {
    var hopeless = 0
    for step in Request.Step.allCases {
      let rate = [0, 100, 300, 700][random.below(4)]
      let length = random.within(1...12)
      let narrow = random.chance(perMille: 300) ? random.below(64) : nil
      for number in 1...length where random.chance(perMille: rate) {
        let kind = Self.faultKinds(step)
        let index = narrow.map { $0 % kind.count } ?? random.below(kind.count)
        let phrase = kind[index].phrase(&random)
        if kind[index].isHopeless { hopeless += 1 }
        faults.append("\(step.rawValue) \(number) \(phrase)")
      }
    }
    return hopeless >= DevicePolicy().failureLimit
  }

  private mutating func drawPower(_ random: inout SeededRandom) {
    guard random.chance(perMille: 500) else { return }
    var operation = 0
    for _ in 0..<random.within(1...4) {
      let mode = TearMode.allCases[random.below(TearMode.allCases.count)]
      if random.chance(perMille: 300) {
        let point = StatePoint.allCases[random.below(StatePoint.allCases.count)]
        power.append("\(point.rawValue) \(random.within(1...3)) \(mode.rawValue)")
      } else {
        operation += random.within(1...80)
        power.append("operation \(operation) \(mode.rawValue)")
      }
    }
  }

  private mutating func drawFlash(_ random: inout SeededRandom) {
    let sector = random.below(5)
    switch random.below(4) {
    case 0: flash.append("slot 1 sector \(sector) rot at \(random.within(1...8)) h")
    case 1: flash.append("record \(random.below(2)) rot at \(random.within(1...8)) h")
    default:
      let defect = SectorDefect.allCases[random.below(SectorDefect.allCases.count)]
      flash.append("slot 1 sector \(sector) \(defect.rawValue)")
    }
    if random.chance(perMille: 500) { flash.append("restart at \(random.within(1...9)) h") }
  }

  /// A kind of fault and how its numbers are drawn.
  private struct Kind {
    let name: String
    var isHopeless = false
    var numbers: @Sendable (inout SeededRandom) -> String = { _ in "" }

    func phrase(_ random: inout SeededRandom) -> String {
      let numbers = numbers(&random)
      return numbers.isEmpty ? name : "\(name) \(numbers)"
    }
  }

  private static func faultKinds(_ step: Request.Step) -> [Kind] {
    switch step {
    case .poll: everywhere + manifests
    case .artifact: everywhere + bodies
    case .report: everywhere
    }
  }

  private static let everywhere: [Kind] =
    TransportFailure.allCases.map { Kind(name: $0.rawValue) } + [
      Kind(name: "lose"),
      Kind(name: "status") { random in
        let codes = ["500", "502", "503 retry 90 s", "429 retry 5 min", "401", "403"]
        return codes[random.below(codes.count)]
      },
    ]

  private static let manifests: [Kind] = [
    Kind(name: "captive-portal"), Kind(name: "replay"), Kind(name: "not-modified"),
    Kind(name: "cut") { "\($0.below(600))" },
    Kind(name: "body {\"assignment\":"), Kind(name: "flood") { "\($0.within(1...20_000))" },
    Kind(name: "tamper") { random in
      let changes = [
        "version 9.9.9", "assignment 77", "target esp32", "key somebody", "size 65536", "sha256 evil",
      ]
      return changes[random.below(changes.count)]
    },
  ]

  private static let bodies: [Kind] = [
    Kind(name: "cut") { "\($0.below(20_000))" }, Kind(name: "cut") { "\($0.below(100)) %" },
    Kind(name: "stall") { "\($0.below(20_000))" }, Kind(name: "throttle") { "\($0.within(50...5_000))" },
    Kind(name: "flip", isHopeless: true) { "\($0.below(20_000)) \($0.below(8))" },
    Kind(name: "status", isHopeless: true) { ["404", "410", "416"][$0.below(3)] },
    Kind(name: "captive-portal"), Kind(name: "ignore-range"), Kind(name: "chunked"),
    Kind(name: "wrong-range", isHopeless: true), Kind(name: "replace", isHopeless: true),
    Kind(name: "splice", isHopeless: true), Kind(name: "wrong-bytes", isHopeless: true),
    Kind(name: "wrong-length", isHopeless: true) { "\($0.within(-9...9))" },
    Kind(name: "extra-bytes", isHopeless: true) { "\($0.within(1...90_000))" },
    Kind(name: "missing-bytes", isHopeless: true) { "\($0.within(1...900))" },
    Kind(name: "redirect https://cdn.example/m"), Kind(name: "redirect-loop https://cdn.example/m"),
    Kind(name: "redirect http://cdn.example/m"),
  ]
}
