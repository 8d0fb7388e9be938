import AssayBaseline
import AssayFiles
import AssayMeasure

/// Is this installation able to judge? One line per thing that a gate needs.
public enum Doctor {
  public struct Finding: Sendable, Hashable {
    public var subject: String
    /// `nil` when all is well.
    public var problem: GateError?
    public var detail: String
  }

  public static func examine(_ options: GateOptions) -> [Finding] {
    [
      examine("targets") { () throws(GateError) in
        let library = try TargetProfiles.read(options.baselinesFolder)
        for name in library.names {
          do { _ = try library.resolve(name) } catch { throw GateError(.unusable, "\(error)") }
        }
        return "\(library.names.count) profiles in \(options.baselinesFolder)/targets"
      },
      examine("suites") { () throws(GateError) in
        do {
          let suites = try SuiteReader.discover(options.suitesFolder).map { try SuiteReader.read($0) }
          return suites.isEmpty
            ? "none below \(options.suitesFolder)" : suites.map(\.name).joined(separator: ", ")
        } catch { throw GateError(.unusable, "\(error)") }
      },
      examine("database") { () throws(GateError) in
        do {
          let store = try BaselineStore(options.database)
          let baselines = try store.load(options.baselinesFolder, checks: Rulebook.budgetChecks)
          return
            "\(options.database): \(baselines.budgets.count) budgets, \(baselines.accepted.count) accepted values"
        } catch { throw GatePlan.gateError(error) }
      },
    ]
  }

  private static func examine(_ subject: String, _ body: () throws(GateError) -> String) -> Finding {
    do throws(GateError) { return Finding(subject: subject, problem: nil, detail: try body()) } catch {
      return Finding(subject: subject, problem: error, detail: error.message)
    }
  }
}
