import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

@testable import AssayGate

@Suite struct `Layer pairs` {
  @Test func `of a graph and itself are its operators in order`() throws {
    let graph = try Graph.read(SampleModels.classifier().bytes())
    let pairs = LayerPairing.pairs(graph, graph)
    #expect(pairs.map(\.candidate) == pairs.map(\.reference))
    #expect(pairs.count == graph.main.operators.count)
  }

  @Test func `with another network are what both have`() throws {
    let classifier = try Graph.read(SampleModels.classifier().bytes())
    let other = try Graph.read(SampleModels.unary(.relu).bytes())
    #expect(LayerPairing.pairs(classifier, other).isEmpty)
  }
}

@Suite struct `A permutation of axes` {
  @Test func `turns channels last into channels first`() {
    #expect(
      Permutation.apply([0, 3, 1, 2], to: Array(0..<12), shape: [1, 2, 2, 3]) == [
        0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11,
      ])
  }

  @Test func `and its inverse give back the values`() {
    let values = Array(0..<24)
    let there = Permutation.apply([2, 0, 1], to: values, shape: [2, 3, 4])
    #expect(Permutation.apply([1, 2, 0], to: there, shape: [4, 2, 3]) == values)
  }
}

@Suite struct `Parallel pieces` {
  @Test func `come back in order`() throws {
    let doubled = try Parallel.map(100) { index throws(GateError) in index * 2 }
    #expect(doubled == (0..<100).map { $0 * 2 })
  }

  @Test func `fail with the first error, whichever thread met one first`() {
    var message = ""
    do {
      _ = try Parallel.map(64) { index throws(GateError) -> Int in
        guard index % 10 != 7 else { throw GateError(.failed, "\(index)") }
        return index
      }
    } catch { message = error.message }
    #expect(message == "7")
  }
}
