import Testing

@testable import AssayRuntime

/// Numbers from a seed, for shapes.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

struct `The rows of a broadcast` {
  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `visit every element at the place of its repeated operand`(_ seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    let target = (0..<Int.random(in: 0...5, using: &random)).map { _ in Int.random(in: 0...4, using: &random)
    }
    let operand = target.suffix(Int.random(in: 0...target.count, using: &random)).map {
      Bool.random(using: &random) ? 1 : $0
    }
    let dense = Shapes.denseStrides(target)
    let strides = try #require(Shapes.broadcastStrides(operand, to: target))
    let plan = RowPlan(
      extents: target, strides: target.indices.map { RowPlan.Offsets(dense[$0], strides[$0], 0, 0) })
    var visited: [[Int]] = []
    plan.forEachRow { at in
      for element in 0..<plan.count {
        visited.append([at[0] + element * plan.step[0], at[1] + element * plan.step[1]])
      }
    }
    #expect(visited == Self.places(target, strides), "seed \(seed): \(operand) to \(target)")
    #expect(plan.count <= 1 || plan.step[0] == 1)
  }

  /// Every index of `shape` in order, with its place in the operand: the definition, slowly.
  private static func places(_ shape: [Int], _ strides: [Int]) -> [[Int]] {
    let count = shape.reduce(1, *)
    return (0..<count).map { flat in
      var (rest, place) = (flat, 0)
      for axis in shape.indices.reversed() {
        place += rest % shape[axis] * strides[axis]
        rest /= shape[axis]
      }
      return [flat, place]
    }
  }

  @Test func `are one when nothing is repeated`() {
    let strides = Shapes.denseStrides([2, 3, 4]).map { RowPlan.Offsets(repeating: $0) }
    let plan = RowPlan(extents: [2, 3, 4], strides: strides)
    #expect(plan.count == 24)
    #expect(plan.step == RowPlan.Offsets(repeating: 1))
  }

  @Test(
    arguments: [
      ([[2, 3], [3]], [2, 3]), ([[2, 1], [1, 3]], [2, 3]), ([[], [4]], [4]), ([[0], [1]], [0]),
      ([[2], [3]], nil),
      ([[0], [3]], nil),
    ] as [([[Int]], [Int]?)])
  func `have the shape that all operands repeat to`(_ shapes: [[Int]], _ expected: [Int]?) {
    #expect(Shapes.broadcast(shapes) == expected)
  }
}
