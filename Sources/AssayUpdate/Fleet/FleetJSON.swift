public import AssayDocument

extension FleetReport {
  /// The numbers of a fleet beside what every scenario has: `fleet` in `assay ota replay --format json`.
  public var summary: JSONValue {
    [
      "devices": .integer(devices), "opened": .integer(opened), "updated": .integer(updated),
      "rolledBack": .integer(rolledBack), "touched": .integer(touched), "allowed": .integer(allowed),
      "flagged": .integer(flagged), "requests": .integer(requests),
      "peakRequestsPerSecond": .integer(peakRequestsPerSecond),
      "allowedRequestsPerSecond": .integer(allowedRequestsPerSecond),
    ]
  }
}
