public import AssayRuntime

/// What a gate run is asked to do, all from the command line.
public struct GateOptions: Sendable {
  /// Suite files or folders; everything under `suites/` when empty.
  public var suites: [String] = []
  /// Where suites are looked for when none is named.
  public var suitesFolder = "suites"
  /// Reviewed text: `targets/`, `budgets/`, `accepted/`.
  public var baselinesFolder = "baselines"
  public var database = "baselines/assay.db"
  /// Where reports are written; `nil` writes none.
  public var reportsFolder: String?
  /// Targets that bundled programs are judged on; every one that runs ExecuTorch when empty.
  public var targets: [String] = []
  /// `path=value` overrides of every target.
  public var overrides: [String] = []
  public var kernels: KernelSelection = .fast
  public var version = ""

  public init() {}
}
