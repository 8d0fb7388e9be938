internal import AssayFiles

/// The arrays of a `.npz` file, all in memory.
///
///     let recording = try Recording.read(bytes, file: "inputs.npz")
///     let input = recording["in_0"]
///
/// For a model's inputs and outputs with their rules see ``ModelRecording``.
public struct Recording: Sendable, Hashable {
  /// In the order of the file.
  public private(set) var arrays: [RecordedArray]

  public init(_ arrays: [RecordedArray] = []) { self.arrays = arrays }

  /// The array called `name`.
  public subscript(name: String) -> RecordedArray? { arrays.first { $0.name == name } }

  public mutating func append(_ array: RecordedArray) { arrays.append(array) }

  /// Reads the `.npz` file in `bytes`. Nothing in it is trusted: names, sizes, checksums, headers and
  /// element counts are checked; object arrays are refused.
  ///
  /// - Parameter file: the name that errors carry.
  public static func read(
    _ bytes: [UInt8], file: String, limits: RecordingLimits = RecordingLimits()
  ) throws(RecordingError) -> Recording {
    try unsafe bytes.span.withUnsafeBytes { buffer throws(RecordingError) in
      let archive = try unsafe ZipArchive(buffer, file: file, limits: limits)
      return try Recording(archive)
    }
  }

  init(_ archive: ZipArchive) throws(RecordingError) {
    arrays = []
    for entry in archive.entries { arrays.append(try Self.array(entry, in: archive)) }
  }

  static func array(_ entry: ZipArchive.Entry, in archive: ZipArchive) throws(RecordingError) -> RecordedArray
  {
    let reader = try archive.open(entry)
    let header = try reader.readHeader()
    var bytes = try reader.read(reader.remaining)
    try reader.finish()
    if header.isBigEndian { ElementOrder.swapEndian(&bytes, header) }
    if header.isFortranOrder { bytes = ElementOrder.transposed(bytes, header) }
    return try RecordedArray(header.description(named: entry.name), bytes: bytes)
  }

  /// The recording as a `.npz` file that NumPy reads; the same arrays always give the same bytes.
  public func encoded() throws(RecordingError) -> [UInt8] {
    let writer = try ZipWriter()
    for array in arrays {
      try writer.add("\(array.name).npy", [NumpyHeader.bytes(for: array.description), array.bytes])
    }
    return try writer.finish()
  }
}
