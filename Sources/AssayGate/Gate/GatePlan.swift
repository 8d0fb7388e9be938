public import AssayBaseline
import AssayDocument
import AssayFiles
import AssayMeasure

/// What will be judged: suites, resolved targets, budgets; complete before anything is measured.
struct GatePlan {
  /// A suite with the firmwares that its models must pass on.
  struct PlannedSuite {
    var suite: Suite
    var models: [PlannedModel]

    var targets: [PlannedTarget] { models.flatMap(\.targets) }
  }

  struct PlannedModel {
    var model: SuiteModel
    /// Empty for a model that is only compared.
    var targets: [PlannedTarget]

    /// What the run must judge: each firmware, or the comparison.
    var caseCount: Int {
      model.isComparisonOnly ? 1 : targets.reduce(0) { $0 + $1.variants.count }
    }
  }

  struct PlannedTarget {
    var target: Target
    var variants: [TargetVariant]
    /// Facts of the build files that the profile names.
    var build: BuildFacts?
  }

  let suites: [PlannedSuite]
  let baselines: Baselines
  let store: BaselineStore
  /// With what boards measured, read once.
  let latency: ProfiledLatency
  /// The day waivers are valid on, from the run's start.
  let day: String
  private(set) var inputs: [InputDigest]

  /// - Throws: everything that is wrong with suites, targets and budgets, in one error.
  init(_ options: GateOptions, startedAt: String) throws(GateError) {
    let read = try Self.readSuites(options)
    let files = try TargetProfiles.files(options.baselinesFolder)
    let library = try TargetProfiles.read(options.baselinesFolder)
    inputs = try read.digests + Self.digests(files.map { ("target", $0) })
    let planned = try Self.plan(read.suites, library, options)
    suites = planned
    let profiles: [DeviceProfileRecord]
    do {
      store = try BaselineStore(options.database)
      baselines = try store.load(options.baselinesFolder, checks: Rulebook.budgetChecks)
      profiles = try store.deviceProfiles().filter { record in
        planned.contains { $0.targets.contains { $0.target.name == record.target } }
      }
    } catch { throw Self.gateError(error) }
    latency = ProfiledLatency(profiles, version: options.version)
    let scenarios = Set(suites.flatMap { $0.suite.models.flatMap(\.scenarios) }).sorted()
    inputs += try Self.digests(scenarios.map { ("scenario", $0) })
    inputs += try Self.digests(baselines.sources.map { ($0.kind, $0.path) })
    inputs += profiles.map(\.input)
    day = Timestamp.day(of: startedAt)
  }

  var caseCount: Int {
    suites.flatMap(\.models).reduce(0) { $0 + $1.caseCount }
  }

  /// Waivers whose last day has passed: they excuse nothing, and nobody tidied them up.
  var expiredWaivers: [String] {
    let judged = Set(suites.map(\.suite.name))
    return baselines.waivers.filter { judged.contains($0.key.suite) && $0.lastDay < day }.map {
      "\($0.location): the waiver of \($0.check) for \($0.key) expired on \($0.lastDay)"
    }
  }

  /// Rows for a judged suite that hold for none of its models and targets: somebody believes that they
  /// decide something.
  var idleBudgets: [String] {
    baselines.budgets.compactMap { budget in
      let key = budget.key
      guard let planned = suites.first(where: { $0.suite.name == key.suite }) else { return nil }
      let models = planned.models.filter { [BaselineKey.any, $0.model.name].contains(key.model) }
      let place = "\(budget.location): the row of \(budget.check) for \(key) judges nothing"
      guard !models.isEmpty else {
        let names = planned.models.map(\.model.name)
        return
          "\(place): no model of the suite is called \"\(key.model)\"\(Suggestion.hint(for: key.model, in: names))"
      }
      // A bundled program is judged on the targets that were named this time.
      guard key.target != BaselineKey.any, !planned.suite.isBundle else { return nil }
      let targets = Set(models.flatMap(\.targets).map(\.target.name)).sorted()
      guard !targets.contains(key.target) else { return nil }
      return
        "\(place): it is not judged on target \"\(key.target)\"\(Suggestion.hint(for: key.target, in: targets))"
    }
  }

  // MARK: Reading

  private static func readSuites(_ options: GateOptions) throws(GateError) -> (
    suites: [Suite], digests: [InputDigest]
  ) {
    var suites: [Suite] = []
    var problems: [String] = []
    do throws(SuiteError) {
      let named = options.suites.isEmpty ? try SuiteReader.discover(options.suitesFolder) : options.suites
      for path in named {
        do throws(SuiteError) { suites.append(try SuiteReader.read(path)) } catch { problems += error.lines }
      }
    } catch { problems += error.lines }
    let names = suites.map(\.name)
    for name in Set(names).sorted() where names.count(where: { $0 == name }) > 1 {
      problems.append("two suites are called \"\(name)\"")
    }
    guard problems.isEmpty else { throw GateError(.unusable, problems.joined(separator: "\n")) }
    guard !suites.isEmpty else {
      throw GateError(
        .undecided, "\(options.suitesFolder): no suite.yaml anywhere below: nothing would be checked")
    }
    return (suites, try digests(suites.map { ("suite", $0.file) }))
  }

