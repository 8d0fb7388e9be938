import AssayFiles
import AssayRecording
import AssayTestSupport
import Testing

/// `.npy` and `.npz` files made by hand, so that the reader is not tested by its own writer alone.
enum Made {
  static func npy(_ header: String, data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let text = Array(header.utf8)
    let count = text.count
    let length: [UInt8] =
      version == 1
      ? [UInt8(count & 255), UInt8(count >> 8)]
      : (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + data
  }

  static func npy(_ descr: String, _ shape: String, fortran: Bool = false, data: [UInt8]) -> [UInt8] {
    npy(
      "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n",
      data: data)
  }

  /// A ZIP archive of stored files; `crc` overrides the checksum that is written.
  static func zip(_ files: [(name: String, bytes: [UInt8])], crc: UInt32? = nil, method: UInt16 = 0)
    -> [UInt8]
  {
    var body: [UInt8] = [], directory: [UInt8] = []
    for file in files {
      let facts =
        little(20, 2) + little(0, 2) + little(Int(method), 2) + little(0, 2) + little(33, 2)
        + little(Int(crc ?? CRC32.value(of: file.bytes)), 4) + little(file.bytes.count, 4)
        + little(file.bytes.count, 4) + little(file.name.utf8.count, 2) + little(0, 2)
      directory += little(0x0201_4B50, 4) + little(20, 2) + facts + little(0, 2) + little(0, 2) + little(0, 2)
      directory += little(0, 4) + little(body.count, 4) + Array(file.name.utf8)
      body += little(0x0403_4B50, 4) + facts + Array(file.name.utf8) + file.bytes
    }
    let end =
      little(0x0605_4B50, 4) + little(0, 4) + little(files.count, 2) + little(files.count, 2)
      + little(directory.count, 4) + little(body.count, 4) + little(0, 2)
    return body + directory + end
  }

  static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

@Suite struct `Recordings` {
  @Test(arguments: [
    ("|i1", "(4,)", [1, 255, 128, 127], [1, -1, -128, 127]), ("<i2", "(2,)", [1, 0, 0, 128], [1, -32_768]),
    (">i2", "(2,)", [0, 1, 128, 0], [1, -32_768]), ("<u2", "(1, 2)", [255, 255, 0, 1], [65_535, 256]),
    ("|b1", "(2,)", [1, 0], [1, 0]), ("<i4", "()", [255, 255, 255, 255], [-1]), ("|u1", "(0, 3)", [], []),
    ("<u4", "(1,)", [255, 255, 255, 255], [4_294_967_295]), ("=i4", "(1,)", [7, 0, 0, 0], [7]),
  ])
  func `hold whole numbers of every width`(descr: String, shape: String, data: [UInt8], values: [Int]) throws
  {
    let bytes = Made.zip([("a.npy", Made.npy(descr, shape, data: data))])
    let recording = try Recording.read(bytes, file: "f")
    #expect(recording["a"]?.integers == values)
  }

  @Test(arguments: [
    ("<f4", [0, 0, 192, 63, 0, 0, 0, 192], [1.5, -2]), (">f4", [63, 192, 0, 0, 192, 0, 0, 0], [1.5, -2]),
    ("<f8", [0, 0, 0, 0, 0, 0, 248, 63, 0, 0, 0, 0, 0, 0, 0, 192], [1.5, -2]),
    ("<f2", [0, 62, 1, 0], [1.5, 0x1p-24]),
  ])
  func `hold floats of every width`(descr: String, data: [UInt8], values: [Double]) throws {
    let bytes = Made.zip([("a.npy", Made.npy(descr, "(2,)", data: data))])
    #expect(try Recording.read(bytes, file: "f")["a"]?.doubles == values)
  }

  @Test func `in Fortran order are turned`() throws {
    let bytes = Made.zip([("a.npy", Made.npy("|i1", "(2, 3, 2)", fortran: true, data: Array(0..<12)))])
    // numpy.arange(12).reshape((2, 3, 2), order="F").ravel()
    #expect(try Recording.read(bytes, file: "f")["a"]?.integers == [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11])
  }

  @Test func `hold texts`() throws {
    let wide =
      "ab\u{1F600}".unicodeScalars.flatMap { Made.little(Int($0.value), 4) } + Made.little(0x7A, 4)
      + [UInt8](repeating: 0, count: 8)
    let recording = try Recording.read(
      Made.zip([
        ("u.npy", Made.npy("<U3", "(2,)", data: wide)),
        ("s.npy", Made.npy("|S2", "(2,)", data: [0x61, 0, 0x62, 0x63])),
        ("bad.npy", Made.npy("<U1", "(1,)", data: Made.little(0xD800, 4))),
      ]), file: "f")
    #expect(recording["u"]?.texts == ["ab😀", "z"])
    #expect(recording["s"]?.texts == ["a", "bc"])
    #expect(recording["bad"]?.texts == nil)
  }

  @Test(arguments: [
    (
      "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n",
      "object arrays (pickled Python) are refused"
    ),
    (
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n",
      "arrays of records are not supported"
    ),
    ("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }\n", "unsupported type '<c8'"),
    ("{'descr': '<f3', 'fortran_order': False, 'shape': (1,), }\n", "unsupported type '<f3'"),
    ("{'descr': '<U0', 'fortran_order': False, 'shape': (1,), }\n", "elements of no size"),
    ("{'descr': '<f', 'fortran_order': False, 'shape': (1,), }\n", "unsupported type '<f'"),
    ("{'descr': '<i4', 'fortran_order': False, 'shape': (4), }\n", "the shape is not a tuple"),
    (
      "{'descr': '<i4', 'fortran_order': False, 'shape': (-4,), }\n", "the shape is not made of whole numbers"
    ),
    ("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }\n", "4 bytes do not fill int32 [2]"),
    ("{'descr': '<i4', 'fortran_order': 0, 'shape': (1,), }\n", "fortran_order is neither True nor False"),
    ("{'descr': '<i4', 'fortran_order': False, 'shape': (1,), 'x': 1}\n", "unexpected key 'x' in the header"),
    ("{'descr': '<i4', 'descr': '<i4', 'shape': (1,), }\n", "unexpected key 'descr' in the header"),
    ("{'descr': '<i4', 'shape': (1,), }\n", "the header lacks descr, fortran_order or shape"),
    ("{'descr': '<i4', 'fortran_order': False, 'shape': (1,), } + evil()\n", "text after the header's end"),
    ("__import__('os')\n", "expected '{' in the header"),
    ("{'descr': '<i4\n", "a damaged word in the header"), ("", "expected '{' in the header"),
    (
      "{'descr': '|i1', 'fortran_order': False, 'shape': (9223372036854775807, 3, 0), }\n",
      "4 bytes do not fill int8 [9223372036854775807, 3, 0]"
    ),
    (
      "{'descr': '|i1', 'fortran_order': False, 'shape': (0, 9223372036854775807, 9223372036854775807), }\n",
      "4 bytes do not fill int8 [0, 9223372036854775807, 9223372036854775807]"
    ),
    (
      "{'descr': '|i1', 'fortran_order': False, 'shape': (\(String(repeating: "1, ", count: 40))), }\n",
      "more than 32 dimensions"
    ),
  ])
  func `with a bad header are refused with the reason`(header: String, message: String) {
    for version in [UInt8(1), 2, 3] {
      let bytes = Made.zip([("in_0.npy", Made.npy(header, data: [0, 0, 0, 0], version: version))])
      let error = #expect(throws: RecordingError.self) { try Recording.read(bytes, file: "f.npz") }
      #expect(error?.description == "f.npz: in_0: \(message)")
    }
  }

  @Test(arguments: [
    ("../../etc/cron.npy", "f: \"../../etc/cron.npy\" is not the name of an array (name.npy)"),
    ("/abs.npy", "f: \"/abs.npy\" is not the name of an array (name.npy)"),
    ("a\\b.npy", "f: \"a\\b.npy\" is not the name of an array (name.npy)"),
    (".npy", "f: \".npy\" is not the name of an array (name.npy)"),
    ("readme.txt", "f: \"readme.txt\" is not the name of an array (name.npy)"),
    ("folder/", "f: \"folder/\" is not the name of an array (name.npy)"),
  ])
  func `with names that are not array names are refused`(name: String, message: String) {
    let bytes = Made.zip([(name, Made.npy("|i1", "(1,)", data: [0]))])
    let error = #expect(throws: RecordingError.self) { try Recording.read(bytes, file: "f") }
    #expect(error?.description == message)
  }

  @Test func `that are damaged or hostile archives are refused`() throws {
    let array = Made.npy("|i1", "(4,)", data: [1, 2, 3, 4])
    let good = Made.zip([("a.npy", array)])
    func message(_ bytes: [UInt8], _ limits: RecordingLimits = RecordingLimits()) -> String? {
      #expect(throws: RecordingError.self) { try Recording.read(bytes, file: "f", limits: limits) }?
        .description
    }
    #expect(message([]) == "f: no arrays in the file")
    #expect(message(Array("PK\u{3}\u{4}".utf8)) == "f: not a readable ZIP archive")
    #expect(message(array) == "f: not a readable ZIP archive")
    #expect(message(Array(good.dropLast(30))) == "f: not a readable ZIP archive")
    #expect(
      message(Made.zip([("a.npy", array)], crc: 1))
        == "f: a: damaged: its data cannot be inflated or its checksum is wrong"
        || message(Made.zip([("a.npy", array)], crc: 1)) == "f: a: damaged: its checksum is wrong")
    #expect(message(Made.zip([("a.npy", array), ("a.npy", array)])) == "f: a: twice in the file")
    #expect(
      message(Made.zip([("a.npy", array)], method: 12))
        == "f: a: compressed by method 12; only stored and deflated arrays are read")
    #expect(message(Made.zip([("a.npy", Array(array.dropLast()))])) == "f: a: 3 bytes do not fill int8 [4]")
    #expect(message(Made.zip([("a.npy", array + [0])])) == "f: a: 5 bytes do not fill int8 [4]")
    #expect(message(Made.zip([("a.npy", [])])) == "f: a: not a .npy file")
    #expect(message(Made.zip([("a.npy", Array(array.prefix(20)))])) == "f: a: damaged: it ends early")
    #expect(
      message(Made.zip([("a.npy", Made.npy("", data: [], version: 4))])) == "f: a: unknown .npy version 4.0")
    var limits = RecordingLimits()
    limits.arrays = 0
    #expect(message(good, limits) == "f: 1 arrays, above the limit of 0")
    limits = RecordingLimits()
    limits.bytes = 10
    #expect(message(good, limits) == "f: a: more than 10 bytes in all")
  }

  @Test func `with any byte changed end in an error or an honest array`() throws {
    let good = Made.zip([("a.npy", Made.npy("|i1", "(4,)", data: [1, 2, 3, 4]))])
    var accepted = 0
    for index in good.indices {
      for bit in 0..<8 {
        var bytes = good
        bytes[index] ^= 1 << UInt8(bit)
        guard let recording = try? Recording.read(bytes, file: "f") else { continue }
        accepted += 1
        #expect(recording.arrays.allSatisfy { $0.bytes == [1, 2, 3, 4] }, "byte \(index), bit \(bit)")
      }
    }
    // Times, versions and attributes carry no meaning.
    #expect(accepted < good.count * 3)
  }

  @Test func `come back as they were written, byte for byte the same each time`() throws {
    var recording = Recording()
    for type in RecordedType.allCases {
      let size = type.byteSize ?? 8
      for shape in [[], [3], [2, 1, 5], [0, 4]] {
        let description = ArrayDescription(
          name: "\(type)\(shape.count)", type: type, shape: shape, elementByteCount: size)
        let count = shape.reduce(size, *)
        recording.append(
          try RecordedArray(description, bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0 % 100) }))
      }
    }
    let bytes = try recording.encoded()
    #expect(try Recording.read(bytes, file: "f") == recording)
    #expect(try recording.encoded() == bytes)
    // A change of the writer's bytes is a change for everybody who compares digests.
    #expect(SHA256.hex(of: bytes) == "8246b197db2153f5b96ba60e378805453c85a7517ad905851b3e053770c56899")
  }

  @Test func `cannot be made of bytes that do not fill their shape`() {
    #expect(throws: RecordingError.self) {
      try RecordedArray(ArrayDescription(name: "a", type: .int16, shape: [3]), bytes: [1, 2, 3])
    }
    #expect(throws: RecordingError.self) {
      try RecordedArray(ArrayDescription(name: "a", type: .int8, shape: [-1, -3]), bytes: [1, 2, 3])
    }
  }
}
