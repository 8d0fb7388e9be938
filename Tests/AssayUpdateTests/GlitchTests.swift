import AssayDocument
import Testing

@testable import AssayUpdate

struct GlitchTests {
  private static func outcome(
    _ scenario: Scenario, _ plan: GlitchPlan, _ flaws: DeviceFlaws = []
  ) throws -> (board: Board, outcome: [String]) {
    var subject = Subject()
    subject.flaws = flaws
    let images = ScenarioImages(scenario, subject)
    let mission = try #require(Mission(scenario, subject, images: images))
    var board = mission.makeBoard(seed: 1, judge: ImageJudge(selfTest: mission.selfTest))
    board.glitch = plan
    var world = World(mission: mission, board: board)
    world.run()
    let end = world.board
    return (
      end,
      end.states.map { $0.text(images) } + end.network.service.reports(of: mission.profile.mac).map(\.summary)
    )
  }

  /// A rehearsal of everything a glitch could spoil, without the glitch of its row.
  private static func rehearsal(_ name: String) throws -> Scenario {
    var scenario = try #require(try ScenarioTests.scenarios("glitch").first { $0.name == name })
    scenario.glitches = []
    return scenario
  }

  @Test func `every check of the device has a row in which it is glitched`() throws {
    let glitched = try ScenarioTests.scenarios("glitch").flatMap { $0.glitches.map(\.check) }
    #expect(DeviceCheck.allCases.filter { !glitched.contains($0) } == [])
  }

  @Test func `a device that evaluates once fails in every row`() throws {
    var subject = Subject()
    subject.flaws = .believesOneEvaluation
    // A log-in page that is taken for the image costs one attempt, and the length is looked at as well.
    for scenario in try ScenarioTests.scenarios("glitch") where scenario.name != "type" {
      #expect(scenario.replay(subject)?.passed == false, "\(scenario.name)")
    }
  }

  @Test(arguments: [
    "digest-good", "digest", "output", "unsigned", "staged", "boot", "fallback", "record", "read-back",
    "floor",
  ])
  func `a glitch at any evaluation changes nothing`(name: String) throws {
    let scenario = try Self.rehearsal(name)
    let right = try Self.outcome(scenario, GlitchPlan())
    let evaluations = try #require(right.board.glitch?.evaluations)
    #expect(evaluations > 20)
    for number in 1...evaluations {
      let (board, outcome) = try Self.outcome(scenario, GlitchPlan(number: number))
      #expect(outcome == right.outcome, "evaluation \(number) of \(name)")
      #expect(board.monitor.violations == [], "evaluation \(number) of \(name)")
    }
  }

  @Test(arguments: [
    ("digest", Invariant.servesTestedModel), ("output", .servesTestedModel), ("staged", .servesTestedModel),
    ("boot", .bootsKnownModel), ("fallback", .bootsKnownModel), ("unsigned", .acceptsAuthentic),
  ])
  func `the same glitches break a device that evaluates once`(name: String, invariant: Invariant) throws {
    let scenario = try Self.rehearsal(name)
    let right = try Self.outcome(scenario, GlitchPlan(), .believesOneEvaluation)
    let evaluations = try #require(right.board.glitch?.evaluations)
    let broken = try (1...evaluations).flatMap { number in
      try Self.outcome(scenario, GlitchPlan(number: number), .believesOneEvaluation).board.monitor.violations
    }
    #expect(broken.contains { $0.invariant == invariant })
  }

  @Test(arguments: [
    ("[dgest 1]", "f.yaml:5:38: unknown check \"dgest\"; did you mean \"digest\"?"),
    ("[digest]", "f.yaml:5:44: expected which time here"),
    ("[digest 0]", "f.yaml:5:45: 0 is not between 1 and 1000000"),
    ("[digest 1 2]", "f.yaml:5:47: unexpected \"2\""),
  ])
  func `what is wrong in a glitch is named with its place`(text: String, expected: String) {
    let file = "ota: 1\ntables:\n  - table: t\n    rows:\n      - {name: a, row: M07, glitch: \(text)}\n"
    let error = #expect(throws: DocumentErrors.self) {
      try ScenarioReader.read(Array(file.utf8), file: "f.yaml")
    }
    #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
  }
}
