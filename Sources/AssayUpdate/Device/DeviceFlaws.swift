/// Mistakes that can be put into the device on purpose, each consulted at exactly one branch.
///
/// The suite must catch every one of them (`assay ota mutants`): an explorer that lets a device
/// with one of these pass is not a check.
public struct DeviceFlaws: OptionSet, Sendable, Hashable {
  public let rawValue: UInt128

  public init(rawValue: UInt128) { self.rawValue = rawValue }

  private init(bit: UInt128) { rawValue = 1 << bit }

  // The twelve of the specification.
  static let skipsVerification = DeviceFlaws(bit: 0)
  static let confirmsEarly = DeviceFlaws(bit: 1)
  static let writesRecordBeforeImage = DeviceFlaws(bit: 2)
  static let appendsFullResponse = DeviceFlaws(bit: 3)
  static let rewritesRecordInPlace = DeviceFlaws(bit: 4)
  static let retriesForEver = DeviceFlaws(bit: 5)
  static let reportsBeforeConfirming = DeviceFlaws(bit: 6)
  static let forgetsQuarantine = DeviceFlaws(bit: 7)
  static let erasesBeforeSizeCheck = DeviceFlaws(bit: 8)
  static let trustsTagWithEmptySlot = DeviceFlaws(bit: 9)
  static let acceptsDowngrade = DeviceFlaws(bit: 10)
  static let rollsBackWhenReportIsLost = DeviceFlaws(bit: 11)

  // The record.
  static let recordChecksumIgnored = DeviceFlaws(bit: 12)
  static let recordNotReadBack = DeviceFlaws(bit: 13)
  static let programsWithoutErasing = DeviceFlaws(bit: 14)
  static let prefersOlderRecord = DeviceFlaws(bit: 15)

  // The trial.
  static let triesAgainAfterReset = DeviceFlaws(bit: 16)
  static let ignoresSelfTestOutput = DeviceFlaws(bit: 17)
  static let ignoresSelfTestArena = DeviceFlaws(bit: 18)
  static let ignoresSelfTestLatency = DeviceFlaws(bit: 19)
  static let ignoresDeadline = DeviceFlaws(bit: 20)
  static let servesDuringTrial = DeviceFlaws(bit: 21)

  // The manifest.
  static let ignoresSignature = DeviceFlaws(bit: 22)
  static let ignoresExpiry = DeviceFlaws(bit: 23)
  static let acceptsStaleAssignment = DeviceFlaws(bit: 24)
  static let ignoresTarget = DeviceFlaws(bit: 25)
  static let ignoresFormat = DeviceFlaws(bit: 26)
  static let ignoresArenaBeforeErase = DeviceFlaws(bit: 27)
  static let ignoresContract = DeviceFlaws(bit: 28)
  static let ignoresRuntime = DeviceFlaws(bit: 29)
  static let ignoresBattery = DeviceFlaws(bit: 30)
  static let ignoresWindow = DeviceFlaws(bit: 31)

  // The download.
  static let downloadsWhatItHas = DeviceFlaws(bit: 32)
  static let readsPastManifestSize = DeviceFlaws(bit: 33)
  static let writesServingSlot = DeviceFlaws(bit: 34)
  static let neverSavesProgress = DeviceFlaws(bit: 35)
  static let resumesWithoutIfRange = DeviceFlaws(bit: 36)
  static let parsesErrorBodies = DeviceFlaws(bit: 37)
  static let ignoresRetryAfter = DeviceFlaws(bit: 38)
  static let retriesAtOnce = DeviceFlaws(bit: 39)
  static let leaksTokenOnRedirect = DeviceFlaws(bit: 40)
  static let followsInsecureRedirect = DeviceFlaws(bit: 41)
  static let followsRedirectsForEver = DeviceFlaws(bit: 42)

  // After the update.
  static let servesWithoutHashing = DeviceFlaws(bit: 43)
  static let neverScrubs = DeviceFlaws(bit: 44)
  static let keepsRejectedImage = DeviceFlaws(bit: 45)
  static let dropsReportAfterOneTry = DeviceFlaws(bit: 46)
  static let reportsWrongImage = DeviceFlaws(bit: 47)
  static let lowersFloor = DeviceFlaws(bit: 48)
  static let ignoresCancel = DeviceFlaws(bit: 49)
  static let pollsWithoutJitter = DeviceFlaws(bit: 50)
  static let obeysAnyPollInterval = DeviceFlaws(bit: 51)
  static let waitsForeverOnStall = DeviceFlaws(bit: 52)
  static let neverRaisesFloor = DeviceFlaws(bit: 53)
  static let savesProgressTooEarly = DeviceFlaws(bit: 54)
  static let skipsEraseOfBlankSector = DeviceFlaws(bit: 55)
  static let quarantinesInMemoryOnly = DeviceFlaws(bit: 56)
  static let forgetsFailures = DeviceFlaws(bit: 57)
  static let rejectsWithoutReport = DeviceFlaws(bit: 58)
  static let overwritesRecordedProgress = DeviceFlaws(bit: 59)
  static let trustsLiveRecord = DeviceFlaws(bit: 60)
  static let reusesReportNumbers = DeviceFlaws(bit: 61)

