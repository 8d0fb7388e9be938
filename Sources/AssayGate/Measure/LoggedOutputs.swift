import AssayFiles
import AssayMeasure
import AssayModel
import AssayRecording
import AssayRuntime

/// Outputs that a board logged, in the order of the recordings.
///
/// Three forms are read: `.npz` with `out_0`, `out_1`, ...; one `.npy` array of output 0; and text, where a
/// line counts when it ends in as many numbers as output 0 has elements (one more in front is taken for the
/// sample's number): whole numbers are codes, decimals real values.
public struct LoggedOutputs: Sendable {
  public let file: String
  /// Bytes by output, samples one after the other; outputs that were not logged are empty.
  let outputs: [[UInt8]]

  static let maximumBytes = 256 << 20

  /// - Throws: `GateError.unusable` naming the file: another count, shape or type.
  init(_ path: String, tensors: [Tensor], samples: Int) throws(GateError) {
    file = path
    let bytes: [UInt8]
    do { bytes = try FileBytes.read(path, limit: Self.maximumBytes) } catch {
      throw GateError(.unusable, "\(error)")
    }
    guard let first = tensors.first else { throw GateError(.unusable, "the model has no outputs") }
    if bytes.starts(with: [0x50, 0x4B]) {
      outputs = try Self.archive(bytes, path, tensors, samples)
    } else if RecordedArray.isNumpy(bytes) {
      let array: RecordedArray
      do { array = try RecordedArray.readNumpy(bytes, named: "out_0", file: path) } catch {
        throw GateError(.unusable, "\(error)")
      }
      outputs = [try Self.codes(array, first, path, samples)]
    } else {
      outputs = [try Self.lines(bytes, path, first, samples)]
    }
  }

  // MARK: Arrays

  private static func archive(
    _ bytes: [UInt8], _ path: String, _ tensors: [Tensor], _ samples: Int
  ) throws(GateError) -> [[UInt8]] {
    let recording: Recording
    do { recording = try Recording.read(bytes, file: path) } catch { throw GateError(.unusable, "\(error)") }
    guard recording["out_0"] != nil else {
      throw GateError(.unusable, "\(path): holds no out_0 with the logged outputs")
    }
    var outputs: [[UInt8]] = []
    for (index, tensor) in tensors.enumerated() {
      guard let array = recording["out_\(index)"] else {
        outputs.append([])
        continue
      }
      outputs.append(try codes(array, tensor, path, samples))
    }
    return outputs
  }

  private static func codes(
    _ array: RecordedArray, _ tensor: Tensor, _ path: String, _ samples: Int
  ) throws(GateError) -> [UInt8] {
    guard array.shape.first == samples else {
      throw GateError(
        .unusable,
        "\(path): \(array.name) has \(array.shape.first ?? 0) samples, the recordings have \(samples)")
    }
    guard array.elementCount == samples * tensor.elementCount else {
      throw GateError(
        .unusable, "\(path): \(array.name) has shape \(array.shape), the model gives [N] + \(tensor.shape)")
    }
    if array.type.rawValue == tensor.type.rawValue { return array.bytes }
    guard array.type.isFloat, let values = array.doubles,
      let encoded = encoded(values.map { Float($0) }, tensor)
    else {
      throw GateError(
        .unusable, "\(path): \(array.name) is \(array.type.rawValue), the model gives \(tensor.type)")
    }
    return encoded
  }

