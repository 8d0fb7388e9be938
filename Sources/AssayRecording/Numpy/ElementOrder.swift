/// Brings elements into this program's order: little-endian, last dimension fastest.
enum ElementOrder {
  /// Reverses the bytes of each unit in place. UTF-32 texts are units of 4 bytes.
  static func swapEndian(_ bytes: inout [UInt8], _ header: NumpyHeader) {
    let unit = header.type == .unicode ? 4 : header.elementByteCount
    for start in stride(from: 0, to: bytes.count - unit + 1, by: unit) {
      bytes[start..<(start + unit)].reverse()
    }
  }

  /// The elements of a Fortran-ordered array (first dimension fastest) in C order.
  static func transposed(_ bytes: [UInt8], _ header: NumpyHeader) -> [UInt8] {
    let shape = header.shape, size = header.elementByteCount
    guard shape.count > 1, !bytes.isEmpty else { return bytes }
    let steps = shape.indices.map { shape[..<$0].reduce(size, *) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = [Int](repeating: 0, count: shape.count)
    var source = 0
    while result.count < bytes.count {
      result += bytes[source..<(source + size)]
      // Counts up like an odometer, the last dimension first.
      for axis in shape.indices.reversed() {
        index[axis] += 1
        source += steps[axis]
        if index[axis] < shape[axis] { break }
        source -= steps[axis] * shape[axis]
        index[axis] = 0
      }
    }
    return result
  }
}
