/// What a board measured for one model on one runtime, as the database keeps it.
public struct DeviceProfileRecord: Sendable, Hashable {
  /// Median, smallest and largest of the runs, in microseconds.
  public struct Spread: Sendable, Hashable {
    public var median: Double
    public var lowest: Double
    public var highest: Double

    public init(median: Double, lowest: Double, highest: Double) {
      self.median = median
      self.lowest = lowest
      self.highest = highest
    }
  }

  /// Name of the target profile.
  public var target: String
  public var modelSHA256: String
  /// Versions, clock and memories it was taken with; of another one it has expired.
  public var runtimeKey: String
  /// The model file, for people.
  public var model: String
  /// The log it was read from; `-` is standard input.
  public var log: String
  public var logSHA256: String
  public var logByteCount: Int
  /// UTC, ISO 8601.
  public var importedAt: String
  public var assayVersion: String
  public var runs: Int
  public var total: Spread
  /// By operator of the main subgraph; empty when only whole inferences were timed.
  public var layers: [Spread]
  /// What ``assayVersion`` estimates for the same model and runtime, in microseconds: measured over
  /// estimated is what other models are calibrated by. `nil` where it cannot estimate.
  public var estimatedMicroseconds: Double?

  public init(
    target: String, modelSHA256: String, runtimeKey: String, model: String, log: String, logSHA256: String,
    logByteCount: Int, importedAt: String, assayVersion: String, runs: Int, total: Spread, layers: [Spread],
    estimatedMicroseconds: Double?
  ) {
    self.target = target
    self.modelSHA256 = modelSHA256
    self.runtimeKey = runtimeKey
    self.model = model
    self.log = log
    self.logSHA256 = logSHA256
    self.logByteCount = logByteCount
    self.importedAt = importedAt
    self.assayVersion = assayVersion
    self.runs = runs
    self.total = total
    self.layers = layers
    self.estimatedMicroseconds = estimatedMicroseconds
  }
}
