extension RecordedArray {
  /// Reads the one array of a `.npy` file, as checked as an entry of a `.npz`.
  ///
  /// - Parameters:
  ///   - name: what the array is called from here on; the file has no name for it.
  ///   - file: the name that errors carry.
  public static func readNumpy(
    _ bytes: [UInt8], named name: String, file: String
  ) throws(RecordingError) -> RecordedArray {
    do {
      let range = try NumpyHeader.textRange(Array(bytes.prefix(12)))
      guard range.upperBound <= bytes.count else { throw NumpyProblem("ends within its header") }
      let header = try NumpyHeaderParser.parse(bytes[range])
      let description = header.description(named: name)
      var data = Array(bytes[range.upperBound...])
      guard let expected = NumpyHeader.byteCount(description), expected == data.count else {
        throw NumpyProblem("\(data.count) bytes do not fill \(header.type.rawValue) \(header.shape)")
      }
      if header.isBigEndian { ElementOrder.swapEndian(&data, header) }
      if header.isFortranOrder { data = ElementOrder.transposed(data, header) }
      return try RecordedArray(description, bytes: data)
    } catch let error as RecordingError {
      throw error
    } catch let problem as NumpyProblem {
      throw RecordingError(problem.code, file: file, array: nil, problem.message)
    } catch {
      throw RecordingError(.malformed, file: file, array: nil, "\(error)")
    }
  }

  /// Whether a file starts as `.npy` files do.
  public static func isNumpy(_ bytes: [UInt8]) -> Bool { bytes.starts(with: NumpyHeader.magic) }
}
