/// A device that is wrong on purpose, and the invariant that must notice.
struct Mutant: Sendable {
  let name: String
  let flaws: DeviceFlaws
  let invariant: Invariant
  /// The rehearsal that is tried first; all others follow.
  let rehearsal: String
  /// What the device does wrong, in words.
  let mistake: String

  init(
    _ name: String, _ flaws: DeviceFlaws, _ invariant: Invariant, in rehearsal: String, _ mistake: String
  ) {
    self.rehearsal = rehearsal
    self.name = name
    self.flaws = flaws
    self.invariant = invariant
    self.mistake = mistake
  }

  /// The twelve of the specification first.
  static let all = specified + record + trial + manifest + download + later + branches + hardening

  private static let specified = [
    Mutant(
      "skips-verification", .skipsVerification, .servesTestedModel, in: "replaced",
      "stages an image without hashing it"),
    Mutant(
      "confirms-early", .confirmsEarly, .servesTestedModel, in: "update",
      "confirms before the self-test"),
    Mutant(
      "record-before-image", .writesRecordBeforeImage, .servesTestedModel, in: "update",
      "says \"try it\" before the bytes are there"),
    Mutant(
      "appends-full-response", .appendsFullResponse, .writesInsideSlot, in: "whole-file",
      "ignores 200 instead of 206"),
    Mutant(
      "record-in-place", .rewritesRecordInPlace, .switchesAtomically, in: "update",
      "rewrites the live record"),
    Mutant(
      "no-retry-cap", .retriesForEver, .triesBounded, in: "always-too-short",
      "fetches a bad image for ever"),
    Mutant(
      "reports-before-confirming", .reportsBeforeConfirming, .reportsTruth, in: "update",
      "reports success at the start"),
    Mutant(
      "no-quarantine", .forgetsQuarantine, .rollsBackExactly, in: "wrong-output",
      "takes a failed image again"),
    Mutant(
      "erases-before-size-check", .erasesBeforeSizeCheck, .checksBeforeErasing, in: "too-large",
      "does not check the size"),
    Mutant(
      "trusts-tag-with-empty-slot", .trustsTagWithEmptySlot, .converges, in: "rot-everywhere",
      "believes 304 after it lost its model"),
    Mutant(
      "accepts-downgrade", .acceptsDowngrade, .keepsFloor, in: "downgrade",
      "takes any version"),
    Mutant(
      "rolls-back-on-lost-report", .rollsBackWhenReportIsLost, .rollsBackExactly, in: "reports-lost",
      "undoes an update because a report was lost"),
  ]

  private static let record = [
    Mutant(
      "checksum-ignored", .recordChecksumIgnored, .switchesAtomically, in: "update",
      "believes torn records"),
    Mutant(
      "record-not-read-back", .recordNotReadBack, .switchesAtomically, in: "lying-record",
      "believes that flash kept the record"),
    Mutant(
      "record-not-erased", .programsWithoutErasing, .writesInsideSlot, in: "update",
      "programs a record over an old one"),
    Mutant(
      "older-record-wins", .prefersOlderRecord, .switchesAtomically, in: "update",
      "boots from the older record"),
    Mutant(
      "trusts-live-record", .trustsLiveRecord, .switchesAtomically, in: "record-rot",
      "erases the spare record while the live one is damaged"),
    Mutant(
      "report-numbers-again", .reusesReportNumbers, .converges, in: "tampered-later",
      "sends reports whose numbers it may forget"),
    Mutant(
      "rejection-in-memory-only", .quarantinesInMemoryOnly, .switchesAtomically, in: "wrong-output",
      "does not store a rollback"),
  ]

  private static let trial = [
    Mutant(
      "tries-again", .triesAgainAfterReset, .triesBounded, in: "update",
      "tries a crashing image again"),
    Mutant(
      "self-test-output-ignored", .ignoresSelfTestOutput, .servesTestedModel, in: "wrong-output",
      "confirms wrong answers"),
    Mutant(
      "self-test-arena-ignored", .ignoresSelfTestArena, .servesTestedModel, in: "real-arena",
      "confirms a model that does not fit"),
    Mutant(
      "self-test-latency-ignored", .ignoresSelfTestLatency, .servesTestedModel, in: "too-slow",
      "confirms a model that is too slow"),
    Mutant(
      "deadline-ignored", .ignoresDeadline, .servesTestedModel, in: "past-deadline",
      "confirms after the deadline"),
    Mutant(
      "serves-during-trial", .servesDuringTrial, .servesTestedModel, in: "update",
      "answers with an untested model"),
    Mutant(
      "keeps-rejected-image", .keepsRejectedImage, .servesTestedModel, in: "bad-then-rot",
      "falls back to an image it rejected"),
    Mutant(
      "rejects-silently", .rejectsWithoutReport, .converges, in: "wrong-output",
      "rolls back and tells nobody"),
  ]

