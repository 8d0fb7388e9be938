/// One thing that happened in a run, for the timeline.
public enum TraceEvent: Sendable, Equatable {
  /// The record now says this.
  case state(String)
  case boot(String)
  /// This image serves from now on; nil when none does.
  case serving(ImageDigest?)
  case request(String)
  case reply(String)
  case report(String)
  case selfTest(String)
  case note(String)

  var label: String {
    switch self {
    case .state(let text): "state \(text)"
    case .boot(let text): "boot \(text)"
    case .serving(let digest): "serving \(digest?.short ?? "nothing")"
    case .request(let text): "request \(text)"
    case .reply(let text): "reply \(text)"
    case .report(let text): "report \(text)"
    case .selfTest(let text): "self-test \(text)"
    case .note(let text): "note \(text)"
    }
  }
}

/// A line of the timeline.
public struct TraceEntry: Sendable, Equatable {
  public let microseconds: Int64
  public let event: TraceEvent
}

/// Everything that happened: always as a hash, and as lines when somebody wants to read them.
struct Trace: Sendable {
  private(set) var hash = TraceHash()
  private(set) var entries: [TraceEntry] = []
  var keepsEntries = false
  private static let entryLimit = 20_000

  mutating func operation(_ operation: FlashOperation, at microseconds: Int64) {
    hash.mix(Int(operation.kind.rawValue) << 48 | operation.address << 12 | operation.count)
    hash.mix(UInt64(bitPattern: microseconds))
  }

  mutating func add(_ event: @autoclosure () -> TraceEvent, code: Int, at microseconds: Int64) {
    hash.mix(code)
    hash.mix(UInt64(bitPattern: microseconds))
    guard keepsEntries, entries.count < Self.entryLimit else { return }
    entries.append(TraceEntry(microseconds: microseconds, event: event()))
  }
}
