public import AssayModel
internal import AssayFiles

/// What a device measured for one model on one runtime: medians over complete runs.
public struct DeviceProfile: Sendable, Hashable {
  /// Median with the smallest and largest of several runs.
  public struct Spread: Sendable, Hashable {
    public var medianMicroseconds: Double
    public var lowestMicroseconds: Double
    public var highestMicroseconds: Double

    public init(medianMicroseconds: Double, lowestMicroseconds: Double, highestMicroseconds: Double) {
      self.medianMicroseconds = medianMicroseconds
      self.lowestMicroseconds = lowestMicroseconds
      self.highestMicroseconds = highestMicroseconds
    }

    init?(_ values: [Double]) {
      guard let middle = median(values), let lowest = values.min(), let highest = values.max() else {
        return nil
      }
      (medianMicroseconds, lowestMicroseconds, highestMicroseconds) = (middle, lowest, highest)
    }
  }

  /// By operator of the main subgraph; empty when only whole inferences were timed.
  public var layers: [Spread]
  public var total: Spread
  public var runs: Int
  public var modelSHA256: String
  /// The runtime and clock it was taken with: a profile of another one is stale.
  public var runtimeKey: String
  /// What of the log was left out, and why.
  public var notes: [String]

  /// A profile as it was stored.
  public init(layers: [Spread], total: Spread, runs: Int, modelSHA256: String, runtimeKey: String) {
    self.layers = layers
    self.total = total
    self.runs = runs
    self.modelSHA256 = modelSHA256
    self.runtimeKey = runtimeKey
    notes = []
  }

  /// Holds a log against the model it is said to be of.
  ///
  /// - Throws: a checksum of another model, layers that never line up with the model's, no
  ///   complete run. Incomplete runs beside complete ones are left out with a note.
  public init(_ log: DeviceLog, of graph: Graph, on target: Target) throws(DeviceLogError) {
    try Self.check(log, graph)
    let matched = RunMatcher.runs(in: log.events, tags: graph.main.operators.map(\.profilerTag))
    // A sum by tag of layers that are another model's is no evidence either.
    if matched.runs.isEmpty, !log.events.isEmpty {
      let notes = log.notes.prefix(2).map(\.description) + matched.notes.prefix(1)
      throw DeviceLogError(
        notes.isEmpty
          ? "the log's layers are not this model's: another model, or a truncated log"
          : notes.joined(separator: "; "))
    }
    let totals =
      matched.runs.isEmpty ? log.invocations.map(\.microseconds) : matched.runs.map { $0.reduce(0, +) }
    guard let total = Spread(totals) else { throw DeviceLogError("times no inference") }
    self.total = total
    runs = totals.count
    layers = (matched.runs.first ?? []).indices.compactMap { layer in Spread(matched.runs.map { $0[layer] }) }
    modelSHA256 = SHA256.hex(of: graph.file)
    runtimeKey = target.runtimeKey
    notes = log.notes.map(\.description) + matched.notes
  }

  private static func check(_ log: DeviceLog, _ graph: Graph) throws(DeviceLogError) {
    if let digest = log.modelSHA256, digest != SHA256.hex(of: graph.file) {
      throw DeviceLogError("is of another model: it names SHA-256 \(digest.prefix(12))...")
    }
    let checksum = CRC32.value(of: graph.file)
    if let found = log.modelCRC32, found != checksum {
      throw DeviceLogError(
        "is of another model: it names CRC-32 \(hexadecimal(Int(found))), the file has \(hexadecimal(Int(checksum)))"
      )
    }
  }
}

/// Whether a board ran at another clock than its target says.
public enum DeviceClock {
  /// Clocks that the ESP32-S3 is run at.
  static let hertz = [80_000_000, 160_000_000, 240_000_000]

  /// The clock that would explain measured over estimated within 8 %, where the stated one does not
  /// within 15 %.
  public static func suspected(ratio: Double, statedHertz: Int) -> Int? {
    guard ratio.isFinite, abs(ratio - 1) > 0.15 else { return nil }
    return hertz.first { $0 != statedHertz && abs(ratio * Double($0) / Double(statedHertz) - 1) < 0.08 }
  }
}

/// Finds complete runs of a model among profiler events.
enum RunMatcher {
  struct Result: Sendable {
    /// Microseconds by layer, run by run.
    var runs: [[Double]] = []
    var notes: [String] = []
  }

  static func runs(in events: [DeviceLog.Event], tags: [String]) -> Result {
    var result = Result()
    guard !tags.isEmpty else { return result }
    var current: [Double] = []
    for event in events {
      if event.tag != tags[current.count] {
        if !current.isEmpty {
          result.note(
            "line \(event.line): \(event.tag) where layer \(current.count) is \(tags[current.count]): "
              + "run left out after \(current.count) of \(tags.count) layers")
        } else {
          result.note("line \(event.line): \(event.tag) where the model's first layer is \(tags[0])")
        }
        current = []
        guard event.tag == tags[0] else { continue }
      }
      current.append(event.microseconds)
      if current.count == tags.count {
        result.runs.append(current)
        current = []
      }
    }
    if !current.isEmpty { result.note("the last run stops after \(current.count) of \(tags.count) layers") }
    return result
  }
}

extension RunMatcher.Result {
  mutating func note(_ message: String) {
    if notes.count < 20 { notes.append(message) }
  }
}

extension Operator {
  /// How TFLite Micro's profiler names a layer.
  var profilerTag: String {
    if case .custom(let name) = code { return name }
    return code.name
  }
}

extension Target {
  /// Everything that makes a measured time stale when it changes.
  public var runtimeKey: String {
    let versions = TargetText.runtime(runtime).filter { line in
      !line.hasPrefix("operators") && !line.hasPrefix("resource_variables")
    }
    return (versions + ["cpu \(TargetText.frequency(clockHertz))"] + memories).joined(separator: "; ")
  }

  private var memories: [String] {
    var lines = ["arena in \(placement.arena.rawValue)", "weights in \(placement.weights.rawValue)"]
    lines.append("flash \(flash.mode.rawValue) \(TargetText.frequency(flash.clockHertz))")
    if let psram { lines.append("psram \(psram.bus.rawValue) \(TargetText.frequency(psram.clockHertz))") }
    lines.append("cache \(TargetText.bytes(cache.dataBytes)) of \(TargetText.bytes(cache.lineBytes)) lines")
    return lines
  }

  /// Parts of ``runtimeKey`` that two keys do not share, old and new: `esp_nn: 1.1.2`, `esp_nn: 1.2.1`.
  public static func differences(_ old: String, _ new: String) -> (old: [String], new: [String]) {
    let parts = [old, new].map { $0.split(separator: ";").map { String($0.drop { $0 == " " }) } }
    return (parts[0].filter { !parts[1].contains($0) }, parts[1].filter { !parts[0].contains($0) })
  }
}
