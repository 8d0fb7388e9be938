import AssayMeasure
import Testing

struct `Accuracy` {
  @Test(
    arguments: [
      ([0.1, 0.9, 0.9], 1), ([5.0], 0), ([-1, -1, -1], 0), ([.infinity, 1], 0),
      ([-.infinity, -.infinity], 0),
    ] as [([Float], Int)])
  func `the largest entry is the first of equals`(values: [Float], expected: Int) {
    #expect(largestIndex(values.span) == expected)
  }

  @Test(arguments: [[], [.nan], [1, .nan], [.nan, 1]] as [[Float]])
  func `an output with NaN predicts nothing`(values: [Float]) {
    #expect(largestIndex(values.span) == nil)
    #expect(largestIndices(values.span, count: 1) == nil)
  }

  @Test func `the k largest keep index order on ties`() {
    let values: [Float] = [2, 7, 2, 7, 1]
    #expect(largestIndices(values.span, count: 3) == [1, 3, 0])
    #expect(largestIndices(values.span, count: 5) == [1, 3, 0, 2, 4])
    #expect(largestIndices(values.span, count: 6) == nil)
  }

  @Test func `recall, balance and the worst class come from the matrix`() throws {
    var matrix = try #require(ConfusionMatrix(classes: 3))
    for (label, prediction, times) in [(0, 0, 8), (0, 1, 2), (1, 1, 3), (1, 0, 1), (2, 2, 1)] {
      for _ in 0..<times {
        let added = matrix.add(label: label, prediction: prediction)
        #expect(added)
      }
    }
    let undecided = matrix.add(label: 2, prediction: nil)
    #expect(undecided)
    #expect(matrix.total == 16 && matrix.correct == 12 && matrix.accuracy == 0.75)
    #expect(matrix.recall(0) == 0.8 && matrix.recall(1) == 0.75 && matrix.recall(2) == 0.5)
    #expect(isClose(matrix.balancedAccuracy, (0.8 + 0.75 + 0.5) / 3))
    #expect(matrix.worstClass?.label == 2 && matrix.precision(0) == 8.0 / 9)
    #expect(matrix.onlyPrediction == nil)
  }

  @Test func `labels and predictions that are no class are not counted`() throws {
    var matrix = try #require(ConfusionMatrix(classes: 2))
    for (label, prediction) in [(2, 0), (-1, 0), (0, 2), (0, -1)] {
      let added = matrix.add(label: label, prediction: prediction)
      #expect(!added)
    }
    #expect(matrix.total == 0 && matrix.accuracy == nil && matrix.balancedAccuracy == nil)
    #expect(ConfusionMatrix(classes: 0) == nil && ConfusionMatrix(classes: 5000) == nil)
  }

  @Test func `a model that answers one class whatever it is shown is found`() throws {
    var matrix = try #require(ConfusionMatrix(classes: 3))
    for label in [0, 1, 2, 1] { _ = matrix.add(label: label, prediction: 1) }
    #expect(matrix.onlyPrediction == 1)
    var single = try #require(ConfusionMatrix(classes: 3))
    for _ in 0..<4 { _ = single.add(label: 1, prediction: 1) }
    #expect(single.onlyPrediction == nil)
  }

  @Test func `mean errors are per recording and NaN is never hidden`() {
    var error = MeanError()
    let first = error.add(prediction: [1, 2] as [Float], truth: [1, 4] as [Float])
    let second = error.add(prediction: [0] as [Float], truth: [3] as [Float])
    #expect(first && second)
    #expect(error.meanAbsoluteError == 2)
    #expect(isClose(error.rootMeanSquareError, ((2.0 + 9) / 2).squareRoot()))
    let shorter = error.add(prediction: [0], truth: [])
    #expect(!shorter)
    _ = error.add(prediction: [.nan], truth: [0])
    #expect(error.meanAbsoluteError?.isNaN == true)
    #expect(error.nonInferiority(to: error, margin: 1, seed: 1) == nil)
  }
}

extension MeanError {
  fileprivate mutating func add(prediction: [Float], truth: [Float]) -> Bool {
    add(prediction: prediction.span, truth: truth.span)
  }
}
