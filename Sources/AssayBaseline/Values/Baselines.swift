/// What the reviewed text under `baselines/` says, read in one piece.
///
///     let baselines = try store.load("baselines", checks: checks)
///     let budget = baselines.budget("arena", for: key)
public struct Baselines: Sendable, Hashable {
  /// A file that was read.
  public struct Source: Sendable, Hashable {
    /// With the folder it was loaded from: `baselines/budgets/digits.yaml`.
    public var path: String
    /// `budgets` or `accepted`.
    public var kind: String
    public var sha256: String
  }

  /// In the order of suite, model, target and check.
  public internal(set) var budgets: [Budget] = []
  public internal(set) var accepted: [AcceptedValue] = []
  public internal(set) var waivers: [Waiver] = []
  public internal(set) var sources: [Source] = []

  public init() {}

  /// The budget of `check` for `key`: one written for exactly this model and target before one for
  /// every target, before one for every model.
  public func budget(_ check: String, for key: BaselineKey) -> Budget? {
    for applicable in key.applicable {
      if let found = budgets.first(where: { $0.check == check && $0.key == applicable }) { return found }
    }
    return nil
  }

  /// The budgets that hold for `key`, each check once, by the bytes of the check's name.
  public func budgets(for key: BaselineKey) -> [Budget] {
    let codes = Set(budgets.filter { key.applicable.contains($0.key) }.map(\.check))
    return codes.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { budget($0, for: key) }
  }

  /// The accepted value of `metric` for exactly `key`.
  public func accepted(_ metric: String, for key: BaselineKey) -> AcceptedValue? {
    accepted.first { $0.metric == metric && $0.key == key }
  }

  /// The waiver that excuses a failure of `check` for `key` on `day` (`2026-11-21`, UTC).
  public func waiver(of check: String, for key: BaselineKey, on day: String) -> Waiver? {
    for applicable in key.applicable {
      let found = waivers.first { $0.check == check && $0.key == applicable }
      if let found, !found.lastDay.utf8.lexicographicallyPrecedes(day.utf8) { return found }
    }
    return nil
  }
}
