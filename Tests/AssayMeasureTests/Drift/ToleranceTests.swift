import AssayMeasure
import AssayModel
import Testing

private func drift(_ error: Float, zeros: Bool = false) -> DriftSummary {
  var accumulator = DriftAccumulator()
  let reference: [Float] = zeros ? [0, 0] : [1, 2]
  let candidate = reference.map { $0 + error }
  _ = accumulator.add(candidate: candidate.span, reference: reference.span)
  guard let summary = accumulator.summary else { preconditionFailure("two elements were added") }
  return summary
}

private func layer(_ index: Int, own: Float, accumulated: Float) -> LayerDrift {
  LayerDrift(
    index: index, place: "subgraph 0, operator \(index) (CONV_2D)", tensorName: "t\(index)",
    own: drift(own), accumulated: drift(accumulated))
}

struct `Layer tolerances` {
  let layers = [
    layer(0, own: 0.125, accumulated: 0.125), layer(1, own: 0.5, accumulated: 0.5),
    layer(2, own: 0.25, accumulated: 0.75),
  ]

  @Test func `the first layer over a limit is named with what broke`() throws {
    let tolerance = LayerTolerance([DriftLimit(.maximumAbsoluteError, 0.25), DriftLimit(.cosine, 0.5)])
    let over = try #require(tolerance.firstOver(layers))
    #expect(over.layer.index == 1 && over.broken.map(\.limit.metric) == [.maximumAbsoluteError])
    #expect(over.broken[0].headroom == -0.25 && over.broken[0].minimumTolerance == 0.5)
  }

  @Test func `the minimum tolerance passes and anything stricter does not`() throws {
    let tolerance = LayerTolerance([DriftLimit(.maximumAbsoluteError, 0.25)])
    let minimum = tolerance.minimumTolerance(layers)
    #expect(minimum == [DriftLimit(.maximumAbsoluteError, 0.75)])
    #expect(LayerTolerance(minimum).firstOver(layers) == nil)
    #expect(LayerTolerance([DriftLimit(.maximumAbsoluteError, 0.7499)]).firstOver(layers)?.layer.index == 2)
  }

  @Test func `the layer that adds most is found by its own error`() {
    #expect(LayerTolerance.worstOwn(layers, by: .maximumAbsoluteError)?.index == 1)
    let broken = LayerDrift(
      index: 3, place: "", tensorName: "", own: drift(.nan), accumulated: drift(.nan))
    #expect(LayerTolerance.worstOwn(layers + [broken], by: .rootMeanSquareError)?.index == 3)
  }

  @Test func `an undefined figure neither passes nor fails`() {
    let judged = DriftLimit(.cosine, 0.9).judge(drift(0, zeros: true))
    #expect(judged.outcome == .undefined && judged.headroom == nil)
  }

  @Test func `NaN is over every limit and no tolerance would pass it`() {
    let broken = LayerDrift(
      index: 0, place: "", tensorName: "", own: nil, accumulated: drift(.nan))
    let tolerance = LayerTolerance([DriftLimit(.rootMeanSquareError, 1e9)])
    #expect(tolerance.firstOver([broken]) != nil)
    #expect(tolerance.minimumTolerance([broken])[0].limit.isNaN)
  }
}