  private static func digests(_ files: [(String, String)]) throws(GateError) -> [InputDigest] {
    var digests: [InputDigest] = []
    for (kind, path) in files {
      do {
        let digest = try FileDigest(ofFile: path)
        digests.append(InputDigest(kind: kind, path: path, sha256: digest.sha256, bytes: digest.byteCount))
      } catch { throw GateError(.unusable, "\(error)") }
    }
    return digests
  }

  private static func plan(
    _ suites: [Suite], _ library: TargetLibrary, _ options: GateOptions
  ) throws(GateError) -> [PlannedSuite] {
    var planned: [PlannedSuite] = []
    var problems: [String] = []
    for suite in suites {
      let fallback =
        suite.isBundle ? try bundleTargets(library, options, suite, &problems) : suite.targets
      var targets: [String: PlannedTarget] = [:]
      for name in Set(fallback + suite.models.flatMap { $0.targets ?? [] }).sorted() {
        do { targets[name] = try target(name, library, options) } catch {
          problems.append("\(suite.file): \(error)")
        }
      }
      let models = suite.models.map { model in
        PlannedModel(
          model: model,
          targets: model.isComparisonOnly ? [] : (model.targets ?? fallback).compactMap { targets[$0] })
      }
      let cases = models.reduce(0) { $0 + $1.caseCount }
      if let expected = suite.expectedCases, expected != cases, problems.isEmpty {
        problems.append("\(suite.file): expect_cases is \(expected), models times firmwares are \(cases)")
      }
      planned.append(PlannedSuite(suite: suite, models: models))
    }
    if !options.targets.isEmpty, !suites.contains(where: \.isBundle) {
      problems.append("--target is for bundled programs (.bpte); a suite.yaml names its own targets")
    }
    guard problems.isEmpty else { throw GateError(.unusable, problems.joined(separator: "\n")) }
    return planned
  }

  private static func target(
    _ name: String, _ library: TargetLibrary, _ options: GateOptions
  ) throws -> PlannedTarget {
    let target = try library.resolve(name, overrides: options.overrides)
    let build = try TargetLock.facts(target.build, folder: Path.join(options.baselinesFolder, "targets"))
    return PlannedTarget(target: target, variants: target.variants, build: build)
  }

  /// Where a bundled program is judged: the targets that were named, else all that run ExecuTorch.
  private static func bundleTargets(
    _ library: TargetLibrary, _ options: GateOptions, _ suite: Suite, _ problems: inout [String]
  ) throws(GateError) -> [String] {
    guard !suite.models.isEmpty else {
      throw GateError(.undecided, "\(suite.file): the bundle records no cases: nothing would be checked")
    }
    guard options.targets.isEmpty else { return options.targets }
    let names = library.names.filter { name in
      (try? library.resolve(name, overrides: options.overrides))?.runtime.name == .executorch
    }
    if names.isEmpty {
      problems.append("\(suite.file): no target of \(options.baselinesFolder)/targets runs ExecuTorch")
    }
    return names
  }

  /// Which exit code a failure of the baselines is: text that is wrong is 2, a database that does
  /// not answer is 3.
  static func gateError(_ error: any Error) -> GateError {
    switch error {
    case let error as BaselineError: GateError(.undecided, error.description)
    case BaselineLoadError.store(let error): GateError(.undecided, error.description)
    case let error as GateError: error
    default: GateError(.unusable, "\(error)")
    }
  }
}

extension DeviceProfileRecord {
  /// The log behind a profile, under a name that no other profile has.
  fileprivate var input: InputDigest {
    InputDigest(
      kind: "profile", path: "\(log) (\(target), model \(modelSHA256.prefix(12)), \(runtimeKey))",
      sha256: logSHA256, bytes: logByteCount)
  }
}

extension Rulebook {
  /// What budget rows may be written for.
  public static var budgetChecks: [BudgetCheck] {
    rules.compactMap { rule in
      let bound: Budget.Rule
      switch rule.bound {
      case .atMost: bound = .max
      case .atLeast: bound = .min
      case .margin: bound = .margin
      case .none: return BudgetCheck(rule.code, .number, [], isWaivable: !rule.isHard)
      }
      return BudgetCheck(rule.code, rule.unit.budgetUnit, [bound], isWaivable: !rule.isHard)
    }
  }
}

extension Rule.Unit {
  var budgetUnit: BudgetUnit {
    switch self {
    case .bytes: .bytes
    case .milliseconds: .milliseconds
    case .share: .share
    case .decibels: .decibels
    case .real, .none: .number
    }
  }
}
