/// Cuts power at every flash operation of a mission, in every tear mode, and judges every recovery.
///
/// The mission runs once; before each flash operation the board is forked copy-on-write, the
/// operation is torn on the fork, and the fork runs on until everything has settled.
struct ExhaustiveExplorer {
  let mission: Mission
  let seed: UInt64
  /// One recovery in this many is cut a second time; 0 for none.
  var secondCutEvery = 8
  /// Only every such operation is cut: 1 for all.
  var stride = 1

  /// One cut and what came of it.
  struct Case: Sendable {
    let operation: Int
    let mode: TearMode
    /// Second cut, counted in operations from the run's beginning; nil for one cut.
    let secondCut: PowerPlan.Cut?
    let hash: UInt64
    let violations: [Violation]
  }

  /// What a share of the cases gave.
  struct Share: Sendable {
    var operations = 0
    var cases: [Case] = []
    /// The uncut run.
    var reference: [Violation] = []
    var referenceHash: UInt64 = 0
  }

  /// Explores the operations whose number modulo `count` is `index`.
  func explore(share index: Int, of count: Int) -> Share {
    let judge = ImageJudge(selfTest: mission.selfTest)
    let collector = Collector()
    var world = World(mission: mission, board: mission.makeBoard(seed: seed, judge: judge))
    let origin = world
    world.board.onOperation = { board, operation, data, source in
      collector.share.operations += 1
      let number = collector.share.operations
      guard number % (count * stride) == index else { return }
      for mode in TearMode.allCases {
        var torn = board
        torn.onOperation = nil
        torn.faultRandom = SeededRandom(seed: seed, purpose: caseNumber(number, mode))
        torn.tear(operation, from: data, at: source, mode: mode)
        collector.share.cases += recover(origin.fork(onto: torn), number, mode)
      }
    }
    world.run()
    collector.share.reference = world.board.monitor.violations
    collector.share.referenceHash = world.board.trace.hash.value
    return collector.share
  }

  private func caseNumber(_ operation: Int, _ mode: TearMode) -> UInt64 {
    UInt64(operation) << 3 | UInt64(TearMode.allCases.firstIndex(of: mode) ?? 0)
  }

  private func recover(_ world: World, _ operation: Int, _ mode: TearMode) -> [Case] {
    var once = world
    once.resume()
    var cases = [finished(once, operation, mode, nil)]
    var random = SeededRandom(seed: seed, purpose: caseNumber(operation, mode) | 1 << 40)
    guard secondCutEvery > 0, random.below(secondCutEvery) == 0 else { return cases }
    let recovery = max(1, once.board.operations - world.board.operations)
    let near = random.chance(perMille: 500) ? min(64, recovery) : recovery
    let cut = PowerPlan.Cut(
      operation: world.board.operations + 1 + random.below(near),
      mode: TearMode.allCases[random.below(TearMode.allCases.count)])
    var twice = world
    twice.board.power.cuts = [cut]
    twice.resume()
    cases.append(finished(twice, operation, mode, cut))
    return cases
  }

  private func finished(_ world: World, _ operation: Int, _ mode: TearMode, _ second: PowerPlan.Cut?) -> Case
  {
    Case(
      operation: operation, mode: mode, secondCut: second, hash: world.board.trace.hash.value,
      violations: world.board.monitor.violations)
  }

  /// Gathers results from inside the hook; it never leaves the thread that made it.
  private final class Collector {
    var share = Share()
  }
}
