import AssayDocument
import AssayUpdate

let otaFleetCommand = CommandSpecification(
  name: "ota fleet", arguments: "", positionals: 0...0,
  summary: "a rollout in groups over thousands of simulated devices, with bounds on what a bad model reaches",
  options: [
    .value("devices", "N", "devices in the fleet (default: 10000)"),
    .value("groups", "A,B", "sizes of the first groups, the canary first (default: 100,900)"),
    .value("success", "P", "percent of a group that opens the next one (default: 90)"),
    .value("failure", "P", "percent of failures that is still tolerated (default: 10)"),
    .value("failing", "N", "devices in a thousand on which the model fails its self-test (default: 0)"),
    .value("silent", "N", "devices in a thousand whose reports never arrive (default: 0)"),
    .value("offline", "N", "devices in a thousand that are never powered (default: 0)"),
    .value("outage", "HOURS", "the service answers nothing but 503 for so long (default: 0)"),
    .value("days", "N", "virtual days (default: 30)"),
    .value("seed", "S", "what everything random is drawn from (default: 1)"),
  ],
  example: "assay ota fleet --devices 10000 --failing 400 --outage 6"
) { invocation, console in
  let begun = ContinuousClock.now
  guard let report = try invocation.fleetPlan().run() else {
    throw CommandFailure.usage("assay ota fleet: these groups and percentages make no rollout")
  }
  if invocation.wantsJSON {
    console.print(report.json.text())
  } else {
    report.print(&console)
    console.diagnose("assay: \(report.devices) devices in \(ContinuousClock.now - begun)")
  }
  return report.violations.isEmpty ? .done : .failed
}

extension Invocation {
  fileprivate func fleetPlan() throws(CommandFailure) -> FleetPlan {
    var plan = FleetPlan()
    plan.devices = try integer("devices", in: 1...1_000_000) ?? plan.devices
    plan.groups = try groups() ?? plan.groups
    plan.successPercent = try integer("success", in: 1...100) ?? plan.successPercent
    plan.failurePercent = try integer("failure", in: 0...100) ?? plan.failurePercent
    plan.failingPerMille = try integer("failing", in: 0...1000) ?? plan.failingPerMille
    plan.silentPerMille = try integer("silent", in: 0...1000) ?? plan.silentPerMille
    plan.offlinePerMille = try integer("offline", in: 0...1000) ?? plan.offlinePerMille
    plan.outageHours = try integer("outage", in: 0...240) ?? plan.outageHours
    plan.days = try integer("days", in: 1...365) ?? plan.days
    plan.seed = try seed()
    return plan
  }

  private func groups() throws(CommandFailure) -> [Int]? {
    guard let text = value("groups") else { return nil }
    let sizes = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard sizes.count <= 64, sizes.allSatisfy({ (1...1_000_000).contains($0) }) else {
      throw .usage("--groups is a list of whole numbers from 1 to 1000000 such as 100,900, not \"\(text)\"")
    }
    return sizes
  }
}

extension FleetReport {
  fileprivate var outcome: String {
    switch state {
    case .running(let group): "still running in group \(group)"
    case .paused: "paused: too many devices failed or said nothing"
    case .rolledBack: "rolled back: too many devices failed"
    case .finished: "finished"
    }
  }

  private var trace: String { String(traceHash.value, radix: 16).leftPadded(to: 16) }

  fileprivate func print(_ console: inout Console) {
    console.print("rollout    \(outcome)")
    console.print("updated    \(updated) of \(devices) devices, \(rolledBack) went back to the old model")
    console.print("touched    \(touched) devices, at most \(allowed) allowed by the groups that opened")
    console.print(
      "requests   \(requests), at most \(peakRequestsPerSecond) in a second, \(allowedRequestsPerSecond) allowed"
    )
    console.print("trace      \(trace)")
    for violation in violations.prefix(20) { console.print("violation  \(violation)") }
    console.print("verdict    \(violations.isEmpty ? "no violation" : "\(violations.count) violations")")
  }

  fileprivate var json: JSONValue {
    [
      "schemaVersion": 1, "rollout": .string(outcome), "devices": .integer(devices),
      "updated": .integer(updated),
      "rolledBack": .integer(rolledBack), "touched": .integer(touched), "allowed": .integer(allowed),
      "requests": .integer(requests), "peakRequestsPerSecond": .integer(peakRequestsPerSecond),
      "allowedRequestsPerSecond": .integer(allowedRequestsPerSecond), "trace": .string(trace),
      "violations": .array(violations.map { .string("\($0)") }),
    ]
  }
}
