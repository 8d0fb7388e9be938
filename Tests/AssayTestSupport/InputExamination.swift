internal import AssayDocument
internal import AssayRecording
internal import AssayFiles

/// Everything that is done with documents and recordings, done to bytes that nobody trusts.
///
/// Used by the fuzzer and by the replay of what it found. Refusing is fine, with one printable line;
/// what is accepted must survive being written and read again.
public enum InputExamination {
  /// What the bytes claim to be.
  public enum Kind: UInt8, CaseIterable, Sendable { case recording, yaml, json }

  /// A broken promise of this program, in words.
  public struct Violation: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// - Returns: whether the bytes were accepted.
  @discardableResult
  public static func examine(_ bytes: [UInt8], as kind: Kind) throws -> Bool {
    do {
      switch kind {
      case .recording: try examineRecording(bytes)
      case .yaml: try examineYAML(bytes)
      case .json: try examineJSON(bytes)
      }
      return true
    } catch let violation as Violation {
      throw violation
    } catch {
      let lines = (error as? DocumentErrors)?.errors.map(\.description) ?? ["\(error)"]
      for line in lines where line.utf8.count > 8_192 || PrintableText.line(line) != line {
        throw Violation(description: "an error that is not one line: \(line.debugDescription)")
      }
      return false
    }
  }

  private static func examineRecording(_ bytes: [UInt8]) throws {
    var limits = RecordingLimits()
    limits.bytes = 64 << 20
    let recording = try Recording.read(bytes, file: "f", limits: limits)
    for array in recording.arrays {
      guard array.bytes.count == array.elementCount * array.description.elementByteCount else {
        throw Violation(description: "\(array.description) holds \(array.bytes.count) bytes")
      }
      _ = (array.integers, array.doubles, array.texts, array.firstNonFinite, array.sample(0))
    }
    guard try Recording.read(recording.encoded(), file: "f") == recording else {
      throw Violation(description: "written and read again, the recording differs")
    }
    let samples = try ModelRecording(recording, file: "f").samples()
    while try samples.next() != nil {}
  }

  private static func examineYAML(_ bytes: [UInt8]) throws {
    let root = try YAML.parse(bytes, file: "f")
    _ = (
      try? root.byteCount(), try? root.nanoseconds(), try? root.fraction(), try? root.integer(),
      try? root.number()
    )
    var map = try root.map()
    _ = map.optional("size") { try $0.byteCount() }
    _ = map.optional("clocks") { try $0.list { try $0.hertz() } }
    _ = root.overlaid(on: root)
    try map.finish()
  }

  private static func examineJSON(_ bytes: [UInt8]) throws {
    let value = try JSON.parse(bytes, file: "f")
    guard try JSON.parse(Array(value.text().utf8), file: "f") == value else {
      throw Violation(description: "written and read again, the value differs")
    }
  }
}
