/// Compares a tensor of a candidate with the same tensor of a reference, sample after sample, in
/// one pass and constant memory.
///
/// ```swift
/// var drift = DriftAccumulator(codes: CodeMap(quantization, type: .int8))
/// for sample in samples { _ = drift.add(codes: sample.codes, reference: sample.floats) }
/// let summary = drift.summary
/// ```
/// Sums are floating point, so *where* they are split shows in the last bits: accumulate chunks of
/// a fixed number of samples and merge them in their order, and the result depends on no thread.
public struct DriftAccumulator: Sendable, Hashable {
  /// The candidate's codes; `nil` when it computes in float.
  public let codes: CodeMap?
  var sums = DriftSums()
  var errors = ErrorHistogram()
  var steps = CodeSteps()

  public init(codes: CodeMap? = nil) { self.codes = codes }

  /// Adds one sample, both sides in real units.
  ///
  /// With a ``codes`` map both are quantised by the QUANTIZE rule for the histogram of steps.
  /// - Returns: false, and nothing is added, when the two differ in length.
  public mutating func add(candidate: Span<Float>, reference: Span<Float>) -> Bool {
    guard candidate.count == reference.count else { return false }
    for index in candidate.indices {
      add(candidate[index], reference[index])
      guard let codes else { continue }
      steps.add(codes.code(candidate[index]), codes.code(reference[index]), in: codes.range)
    }
    return true
  }

  /// Adds one sample of int8 codes against real values.
  ///
  /// - Returns: false, and nothing is added, without a ``codes`` map or when lengths differ.
  public mutating func add(codes: Span<Int8>, reference: Span<Float>) -> Bool {
    add(integers: codes, reference: reference)
  }

  /// Adds one sample of int16 codes against real values; as for int8.
  public mutating func add(codes: Span<Int16>, reference: Span<Float>) -> Bool {
    add(integers: codes, reference: reference)
  }

  /// Adds one sample of uint8 codes against real values; as for int8.
  public mutating func add(codes: Span<UInt8>, reference: Span<Float>) -> Bool {
    add(integers: codes, reference: reference)
  }

  /// Adds one sample of int8 codes against int8 codes of another model.
  ///
  /// Steps are counted in the candidate's codes: where the maps are equal that is the difference of
  /// the codes, else the reference is brought over in real units.
  /// - Returns: false, and nothing is added, without a ``codes`` map or when lengths differ.
  public mutating func add(codes: Span<Int8>, referenceCodes: Span<Int8>, map: CodeMap) -> Bool {
    guard let ours = self.codes, codes.count == referenceCodes.count else { return false }
    for index in codes.indices {
      let code = Int32(codes[index])
      let theirs = Int32(referenceCodes[index])
      let real = map.real(theirs)
      add(ours.real(code), real)
      steps.add(code, ours == map ? theirs : ours.code(real), in: ours.range)
    }
    return true
  }

  private mutating func add<Code: FixedWidthInteger>(
    integers: Span<Code>, reference: Span<Float>
  ) -> Bool {
    guard let codes, integers.count == reference.count else { return false }
    for index in integers.indices {
      let code = Int32(truncatingIfNeeded: integers[index])
      add(codes.real(code), reference[index])
      steps.add(code, codes.code(reference[index]), in: codes.range)
    }
    return true
  }

  private mutating func add(_ candidate: Float, _ reference: Float) {
    guard let error = sums.add(Double(candidate), Double(reference)) else { return }
    errors.add(error)
  }

  /// Appends what another accumulator saw after this one.
  ///
  /// - Returns: false, and nothing is merged, when the two do not share one ``codes`` map.
  public mutating func merge(_ later: DriftAccumulator) -> Bool {
    guard codes == later.codes else { return false }
    sums.merge(later.sums)
    errors.merge(later.errors)
    steps.merge(later.steps)
    return true
  }
}

/// Sums over pairs of real values.
struct DriftSums: Sendable, Hashable {
  var elements = 0
  var candidateNaN = 0
  var candidateInfinite = 0
  var referenceNaN = 0
  var referenceInfinite = 0
  var maximumError = 0.0
  var sumError = 0.0
  var sumSquaredError = 0.0
  var sumCandidateSquared = 0.0
  var sumReferenceSquared = 0.0
  var sumProducts = 0.0

  /// - Returns: the absolute error, `nil` when a side is not finite.
  mutating func add(_ candidate: Double, _ reference: Double) -> Double? {
    elements += 1
    guard candidate.isFinite, reference.isFinite else {
      candidateNaN += candidate.isNaN ? 1 : 0
      referenceNaN += reference.isNaN ? 1 : 0
      candidateInfinite += candidate.isInfinite ? 1 : 0
      referenceInfinite += reference.isInfinite ? 1 : 0
      return nil
    }
    let error = abs(candidate - reference)
    maximumError = max(maximumError, error)
    sumError += error
    sumSquaredError += error * error
    sumCandidateSquared += candidate * candidate
    sumReferenceSquared += reference * reference
    sumProducts += candidate * reference
    return error
  }

  mutating func merge(_ later: DriftSums) {
    elements += later.elements
    candidateNaN += later.candidateNaN
    candidateInfinite += later.candidateInfinite
    referenceNaN += later.referenceNaN
    referenceInfinite += later.referenceInfinite
    maximumError = max(maximumError, later.maximumError)
    sumError += later.sumError
    sumSquaredError += later.sumSquaredError
    sumCandidateSquared += later.sumCandidateSquared
    sumReferenceSquared += later.sumReferenceSquared
    sumProducts += later.sumProducts
  }
}

/// Differences in steps of the code (LSB), and how often each side sits at an end of its range.
struct CodeSteps: Sendable, Hashable {
  /// Elements that differ by 0, 1, 2 and more steps.
  var histogram = [0, 0, 0, 0]
  var maximum = 0
  var candidateLow = 0
  var candidateHigh = 0
  var referenceLow = 0
  var referenceHigh = 0

  /// A side that is NaN has no code: counted among the largest differences, at no end.
  mutating func add(_ candidate: Int32?, _ reference: Int32?, in range: ClosedRange<Int32>) {
    candidateLow += candidate == range.lowerBound ? 1 : 0
    candidateHigh += candidate == range.upperBound ? 1 : 0
    referenceLow += reference == range.lowerBound ? 1 : 0
    referenceHigh += reference == range.upperBound ? 1 : 0
    let whole = Int(range.upperBound) - Int(range.lowerBound)
    var steps = whole
    if let candidate, let reference { steps = abs(Int(candidate) - Int(reference)) }
    maximum = max(maximum, steps)
    histogram[min(3, steps)] += 1
  }

  mutating func merge(_ later: CodeSteps) {
    for bin in histogram.indices { histogram[bin] += later.histogram[bin] }
    maximum = max(maximum, later.maximum)
    candidateLow += later.candidateLow
    candidateHigh += later.candidateHigh
    referenceLow += later.referenceLow
    referenceHigh += later.referenceHigh
  }
}
