public import AssayFiles

/// A recording of a model: N samples of its inputs, and what belongs to them.
///
///     let recording = try ModelRecording.open("inputs.npz")
///     try recording.checkInputs([ExpectedArray(name: "x", types: [.int8], shape: [1, 8, 8, 1])])
///     let samples = try recording.samples()
///     while let sample = try samples.next() { ... }
///
/// Arrays `in_0`, `in_1`, ... and `out_0`, ... have shape `[N, *tensor shape]` with the tensor's own
/// batch dimension; `labels`, `tags` and `reset` have N in front. Small files are held in memory,
/// large ones are read sample by sample.
public struct ModelRecording: Sendable {
  enum Storage: Sendable {
    case memory(Recording)
    case file(RecordingLimits)
  }

  public let file: String
  /// Which bytes the file held; `nil` for a recording that never was a file.
  public let digest: FileDigest?
  /// `in_0`, `in_1`, ... in order; empty in a recording of outputs alone.
  public let inputs: [ArrayDescription]
  /// `out_0`, `out_1`, ... in order; often empty.
  public let outputs: [ArrayDescription]
  public let sampleCount: Int
  /// Whole numbers `[N]` or `[N, ...]`.
  public let labels: RecordedArray?
  /// One text a sample.
  public let tags: [String]?
  /// True where a model's state is reset before that sample.
  public let resets: [Bool]?
  /// Arrays that mean nothing to this program.
  public let ignoredNames: [String]
  let storage: Storage

  /// Bytes, compressed or inflated, up to which a recording is held in memory.
  public static let inMemoryByteCount = 64 << 20

  /// Opens the `.npz` file at `path`.
  ///
  /// - Throws: for what cannot be read, is damaged, or has samples that do not belong together.
  public static func open(
    _ path: String, limits: RecordingLimits = RecordingLimits()
  ) throws(RecordingError) -> ModelRecording {
    do {
      let digest = try FileDigest(ofFile: path)
      if digest.byteCount <= inMemoryByteCount {
        let bytes = try FileBytes.read(path, limit: inMemoryByteCount)
        var small = limits
        small.bytes = min(limits.bytes, inMemoryByteCount)
        if try !Recording.isLarger(than: small, bytes, file: path, limits: limits) {
          let recording = try Recording.read(bytes, file: path, limits: limits)
          return try ModelRecording(recording, file: path, digest: FileDigest(of: bytes))
        }
      }
      return try ModelRecording(streaming: path, digest: digest, limits: limits)
    } catch let error as RecordingError {
      throw error
    } catch let error as FileError {
      throw RecordingError(.unreadable, file: error.path, error.message)
    } catch {
      throw RecordingError(.unreadable, file: path, "\(error)")
    }
  }

  /// The view of arrays that are in memory.
  public init(_ recording: Recording, file: String, digest: FileDigest? = nil) throws(RecordingError) {
    let extras = recording.arrays.filter { !RecordingLayout.isTensor($0.name) }
    try self.init(
      .memory(recording), file: file, digest: digest, recording.arrays.map(\.description), extras)
  }

  private init(
    streaming path: String, digest: FileDigest, limits: RecordingLimits
  ) throws(RecordingError) {
    let archive = try ZipArchive(path: path, limits: limits.forStreaming)
    var descriptions: [ArrayDescription] = []
    var extras: [RecordedArray] = []
    for entry in archive.entries {
      let header = try archive.open(entry).readHeader()
      descriptions.append(header.description(named: entry.name))
      if RecordingLayout.extraNames.contains(entry.name) {
        guard entry.byteCount <= limits.bytes else {
          throw archive.error(.limit, entry.name, "more than \(limits.bytes) bytes")
        }
        extras.append(try Recording.array(entry, in: archive))
      }
    }
    try self.init(.file(limits), file: path, digest: digest, descriptions, extras)
  }

  private init(
    _ storage: Storage, file: String, digest: FileDigest?, _ arrays: [ArrayDescription],
    _ extras: [RecordedArray]
  ) throws(RecordingError) {
    let layout = RecordingLayout(file: file, arrays: arrays)
    self.storage = storage
    self.file = file
    self.digest = digest
    inputs = try layout.tensors("in_")
    outputs = try layout.tensors("out_")
    sampleCount = try layout.sampleCount(inputs + outputs)
    labels = try layout.labels(extras, sampleCount)
    tags = try layout.tags(extras, sampleCount)
    resets = try layout.resets(extras, sampleCount)
    ignoredNames = try layout.ignoredNames()
  }
}

extension ModelRecording {
  /// The whole array called `name`, also from a large file.
  public func array(_ name: String) throws(RecordingError) -> RecordedArray? {
    switch storage {
    case .memory(let recording): return recording[name]
    case .file(let limits):
      let archive = try ZipArchive(path: file, limits: limits.forStreaming)
      guard let entry = archive.entries.first(where: { $0.name == name }) else { return nil }
      guard entry.byteCount <= limits.bytes else {
        throw archive.error(.limit, name, "\(entry.byteCount) bytes, above the limit of \(limits.bytes)")
      }
      return try Recording.array(entry, in: archive)
    }
  }

  /// Reads the samples in order, from the first one.
  ///
  /// - Parameter allowsNonFinite: otherwise NaN or infinity in an input is an error.
  public func samples(allowsNonFinite: Bool = false) throws(RecordingError) -> SampleReader {
    try SampleReader(self, allowsNonFinite: allowsNonFinite)
  }
}

extension Recording {
  /// Whether the arrays of a good archive exceed `small`; other errors are thrown.
  static func isLarger(
    than small: RecordingLimits, _ bytes: [UInt8], file: String, limits: RecordingLimits
  ) throws(RecordingError) -> Bool {
    try unsafe bytes.span.withUnsafeBytes { buffer throws(RecordingError) in
      let archive = try unsafe ZipArchive(buffer, file: file, limits: limits.forStreaming)
      return archive.entries.reduce(0) { $0 + $1.byteCount } > small.bytes
    }
  }
}
