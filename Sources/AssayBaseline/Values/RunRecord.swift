/// One run of the gate as the database keeps it.
public struct RunRecord: Sendable, Hashable {
  public enum Verdict: String, Sendable, Hashable, CaseIterable {
    case pass, fail, undecided, unusable
  }

  /// A file that was judged.
  public struct Input: Sendable, Hashable {
    /// `model`, `recording`, `suite`, `budgets`, `accepted`.
    public var kind: String
    public var path: String
    public var sha256: String
    public var byteCount: Int

    public init(kind: String, path: String, sha256: String, byteCount: Int) {
      self.kind = kind
      self.path = path
      self.sha256 = sha256
      self.byteCount = byteCount
    }
  }

  /// A target's profile after inheritance and overrides, as text; known by its digest.
  public struct ResolvedTarget: Sendable, Hashable {
    public var name: String
    public var profile: String
    public var sha256: String

    public init(name: String, profile: String, sha256: String) {
      self.name = name
      self.profile = profile
      self.sha256 = sha256
    }
  }

  public struct Check: Sendable, Hashable {
    public var key: BaselineKey
    public var code: String
    public var verdict: Verdict
    public var expected: String
    public var found: String
    public var message: String
    /// The reason, when the failure is excused.
    public var waived: String?

    public init(
      key: BaselineKey, code: String, verdict: Verdict, expected: String, found: String,
      message: String, waived: String? = nil
    ) {
      self.key = key
      self.code = code
      self.verdict = verdict
      self.expected = expected
      self.found = found
      self.message = message
      self.waived = waived
    }
  }

  /// A finite number that was measured; a candidate for an accepted baseline.
  public struct Measurement: Sendable, Hashable {
    public var key: BaselineKey
    public var metric: String
    public var value: Double
    public var unit: String
    public var modelSHA256: String
    public var runtime: [String: String]

    public init(
      key: BaselineKey, metric: String, value: Double, unit: String, modelSHA256: String,
      runtime: [String: String] = [:]
    ) {
      self.key = key
      self.metric = metric
      self.value = value
      self.unit = unit
      self.modelSHA256 = modelSHA256
      self.runtime = runtime
    }
  }

  public var id: String
  /// UTC, ISO 8601.
  public var startedAt: String
  public var finishedAt: String
  public var assayVersion: String
  public var verdict: Verdict
  /// 0 exactly when the verdict is `pass`; the database refuses anything else.
  public var exitCode: Int
  /// Cases that the suites call for, and those that were judged; a pass needs all, and at least one.
  public var plannedCases: Int
  public var judgedCases: Int
  public var inputs: [Input] = []
  public var targets: [ResolvedTarget] = []
  public var checks: [Check] = []
  public var measurements: [Measurement] = []
  /// The run file's content, from which every report can be rendered again.
  public var document: String?

  public init(
    id: String, startedAt: String, finishedAt: String, assayVersion: String, verdict: Verdict,
    exitCode: Int, plannedCases: Int, judgedCases: Int
  ) {
    self.id = id
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.assayVersion = assayVersion
    self.verdict = verdict
    self.exitCode = exitCode
    self.plannedCases = plannedCases
    self.judgedCases = judgedCases
  }
}
