import AssayModel
import AssayTestSupport
import Testing

@Suite struct `Malformed programs` {
  @Test(arguments: headerCases + tableCases + valueCases + instructionCases)
  func `each is refused with one line that names the place`(_ sample: MalformedModel) throws {
    let bytes = sample.bytes()
    let error = try #require(throws: ModelError.self) { _ = try Graph.read(bytes) }
    #expect(error.code == sample.code)
    #expect(error.withoutOffset == sample.text)
    #expect(error.fileOffset.map { (0...bytes.count).contains($0) } ?? true)
    #expect(!error.description.contains("\n"))
  }

  @Test func `every truncation of a program is refused`() {
    let bytes = SamplePrograms.network().bytes()
    for count in bytes.indices {
      #expect(throws: ModelError.self, "\(count) of \(bytes.count) bytes") {
        _ = try Graph.read(Array(bytes[..<count]))
      }
    }
  }

  /// Behind its program a wrapper holds recorded cases only.
  @Test func `every truncation of a wrapper gives the whole program or nothing`() {
    let program = SamplePrograms.unary().bytes()
    let bytes = ProgramWriter.bundle(program, suites: [])
    for count in bytes.indices {
      guard let graph = try? Graph.read(Array(bytes[..<count])) else { continue }
      #expect(graph.file == program, "\(count) of \(bytes.count) bytes")
    }
  }

  @Test(arguments: weightCases)
  func `external weights that do not fit are refused by name`(_ sample: MalformedWeights) throws {
    let program = Self.externalProgram()
    var options = ReadingOptions()
    options.externalWeights = sample.bytes()
    let error = try #require(throws: ModelError.self) { _ = try Graph.read(program, options: options) }
    #expect(error.withoutOffset == sample.text)
  }

  @Test func `every truncation of external weights is refused`() throws {
    let bytes = ProgramWriter.weights([("w", [4], SamplePrograms.floats(4))])
    var options = ReadingOptions()
    options.externalWeights = bytes
    _ = try Graph.read(Self.externalProgram(), options: options)
    for count in bytes.indices {
      options.externalWeights = Array(bytes[..<count])
      #expect(throws: ModelError.self, "\(count) of \(bytes.count) bytes") {
        _ = try Graph.read(Self.externalProgram(), options: options)
      }
    }
  }

  /// Adds a weight `w` of four floats, which lies in another file.
  static func externalProgram() -> [UInt8] {
    var program = ProgramWriter()
    let x = program.input(.float32, [4])
    let weight = program.constant(.float32, [4], SamplePrograms.floats(4))
    let (one, y) = (program.int(1), program.tensor(.float32, [4]))
    program.call("aten::add", "out", [x, weight, one, y, y])
    program.output(y)
    var root = program.root
    root[1].tables[0][2].tables[Int(weight)][1].table[5] = .uint32(0)
    root[1].tables[0][2].tables[Int(weight)][1].table[9] = .table(
      FlatTableValue([1: .string("w"), 2: .int8(1)]))
    return ProgramWriter.file(root, segment: program.segment)
  }
}

/// A file of external weights, and what is said about it.
struct MalformedWeights: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let text: String
  let bytes: @Sendable () -> [UInt8]

  init(_ name: String, _ text: String, _ bytes: @escaping @Sendable () -> [UInt8]) {
    testDescription = name
    self.text = text
    self.bytes = bytes
  }
}

private let weightCases: [MalformedWeights] = [
  MalformedWeights("another weight", "external weights (.ptd): no weight \"w\"") {
    ProgramWriter.weights([("v", [4], SamplePrograms.floats(4))])
  },
  MalformedWeights(
    "another shape", "external weights (.ptd): \"w\" is float32 [2, 2], the program takes float32 [4]"
  ) { ProgramWriter.weights([("w", [2, 2], SamplePrograms.floats(4))]) },
  MalformedWeights(
    "too few bytes", "external weights (.ptd), \"w\": 16 bytes at 0 end beyond segment 0 of 12 bytes"
  ) { ProgramWriter.weights([("w", [4], SamplePrograms.floats(3))]) },
  MalformedWeights("a program", "external weights (.ptd): the identifier FT01 is missing") {
    SamplePrograms.unary().bytes()
  },
  MalformedWeights(
    "a segment beyond the file",
    "external weights (.ptd): segment 0: 16 bytes at 160 + 18446744073709551607 end beyond the file of 176 bytes"
  ) {
    ProgramWriter.weights(
      FlatTableValue([
        1: .tables([FlatTableValue([0: .uint64(.max - 8), 1: .uint64(16)])]),
        2: .tables([FlatTableValue([0: .string("w"), 1: .uint32(0)])]),
      ]), data: SamplePrograms.floats(4))
  },
  MalformedWeights(
    "a segment that does not exist", "external weights (.ptd), \"w\": segment 7 of 0 does not exist"
  ) {
    ProgramWriter.weights(
      FlatTableValue([1: .tables([]), 2: .tables([FlatTableValue([0: .string("w"), 1: .uint32(7)])])]),
      data: [])
  },
  MalformedWeights(
    "data before the file", "external weights (.ptd): segments start at 18446744073709551615, beyond the file"
  ) {
    var bytes = ProgramWriter.weights([("w", [4], SamplePrograms.floats(4))])
    bytes.replaceSubrange(32..<40, with: littleEndian(UInt64.max))
    return bytes
  },
]

extension MalformedModel {
  /// The sample network with its tables changed before they are written.
  init(
    program name: String, _ code: ModelError.Code, _ text: String,
    _ change: @escaping @Sendable (inout FlatTableValue) -> Void
  ) {
    self.init(name, code, text) {
      let program = SamplePrograms.network()
      var root = program.root
      change(&root)
      return ProgramWriter.file(root, segment: program.segment)
    }
  }

  /// The sample network with its method changed.
  init(
    method name: String, _ code: ModelError.Code, _ text: String,
    _ change: @escaping @Sendable (inout FlatTableValue) -> Void
  ) {
    self.init(program: name, code, text) { change(&$0[1].tables[0]) }
  }

  /// The sample network with the tensor of a value changed.
  init(
    tensor name: String, _ code: ModelError.Code, _ text: String, value: Int = 0,
    _ change: @escaping @Sendable (inout FlatTableValue) -> Void
  ) {
    self.init(method: name, code, text) { change(&$0[2].tables[value][1].table) }
  }
}
