import AssayMeasure
import AssayModel
import AssayTestSupport
import Testing

private let map = CodeMap(Quantization(scales: [0.5], zeroPoints: [-10]), type: .int8)

private func summary(_ candidate: [Float], _ reference: [Float], codes: CodeMap? = nil) -> DriftSummary? {
  var drift = DriftAccumulator(codes: codes)
  guard drift.add(candidate: candidate.span, reference: reference.span) else { return nil }
  return drift.summary
}

struct `Drift between tensors` {
  @Test func `figures equal numpy's`() throws {
    let found = try #require(summary([0.5, -1.25, 3, 0, 2.5], [0.25, -1, 3.5, 0, -0.5]))
    #expect(found.elements == 5 && found.maximumAbsoluteError == 3 && found.meanAbsoluteError == 0.8)
    #expect(isClose(found.rootMeanSquareError, 1.3693063937629153))
    #expect(isClose(found.cosine, 0.6984538746594189))
    #expect(isClose(found.signalToNoiseDecibels, 1.603684747928483))
    #expect(found.percentile99AbsoluteError == nil && found.steps == nil && found.nonFinite == 0)
  }

  @Test func `a zero vector has no cosine, no error has infinite signal to noise`() throws {
    let zeros = try #require(summary([0, 0], [0, 0]))
    #expect(zeros.cosine == nil && zeros.signalToNoiseDecibels == nil && zeros.maximumAbsoluteError == 0)
    let equal = try #require(summary([1, 2], [1, 2]))
    #expect(equal.signalToNoiseDecibels == .infinity && equal.cosine == 1)
  }

  @Test(
    arguments: [
      ([Float.nan, 1], [Float(1), 1], 1, 0, 0, 0), ([.infinity, 1], [1, 1], 0, 1, 0, 0),
      ([1, 1], [.nan, .nan], 0, 0, 2, 0), ([.infinity, 1], [.infinity, 1], 0, 1, 0, 1),
    ] as [([Float], [Float], Int, Int, Int, Int)])
  func `what is not finite is counted and fails every limit`(
    candidate: [Float], reference: [Float], ours: Int, oursInfinite: Int, theirs: Int, theirsInfinite: Int
  ) throws {
    let found = try #require(summary(candidate, reference, codes: map))
    #expect(found.candidateNaN == ours && found.candidateInfinite == oursInfinite)
    #expect(found.referenceNaN == theirs && found.referenceInfinite == theirsInfinite)
    for metric in DriftMetric.allCases where metric != .maximumSteps {
      let limit = metric.largerIsBetter ? -Double.infinity : Double.infinity
      #expect(DriftLimit(metric, limit).judge(found).outcome != .pass, "\(metric)")
    }
  }

  @Test func `lengths must agree`() {
    #expect(summary([1], [1, 2]) == nil)
    #expect(DriftAccumulator().summary == nil)
  }

