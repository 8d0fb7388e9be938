internal import AssayDocument

// A row of a `fleets:` table: the rollout first, since faults name its groups.

extension ScenarioReader {
  static func fleetRow(_ value: DocumentValue) throws(DocumentErrors) -> FleetScenario {
    var map = try value.map()
    let name = map.required("name") { try identifier($0) }
    let catalogue = map.required("row") { try catalogueRows($0) }
    var scenario = FleetScenario(
      name: name ?? "", catalogue: catalogue ?? [], place: value.location.description)
    readRollout(&map, into: &scenario.plan)
    readTroubles(&map, into: &scenario.plan)
    readExpectations(&map, into: &scenario)
    _ = try map.finish(name, catalogue)
    return scenario
  }

  private static func readRollout(_ map: inout MapReader, into plan: inout FleetPlan) {
    plan.devices = map.required("devices") { try $0.integer(in: 1...100_000) } ?? 1
    plan.groups = map.optional("groups", or: []) { try $0.list { try $0.integer(in: 1...100_000) } }
    let grouped = plan.groups.reduce(0, +)
    if grouped > plan.devices {
      map.fail("the groups have \(grouped) devices, the fleet has \(plan.devices)", at: "groups")
    }
    plan.successPercent = map.optional("success", or: 90) { try percent($0, in: 1...100) }
    plan.failurePercent = map.optional("failure", or: 10) { try percent($0, in: 0...100) }
    plan.silenceSeconds = Int64(map.optional("silence", or: 86_400) { try seconds($0) })
    plan.imageBytes = map.optional("image", or: plan.imageBytes) { try $0.integer(in: 1...65_536) }
    plan.lingerSeconds = map.optional("linger", or: 0) { try seconds($0) }
    plan.days = map.optional("within", or: 7) { max(1, (try seconds($0) + 86_399) / 86_400) }
  }

  private static func readTroubles(_ map: inout MapReader, into plan: inout FleetPlan) {
    let sizes = plan.groupSizes ?? [plan.devices]
    plan.faults = map.optional("faults", or: []) { try $0.list { try FleetFault.read($0, sizes) } }
    plan.events = map.optional("events", or: []) { try $0.list { try FleetEvent.read($0, sizes) } }
    func wanted(_ group: Int?) -> Int {
      let size = group.map { sizes[$0] } ?? plan.devices
      return plan.faults.filter { $0.group == group }.compactMap { $0.amount.devices(of: size) }.reduce(0, +)
    }
    for (group, size) in sizes.enumerated() where wanted(group) > size {
      map.fail("faults for \(wanted(group)) devices of group \(group + 1), which has \(size)", at: "faults")
    }
    let all = sizes.indices.map { wanted($0) }.reduce(0, +) + wanted(nil)
    if all > plan.devices { map.fail("faults for \(all) devices of \(plan.devices)", at: "faults") }
  }

  private static func readExpectations(_ map: inout MapReader, into scenario: inout FleetScenario) {
    scenario.chain = map.optional("chain") { try arrows($0) }
    scenario.log = map.optional("log") { try arrows($0) }
    scenario.serves = map.optional("serves") { try arrows($0) }
    scenario.opened = map.optional("opened") { try $0.integer(in: 1...100_000) }
    scenario.touched = map.optional("touched") { try $0.integer(in: 0...1_000_000) }
    scenario.flagged = map.optional("flagged", or: 0) { try $0.integer(in: 0...1_000_000) }
    scenario.peak = map.optional("peak") { try $0.integer(in: 1...1_000_000) }
    scenario.requests = map.optional("requests") { try $0.integer(in: 1...1_000_000_000) }
  }

  /// `90 %`
  private static func percent(
    _ value: DocumentValue, in range: ClosedRange<Int>
  ) throws(DocumentErrors) -> Int {
    var phrase = try PhraseReader(value)
    let number = try phrase.integer("a percentage such as 90 %", in: range)
    guard phrase.accept("%") else {
      throw phrase.error("expected a percentage such as 90 %", atNext: true)
    }
    try phrase.finish()
    return number
  }
}
