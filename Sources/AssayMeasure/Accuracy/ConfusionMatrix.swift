/// Labels against predictions, counted.
public struct ConfusionMatrix: Sendable, Hashable {
  public let classes: Int
  /// `counts[label * classes + prediction]`.
  public private(set) var counts: [Int]
  /// Recordings whose output held a NaN: no prediction, wrong whatever the label, by label.
  public private(set) var undecided: [Int]

  /// A matrix is `classes` squared: no more than this.
  public static let classLimit = 4096

  /// - Returns: `nil` unless `classes` is in 1...``classLimit``.
  public init?(classes: Int) {
    guard (1...Self.classLimit).contains(classes) else { return nil }
    self.classes = classes
    counts = [Int](repeating: 0, count: classes * classes)
    undecided = [Int](repeating: 0, count: classes)
  }

  /// Counts one recording.
  ///
  /// - Parameter prediction: `nil` where the output has no largest entry (a NaN).
  /// - Returns: false, and nothing is counted, when label or prediction is no class.
  public mutating func add(label: Int, prediction: Int?) -> Bool {
    guard (0..<classes).contains(label) else { return false }
    guard let prediction else {
      undecided[label] += 1
      return true
    }
    guard (0..<classes).contains(prediction) else { return false }
    counts[label * classes + prediction] += 1
    return true
  }

  public func count(label: Int, prediction: Int) -> Int { counts[label * classes + prediction] }

  /// Recordings with this label.
  public func support(_ label: Int) -> Int {
    (0..<classes).reduce(undecided[label]) { $0 + count(label: label, prediction: $1) }
  }

  public var total: Int { counts.reduce(0, +) + undecided.reduce(0, +) }
  public var correct: Int { (0..<classes).reduce(0) { $0 + count(label: $1, prediction: $1) } }

  /// Share of recordings whose prediction is their label: `correct / total`; `nil` without recordings.
  public var accuracy: Double? { total > 0 ? Double(correct) / Double(total) : nil }

  /// Share of the recordings with this label that are predicted so; `nil` without any.
  public func recall(_ label: Int) -> Double? {
    let support = support(label)
    return support > 0 ? Double(count(label: label, prediction: label)) / Double(support) : nil
  }

  /// Share of the predictions of this class that are right; `nil` without any.
  public func precision(_ label: Int) -> Double? {
    let predicted = (0..<classes).reduce(0) { $0 + count(label: $1, prediction: label) }
    return predicted > 0 ? Double(count(label: label, prediction: label)) / Double(predicted) : nil
  }

  /// Mean recall of the classes that occur among the labels; `nil` without recordings.
  public var balancedAccuracy: Double? {
    let recalls = (0..<classes).compactMap(recall)
    return recalls.isEmpty ? nil : recalls.reduce(0, +) / Double(recalls.count)
  }

  /// The class found least often, and how often; the lowest class on a tie.
  public var worstClass: (label: Int, recall: Double)? {
    (0..<classes).compactMap { label in recall(label).map { (label, $0) } }.min { $0.1 < $1.1 }
  }

  /// The only class ever predicted, when at least two labels occur; `nil` when the model tells classes apart.
  public var onlyPrediction: Int? {
    let predicted = (0..<classes).filter { column in
      (0..<classes).contains { count(label: $0, prediction: column) > 0 }
    }
    let labels = (0..<classes).filter { support($0) > 0 }
    return predicted.count == 1 && labels.count >= 2 ? predicted[0] : nil
  }
}
