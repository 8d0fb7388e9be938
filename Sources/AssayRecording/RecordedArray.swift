/// The name, type and shape of an array in a recording.
public struct ArrayDescription: Sendable, Hashable, CustomStringConvertible {
  public var name: String
  public var type: RecordedType
  public var shape: [Int]
  /// Bytes of one element.
  public var elementByteCount: Int

  public init(name: String, type: RecordedType, shape: [Int], elementByteCount: Int? = nil) {
    self.name = name
    self.type = type
    self.shape = shape
    self.elementByteCount = elementByteCount ?? type.byteSize ?? 0
  }

  /// `in_0: int8 [100, 1, 49, 40]`.
  public var description: String { "\(name): \(type.rawValue) \(shape)" }

  /// The first dimension: how many samples; `nil` for a single number.
  public var sampleCount: Int? { shape.first }

  /// Bytes of one sample. Checked against overflow when the array was read.
  public var sampleByteCount: Int { shape.dropFirst().reduce(elementByteCount, *) }
}

/// A recorded array: elements in C order (last dimension fastest), little-endian.
public struct RecordedArray: Sendable, Hashable {
  public let description: ArrayDescription
  public let bytes: [UInt8]

  public var name: String { description.name }
  public var type: RecordedType { description.type }
  public var shape: [Int] { description.shape }
  public var elementCount: Int { shape.reduce(1, *) }

  /// An array of `bytes`.
  ///
  /// - Throws: when the shape, the type and the number of bytes disagree.
  public init(_ description: ArrayDescription, bytes: [UInt8]) throws(RecordingError) {
    guard let expected = NumpyHeader.byteCount(description), expected == bytes.count else {
      throw RecordingError(
        .malformed, file: "array", array: description.name,
        "\(bytes.count) bytes do not fill \(description.type.rawValue) \(description.shape)")
    }
    self.description = description
    self.bytes = bytes
  }

  /// A one-dimensional array of numbers; `int64` as NumPy has it.
  public init(name: String, _ values: [Int]) {
    description = ArrayDescription(name: name, type: .int64, shape: [values.count])
    bytes = values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  }

  /// The bytes of sample `index`; empty outside `0..<shape[0]`.
  public func sample(_ index: Int) -> ArraySlice<UInt8> {
    guard let count = description.sampleCount, (0..<count).contains(index) else { return [] }
    let size = description.sampleByteCount
    return bytes[(index * size)..<((index + 1) * size)]
  }
}

extension RecordedArray {
  /// The elements as bit patterns, zero-extended to 64 bits; empty for texts.
  private var words: [UInt64] {
    guard let size = type.byteSize else { return [] }
    return (0..<elementCount).map { index in
      (0..<size).reduce(UInt64(0)) { $0 | UInt64(bytes[index * size + $1]) << UInt64(8 * $1) }
    }
  }

  /// Whole numbers and booleans as `Int`; `nil` for other types and for `uint64` above `Int.max`.
  public var integers: [Int]? {
    let words = words
    switch type {
    case .bool: return words.map { $0 == 0 ? 0 : 1 }
    case .int8: return words.map { Int(Int8(truncatingIfNeeded: $0)) }
    case .int16: return words.map { Int(Int16(truncatingIfNeeded: $0)) }
    case .int32: return words.map { Int(Int32(truncatingIfNeeded: $0)) }
    case .int64: return words.map { Int(Int64(bitPattern: $0)) }
    case .uint8, .uint16, .uint32: return words.map { Int($0) }
    case .uint64: return words.allSatisfy { $0 <= UInt64(Int.max) } ? words.map { Int($0) } : nil
    case .float16, .float32, .float64, .unicode, .bytes: return nil
    }
  }

  /// Any numbers as `Double`; `nil` for texts.
  public var doubles: [Double]? {
    switch type {
    case .float32: words.map { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
    case .float64: words.map { Double(bitPattern: $0) }
    case .float16: words.map { HalfPrecision.double(UInt16(truncatingIfNeeded: $0)) }
    case .uint64: words.map { Double($0) }
    case .unicode, .bytes: nil
    default: integers?.map { Double($0) }
    }
  }

  /// The texts of a `unicode` or `bytes` array, `nil` for numbers and for what is not text.
  public var texts: [String]? {
    guard type.isText else { return nil }
    let width = description.elementByteCount
    var texts: [String] = []
    for index in 0..<elementCount {
      guard let text = text(of: bytes[(index * width)..<((index + 1) * width)]) else { return nil }
      texts.append(text)
    }
    return texts
  }

  private func text(of element: ArraySlice<UInt8>) -> String? {
    guard type == .unicode else {
      return String(validating: element.prefix { $0 != 0 }, as: UTF8.self)
    }
    var text = ""
    for start in stride(from: element.startIndex, to: element.endIndex - 3, by: 4) {
      let code = (0..<4).reduce(UInt32(0)) { $0 | UInt32(element[start + $1]) << UInt32(8 * $1) }
      if code == 0 { break }
      guard let scalar = Unicode.Scalar(code) else { return nil }
      text.unicodeScalars.append(scalar)
    }
    return text
  }

  /// The index of the first element that is NaN or infinite.
  public var firstNonFinite: Int? { Self.firstNonFinite(bytes[...], type) }

  /// By the exponent bits alone: quick, and the same for each of the three widths.
  static func firstNonFinite(_ bytes: ArraySlice<UInt8>, _ type: RecordedType) -> Int? {
    let exponent: (high: UInt8, low: UInt8)
    switch type {
    case .float16: exponent = (0x7C, 0)
    case .float32: exponent = (0x7F, 0x80)
    case .float64: exponent = (0x7F, 0xF0)
    default: return nil
    }
    guard let size = type.byteSize else { return nil }
    for last in stride(from: bytes.startIndex + size - 1, to: bytes.endIndex, by: size)
    where bytes[last] & exponent.high == exponent.high && bytes[last - 1] & exponent.low == exponent.low {
      return (last - bytes.startIndex) / size
    }
    return nil
  }
}

/// IEEE 754 binary16, without the type that some platforms lack.
enum HalfPrecision {
  static func double(_ bits: UInt16) -> Double {
    let sign = bits >> 15 == 0 ? 1.0 : -1.0
    let exponent = Int(bits >> 10 & 0x1F), fraction = Double(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
    }
  }
}
