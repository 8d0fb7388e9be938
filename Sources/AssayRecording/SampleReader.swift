/// One sample of a recording: the bytes of each tensor, little-endian, in C order.
public struct RecordedSample: Sendable {
  public var index: Int
  /// Whether the model's state is reset before it.
  public var isReset: Bool
  public var inputs: [ArraySlice<UInt8>]
  public var outputs: [ArraySlice<UInt8>]
}

/// Gives the samples of a ``ModelRecording`` in order.
///
/// From memory, or from the file with no more than one sample at a time. A large file's checksums
/// are compared after the last sample: read to the end before trusting what was read.
public final class SampleReader {
  private enum Source {
    case memory([RecordedArray])
    case file([TensorStream])
  }

  private let recording: ModelRecording
  private let source: Source
  private let allowsNonFinite: Bool
  private var index = 0

  init(_ recording: ModelRecording, allowsNonFinite: Bool) throws(RecordingError) {
    self.recording = recording
    self.allowsNonFinite = allowsNonFinite
    let names = (recording.inputs + recording.outputs).map(\.name)
    switch recording.storage {
    case .memory(let arrays): source = .memory(names.compactMap { arrays[$0] })
    case .file(let limits): source = .file(try TensorStream.open(recording.file, names, limits))
    }
  }

  /// The next sample; `nil` after the last.
  public func next() throws(RecordingError) -> RecordedSample? {
    guard index < recording.sampleCount else { return nil }
    let tensors = try tensors()
    let split = recording.inputs.count
    let sample = RecordedSample(
      index: index, isReset: recording.resets?[index] ?? false, inputs: Array(tensors[..<split]),
      outputs: Array(tensors[split...]))
    if !allowsNonFinite { try checkFinite(sample) }
    index += 1
    if index == recording.sampleCount, case .file(let streams) = source {
      for stream in streams { try stream.finish() }
    }
    return sample
  }

  private func tensors() throws(RecordingError) -> [ArraySlice<UInt8>] {
    switch source {
    case .memory(let arrays): return arrays.map { $0.sample(index) }
    case .file(let streams):
      var tensors: [ArraySlice<UInt8>] = []
      for stream in streams { tensors.append(try stream.next()[...]) }
      return tensors
    }
  }

  private func checkFinite(_ sample: RecordedSample) throws(RecordingError) {
    for (array, bytes) in zip(recording.inputs, sample.inputs) {
      guard let element = RecordedArray.firstNonFinite(bytes, array.type) else { continue }
      throw RecordingError(
        .mismatch, file: recording.file, array: array.name,
        "sample \(sample.index), element \(element) is NaN or infinite")
    }
  }
}

/// One array of a large file, sample by sample.
final class TensorStream {
  private let reader: ZipEntryReader
  private let header: NumpyHeader
  private let sampleByteCount: Int

  private init(_ reader: ZipEntryReader, limits: RecordingLimits) throws(RecordingError) {
    self.reader = reader
    header = try reader.readHeader()
    sampleByteCount = header.description(named: "").sampleByteCount
    guard !header.isFortranOrder || header.shape.count < 2 else {
      throw reader.error(
        NumpyProblem(
          "in Fortran order, too large to turn: save numpy.ascontiguousarray of it", code: .unsupported))
    }
    guard sampleByteCount <= limits.sampleBytes else {
      throw reader.error(NumpyProblem("a sample of \(sampleByteCount) bytes", code: .limit))
    }
  }

  /// The streams of `names`, each with its own place in the one open file.
  static func open(
    _ path: String, _ names: [String], _ limits: RecordingLimits
  ) throws(RecordingError) -> [TensorStream] {
    let archive = try ZipArchive(path: path, limits: limits.forStreaming)
    var streams: [TensorStream] = []
    for name in names {
      guard let entry = archive.entries.first(where: { $0.name == name }) else {
        throw archive.error(.malformed, name, "has vanished from the file")
      }
      streams.append(try TensorStream(try archive.open(entry), limits: limits))
    }
    return streams
  }

  func next() throws(RecordingError) -> [UInt8] {
    var bytes = try reader.read(sampleByteCount)
    if header.isBigEndian { ElementOrder.swapEndian(&bytes, header) }
    return bytes
  }

  func finish() throws(RecordingError) { try reader.finish() }
}
