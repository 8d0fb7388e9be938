// Devices that a glitch, or the record of a newer firmware, leads astray.

extension Mutant {
  static let hardening = [
    Mutant(
      "one-evaluation", .believesOneEvaluation, .servesTestedModel, in: "glitched-digest",
      "believes the first evaluation of a check"),
    Mutant(
      "unknown-record-read", .readsUnknownRecord, .bootsKnownModel, in: "newer-records",
      "reads a newer firmware's record as its own"),
    Mutant(
      "unknown-record-overwritten", .overwritesUnknownRecord, .switchesAtomically, in: "newer-records",
      "overwrites the record of a newer firmware"),
  ]
}
