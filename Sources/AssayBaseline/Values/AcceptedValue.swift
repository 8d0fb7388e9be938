public import AssayDocument

/// A measurement that a person accepted as the baseline.
public struct AcceptedValue: Sendable, Hashable {
  public var key: BaselineKey
  public var metric: String
  public var value: Double
  /// As the measurement's: `B`, `ms`, `share`.
  public var unit: String
  /// Of the model file that was measured.
  public var modelSHA256: String
  /// Versions of the target's runtime, by name: `esp_nn` is `1.2.1`. When they differ from a later
  /// run's, that is the likely cause of a change.
  public var runtime: [String: String]
  /// The run that it was measured in.
  public var run: String
  public var acceptedBy: String
  /// UTC, ISO 8601.
  public var acceptedAt: String
  public var reason: String
  /// Where it is written.
  public var location: DocumentLocation
}
