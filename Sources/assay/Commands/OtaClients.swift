import AssayDocument
import AssayService

/// Runs somebody's updater through every case of `ClientRehearsal`.
func rehearseClient(
  _ client: String, _ invocation: Invocation, _ console: inout Console
) throws -> ExitCode {
  guard invocation.positionals.isEmpty else {
    throw CommandFailure.usage("assay ota replay: scenario files or --client, not both")
  }
  var rehearsal = ClientRehearsal(["sh", "-c", client])
  rehearsal.package = try package(invocation)
  let known = try knownCases(invocation)
  rehearsal.limitSeconds = try invocation.integer("limit", in: 1...3600) ?? rehearsal.limitSeconds
  if console.verbose { rehearsal.outputPath = "/dev/stderr" }
  var results: [ClientRehearsal.Result] = []
  for one in ClientRehearsal.Case.allCases {
    do { results.append(try rehearsal.run(one)) } catch { throw CommandFailure(.undecided, "\(error)") }
    if !invocation.wantsJSON, let result = results.last { print(result, &console) }
  }
  // A known failure that is gone is news too: the list must then be corrected.
  let failures = results.count { $0.violations.isEmpty == known.contains($0.rehearsal) }
  if invocation.wantsJSON { console.print(json(results, failures).text()) }
  return failures == 0 ? .done : .failed
}

private func package(_ invocation: Invocation) throws(CommandFailure) -> ModelPackage {
  guard let name = invocation.value("package") else { return .raw }
  guard let package = ModelPackage(rawValue: name) else {
    let all = ModelPackage.allCases.map(\.rawValue).joined(separator: ", ")
    throw CommandFailure.usage("--package is one of \(all), not \"\(name)\"")
  }
  return package
}

private func knownCases(_ invocation: Invocation) throws(CommandFailure) -> Set<ClientRehearsal.Case> {
  var known: Set<ClientRehearsal.Case> = []
  for name in invocation.all("known") {
    guard let one = ClientRehearsal.Case(rawValue: name) else {
      let all = ClientRehearsal.Case.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandFailure.usage("--known is one of \(all), not \"\(name)\"")
    }
    known.insert(one)
  }
  return known
}

private func print(_ result: ClientRehearsal.Result, _ console: inout Console) {
  console.print(result.line)
  for violation in result.violations { console.print("     \(violation)") }
  console.flush()
}

private func json(_ results: [ClientRehearsal.Result], _ failures: Int) -> JSONValue {
  let rows = results.map { result -> JSONValue in
    [
      "case": .string(result.rehearsal.rawValue), "serves": .string(result.serves),
      "log": .array(result.log.map { .string($0) }), "requests": .integer(result.requests),
      "artifactBytes": .integer(result.artifactBytes), "ending": .string("\(result.ending)"),
      "violations": .array(result.violations.map { .string($0) }),
    ]
  }
  return ["schemaVersion": 1, "cases": .array(rows), "failures": .integer(failures)]
}
