/// One model on one firmware of one target.
public struct TargetResult: Codable, Sendable, Hashable {
  /// `esp32s3-n16r8`, or `esp32s3-n16r8/fw-2.3` for a fielded firmware.
  public var name: String
  public var target: String
  public var firmware: String?
  /// SHA-256 of the resolved profile.
  public var profileSHA256: String
  /// `esp-nn 1.2.1, esp-tflite-micro 1.4.0`.
  public var runtime: String
  public var arena: ArenaFacts?
  public var latency: LatencyFacts?
  /// What this firmware's kernels compute; absent in runs of older versions and off TFLite Micro.
  public var board: BoardFacts?
  public var flashBytes: Int
  public var checks: [Check]
  public var notes: [String]

  public init(name: String, target: String, firmware: String?, profileSHA256: String, runtime: String) {
    self.name = name
    self.target = target
    self.firmware = firmware
    self.profileSHA256 = profileSHA256
    self.runtime = runtime
    flashBytes = 0
    checks = []
    notes = []
  }
}

/// The tensor arena of one model on one firmware, in bytes.
public struct ArenaFacts: Codable, Sendable, Hashable {
  public var minimumBytes: Int
  public var usedBytes: Int
  public var headBytes: Int
  public var tailBytes: Int
  public var scratchBytes: Int
  /// What is added for a base pointer that is not 16-byte aligned.
  public var alignmentBytes: Int
  public var budgetBytes: Int?
  /// What sets the minimum: `head and tail`, `the planner's working memory`, `preparing 3 CONV_2D`.
  public var decidedBy: String
  /// Live bytes of the head at each execution step.
  public var steps: [ArenaStep]
  public var peakStep: Int
  /// What is alive at the peak, largest first.
  public var peak: [ArenaItem]
  /// Persistent bytes by cause, in allocation order.
  public var tail: [ArenaItem]

  public init(minimumBytes: Int, usedBytes: Int, headBytes: Int, tailBytes: Int, scratchBytes: Int) {
    self.minimumBytes = minimumBytes
    self.usedBytes = usedBytes
    self.headBytes = headBytes
    self.tailBytes = tailBytes
    self.scratchBytes = scratchBytes
    alignmentBytes = 0
    decidedBy = ""
    steps = []
    peakStep = 0
    peak = []
    tail = []
  }
}

public struct ArenaStep: Codable, Sendable, Hashable {
  /// `3 CONV_2D`.
  public var layer: String
  public var tensorBytes: Int
  public var scratchBytes: Int
  /// Highest address in use at this step, gaps included.
  public var extentBytes: Int

  public init(layer: String, tensorBytes: Int, scratchBytes: Int, extentBytes: Int) {
    self.layer = layer
    self.tensorBytes = tensorBytes
    self.scratchBytes = scratchBytes
    self.extentBytes = extentBytes
  }
}

public struct ArenaItem: Codable, Sendable, Hashable {
  public var name: String
  public var bytes: Int

  public init(name: String, bytes: Int) {
    self.name = name
    self.bytes = bytes
  }
}

/// Estimated or measured latency of one inference.
public struct LatencyFacts: Codable, Sendable, Hashable {
  /// Absent when nothing was estimated; ``reason`` says why.
  public var milliseconds: Double?
  public var lowMilliseconds: Double?
  public var highMilliseconds: Double?
  /// `measured`, `validated`, `extrapolated`, `unvalidated`, `not estimated`.
  public var provenance: String
  public var reason: String?

  public init(provenance: String, reason: String? = nil) {
    self.provenance = provenance
    self.reason = reason
  }
}

/// One question with a yes, a no, or no answer.
public struct Check: Codable, Sendable, Hashable {
  /// Stable name: `arena`, `top1`, `top1-drop-vs-baseline`; `assay explain` has a page on each.
  public var code: String
  /// Unique in the run: `digits/digits-v2/esp32s3-n16r8/arena`.
  public var id: String
  public var verdict: Verdict
  /// One line: what was expected, what was found.
  public var message: String
  public var expected: String
  public var found: String
  /// Distance to the limit, in the limit's unit: `1,204 B (5.8 %)`.
  public var headroom: String?
  /// Found as a share of the limit, for drawing; 1 is at the limit.
  public var usage: Double?
  /// The smallest tolerance that would have passed.
  public var passingTolerance: String?
  public var layer: String?
  /// A command line that shows the same finding.
  public var reproduce: String
  /// Where the budget was written: `baselines/budgets/digits.yaml:12`.
  public var budget: String?
  /// Never waived and never excused by an older violation.
  public var isHard: Bool
  public var waived: String?

  public init(
    code: String, id: String, verdict: Verdict, expected: String, found: String, isHard: Bool = false
  ) {
    self.code = code
    self.id = id
    self.verdict = verdict
    self.expected = expected
    self.found = found
    self.isHard = isHard
    message = ""
    reproduce = ""
  }
}

/// A measurement of this run made worse on purpose, judged by the same function and the same
/// budget: one that passes means that the gate is broken.
public struct Canary: Codable, Sendable, Hashable {
  /// The check it imitates: `digits/digits-v2/esp32s3-n16r8/arena`.
  public var check: String
  /// `arena + 1 byte`.
  public var change: String
  public var caught: Bool

  public init(check: String, change: String, caught: Bool) {
    self.check = check
    self.change = change
    self.caught = caught
  }
}
