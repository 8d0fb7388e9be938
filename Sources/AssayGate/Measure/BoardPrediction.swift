import AssayMeasure
import AssayModel
import AssayRecording
import AssayRuntime

/// What the recordings say about a model on one firmware whose kernels have a known defect.
///
/// Everything is run twice, with different bytes in memory that nobody can know: where the two differ
/// the answer rests on such memory, and the figure is an interval.
struct BoardPrediction: Sendable {
  var samples: Int
  /// Recordings whose output bytes differ from the reference's.
  var differing: Int
  /// Recordings whose largest output is another one.
  var changedAnswers: Int
  /// Recordings whose outputs rest on memory that nobody can know.
  var unknown: Int
  /// Share of right answers, where the suite's metric counts them.
  var board: ClosedRange<Double>?
  var reference: Double?

  /// `nil` when no layer computes anything else.
  init?(_ model: SuiteModel, _ candidate: LoadedModel, _ runtime: RuntimeProfile) throws(GateError) {
    guard let path = model.recordings else { return nil }
    let board = try candidate.onBoard(runtime)
    guard board.hasDefects else { return nil }
    let recording: ModelRecording
    do { recording = try ModelRecording.open(path) } catch { throw GateError(.unusable, "\(error)") }
    let feed = try SampleFeed(
      recording, model: candidate, matching: .realValues(codesOf: candidate.inputs),
      permutation: model.permutations.candidate)
    let own = try ModelRun(candidate, feed)
    let runs = [try ModelRun(board, feed), try ModelRun(board, feed, fill: 0xA7)]
    samples = own.count
    (differing, changedAnswers, unknown) = (0, 0, 0)
    for sample in 0..<own.count { compare(sample, own, runs) }
    guard model.metric == .top1 else { return }
    let expected = try QualityMeasure(.top1, own, recording, inputs: []).correct ?? []
    var found: [[Bool]] = []
    for run in runs { found.append(try QualityMeasure(.top1, run, recording, inputs: []).correct ?? []) }
    setShares(expected, found[0], found[1])
  }

  private mutating func compare(_ sample: Int, _ own: ModelRun, _ runs: [ModelRun]) {
    let outputs = own.tensors.indices
    let isKnown = outputs.allSatisfy {
      runs[0].bytes(sample: sample, output: $0) == runs[1].bytes(sample: sample, output: $0)
    }
    if !isKnown { unknown += 1 }
    if outputs.contains(where: {
      own.bytes(sample: sample, output: $0) != runs[0].bytes(sample: sample, output: $0)
    }) {
      differing += 1
    }
    guard outputs.first != nil else { return }
    let answers = [own, runs[0]].map { largestIndex($0.values(sample: sample, output: 0).span) }
    if answers[0] != answers[1] { changedAnswers += 1 }
  }

  private mutating func setShares(_ expected: [Bool], _ first: [Bool], _ second: [Bool]) {
    let count = Double(max(expected.count, 1))
    let both = zip(first, second).count { $0 && $1 }
    let either = zip(first, second).count { $0 || $1 }
    board = Double(both) / count...Double(either) / count
    reference = Double(expected.count { $0 }) / count
  }

  /// `On 1,000 recordings: reference 90.1 %, board with esp-nn 1.1.2 87.2 %; ...`
  func text(_ library: String) -> String {
    var parts: [String] = []
    if let board, let reference {
      let share =
        board.lowerBound == board.upperBound
        ? ReportText.percent(board.lowerBound)
        : "\(ReportText.percent(board.lowerBound)) to \(ReportText.percent(board.upperBound))"
      parts.append(
        "top-1 of the reference \(ReportText.percent(reference)), of the board with \(library) \(share)")
    }
    parts.append(
      "outputs differ on \(differing) of \(samples) recordings, the largest output on \(changedAnswers)")
    if unknown > 0 { parts.append("\(unknown) rest on memory that nobody can know") }
    return "Predicted: " + parts.joined(separator: "; ")
  }
}
