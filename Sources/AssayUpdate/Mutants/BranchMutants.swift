// One branch each: every condition of the device that decides something, turned round.
//
// Found by walking through `Sources/AssayUpdate/Device` from top to bottom; the twelve of the
// specification and the first families are in `Mutant`.

extension Mutant {
  static let branches = recordBranches + trialBranches + downloadBranches + exchangeBranches

  private static let recordBranches = [
    Mutant(
      "rewrites-unchanged-record", .writesUnchangedRecord, .triesBounded, in: "update",
      "stores a record that says nothing new"),
    Mutant(
      "store-failure-ignored", .ignoresStoreFailure, .switchesAtomically, in: "dead-record",
      "acts on a record that flash did not take"),
    Mutant(
      "sequence-compared-plainly", .comparesSequencePlainly, .switchesAtomically, in: "sequence-wraps",
      "takes the larger number for the newer one, also after the wrap"),
    Mutant(
      "first-copy-only", .readsFirstCopyOnly, .switchesAtomically, in: "update",
      "boots from the first whole copy it finds"),
    Mutant(
      "live-copy-forgotten", .forgetsLiveCopy, .switchesAtomically, in: "record-rot",
      "does not notice which copy is live"),
    Mutant(
      "pending-never-tried", .neverTriesPending, .converges, in: "update",
      "boots the old model although another one waits"),
    Mutant(
      "report-numbers-from-one", .restartsReportNumbers, .reportsTruth, in: "forgotten",
      "numbers its reports from 1 again when it lost its record"),
    Mutant(
      "factory-floor-forgotten", .forgetsFactoryFloor, .keepsFloor, in: "forgotten-floor",
      "takes any version when it lost its record"),
    Mutant(
      "queue-lost-at-boot", .losesQueueAtBoot, .converges, in: "restart-before-report",
      "keeps reports in memory only"),
    Mutant(
      "falls-back-unverified", .fallsBackUnverified, .bootsKnownModel, in: "rot-everywhere",
      "serves the other slot without hashing it"),
    Mutant(
      "stays-settled-when-damaged", .staysSettledWhenDamaged, .converges, in: "rot-everywhere",
      "believes 304 after it gave up its model"),
    Mutant(
      "damage-hidden", .hidesDamage, .reportsTruth, in: "rot",
      "tells nobody that its model rotted"),
  ]

  private static let trialBranches = [
    Mutant(
      "not-verified-after-reboot", .skipsReverification, .servesTestedModel, in: "damaged-candidate",
      "tries a candidate without hashing it again"),
    Mutant(
      "try-not-used-up", .doesNotUseUpTry, .servesTestedModel, in: "update",
      "tests before it has recorded that it tries"),
    Mutant(
      "serves-before-commit", .servesBeforeCommit, .switchesAtomically, in: "update",
      "serves before the confirmation is stored"),
    Mutant(
      "interrupted-trial-confirmed", .confirmsInterruptedTrial, .servesTestedModel, in: "crash",
      "takes a reset for a passed trial"),
    Mutant(
      "quarantines-old-image", .quarantinesWrongImage, .rollsBackExactly, in: "wrong-output",
      "puts the good image into quarantine"),
    Mutant(
      "serves-nothing-after-rollback", .servesNothingAfterRollback, .bootsKnownModel, in: "wrong-output",
      "goes back to nothing"),
    Mutant(
      "blames-image-for-flash", .blamesImageForFlash, .converges, in: "damaged-candidate",
      "rejects an image because flash lost its copy"),
    Mutant(
      "unsettled-after-confirm", .staysUnsettledAfterConfirm, .reportsTruth, in: "said-again",
      "does not remember that it ended its assignment"),
  ]

