/// How a board fails to start the model when its arena is too small.
public struct StartFailure: Sendable, Hashable {
  /// The first moment that does not fit.
  public var stage: ArenaStage
  /// Bytes of the arena the firmware declares.
  public var declaredBytes: Int
  /// What the board's log says, where that is known to the letter.
  public var logLine: String?

  /// Bytes that are missing at that moment.
  public var missingBytes: Int { stage.byteCount - declaredBytes }
}

extension MemoryPlan {
  /// Whether and how an arena of `declaredBytes`, starting at a multiple of 16, is too small.
  ///
  /// The runtime checks as it goes: what is reported is the first thing that does not fit, not the
  /// largest, so that the missing bytes in a log are less than what has to be added.
  public func startFailure(declaredBytes: Int) -> StartFailure? {
    guard let stage = stages.first(where: { $0.byteCount > declaredBytes }) else { return nil }
    return StartFailure(
      stage: stage, declaredBytes: declaredBytes, logLine: logLine(stage, declaredBytes: declaredBytes))
  }

  /// The head is reserved in one piece, above everything that the tail holds by then.
  private func logLine(_ stage: ArenaStage, declaredBytes: Int) -> String? {
    guard stage.moment == .reserveHead else { return nil }
    let available = declaredBytes - (stage.byteCount - headBytes)
    guard available >= 0 else { return nil }
    return "Failed to resize buffer. Requested: \(headBytes), available \(available), "
      + "missing: \(headBytes - available)"
  }
}
