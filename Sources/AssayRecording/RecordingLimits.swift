/// What a recording may be at most, checked before anything is inflated.
public struct RecordingLimits: Sendable, Hashable {
  /// Arrays in the file.
  public var arrays = 1_024
  /// Bytes of all arrays together, inflated.
  public var bytes = 1 << 30
  /// How many times larger an array may be than its compressed form. Deflate reaches 1,032 on
  /// constant data, so small arrays (``ratioFreeBytes``) may.
  public var ratio = 250
  public var ratioFreeBytes = 16 << 20

  /// Bytes of all arrays of a file that is read sample by sample.
  public var streamedBytes = 16 << 30
  /// Bytes of one such sample.
  public var sampleBytes = 256 << 20

  public init() {}

  var forStreaming: RecordingLimits {
    var limits = self
    limits.bytes = streamedBytes
    return limits
  }

  func checkRatio(_ entry: ZipArchive.Entry, in archive: ZipArchive) throws(RecordingError) {
    guard entry.byteCount > ratioFreeBytes else { return }
    guard entry.byteCount / max(1, entry.compressedByteCount) <= ratio else {
      throw archive.error(
        .limit, entry.name,
        "\(entry.byteCount) bytes from \(entry.compressedByteCount): a ratio above \(ratio)")
    }
  }
}
