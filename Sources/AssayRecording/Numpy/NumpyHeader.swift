/// The header of a `.npy` file: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
struct NumpyHeader: Equatable {
  var type: RecordedType
  var elementByteCount: Int
  var isBigEndian: Bool
  var isFortranOrder: Bool
  var shape: [Int]

  /// NumPy allows 64 dimensions; nothing on a board has more than 8.
  static let maximumRank = 32
  static let maximumTextByteCount = 64 << 10
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Bytes of all elements, `nil` when the product overflows or a dimension is negative.
  static func byteCount(_ description: ArrayDescription) -> Int? {
    var total = description.elementByteCount
    for dimension in description.shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: dimension)
      guard dimension >= 0, !overflow else { return nil }
      total = product
    }
    // A zero dimension would hide an overflow of the others.
    let (sample, overflow) = description.shape.dropFirst().reduce((1, false)) { partial, dimension in
      let (product, overflow) = partial.0.multipliedReportingOverflow(by: max(1, dimension))
      return (product, partial.1 || overflow)
    }
    return overflow || sample.multipliedReportingOverflow(by: max(1, description.elementByteCount)).overflow
      ? nil : total
  }

  func description(named name: String) -> ArrayDescription {
    ArrayDescription(name: name, type: type, shape: shape, elementByteCount: elementByteCount)
  }

  /// How many bytes stand before the text, and how long it is, from the first 12 bytes of a file.
  ///
  /// - Throws: a message.
  static func textRange(_ prefix: [UInt8]) throws(NumpyProblem) -> Range<Int> {
    guard prefix.count >= 10, prefix.starts(with: magic) else { throw NumpyProblem("not a .npy file") }
    guard (1...3).contains(prefix[6]), prefix[7] == 0 else {
      throw NumpyProblem("unknown .npy version \(prefix[6]).\(prefix[7])")
    }
    if prefix[6] == 1 { return 10..<(10 + Int(prefix[8]) + Int(prefix[9]) << 8) }
    guard prefix.count >= 12 else { throw NumpyProblem("not a .npy file") }
    let length = (0..<4).reduce(0) { $0 | Int(prefix[8 + $1]) << (8 * $1) }
    guard length <= maximumTextByteCount else { throw NumpyProblem("a header of \(length) bytes") }
    return 12..<(12 + length)
  }

  /// The header as NumPy 1.x and 2.x write it: version 1.0, padded so that data start at a multiple
  /// of 64 bytes.
  static func bytes(for description: ArrayDescription) -> [UInt8] {
    let order = description.elementByteCount == 1 || description.type == .bytes ? "|" : "<"
    let width =
      description.type == .unicode ? description.elementByteCount / 4 : description.elementByteCount
    let dimensions = description.shape.map(String.init).joined(separator: ", ")
    let tuple = description.shape.count == 1 ? "(\(dimensions),)" : "(\(dimensions))"
    var text = "{'descr': '\(order)\(description.type.kind)\(width)', "
    text += "'fortran_order': False, 'shape': \(tuple), }"
    let padding = 64 - (10 + text.utf8.count + 1) % 64
    text += String(repeating: " ", count: padding % 64) + "\n"
    let length = text.utf8.count
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8 & 0xFF)] + Array(text.utf8)
  }
}

/// What is wrong with a `.npy` file; the caller knows its name.
struct NumpyProblem: Error {
  var code: RecordingError.Code
  var message: String

  init(_ message: String, code: RecordingError.Code = .malformed) {
    self.code = code
    self.message = message
  }
}
