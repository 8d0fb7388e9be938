import AssayFiles
import AssayRecording
import AssayRuntime

// What a recording can show, and what it cannot.
extension Measurer {
  /// Notes recordings that repeat an earlier one, and labels that any constant answer meets.
  func noteStrength(
    _ candidate: LoadedModel, _ recording: ModelRecording,
    _ measurement: inout Measurement
  ) throws(GateError) {
    let labels = model.metric == .none || model.metric == .meanError ? nil : recording.labels?.integers
    // A model with state answers the same sample differently: nothing is repeated there.
    if !candidate.program.isStateful {
      do throws(RecordingError) { measurement.repeats = try Self.repeats(recording, labels) } catch {
        throw GateError(.unusable, "\(error)")
      }
    }
    var notes: [String] = []
    let distinct = recording.sampleCount - measurement.repeats.count
    if distinct < recording.sampleCount {
      notes.append(
        "Only \(distinct) of \(ReportText.count(recording.sampleCount, "recording")) differ: drops are judged on those, "
          + "the intervals of all others claim more than was recorded.")
    }
    if let labels, let only = labels.first, recording.sampleCount > 1, labels.allSatisfy({ $0 == only }) {
      notes.append("Every label is \(only): a model that always answers \(only) reaches the same figures.")
    }
    if !notes.isEmpty { measurement.result.notes = (measurement.result.notes ?? []) + notes }
  }

  /// Samples whose recorded inputs and label stood there before.
  private static func repeats(
    _ recording: ModelRecording, _ labels: [Int]?
  ) throws(RecordingError) -> Set<Int> {
    var seen: Set<[UInt8]> = []
    var repeats: Set<Int> = []
    let reader = try recording.samples()
    while let sample = try reader.next() {
      var hash = SHA256()
      for input in sample.inputs { hash.update(Array(input)) }
      if let label = labels?[sample.index] { hash.update(Array("\(label)".utf8)) }
      if !seen.insert(hash.finish()).inserted { repeats.insert(sample.index) }
    }
    return repeats
  }
}
