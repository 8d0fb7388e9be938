import AssayFiles
import AssayRecording
import AssayTestSupport
import Testing

@Suite struct `Model recordings` {
  static func array(_ name: String, _ type: RecordedType, _ shape: [Int], _ bytes: [UInt8]? = nil) throws
    -> RecordedArray
  {
    let description = ArrayDescription(name: name, type: type, shape: shape)
    let count = shape.reduce(type.byteSize ?? 1, *)
    return try RecordedArray(description, bytes: bytes ?? (0..<count).map { UInt8(truncatingIfNeeded: $0) })
  }

  static let expected = [ExpectedArray(name: "x", types: [.int8], shape: [1, 2])]

  @Test func `give their samples in order, from memory and from a large file alike`() throws {
    let folder = try TemporaryFolder()
    let recording = Recording([
      try Self.array("out_0", .float32, [3, 1]), try Self.array("in_1", .int16, [3]),
      try Self.array("in_0", .int8, [3, 1, 2]),
      RecordedArray(name: "labels", [7, 8, 9]), try Self.array("reset", .bool, [3], [1, 0, 1]),
      RecordedArray(name: "notes", [1]),
    ])
    let path = try folder.write("r.npz", try recording.encoded())
    var limits = RecordingLimits()
    let inMemory = try ModelRecording.open(path, limits: limits)
    limits.bytes = 600  // less than all of it, more than the labels: read sample by sample
    let streamed = try ModelRecording.open(path, limits: limits)
    for view in [inMemory, streamed] {
      #expect(view.inputs.map(\.name) == ["in_0", "in_1"] && view.outputs.map(\.name) == ["out_0"])
      #expect(
        view.sampleCount == 3 && view.labels?.integers == [7, 8, 9] && view.resets == [true, false, true])
      #expect(view.ignoredNames == ["notes"])
      #expect(view.digest?.sha256 == SHA256.hex(of: try recording.encoded()))
      let reader = try view.samples()
      var samples: [RecordedSample] = []
      while let sample = try reader.next() { samples.append(sample) }
      #expect(samples.map(\.index) == [0, 1, 2] && samples.map(\.isReset) == [true, false, true])
      #expect(samples.map { Array($0.inputs[0]) } == [[0, 1], [2, 3], [4, 5]])
      #expect(samples.map { Array($0.inputs[1]) } == [[0, 1], [2, 3], [4, 5]])
      #expect(samples.map { Array($0.outputs[0]) } == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]])
      #expect(try view.array("in_0")?.bytes == [0, 1, 2, 3, 4, 5])
      #expect(try view.array("none") == nil)
    }
  }

  @Test func `read from a large file notice damage at its end`() throws {
    let folder = try TemporaryFolder()
    let bytes = Made.zip(
      [("in_0.npy", Made.npy("|i1", "(900, 1)", data: [UInt8](repeating: 1, count: 900)))], crc: 5)
    let path = try folder.write("r.npz", bytes)
    var limits = RecordingLimits()
    limits.bytes = 500
    let reader = try ModelRecording.open(path, limits: limits).samples()
    let error = #expect(throws: RecordingError.self) { while try reader.next() != nil {} }
    #expect(error?.code == .malformed)
  }

  struct Misfit: CustomTestStringConvertible, Sendable {
    var arrays: [RecordedArray]
    var message: String
    var testDescription: String { message }

    init(_ message: String, _ arrays: [RecordedArray]) {
      self.arrays = arrays
      self.message = message
    }
  }

  static func misfits() throws -> [Misfit] {
    let input = try array("in_0", .int8, [3, 1, 2])
    return [
      Misfit("f: neither in_0 nor out_0 is in the file", []),
      Misfit("f: in_1: in_0 is missing", [try array("in_1", .int8, [3])]),
      Misfit("f: in_0: in_1 is missing", [input, try array("in_2", .int8, [3])]),
      Misfit("f: out_0: 2 samples, but in_0 has 3", [input, try array("out_0", .int8, [2])]),
      Misfit("f: in_0: no samples", [try array("in_0", .int8, [0, 2])]),
      Misfit("f: in_0: a single number, not samples", [try array("in_0", .int8, [])]),
      Misfit(
        "f: labels: 2 samples, but the tensors have 3", [input, RecordedArray(name: "labels", [1, 2])]),
      Misfit("f: labels: float32, not whole numbers", [input, try array("labels", .float32, [3])]),
      Misfit("f: reset: not one bool a sample", [input, try array("reset", .int8, [3])]),
      Misfit("f: reset: 4 samples, but the tensors have 3", [input, try array("reset", .bool, [4])]),
      Misfit("f: tags: not one text or whole number a sample", [input, try array("tags", .float32, [3])]),
      Misfit(
        "f: label: unknown array; allowed: in_0, in_1, ..., out_0, out_1, ..., labels, tags, reset",
        [input, RecordedArray(name: "label", [1, 2, 3])]),
      Misfit("f: the model has 1 input, the file has 2 (in_0, ...)", [input, try array("in_1", .int8, [3])]),
      Misfit(#"f: in_0: float32, but input "x" is int8"#, [try array("in_0", .float32, [3, 1, 2])]),
      Misfit(
        #"f: in_0: samples of shape [2], but input "x" has [1, 2]"#, [try array("in_0", .int8, [3, 2])]),
      Misfit(
        #"f: in_0: samples of shape [1, 3], but input "x" has [1, 2]"#, [try array("in_0", .int8, [3, 1, 3])]),
    ]
  }

  @Test(arguments: try! misfits())
  func `that do not fit are refused with the reason`(_ misfit: Misfit) {
    let error = #expect(throws: RecordingError.self) {
      try ModelRecording(Recording(misfit.arrays), file: "f").checkInputs(Self.expected)
    }
    #expect(error?.description == misfit.message)
  }

  @Test func `may be smaller in dynamic dimensions`() throws {
    let view = try ModelRecording(Recording([try Self.array("in_0", .int8, [3, 1, 2])]), file: "f")
    var wanted = ExpectedArray(name: "x", types: [.int8], shape: [1, 5])
    #expect(throws: RecordingError.self) { try view.checkInputs([wanted]) }
    wanted.dynamicDimensions = [1]
    try view.checkInputs([wanted])
    wanted.shape = [1, 1]
    #expect(throws: RecordingError.self) { try view.checkInputs([wanted]) }
  }

  @Test(arguments: [
    (RecordedType.float32, [0, 0, 128, 63, 0, 0, 192, 127], 1), (.float32, [0, 0, 128, 255, 0, 0, 0, 0], 0),
    (.float16, [0, 124, 0, 0], 0), (.float64, [0, 0, 0, 0, 0, 0, 240, 127], 0),
  ])
  func `with NaN or infinity in an input are refused with the place`(
    type: RecordedType, bytes: [UInt8], element: Int
  ) throws {
    let count = bytes.count / (type.byteSize ?? 1)
    let zeros = [UInt8](repeating: 0, count: bytes.count)
    let array = try Self.array("in_0", type, [2, count], zeros + bytes)
    let view = try ModelRecording(Recording([array]), file: "f")
    let reader = try view.samples()
    _ = try reader.next()
    let error = #expect(throws: RecordingError.self) { try reader.next() }
    #expect(error?.description == "f: in_0: sample 1, element \(element) is NaN or infinite")
    let lenient = try view.samples(allowsNonFinite: true)
    _ = try lenient.next()
    #expect(try lenient.next() != nil)
  }

  @Test func `that cannot be read name the file`() {
    let error = #expect(throws: RecordingError.self) { try ModelRecording.open("/nowhere/x.npz") }
    #expect(error?.description == "/nowhere/x.npz: no such file or folder")
  }
}

@Suite struct `Recorded fixtures` {
  static let folders = ["models", "layers", "board"].map { "\(Checkout.conformance)/\($0)" }

  @Test(.enabled(if: Folder.exists(folders[0]), "the conformance fixtures are not beside this checkout"))
  func `of NumPy's writer are read`() throws {
    var count = 0
    for folder in Self.folders {
      for entry in try Folder.list(folder) where entry.name.hasSuffix(".npz") {
        let view = try ModelRecording.open(Path.join(folder, entry.name))
        let reader = try view.samples(allowsNonFinite: true)
        while try reader.next() != nil { count += 1 }
      }
    }
    #expect(count > 300)
  }
}
