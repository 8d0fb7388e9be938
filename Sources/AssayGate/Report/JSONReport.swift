import FoundationEssentials

/// The run as JSON: `report.json`, and the self-contained run file that reports are rendered from.
public enum JSONReport {
  /// Keys are sorted, numbers the shortest that read back exactly.
  public static func render(_ run: Run) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(run), as: UTF8.self) + "\n"
  }

  /// A run from its file.
  ///
  /// - Throws: `GateError.unusable` for anything that is not a run file of this schema version.
  public static func read(_ bytes: [UInt8], file: String) throws(GateError) -> Run {
    do {
      let run = try JSONDecoder().decode(Run.self, from: Data(bytes))
      guard run.schemaVersion == Run.currentSchema else {
        throw GateError(
          .unusable, "\(file): schema version \(run.schemaVersion), this program reads \(Run.currentSchema)")
      }
      var decided = run
      decided.settle(GateOutcome())
      guard run.verdict != .pass || decided.verdict == .pass && run.exitCode == 0 && run.problems.isEmpty
      else {
        throw GateError(.unusable, "\(file): says it passed, which what it holds does not bear out")
      }
      return run
    } catch let error as GateError {
      throw error
    } catch { throw GateError(.unusable, "\(file): not a run file") }
  }
}
