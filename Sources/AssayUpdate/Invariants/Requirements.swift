/// What any device must keep to, however it is configured: a policy beyond these limits is a mistake itself.
enum Requirements {
  /// The first thing a policy allows that must not be.
  static func problem(_ policy: DevicePolicy) -> (Invariant, String)? {
    let problems: [(Bool, Invariant, String)] = [
      (!(60...86_400).contains(policy.pollSeconds), .triesBounded, "polls every \(policy.pollSeconds) s"),
      (
        policy.pollLimitsSeconds.lowerBound < 60, .triesBounded,
        "lets a service ask for more than a poll a minute"
      ),
      (policy.pollLimitsSeconds.upperBound > 86_400, .converges, "lets a service keep it away for days"),
      (policy.bootJitterSeconds < 60, .triesBounded, "polls within a minute of power-on, with all others"),
      (!(1...60).contains(policy.backoffSeconds), .triesBounded, "backs off for \(policy.backoffSeconds) s"),
      (!(60...3_600).contains(policy.longestBackoffSeconds), .converges, "backs off for more than an hour"),
      (
        !(1...5).contains(policy.failureLimit), .triesBounded, "fetches an image \(policy.failureLimit) times"
      ),
      (!(1...64).contains(policy.sectorsBetweenSaves), .downloadsOnce, "saves its progress too rarely"),
      (!(0...5).contains(policy.redirectLimit), .triesBounded, "follows \(policy.redirectLimit) redirects"),
      (
        !(1...60).contains(policy.stallSeconds), .converges,
        "waits \(policy.stallSeconds) s on a silent connection"
      ),
      (policy.slowestBytesPerSecond < 256, .triesBounded, "reads a body however slowly it comes"),
      (
        !(1...86_400).contains(policy.scrubSeconds), .bootsKnownModel, "hashes its model less than once a day"
      ),
      (!(1...30).contains(policy.watchdogSeconds), .converges, "lets an inference hang"),
      (policy.lowestBatteryMillivolts < 3_300, .checksBeforeErasing, "erases with an empty battery"),
    ]
    return problems.first(where: \.0).map { ($0.1, "the policy \($0.2)") }
  }
}
