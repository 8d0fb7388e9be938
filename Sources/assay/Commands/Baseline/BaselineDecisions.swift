import AssayBaseline
import AssayDocument
import AssayFiles
import AssayGate

private let decisionOptions: [OptionSpecification] =
  [
    .value("reason", "TEXT", "why; kept with the decision"),
    .value("by", "NAME", "who decides (default: the login name)"),
  ] + BaselineSession.filterOptions + BaselineSession.options

let baselineAcceptCommand = CommandSpecification(
  name: "baseline accept", arguments: "[RUN] --reason TEXT", positionals: 0...1,
  summary: "write what a run measured to accepted/*.yaml, for review; never in CI", options: decisionOptions,
  example: "assay baseline accept --suite digits --metric arena --reason \"new export, see #12\""
) { invocation, console in
  let session = try BaselineSession(invocation)
  let continuous = CommandLineTool.environment()["CI", default: ""]
  let acceptance = Acceptance(
    by: invocation.person, at: Timestamp.now(),
    reason: try invocation.required("reason", of: "baseline accept"),
    isContinuousIntegration: !["", "0", "false"].contains(continuous.lowercased()))
  let accepted = try BaselineSession.answering {
    try session.store.accept(
      invocation.positionals.first, in: session.folder, checks: Rulebook.budgetChecks,
      invocation.candidateFilter,
      acceptance)
  }
  report(accepted, "accepted", invocation, &console)
  return .done
}

let baselineRejectCommand = CommandSpecification(
  name: "baseline reject", arguments: "[RUN] --reason TEXT", positionals: 0...1,
  summary: "note that what a run measured must not become the baseline", options: decisionOptions,
  example: "assay baseline reject --suite digits --metric arena --reason \"too large\""
) { invocation, console in
  let session = try BaselineSession(invocation)
  let baselines = try session.baselines()
  let reason = try invocation.required("reason", of: "baseline reject")
  let rejected = try BaselineSession.answering {
    try session.store.reject(
      invocation.positionals.first, against: baselines, invocation.candidateFilter, by: invocation.person,
      at: Timestamp.now(), reason: reason)
  }
  report(rejected, "rejected", invocation, &console)
  return .done
}

private func report(
  _ candidates: [Candidate], _ done: String, _ invocation: Invocation, _ console: inout Console
) {
  if invocation.wantsJSON {
    let rows = candidates.map { JSONValue.string("\($0.measurement.key) \($0.measurement.metric)") }
    let answer: JSONValue = ["schemaVersion": 1, "decision": .string(done), "values": .array(rows)]
    console.print(answer.text().withoutLineEnd)
    return
  }
  for candidate in candidates {
    let measured = candidate.measurement
    let value = BaselineWords.amount(measured.value, measured.unit)
    console.print("\(done) \(measured.key)  \(measured.metric) \(value)")
  }
  if candidates.isEmpty { console.diagnose("assay: nothing new matches") }
}

let baselineExportCommand = CommandSpecification(
  name: "baseline export", arguments: "[--output FILE]", positionals: 0...0,
  summary: "every complete run as JSON, for another database",
  options: [
    .value("output", "FILE", "where to write (default: standard output)"),
    .flag("numbers-only", "leave out the run files' contents, most of the size"),
  ] + BaselineSession.options,
  example: "assay baseline export --output runs.json"
) { invocation, console in
  let session = try BaselineSession(invocation)
  let text = try BaselineSession.answering {
    try session.store.export(includesDocuments: !invocation.has("numbers-only")).text()
  }
  if let output = invocation.value("output") {
    try FileBytes.write(text, to: output)
    if !console.quiet { console.print("wrote \(output)") }
  } else {
    console.print(text.withoutLineEnd)
  }
  return .done
}

let baselineImportCommand = CommandSpecification(
  name: "baseline import", arguments: "FILE", positionals: 1...1,
  summary: "add the runs of an export that are not there yet",
  options: [.value("by", "NAME", "who does it (default: the login name)")] + BaselineSession.options,
  example: "assay baseline import runs.json"
) { invocation, console in
  let file = invocation.positionals[0]
  let bytes = try FileBytes.read(file, limit: BaselineStore.importByteLimit)
  let session = try BaselineSession(invocation)
  let (added, known) = try BaselineSession.answering {
    try session.store.importRuns(bytes, file: file, by: invocation.person, at: Timestamp.now())
  }
  if invocation.wantsJSON {
    console.print(
      (["schemaVersion": 1, "added": .integer(added), "known": .integer(known)] as JSONValue).text()
        .withoutLineEnd)
  } else if !console.quiet {
    console.print("\(added) run\(added == 1 ? "" : "s") added, \(known) known already")
  }
  return .done
}
