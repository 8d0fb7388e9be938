import AssayDocument
import AssayFiles
import AssayMeasure
import AssayService
import AssayUpdate
import Glibc

/// Runs somebody's updater through rows of scenario files, by default those of `suites/ota/clients.yaml`.
func rehearseClient(
  _ client: String, _ invocation: Invocation, _ console: inout Console
) throws -> ExitCode {
  // What belongs to the simulated device before a real service would be left out silently.
  for name in ["schedule", "service", "device", "fault", "certificate", "signing-key"]
  where !invocation.all(name).isEmpty {
    throw CommandFailure.usage("assay ota replay: --client or --\(name), not both")
  }
  var rehearsal = ClientRehearsal(["sh", "-c", client])
  rehearsal.package = try package(invocation)
  rehearsal.limitSeconds = try invocation.integer("limit", in: 1...3600) ?? rehearsal.limitSeconds
  if console.verbose { rehearsal.outputPath = "/dev/stderr" }
  let files = invocation.positionals.isEmpty ? ["suites/ota/clients.yaml"] : invocation.positionals
  let rows = try invocation.rehearsals(of: files)
  var report = ClientReport(known: try knownRows(invocation, rows.map(\.name)))
  let subject = try invocation.clientSubject()
  for row in rows {
    guard case .device(let scenario) = row else {
      report.leaveOut(row.name, "a rollout over a fleet is many devices", &console)
      continue
    }
    if let obstacle = scenario.obstacle(for: rehearsal.form) {
      report.leaveOut(row.name, obstacle, &console)
      continue
    }
    guard let row = scenario.clientRow(subject, epochSeconds: Int64(time(nil))) else {
      throw CommandFailure.usage("a slot of \(subject.slotBytes) bytes is not a multiple of 64 KiB")
    }
    do { report.add(try rehearsal.run(row), isQuiet: invocation.wantsJSON, &console) } catch {
      throw CommandFailure(.undecided, "\(error)")
    }
  }
  if invocation.wantsJSON { console.print(report.json.text()) } else { report.printSum(&console) }
  return report.failures == 0 ? .done : .failed
}

private func package(_ invocation: Invocation) throws(CommandFailure) -> ModelPackage {
  guard let name = invocation.value("package") else { return .raw }
  guard let package = ModelPackage(rawValue: name) else {
    let all = ModelPackage.allCases.map(\.rawValue).joined(separator: ", ")
    throw CommandFailure.usage("--package is one of \(all), not \"\(name)\"")
  }
  return package
}

private func knownRows(
  _ invocation: Invocation, _ names: [String]
) throws(CommandFailure) -> Set<String> {
  for name in invocation.all("known") where !names.contains(name) {
    throw CommandFailure.usage(
      "--known \"\(name)\" is no row that is run\(Suggestion.hint(for: name, in: names))")
  }
  return Set(invocation.all("known"))
}

extension Invocation {
  /// Every row of the files, or the one that an option names.
  func rehearsals(of files: [String], only option: String = "scenario") throws -> [Rehearsal] {
    var rows: [Rehearsal] = []
    for file in files {
      rows += try ScenarioReader.rehearsals(FileBytes.read(file, limit: 1 << 22), file: file)
    }
    guard let name = value(option) else { return rows }
    let found = rows.filter { $0.name == name }
    guard !found.isEmpty else {
      throw CommandFailure.usage(
        "no scenario \"\(name)\"\(Suggestion.hint(for: name, in: rows.map(\.name)))")
    }
    return found
  }

  /// The candidate of `--model` in the slot of the target; a client's self-test is its own.
  func clientSubject() throws -> Subject {
    var subject = Subject()
    subject.seed = try seed()
    if let slot = try target()?.partitions.modelSlotBytes { subject.slotBytes = slot }
    subject.image = try value("model").map { try FileBytes.read($0, limit: FlashGeometry.largestSlotBytes) }
    return subject
  }
}

/// What became of every row.
private struct ClientReport {
  let known: Set<String>
  var results: [ClientRehearsal.Result] = []
  var leftOut: [(row: String, reason: String)] = []

  init(known: Set<String>) { self.known = known }

  /// A known failure that is gone is news too: the list must then be corrected.
  var failures: Int { results.count { $0.violations.isEmpty == known.contains($0.row) } }

  mutating func leaveOut(_ row: String, _ reason: String, _ console: inout Console) {
    leftOut.append((row, reason))
    if console.verbose { console.print("n/a  \(row): \(reason)") }
  }

  mutating func add(_ result: ClientRehearsal.Result, isQuiet: Bool, _ console: inout Console) {
    results.append(result)
    if isQuiet { return }
    let isKnown = known.contains(result.row)
    let verdict =
      switch (result.violations.isEmpty, isKnown) {
      case (true, false): Paint.green("pass", console)
      case (false, true): "known"
      case (true, true): Paint.red("GONE", console)
      case (false, false): Paint.red("FAIL", console)
      }
    console.print("\(verdict) \(result.line)")
    for violation in result.violations { console.print("     \(violation)") }
    for condition in result.unmet { console.print("     never happened: \(condition)") }
    if result.violations.isEmpty, isKnown {
      console.print("     known to fail, and passes: --known is out of date")
    }
    if console.verbose { for line in result.details { console.print("     \(line)") } }
    console.flush()
  }

  func printSum(_ console: inout Console) {
    let expected = results.count { !$0.violations.isEmpty && known.contains($0.row) }
    let findings =
      expected == 0 ? "" : ", \(expected) \(expected == 1 ? "is a known finding" : "are known findings")"
    let unmet = results.count { !$0.unmet.isEmpty }
    console.print("\(results.count) rows ran, \(failures) failed\(findings), \(leftOut.count) do not apply")
    if unmet > 0 { console.print("     in \(unmet) of them what was to go wrong never did") }
    if !console.verbose {
      for (reason, count) in reasons { console.print("     \(count) \(reason)") }
    }
  }

  /// Reasons, each with the number of its rows, in the order in which they came.
  private var reasons: [(String, Int)] {
    var found: [(String, Int)] = []
    for (_, reason) in leftOut {
      if let index = found.firstIndex(where: { $0.0 == reason }) {
        found[index].1 += 1
      } else {
        found.append((reason, 1))
      }
    }
    return found
  }

  var json: JSONValue {
    let rows = results.map { result -> JSONValue in
      [
        "case": .string(result.row), "place": .string(result.place), "serves": .string(result.serves),
        "log": .array(result.log.map { .string($0) }), "runs": .integer(result.runs),
        "requests": .integer(result.traffic.requests),
        "artifactBytes": .integer(result.traffic.artifactBytes), "ending": .string("\(result.ending)"),
        "known": .bool(known.contains(result.row)),
        "neverHappened": .array(result.unmet.map { .string($0) }),
        "violations": .array(result.violations.map { .string($0) }),
      ]
    }
    let notApplicable = leftOut.map { row, reason -> JSONValue in
      ["case": .string(row), "reason": .string(reason)]
    }
    return [
      "schemaVersion": 1, "cases": .array(rows), "notApplicable": .array(notApplicable),
      "failures": .integer(failures),
    ]
  }
}