  private static let manifest = [
    Mutant(
      "signature-ignored", .ignoresSignature, .acceptsAuthentic, in: "tampered",
      "acts on what nobody signed"),
    Mutant(
      "expiry-ignored", .ignoresExpiry, .acceptsAuthentic, in: "expired",
      "acts on an expired manifest"),
    Mutant(
      "stale-assignment", .acceptsStaleAssignment, .keepsFloor, in: "replay",
      "acts on a replayed assignment"),
    Mutant(
      "target-ignored", .ignoresTarget, .checksBeforeErasing, in: "other-target",
      "erases for another chip's model"),
    Mutant(
      "format-ignored", .ignoresFormat, .checksBeforeErasing, in: "other-format",
      "erases for a format it cannot load"),
    Mutant(
      "arena-ignored", .ignoresArenaBeforeErase, .checksBeforeErasing, in: "too-much-arena",
      "erases for a model that cannot fit"),
    Mutant(
      "contract-ignored", .ignoresContract, .checksBeforeErasing, in: "other-contract",
      "erases for other tensors or labels"),
    Mutant(
      "runtime-ignored", .ignoresRuntime, .checksBeforeErasing, in: "newer-firmware",
      "erases for a newer firmware's model"),
    Mutant(
      "battery-ignored", .ignoresBattery, .checksBeforeErasing, in: "low-battery",
      "starts with an empty battery"),
    Mutant(
      "window-ignored", .ignoresWindow, .checksBeforeErasing, in: "closed-window",
      "installs outside the window"),
    Mutant(
      "floor-lowered", .lowersFloor, .keepsFloor, in: "ordered-rollback",
      "lets a rollback lower the floor"),
    Mutant(
      "floor-never-raised", .neverRaisesFloor, .keepsFloor, in: "update",
      "forgets which version it had"),
    Mutant(
      "cancel-ignored", .ignoresCancel, .converges, in: "cancelled",
      "keeps half of a cancelled image"),
  ]

  private static let download = [
    Mutant(
      "downloads-what-it-has", .downloadsWhatItHas, .downloadsOnce, in: "same-image-again",
      "fetches an image that is in its slot"),
    Mutant(
      "reads-past-size", .readsPastManifestSize, .writesInsideSlot, in: "endless-body",
      "writes as much as arrives"),
    Mutant(
      "writes-serving-slot", .writesServingSlot, .writesInsideSlot, in: "update",
      "overwrites the model that serves"),
    Mutant(
      "never-saves-progress", .neverSavesProgress, .downloadsOnce, in: "exact-fit",
      "begins again after every reset"),
    Mutant(
      "progress-too-early", .savesProgressTooEarly, .switchesAtomically, in: "update",
      "records a sector before it is written"),
    Mutant(
      "progress-not-withdrawn", .overwritesRecordedProgress, .switchesAtomically, in: "whole-file",
      "keeps a progress it overwrites"),
    Mutant(
      "no-if-range", .resumesWithoutIfRange, .acceptsAuthentic, in: "splice",
      "splices two images"),
    Mutant(
      "parses-error-bodies", .parsesErrorBodies, .triesBounded, in: "overloaded",
      "takes a 503 for an answer"),
    Mutant(
      "retry-after-ignored", .ignoresRetryAfter, .triesBounded, in: "overloaded",
      "asks again at once"),
    Mutant(
      "no-backoff", .retriesAtOnce, .triesBounded, in: "resets",
      "retries without waiting"),
    Mutant(
      "token-leaks", .leaksTokenOnRedirect, .acceptsAuthentic, in: "redirect",
      "sends its token to another host"),
    Mutant(
      "insecure-redirect", .followsInsecureRedirect, .acceptsAuthentic, in: "insecure-redirect",
      "follows a redirect without TLS"),
    Mutant(
      "endless-redirects", .followsRedirectsForEver, .triesBounded, in: "redirect-loop",
      "follows redirects for ever"),
    Mutant(
      "skips-blank-erase", .skipsEraseOfBlankSector, .writesInsideSlot, in: "update",
      "takes a half-erased sector for erased"),
    Mutant(
      "failures-forgotten", .forgetsFailures, .triesBounded, in: "always-too-short",
      "never counts a failed attempt"),
    Mutant(
      "waits-for-ever", .waitsForeverOnStall, .converges, in: "stall",
      "never gives up a silent connection"),
  ]

  private static let later = [
    Mutant(
      "serves-unhashed", .servesWithoutHashing, .bootsKnownModel, in: "rot-at-boot",
      "boots a damaged image"),
    Mutant(
      "never-scrubs", .neverScrubs, .bootsKnownModel, in: "rot",
      "serves a model that rots"),
    Mutant(
      "drops-reports", .dropsReportAfterOneTry, .converges, in: "reports-lost",
      "tells everything once only"),
    Mutant(
      "reports-wrong-image", .reportsWrongImage, .reportsTruth, in: "update",
      "reports slot 0 as running"),
    Mutant(
      "any-poll-interval", .obeysAnyPollInterval, .triesBounded, in: "eager-poll",
      "polls as fast as it is told"),
  ]
}
