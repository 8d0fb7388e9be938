/// The candidate that scenarios are replayed with.
public struct Subject: Sendable {
  /// Its bytes; nil for a made-up image of the size a scenario asks for.
  public var image: [UInt8]?
  /// Size of the target's model slot, in bytes.
  public var slotBytes = 65536
  /// The candidate on its golden inputs; asked only about whole images.
  public var selfTest: SelfTest = { _ in .good }
  /// Arena the target's firmware has, in bytes.
  public var arenaLimitBytes = 256 << 10
  public var latencyLimitMicroseconds: Int64 = 500_000
  public var seed: UInt64 = 1
  /// Mistakes of the device on purpose.
  var flaws: DeviceFlaws = []

  public init() {}

  public init(image: [UInt8], slotBytes: Int, seed: UInt64 = 1, selfTest: @escaping SelfTest) {
    self.image = image
    self.slotBytes = slotBytes
    self.seed = seed
    self.selfTest = selfTest
  }
}

/// The images of a scenario by their names.
struct ScenarioImages {
  private(set) var all: [(name: Scenario.ImageName, bytes: [UInt8], digest: ImageDigest)] = []

  init(_ scenario: Scenario, _ subject: Subject) {
    for name in Scenario.ImageName.allCases {
      let bytes = Self.bytes(name, scenario, subject)
      all.append((name, bytes, ImageDigest(of: bytes)))
    }
  }

  func bytes(_ name: Scenario.ImageName) -> [UInt8] { all.first { $0.name == name }?.bytes ?? [] }

  func digest(_ name: Scenario.ImageName) -> ImageDigest {
    all.first { $0.name == name }?.digest ?? ImageDigest(of: [])
  }

  /// The name of an image, or the beginning of its digest.
  func name(_ digest: ImageDigest?) -> String {
    guard let digest else { return "nothing" }
    return all.first { $0.digest == digest }?.name.rawValue ?? digest.short
  }

  private static func bytes(
    _ name: Scenario.ImageName, _ scenario: Scenario, _ subject: Subject
  ) -> [UInt8] {
    var random = SeededRandom(seed: subject.seed, purpose: 0x1000 + UInt64(name.rawValue.utf8.first ?? 0))
    switch name {
    case .old: return random.bytes(18_000)
    case .other: return identified(random.bytes(17_000), "ET12")
    case .new:
      if let image = subject.image, scenario.takes(image) { return image }
      return identified(random.bytes(size(scenario, subject)), "TFL3")
    }
  }

  /// Bytes that begin like a model of a format.
  private static func identified(_ bytes: [UInt8], _ identifier: String) -> [UInt8] {
    guard bytes.count >= 8 else { return bytes }
    return bytes[..<4] + Array(identifier.utf8) + bytes[8...]
  }

  private static func size(_ scenario: Scenario, _ subject: Subject) -> Int {
    switch scenario.imageSize {
    case .bytes(let count): count
    case .slot(let plus): max(0, subject.slotBytes + plus)
    }
  }
}

extension Scenario {
  /// Size of the made-up candidate, in bytes.
  static let usualBytes = 20_000

  /// Whether a subject's own bytes can be the candidate: not when the row asks for a size, and not
  /// when it speaks of a place in the image that a smaller one does not have.
  func takes(_ image: [UInt8]) -> Bool {
    guard imageSize == .bytes(Self.usualBytes) else { return false }
    return image.count >= Self.usualBytes || !namesPlaces
  }

  private var namesPlaces: Bool {
    let isInSlot = flash.contains { phrase in
      switch phrase.change {
      case .defect(.slot(.one, _), _), .rot(.slot(.one, _)): true
      default: false
      }
    }
    let isInBody = rules.contains { rule in
      switch rule.fault {
      case .cut(.byte), .stall(.byte), .flip(.byte, _), .wrongBody: true
      default: false
      }
    }
    return isInSlot || isInBody || device.candidate == .damaged
  }
}