  @Test func `codes follow QUANTIZE: half away from zero, offset, clamped`() throws {
    let map = try #require(map)
    let cases: [(Float, Int32)] = [
      (0, -10), (0.25, -9), (-0.25, -11), (0.2, -10), (1000, 127), (-1000, -128), (.infinity, 127),
    ]
    for (real, code) in cases { #expect(map.code(real) == code, "\(real)") }
    #expect(map.code(.nan) == nil)
    #expect(map.real(-128) == -59 && map.real(127) == 68.5)
  }

  @Test(arguments: [
    (Quantization(scales: [0.5, 0.25], zeroPoints: [0, 0]), ElementType.int8),
    (Quantization(scales: [0], zeroPoints: [0]), .int8),
    (Quantization(scales: [.nan], zeroPoints: [0]), .int8),
    (Quantization(scales: [], zeroPoints: []), .int8),
    (Quantization(scales: [1], zeroPoints: [0]), .float32),
  ])
  func `what has no single scale has no code map`(quantization: Quantization, type: ElementType) {
    #expect(CodeMap(quantization, type: type) == nil)
  }

  @Test func `steps and saturation are counted on codes`() throws {
    let map = try #require(map)
    var drift = DriftAccumulator(codes: map)
    let codes: [Int8] = [-128, 127, -10, -9, -6, 127]
    // Codes of the reference: -128 (beyond), 126, -10, -10, -10, 127
    let reference: [Float] = [-70, 68, 0, 0, 0, 68.5]
    let added = drift.add(codes: codes.span, reference: reference.span)
    #expect(added)
    let steps = try #require(drift.summary?.steps)
    #expect(steps.histogram == [3, 2, 0, 1] && steps.maximum == 4)
    #expect(steps.candidateSaturation == EndShares(low: 1.0 / 6, high: 2.0 / 6))
    #expect(steps.referenceSaturation == EndShares(low: 1.0 / 6, high: 1.0 / 6))
  }

  @Test func `codes of two models are compared in the candidate's steps`() throws {
    let map = try #require(map)
    let finer = try #require(CodeMap(Quantization(scales: [0.25], zeroPoints: [0]), type: .int8))
    var same = DriftAccumulator(codes: map)
    var other = DriftAccumulator(codes: map)
    let ours: [Int8] = [-10, -8]
    let theirs: [Int8] = [-10, -6]
    let finerCodes: [Int8] = [0, 8]
    let addedSame = same.add(codes: ours.span, referenceCodes: theirs.span, map: map)
    let addedOther = other.add(codes: ours.span, referenceCodes: finerCodes.span, map: finer)
    #expect(addedSame && addedOther)
    #expect(same.summary?.steps?.histogram == [1, 0, 1, 0])
    #expect(other.summary?.steps == same.summary?.steps)
  }

  @Test func `merging chunks in order equals one pass for counts and to the last digits for sums`() throws {
    let seed: UInt64 = 4
    var generator = SeededGenerator(seed: seed)
    var whole = DriftAccumulator(codes: map)
    var merged = DriftAccumulator(codes: map)
    for _ in 0..<8 {
      var chunk = DriftAccumulator(codes: map)
      for _ in 0..<5 {
        let reference = (0..<40).map { _ in Float(generator.next() % 1000) / 8 - 60 }
        let candidate = reference.map { $0 + Float(generator.next() % 100) / 50 - 1 }
        _ = whole.add(candidate: candidate.span, reference: reference.span)
        _ = chunk.add(candidate: candidate.span, reference: reference.span)
      }
      let done = merged.merge(chunk)
      #expect(done)
    }
    let one = try #require(whole.summary)
    let many = try #require(merged.summary)
    #expect(one.steps?.histogram == many.steps?.histogram, "seed \(seed)")
    #expect(one.percentile99AbsoluteError == many.percentile99AbsoluteError)
    #expect(isClose(one.rootMeanSquareError, many.rootMeanSquareError))
    #expect(many.elements == 1600)
    let mixed = merged.merge(DriftAccumulator(codes: nil))
    #expect(!mixed)
  }

  @Test(arguments: [298, 299, 5000])
  func `the 99th percentile is at most one bin high and needs 299 elements`(count: Int) throws {
    let seed: UInt64 = 99
    var generator = SeededGenerator(seed: seed)
    let errors = (0..<count).map { _ in Double(generator.next() % 1_000_000) / 1000 }
    let found = try #require(summary(errors.map { Float($0) }, [Float](repeating: 0, count: count)))
    guard let exact = percentile(0.99, of: errors) else {
      #expect(count == 298 && found.percentile99AbsoluteError == nil)
      return
    }
    let estimate = try #require(found.percentile99AbsoluteError)
    #expect(estimate >= exact * 0.999999 && estimate <= exact * 1.0313, "seed \(seed)")
  }

  @Test func `rows agree on the first entry and on the set, NaN with nothing`() {
    var agreement = RankAgreement(depth: 2)
    let rows: [([Float], [Float])] = [
      ([1, 3, 2], [1, 3, 2]), ([3, 1, 2], [2, 1, 3]), ([5, 5, 1], [5, 5, 1]), ([.nan, 1, 2], [.nan, 1, 2]),
    ]
    for (ours, theirs) in rows {
      let added = agreement.add(candidate: ours.span, reference: theirs.span)
      #expect(added)
    }
    #expect(agreement.top1 == 0.5 && agreement.topK == 0.75)
    let single: [Float] = [1]
    let short = agreement.add(candidate: single.span, reference: single.span)
    #expect(!short)
  }
}
