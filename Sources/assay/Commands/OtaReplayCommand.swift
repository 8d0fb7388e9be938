import AssayDocument
import AssayFiles
import AssayGate
import AssayMeasure
import AssayService
import AssayUpdate
import Glibc

let otaReplayCommand = CommandSpecification(
  name: "ota replay", arguments: "[SCENARIOS.yaml...] | --schedule LINE", positionals: 0...64,
  summary: "replay update scenarios on a virtual clock: exact states, status log and outcome",
  options: [
    .value("schedule", "LINE", "one line that replays a run, as exploration prints it"),
    .value("scenario", "NAME", "only this row"),
    .value("client", "CMD", "somebody's own updater against the real service; sh -c CMD"),
    .value("package", "FORM", "how that client wants the model: raw (default), swu or mender"),
    .value("known", "ROW", "a row in which that client is known to break an invariant", repeats: true),
    .value(
      "limit", "SECONDS", "time a client has for each run (default: 60), or a service for an answer (30)"),
    .value("service", "URL", "the simulated device against a real service"),
    .value("device", "MAC=TOKEN", "who the simulated device is there"),
    .value("fault", "PHRASE", "what goes wrong in front of it: \"artifact 1 cut 4096\"", repeats: true),
    .value("certificate", "PEM", "authority its certificate is verified with (default: the system's)"),
    .value("signing-key", "NAME=HEX", "key of its manifests (default: the mock service's)"),
    .value("model", "M", "the candidate (default: made-up bytes)"),
    .value("seed", "S", "what everything random is drawn from (default: 1)"),
  ] + targetOptions,
  example: "assay ota replay suites/ota/network.yaml --scenario cut-half-way -v"
) { invocation, console in
  if let client = invocation.value("client") { return try rehearseClient(client, invocation, &console) }
  if let url = invocation.value("service") { return try replayAgainstService(url, invocation, &console) }
  let outcomes = try invocation.outcomes(&console)
  guard !outcomes.isEmpty else { throw CommandFailure.usage("assay ota replay: no scenario to replay") }
  let failures = outcomes.count { !$0.passed }
  let unmet = outcomes.count { !$0.unmet.isEmpty }
  if invocation.wantsJSON {
    let answer: JSONValue = [
      "schemaVersion": 1, "scenarios": .array(outcomes.map(\.json)), "failures": .integer(failures),
    ]
    console.print(answer.text())
  } else {
    for outcome in outcomes { outcome.print(&console) }
    let words = unmet == 0 ? "" : ", in \(unmet) what was to go wrong never did"
    console.print("\(outcomes.count) scenarios, \(failures) failed\(words)")
  }
  guard failures == 0 else { return .failed }
  // A candidate may be too small for a row; a row that is wrong by itself shows nothing.
  let isWritten = invocation.value("model") == nil && invocation.value("schedule") == nil
  return unmet == 0 || !isWritten ? .done : .undecided
}

extension Invocation {
  fileprivate func outcomes(_ console: inout Console) throws -> [Outcome] {
    if let line = value("schedule") {
      guard positionals.isEmpty else {
        throw CommandFailure.usage("assay ota replay: files or --schedule, not both")
      }
      let schedule = try Schedule.read(line)
      var subject = Subject()
      subject.seed = schedule.seed
      return [try schedule.scenario().replay(subject)].compactMap(\.self)
    }
    let subject = try subject(&console)
    let scenarios = try rehearsals(of: positionals.isEmpty ? Self.committed : positionals)
    return try scenarios.map { scenario in
      guard let outcome = scenario.replay(subject) else {
        throw CommandFailure.usage("a slot of \(subject.slotBytes) bytes is not a multiple of 64 KiB")
      }
      return outcome
    }
  }

  /// The files of `suites/ota`.
  private static let committed = [
    "clients", "content", "fleet", "glitch", "network", "power", "record", "reports", "service", "trust",
    "versions",
  ].map { "suites/ota/\($0).yaml" }

  private func subject(_ console: inout Console) throws -> Subject {
    var subject = Subject()
    subject.seed = try seed()
    if let slot = try target()?.partitions.modelSlotBytes { subject.slotBytes = slot }
    guard value("model") != nil else { return subject }
    let payload = try payload(&console)
    subject = Subject(
      image: payload.image, slotBytes: payload.slotBytes, seed: payload.seed, selfTest: payload.selfTest)
    subject.arenaLimitBytes = payload.arenaLimitBytes
    subject.latencyLimitMicroseconds = payload.latencyLimitMicroseconds
    return subject
  }
}

extension Outcome {
  fileprivate func print(_ console: inout Console) {
    let verdict = passed ? Paint.green("pass", console) : Paint.red("FAIL", console)
    if !console.quiet || !passed {
      console.print(
        "\(verdict) \(scenario): \(chain.joined(separator: " > ")) (\(log.joined(separator: " > ")))")
    }
    for difference in differences { console.print("     \(place): \(difference)") }
    for condition in unmet { console.print("     \(place): never happened: \(condition)") }
    for violation in violations { console.print("     \(place): \(violation)") }
    if console.verbose { for entry in timeline { console.print("     \(entry.line)") } }
  }
}
