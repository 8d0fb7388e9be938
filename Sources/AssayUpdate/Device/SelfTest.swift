/// What the candidate did on the golden inputs, on the device.
public struct SelfTestResult: Sendable, Equatable {
  /// How the test ended.
  public enum Ending: Sendable, Equatable {
    case finished
    /// Illegal access, assertion, out of memory: the chip resets.
    case crashed
    /// The watchdog resets the chip.
    case hung
  }

  public var ending: Ending = .finished
  /// Outputs on the golden inputs are as recorded.
  public var outputsAgree: Bool
  /// Tensor arena the model needed, in bytes.
  public var arenaBytes: Int
  /// The slowest inference, in microseconds.
  public var latencyMicroseconds: Int64
  /// The whole test, in microseconds.
  public var durationMicroseconds: Int64

  public init(
    ending: Ending = .finished, outputsAgree: Bool, arenaBytes: Int, latencyMicroseconds: Int64,
    durationMicroseconds: Int64
  ) {
    self.ending = ending
    self.outputsAgree = outputsAgree
    self.arenaBytes = arenaBytes
    self.latencyMicroseconds = latencyMicroseconds
    self.durationMicroseconds = durationMicroseconds
  }

  /// A model that does everything right.
  public static let good = SelfTestResult(
    outputsAgree: true, arenaBytes: 64 << 10, latencyMicroseconds: 40_000, durationMicroseconds: 400_000)

  /// A model that runs in the field already: nothing about it is in question.
  static let proven = SelfTestResult(
    outputsAgree: true, arenaBytes: 0, latencyMicroseconds: 0, durationMicroseconds: 100_000)

  /// Why a device with these limits must not confirm it; nil when it may.
  func objection(arenaLimitBytes: Int, latencyLimitMicroseconds: Int64) -> Reason? {
    guard ending == .finished else { return .trialInterrupted }
    guard outputsAgree else { return .selfTestOutput }
    guard arenaBytes <= arenaLimitBytes else { return .selfTestArena }
    guard latencyMicroseconds <= latencyLimitMicroseconds else { return .selfTestLatency }
    return nil
  }
}

/// Runs an image on its golden inputs; a pure function of the bytes.
public typealias SelfTest = @Sendable ([UInt8]) -> SelfTestResult
