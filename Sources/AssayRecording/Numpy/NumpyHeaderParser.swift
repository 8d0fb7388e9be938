/// Reads a header's text by its grammar. NumPy's own reader evaluates it as Python.
struct NumpyHeaderParser {
  private let text: ArraySlice<UInt8>
  private var position: Int

  /// The header that `text`, ending in a newline, says.
  static func parse(_ text: ArraySlice<UInt8>) throws(NumpyProblem) -> NumpyHeader {
    var parser = NumpyHeaderParser(text)
    return try parser.header()
  }

  private init(_ text: ArraySlice<UInt8>) {
    self.text = text
    position = text.startIndex
  }

  private mutating func header() throws(NumpyProblem) -> NumpyHeader {
    var descr: String?, isFortranOrder: Bool?, shape: [Int]?
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where descr == nil: descr = try self.descr()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try bool()
      case "shape" where shape == nil: shape = try tuple()
      default: throw NumpyProblem("unexpected key '\(key.prefix(40))' in the header")
      }
      if !take(",") { try expect("}"); break }
    }
    skipSpace()
    guard position == text.endIndex else { throw NumpyProblem("text after the header's end") }
    guard let descr, let isFortranOrder, let shape else {
      throw NumpyProblem("the header lacks descr, fortran_order or shape")
    }
    return try Self.header(descr, isFortranOrder, shape)
  }

  private static func header(
    _ descr: String, _ isFortranOrder: Bool, _ shape: [Int]
  ) throws(NumpyProblem) -> NumpyHeader {
    let digits = descr.dropFirst(2)
    guard descr.count >= 2, let order = descr.first, "<>|=".contains(order) else {
      throw NumpyProblem("unknown type '\(descr.prefix(40))'", code: .unsupported)
    }
    let kind = descr[descr.index(after: descr.startIndex)]
    if kind == "O" { throw NumpyProblem("object arrays (pickled Python) are refused", code: .unsupported) }
    guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let width = Int(digits), width <= 1 << 16,
      let type = RecordedType.allCases.first(where: {
        $0.kind == kind && ($0.byteSize == nil || $0.byteSize == width)
      })
    else { throw NumpyProblem("unsupported type '\(descr.prefix(40))'", code: .unsupported) }
    let size = type.byteSize ?? (type == .unicode ? 4 * width : width)
    guard size > 0 else { throw NumpyProblem("elements of no size", code: .unsupported) }
    return NumpyHeader(
      type: type, elementByteCount: size, isBigEndian: order == ">" && size > 1 && type != .bytes,
      isFortranOrder: isFortranOrder, shape: shape)
  }

  private mutating func descr() throws(NumpyProblem) -> String {
    skipSpace()
    guard peek != UInt8(ascii: "[") else {
      throw NumpyProblem("arrays of records are not supported", code: .unsupported)
    }
    return try string()
  }

  private mutating func tuple() throws(NumpyProblem) -> [Int] {
    var dimensions: [Int] = []
    try expect("(")
    while !take(")") {
      dimensions.append(try wholeNumber())
      guard dimensions.count <= NumpyHeader.maximumRank else {
        throw NumpyProblem("more than \(NumpyHeader.maximumRank) dimensions", code: .limit)
      }
      if take(",") { continue }
      // `(3)` is a number in Python, not a tuple.
      guard dimensions.count > 1 else { throw NumpyProblem("the shape is not a tuple") }
      try expect(")")
      break
    }
    return dimensions
  }

  private mutating func wholeNumber() throws(NumpyProblem) -> Int {
    skipSpace()
    let digits = text[position...].prefix { (48...57).contains($0) }
    guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw NumpyProblem("the shape is not made of whole numbers")
    }
    position = digits.endIndex
    return value
  }

  private mutating func bool() throws(NumpyProblem) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw NumpyProblem("fortran_order is neither True nor False")
  }

  private mutating func string() throws(NumpyProblem) -> String {
    skipSpace()
    guard let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw NumpyProblem("expected a quoted word in the header")
    }
    let word = text[(position + 1)...].prefix { $0 != quote && $0 != UInt8(ascii: "\\") }
    guard word.endIndex < text.endIndex, text[word.endIndex] == quote,
      let value = String(validating: word, as: UTF8.self)
    else { throw NumpyProblem("a damaged word in the header") }
    position = word.endIndex + 1
    return value
  }

  private var peek: UInt8? { position < text.endIndex ? text[position] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ scalar: Unicode.Scalar) throws(NumpyProblem) {
    guard take(scalar) else { throw NumpyProblem("expected '\(scalar)' in the header") }
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 32 || byte == 10 { position += 1 }
  }
}
