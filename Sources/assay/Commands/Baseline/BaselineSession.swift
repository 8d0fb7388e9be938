import AssayBaseline
import AssayFiles
import AssayGate

/// What every baseline verb starts from: the folder of reviewed text and its database.
struct BaselineSession {
  let folder: String
  let store: BaselineStore

  static let options: [OptionSpecification] = [
    .value("baselines", "DIR", "reviewed targets, budgets and accepted values (default: baselines)")
  ]

  static let filterOptions: [OptionSpecification] = [
    .value("suite", "NAME", "only of this suite"), .value("model", "NAME", "only of this model"),
    .value("target", "NAME", "only of this target; * is what holds on every one"),
    .value("metric", "NAME", "only this metric or check"),
  ]

  init(_ invocation: Invocation) throws(CommandFailure) {
    let folder = invocation.value("baselines") ?? ProjectFolder.baselines
    self.folder = folder
    store = try Self.answering { try BaselineStore(ProjectFolder.database(folder)) }
  }

  func baselines() throws(CommandFailure) -> Baselines {
    try Self.answering { try store.load(folder, checks: Rulebook.budgetChecks) }
  }

  /// Runs `body`; what is wrong with the text or the question is exit 2, a database that does not
  /// answer is exit 3.
  static func answering<Result>(_ body: () throws -> Result) throws(CommandFailure) -> Result {
    do {
      return try body()
    } catch let error as BaselineError {
      throw failure(error)
    } catch BaselineLoadError.store(let error) {
      throw failure(error)
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw CommandFailure(.unusable, "\(error)")
    }
  }

  private static func failure(_ error: BaselineError) -> CommandFailure {
    switch error.code {
    case .refused, .notFound, .continuousIntegration: CommandFailure(.unusable, error.description)
    default: CommandFailure(.undecided, error.description)
    }
  }
}

extension Invocation {
  var candidateFilter: CandidateFilter {
    CandidateFilter(
      suite: value("suite"), model: value("model"), target: value("target"), metric: value("metric"))
  }

  /// Who decides: `--by`, or the login name.
  var person: String { value("by") ?? CommandLineTool.environment()["USER"] ?? "" }
}

/// Values of the database as people read them.
enum BaselineWords {
  static func amount(_ value: Double, _ unit: String) -> String {
    switch unit {
    case "B": Int(exactly: value.rounded()).map(ReportWords.bytes) ?? "\(value) B"
    case "share": ReportWords.percent(value)
    default: "\(ReportWords.number(value)) \(unit)".trimmedRight
    }
  }

  /// With its sign: `+568 B`.
  static func change(_ value: Double, _ unit: String) -> String {
    value == 0 ? "unchanged" : (value > 0 ? "+" : "") + amount(value, unit)
  }
}
