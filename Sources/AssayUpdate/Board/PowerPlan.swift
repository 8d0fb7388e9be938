/// When power fails, counted in flash operations from the beginning of the run.
struct PowerPlan: Sendable, Equatable {
  struct Cut: Sendable, Equatable {
    var operation: Int
    var mode: TearMode
  }

  /// A cut at an operation, counted from 1, of the record that brings a state.
  struct PointCut: Sendable, Equatable {
    var point: StatePoint
    var operation: Int
    var mode: TearMode
  }

  /// In ascending order.
  var cuts: [Cut] = []
  var points: [PointCut] = []

  mutating func mode(atOperation operation: Int) -> TearMode? {
    guard let first = cuts.first, operation >= first.operation else { return nil }
    cuts.removeFirst()
    return first.mode
  }

  mutating func willReach(_ point: StatePoint, afterOperation operations: Int) {
    guard let index = points.firstIndex(where: { $0.point == point }) else { return }
    let planned = points.remove(at: index)
    cuts.append(Cut(operation: operations + planned.operation, mode: planned.mode))
    cuts.sort { $0.operation < $1.operation }
  }
}

extension StatePoint {
  /// What storing a record means.
  init(from stored: DeviceRecord?, to record: DeviceRecord) {
    switch (stored?.phase, record.phase) {
    case (.downloading, .downloading), (.pending, .pending): self = .progress
    case (_, .downloading): self = .downloading
    case (_, .pending): self = .pending
    case (_, .trial): self = .trial
    case (.trial, .steady): self = record.active == stored?.candidate ? .confirmed : .rolledBack
    case (_, .steady): self = .progress
    }
  }
}

/// A state of the device as a scenario names it.
struct DeviceState: Sendable, Equatable {
  let phase: DeviceRecord.Phase
  let active: ImageDigest?
  let candidate: ImageDigest?

  init(_ record: DeviceRecord) {
    phase = record.phase
    active = record.activeContent?.digest
    switch record.phase {
    case .steady: candidate = nil
    case .downloading: candidate = record.download?.digest
    case .pending, .trial: candidate = record.candidate.flatMap { record[$0] }?.digest
    }
  }
}
