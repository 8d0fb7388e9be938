/// A sign that a model stopped telling its inputs apart, though its average error may look fine.
public struct CollapseFinding: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The output is the same for every recording.
    case constantOutput
    /// One class wins for every recording, though the reference (or the labels) know several.
    case oneClass
    /// Codes pile up at an end of their range that no activation explains.
    case clamped
    /// Codes pile up at an end much more often than the float reference would.
    case clampedBeyondReference
    /// Channels that never move.
    case deadChannels
  }

  public var kind: Kind
  /// Layer or output, as `inspect` names it.
  public var place: String
  /// The share found and the one it was held against, in 0...1.
  public var found: Double
  public var limit: Double
  public var message: String
}

/// Thresholds of the collapse detectors, as shares in 0...1.
public struct CollapseLimits: Sendable, Hashable {
  /// Codes at an end that nothing explains.
  public var clampedShare = 0.25
  /// Codes at an end, over the reference's share there.
  public var clampedExcess = 0.1
  /// Channels that never move, and by how much more than in the reference.
  public var deadChannelShare = 0.5
  public var deadChannelExcess = 0.1

  public init() {}
}

/// Collapse detectors: pure functions from tracked facts to findings.
public struct CollapseDetector: Sendable {
  public var limits: CollapseLimits

  public init(limits: CollapseLimits = CollapseLimits()) { self.limits = limits }

  /// Looks at a model output over all recordings.
  public func output(_ activity: TensorActivity, place: String) -> [CollapseFinding] {
    guard activity.isConstant else { return [] }
    return [
      CollapseFinding(
        kind: .constantOutput, place: place, found: 1, limit: 0,
        message: "the output is the same for all \(activity.samples) recordings")
    ]
  }

  /// Looks at the classes predicted, against what labels or a reference predict.
  ///
  /// - Parameters: classes by recording; `nil` where an output had no largest entry.
  public func classes(predicted: [Int?], expected: [Int], place: String) -> [CollapseFinding] {
    let known = Set(predicted.compactMap { $0 })
    guard let only = known.first, known.count == 1, Set(expected).count > 1 else { return [] }
    return [
      CollapseFinding(
        kind: .oneClass, place: place, found: 1, limit: 0,
        message: "class \(only) wins for every recording, expected are \(Set(expected).count) classes")
    ]
  }

  /// Looks at the ends of a layer's code range.
  ///
  /// - Parameter explained: by the layer's activation, from ``ProducedRange/explains(_:)``.
  public func clamping(
    _ steps: StepSummary, explained: (low: Bool, high: Bool), place: String
  ) -> [CollapseFinding] {
    let ours = steps.candidateSaturation
    let theirs = steps.referenceSaturation
    return end("lowest", ours.low, theirs.low, explained: explained.low, place: place)
      + end("highest", ours.high, theirs.high, explained: explained.high, place: place)
  }

  private func end(
    _ name: String, _ found: Double, _ reference: Double, explained: Bool, place: String
  ) -> [CollapseFinding] {
    let percent = "\(Int((min(1, max(0, found)) * 100).rounded())) % of the codes are the \(name)"
    if !explained && found > limits.clampedShare {
      return [
        CollapseFinding(
          kind: .clamped, place: place, found: found, limit: limits.clampedShare,
          message: "\(percent), which the activation does not explain")
      ]
    }
    guard found - reference > limits.clampedExcess else { return [] }
    return [
      CollapseFinding(
        kind: .clampedBeyondReference, place: place, found: found, limit: reference + limits.clampedExcess,
        message: "\(percent), of the reference \(Int((reference * 100).rounded())) %")
    ]
  }

  /// Looks at channels that never move, where the reference's do.
  public func channels(
    _ candidate: TensorActivity, reference: TensorActivity?, place: String
  ) -> [CollapseFinding] {
    // One channel, or one sample, says nothing.
    guard candidate.channels > 1, candidate.samples > 1 else { return [] }
    let found = candidate.deadChannelShare
    let limit = max(limits.deadChannelShare, (reference?.deadChannelShare ?? 0) + limits.deadChannelExcess)
    guard found > limit else { return [] }
    return [
      CollapseFinding(
        kind: .deadChannels, place: place, found: found, limit: limit,
        message: "\(Int((found * 100).rounded())) % of \(candidate.channels) channels never move")
    ]
  }
}
