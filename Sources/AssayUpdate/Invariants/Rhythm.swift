/// When a device asks: a fleet that asks in step is a flood.
///
/// One device shows it: its delays are drawn, so they do not repeat to the microsecond.
struct Rhythm {
  private var boots = 1
  private var promptBoots = 0
  private var bootedAt: Int64? = 0
  private var polledAt: Int64?
  private var interval: Int64 = 0
  private var repetitions = 0
  /// Polls in a row that came at once; following redirections takes some.
  private var hurried = 0
  /// Shorter intervals have too few values of jitter to judge by.
  private static let longMicroseconds: Int64 = 600_000_000
  private static let promptMicroseconds: Int64 = 1_000_000
  private static let hurryMicroseconds: Int64 = 5_000_000
  private static let hurryLimit = 6

  mutating func didBoot(at time: Int64) {
    boots += 1
    bootedAt = time
    polledAt = nil
    repetitions = 0
    hurried = 0
  }

  /// What is wrong with asking now; an honest device gets here once in ten million runs.
  mutating func problem(_ step: Request.Step, at time: Int64) -> String? {
    if let booted = bootedAt {
      bootedAt = nil
      if time - booted <= Self.promptMicroseconds { promptBoots += 1 }
      if boots >= 4, promptBoots == boots { return "asks at once after each of \(boots) boots" }
    }
    guard step == .poll else { return nil }
    let latest = polledAt.map { time - $0 } ?? 0
    hurried = latest < Self.hurryMicroseconds ? hurried + 1 : 0
    if hurried > Self.hurryLimit { return "polls \(hurried) times in a row without waiting" }
    polledAt = time
    repetitions = latest == interval && latest >= Self.longMicroseconds ? repetitions + 1 : 0
    interval = latest
    return repetitions >= 4 ? "polls every \(latest / 1_000_000) s without jitter" : nil
  }
}
