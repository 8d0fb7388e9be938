/// Reads device logs as serial monitors write them, in one pass and bounded memory.
///
/// Understood are TFLite Micro's profiler (text and both CSV forms), its generic benchmark and
/// recording allocator, esp-tflite-micro's stage times, MLPerf Tiny's runner and device messages,
/// ExecuTorch's profiler report, and arena failures; through timestamps, log prefixes and colours.
/// ```swift
/// var parser = DeviceLogParser()
/// while let chunk = next() { try parser.consume(chunk) }
/// let log = try parser.finish()
/// ```
public struct DeviceLogParser: Sendable {
  public struct Limits: Sendable {
    /// Longer lines are no log lines: skipped, with a note.
    public var lineBytes = 4096
    /// Events kept; a log with more is refused.
    public var events = 200_000
    public var notes = 100

    public init() {}
  }

  private let limits: Limits
  private var partial: [UInt8] = []
  private var isSkipping = false
  private var controlBytes = 0
  private var totalBytes = 0
  var log = DeviceLog()
  var lapMicroseconds: Double?
  var inferencesInLap: Double?
  var isInArenaTable = false

  public init(limits: Limits = Limits()) { self.limits = limits }

  /// Takes the next bytes of the log, cut anywhere.
  ///
  /// - Throws: when the bytes are no text, or hold more events than the limit.
  public mutating func consume(_ bytes: some Sequence<UInt8>) throws(DeviceLogError) {
    for byte in bytes {
      totalBytes += 1
      if byte == 0 || (byte < 32 && ![9, 10, 13, 27].contains(byte)) { controlBytes += 1 }
      if byte == UInt8(ascii: "\n") {
        endLine()
      } else if partial.count >= limits.lineBytes {
        isSkipping = true
      } else {
        partial.append(byte)
      }
    }
    // A few stray bytes are a bad cable; more are another kind of file.
    guard controlBytes <= 64 + totalBytes / 50 else {
      throw DeviceLogError("is binary, not a log (\(controlBytes) control bytes of \(totalBytes))")
    }
    guard log.events.count <= limits.events, log.invocations.count <= limits.events else {
      throw DeviceLogError("more than \(limits.events) timed events")
    }
  }

  /// The whole log.
  ///
  /// - Throws: when nothing in it is understood.
  public mutating func finish() throws(DeviceLogError) -> DeviceLog {
    if !partial.isEmpty { endLine() }
    guard totalBytes > 0 else { throw DeviceLogError("is empty") }
    guard !log.isEmpty else {
      throw DeviceLogError("has no line of a known profiler, benchmark or arena report in \(log.lines) lines")
    }
    return log
  }

  private mutating func endLine() {
    log.lines += 1
    defer {
      partial.removeAll(keepingCapacity: true)
      isSkipping = false
    }
    guard !isSkipping else { return note("longer than \(limits.lineBytes) bytes: not read") }
    // Bytes that are no UTF-8 become replacement characters, which match nothing.
    read(LogLine(String(decoding: partial, as: UTF8.self)))
  }

  mutating func note(_ message: String) {
    guard log.notes.count < limits.notes else { return }
    log.notes.append(DeviceLog.Note(line: log.lines, message: message))
  }
}
