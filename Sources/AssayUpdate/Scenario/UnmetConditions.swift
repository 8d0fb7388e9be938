extension Scenario {
  /// What the row says goes wrong and never did: then that it ended well shows nothing of it.
  ///
  /// A candidate that is smaller than the image a row was written for is over before a late operation.
  func unmet(_ board: Board, _ images: ScenarioImages) -> [String] {
    let network = board.network.faults
    let changes = board.network.events.isEmpty ? [] : ImageName.allCases
    let longest = (assignments.map(\.image) + changes).map { images.bytes($0).count }.max() ?? 0
    let faults = rules.filter { rule in
      rule.occurrences.lowerBound > network.count(rule.step)
        || rule.step == .artifact && rule.fault.lies(beyond: longest)
    }.map { "\($0.step.rawValue) \($0.occurrences.lowerBound) \($0.fault.name)" }
    let events = board.network.events.filter { $0.occurrence > network.count($0.step) }.map {
      "\($0.step.rawValue) \($0.occurrence), before which the service changes"
    }
    let cuts = board.power.cuts.map { "power at operation \($0.operation)" }
    let points = board.power.points.map { "power at \($0.point.rawValue) \($0.operation)" }
    let glitches = (board.glitch?.unmet ?? []).map { "glitch of \($0.check.rawValue) \($0.time)" }
    return faults + events + cuts + points + glitches
  }
}

extension NetworkFault {
  /// Whether the fault aims at a byte behind the end of every image.
  fileprivate func lies(beyond count: Int) -> Bool {
    switch self {
    case .cut(.byte(let place)), .stall(.byte(let place)): place > count
    case .flip(.byte(let place), _): place >= count
    default: false
    }
  }
}