  // Records and boot.
  static let writesUnchangedRecord = DeviceFlaws(bit: 62)
  static let ignoresStoreFailure = DeviceFlaws(bit: 63)
  static let comparesSequencePlainly = DeviceFlaws(bit: 64)
  static let readsFirstCopyOnly = DeviceFlaws(bit: 65)
  static let forgetsLiveCopy = DeviceFlaws(bit: 66)
  static let neverTriesPending = DeviceFlaws(bit: 67)
  static let restartsReportNumbers = DeviceFlaws(bit: 68)
  static let forgetsFactoryFloor = DeviceFlaws(bit: 69)
  static let losesQueueAtBoot = DeviceFlaws(bit: 70)
  static let fallsBackUnverified = DeviceFlaws(bit: 71)
  static let staysSettledWhenDamaged = DeviceFlaws(bit: 72)
  static let hidesDamage = DeviceFlaws(bit: 73)

  // Trials.
  static let skipsReverification = DeviceFlaws(bit: 74)
  static let doesNotUseUpTry = DeviceFlaws(bit: 75)
  static let servesBeforeCommit = DeviceFlaws(bit: 76)
  static let confirmsInterruptedTrial = DeviceFlaws(bit: 77)
  static let quarantinesWrongImage = DeviceFlaws(bit: 78)
  static let servesNothingAfterRollback = DeviceFlaws(bit: 79)
  static let blamesImageForFlash = DeviceFlaws(bit: 80)
  static let staysUnsettledAfterConfirm = DeviceFlaws(bit: 81)

  // Downloads.
  static let trustsSlotDescription = DeviceFlaws(bit: 82)
  static let resumesOtherImage = DeviceFlaws(bit: 83)
  static let keepsOverwrittenContent = DeviceFlaws(bit: 84)
  static let keepsStaleTag = DeviceFlaws(bit: 85)
  static let sendsTokenAnywhere = DeviceFlaws(bit: 86)
  static let ignoresContentRange = DeviceFlaws(bit: 87)
  static let retriesMissingImage = DeviceFlaws(bit: 88)
  static let keepsProgressAfterFailure = DeviceFlaws(bit: 89)
  static let failuresInMemoryOnly = DeviceFlaws(bit: 90)
  static let takesAnyContentType = DeviceFlaws(bit: 91)
  static let ignoresContentLength = DeviceFlaws(bit: 92)
  static let ignoresImageHead = DeviceFlaws(bit: 93)
  static let neverTooSlow = DeviceFlaws(bit: 94)
  static let ignoresProgramFailure = DeviceFlaws(bit: 95)
  static let savesEverySector = DeviceFlaws(bit: 96)
  static let keepsCandidateWhenSettled = DeviceFlaws(bit: 97)

  // Polls, manifests, reports.
  static let readsAnyManifestLength = DeviceFlaws(bit: 98)
  static let trustsUnknownClock = DeviceFlaws(bit: 99)
  static let takesQuarantinedImage = DeviceFlaws(bit: 100)
  static let refusesSameVersion = DeviceFlaws(bit: 101)
  static let takesEmptyImage = DeviceFlaws(bit: 102)
  static let refusesExactFit = DeviceFlaws(bit: 103)
  static let trustsTagWhileOpen = DeviceFlaws(bit: 104)
  static let repeatsSettledAssignment = DeviceFlaws(bit: 105)
  static let defersAtEveryPoll = DeviceFlaws(bit: 106)
  static let retriesClosedReport = DeviceFlaws(bit: 107)
  static let retriesRefusedReport = DeviceFlaws(bit: 108)
  static let takesAnyAnswerForReceipt = DeviceFlaws(bit: 109)
  static let forgetsQueueAfterFirstReport = DeviceFlaws(bit: 110)
  static let backsOffWithoutLimit = DeviceFlaws(bit: 111)
  static let obeysAnyRetryAfter = DeviceFlaws(bit: 112)
  static let hastensInSpiteOfRetryAfter = DeviceFlaws(bit: 113)
  static let takesUnknownSigner = DeviceFlaws(bit: 114)

  // Glitches, and records of another firmware.
  static let believesOneEvaluation = DeviceFlaws(bit: 127)
  static let readsUnknownRecord = DeviceFlaws(bit: 126)
  static let overwritesUnknownRecord = DeviceFlaws(bit: 125)
}