  private static func encoded(_ values: [Float], _ tensor: Tensor) -> [UInt8]? {
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: values.count, by: max(tensor.elementCount, 1)) {
      guard let sample = RealValues.encode(Array(values[start..<start + tensor.elementCount]), as: tensor)
      else { return nil }
      bytes += sample
    }
    return bytes
  }

  // MARK: Text

  private static func lines(
    _ bytes: [UInt8], _ path: String, _ tensor: Tensor, _ samples: Int
  ) throws(GateError) -> [UInt8] {
    guard let range = tensor.type.codeRange, tensor.type.byteSize == 1 || tensor.type == .int16 else {
      throw GateError(
        .unusable, "\(path): a text log of \(tensor.type) outputs; give them as .npz with out_0")
    }
    var found: [UInt8] = []
    var count = 0
    for line in bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
      guard let numbers = trailingNumbers(line, tensor.elementCount) else { continue }
      count += 1
      guard count <= samples else { break }
      if numbers.allSatisfy({ $0.isWhole }) {
        guard numbers.allSatisfy({ range.contains(Int($0.value)) }) else {
          throw GateError(.unusable, "\(path): sample \(count - 1): a code outside \(tensor.type)")
        }
        for number in numbers { append(Int(number.value), to: &found, size: tensor.type.byteSize ?? 1) }
      } else if let sample = RealValues.encode(numbers.map { Float($0.value) }, as: tensor) {
        found += sample
      }
    }
    guard count == samples else {
      throw GateError(
        .unusable,
        "\(path): \(ReportText.count(count, "line")) with \(tensor.elementCount) numbers at the end, the recordings have \(samples)"
      )
    }
    return found
  }

  private static func append(_ code: Int, to bytes: inout [UInt8], size: Int) {
    for byte in 0..<size { bytes.append(UInt8(truncatingIfNeeded: code >> (8 * byte))) }
  }

  private struct Number {
    var value: Double
    var isWhole: Bool
  }

  /// The numbers that a line ends in, when they are `count` or, with a sample number in front, one more.
  private static func trailingNumbers(_ line: ArraySlice<UInt8>, _ count: Int) -> [Number]? {
    let closing: Set<UInt8> = [32, 9, 93, 41, 125, 44, 59]
    var end = line.endIndex
    while end > line.startIndex, closing.contains(line[end - 1]) { end -= 1 }
    var start = end
    while start > line.startIndex, isPartOfList(line[start - 1]) { start -= 1 }
    let words = line[start..<end].split(whereSeparator: { $0 == 44 || $0 == 32 || $0 == 9 })
    guard words.count == count || words.count == count + 1 else { return nil }
    var numbers: [Number] = []
    for word in words.suffix(count) {
      guard word.count <= 24, let value = Double(String(decoding: word, as: UTF8.self)), value.isFinite,
        abs(value) < 1e9
      else { return nil }
      numbers.append(Number(value: value, isWhole: !word.contains(46)))
    }
    return numbers
  }

  /// Digits, signs, points, commas and blanks.
  private static func isPartOfList(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || [43, 45, 46, 44, 32, 9].contains(byte)
  }

  // MARK: Comparison

  /// Samples on which a release gave the logged bytes, wherever both of its runs agree on them.
  func matching(_ runs: [ModelRun]) -> Int {
    guard let run = runs.first else { return 0 }
    return (0..<run.count).count { sample in
      outputs.indices.allSatisfy { output in
        let logged = outputs[output]
        guard !logged.isEmpty else { return true }
        let size = run.tensors[output].byteCount
        return (sample * size..<(sample + 1) * size).allSatisfy { index in
          logged[index] == run.outputs[output][index]
            || runs.dropFirst().contains { $0.outputs[output][index] != run.outputs[output][index] }
        }
      }
    }
  }

  /// Samples whose logged largest output is the one that a run gave.
  func matchingAnswers(_ run: ModelRun) -> Int {
    guard let logged = outputs.first, !logged.isEmpty, let tensor = run.tensors.first else { return 0 }
    let size = tensor.byteCount
    return (0..<run.count).count { sample in
      let bytes = Array(logged[sample * size..<(sample + 1) * size])
      let values = RealValues.decode(bytes.span, of: tensor) ?? []
      return largestIndex(values.span) == largestIndex(run.values(sample: sample, output: 0).span)
    }
  }
}