  private static let downloadBranches = [
    Mutant(
      "slot-description-trusted", .trustsSlotDescription, .servesTestedModel, in: "rollback-to-rot",
      "stages what the record says is there"),
    Mutant(
      "resumes-other-image", .resumesOtherImage, .switchesAtomically, in: "there-and-back",
      "goes on where another image was left"),
    Mutant(
      "overwritten-content-kept", .keepsOverwrittenContent, .switchesAtomically, in: "three-updates",
      "still describes the image it overwrites"),
    Mutant(
      "stale-tag", .keepsStaleTag, .acceptsAuthentic, in: "replaced-and-cut",
      "resumes under the tag of an older answer"),
    Mutant(
      "token-to-any-host", .sendsTokenAnywhere, .acceptsAuthentic, in: "other-host",
      "sends its token wherever the manifest points"),
    Mutant(
      "content-range-ignored", .ignoresContentRange, .writesInsideSlot, in: "wrong-range",
      "appends whatever part arrives"),
    Mutant(
      "missing-image-retried", .retriesMissingImage, .triesBounded, in: "missing",
      "asks for a deleted image for ever"),
    Mutant(
      "progress-kept-after-failure", .keepsProgressAfterFailure, .converges, in: "wrong-bytes",
      "resumes an image it knows is bad"),
    Mutant(
      "failures-in-memory-only", .failuresInMemoryOnly, .switchesAtomically, in: "missing-once",
      "does not store that it begins again"),
    Mutant(
      "content-type-ignored", .takesAnyContentType, .converges, in: "long-portal",
      "takes a log-in page for the image"),
    Mutant(
      "content-length-ignored", .ignoresContentLength, .checksBeforeErasing, in: "wrong-length",
      "erases for a body of another length"),
    Mutant(
      "image-head-ignored", .ignoresImageHead, .checksBeforeErasing, in: "wrong-head",
      "erases for bytes in another format"),
    Mutant(
      "trickle-accepted", .neverTooSlow, .triesBounded, in: "trickle",
      "reads a body however slowly it comes"),
    Mutant(
      "program-failure-ignored", .ignoresProgramFailure, .converges, in: "dead-sector",
      "does not look whether flash took the page"),
    Mutant(
      "saves-every-sector", .savesEverySector, .triesBounded, in: "exact-fit",
      "wears its record out with progress"),
    Mutant(
      "candidate-kept-when-settled", .keepsCandidateWhenSettled, .converges, in: "always-too-short",
      "keeps half an image it gave up"),
  ]

  private static let exchangeBranches = [
    Mutant(
      "manifest-without-end", .readsAnyManifestLength, .triesBounded, in: "flood",
      "reads a manifest however long it is"),
    Mutant(
      "unknown-date-trusted", .trustsUnknownClock, .acceptsAuthentic, in: "expired-no-date",
      "takes an unknown date for a good one"),
    Mutant(
      "quarantine-not-asked", .takesQuarantinedImage, .rollsBackExactly, in: "bad-again",
      "fetches an image that failed here"),
    Mutant(
      "same-version-refused", .refusesSameVersion, .converges, in: "same-image-again",
      "takes the same version for a downgrade"),
    Mutant(
      "empty-image-taken", .takesEmptyImage, .converges, in: "empty",
      "begins an image without bytes"),
    Mutant(
      "exact-fit-refused", .refusesExactFit, .converges, in: "exact-fit",
      "refuses an image as large as the slot"),
    Mutant(
      "tag-trusted-while-open", .trustsTagWhileOpen, .converges, in: "cuts",
      "believes 304 before it has the image"),
    Mutant(
      "settled-assignment-again", .repeatsSettledAssignment, .reportsTruth, in: "said-again",
      "ends an assignment as often as it hears of it"),
    Mutant(
      "defers-at-every-poll", .defersAtEveryPoll, .triesBounded, in: "low-battery",
      "tells the same deferral at every poll"),
    Mutant(
      "closed-report-retried", .retriesClosedReport, .converges, in: "late-report",
      "sends a report for ever that comes too late"),
    Mutant(
      "refused-report-retried", .retriesRefusedReport, .converges, in: "unknown-report",
      "sends a report for ever that nobody wants"),
    Mutant(
      "any-answer-is-receipt", .takesAnyAnswerForReceipt, .converges, in: "reports-refused",
      "takes a 503 for a receipt"),
    Mutant(
      "queue-dropped-after-first", .forgetsQueueAfterFirstReport, .converges, in: "reports-lost",
      "forgets what it did not send yet"),
    Mutant(
      "endless-backoff", .backsOffWithoutLimit, .converges, in: "long-outage",
      "waits longer and longer without limit"),
    Mutant(
      "any-retry-after", .obeysAnyRetryAfter, .converges, in: "long-retry-after",
      "stays away as long as it is told"),
    Mutant(
      "retry-after-pushed-aside", .hastensInSpiteOfRetryAfter, .triesBounded, in: "busy-reports",
      "forgets Retry-After when there is news"),
    Mutant(
      "unknown-signer", .takesUnknownSigner, .acceptsAuthentic, in: "other-key",
      "takes any signature that is there"),
  ]
}
