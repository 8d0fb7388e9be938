import AssayFiles
import AssayModel
import AssayRecording
import AssayRuntime
import AssayTestSupport
import Testing

/// A program with inputs and the outputs that ExecuTorch's own runtime computed of them.
struct ProgramFixture: CustomTestStringConvertible, Sendable {
  let name: String
  var testDescription: String { name }

  static let names = [
    "ad_autoencoder.float_portable", "ad_autoencoder.int8_cortex_m4", "ad_autoencoder.int8_qdq_portable",
    "digits_cnn.float_constprop", "digits_cnn.float_dynbatch", "digits_cnn.float_portable",
    "digits_cnn.int8_cortex_m4", "digits_cnn.int8_qdq_portable", "kws_dscnn.float_portable",
    "kws_dscnn.int8_cortex_m4", "kws_dscnn.int8_qdq_portable",
  ]

  static let folder = "\(Checkout.conformance)/pte"
  /// Empty where the fixtures are absent.
  static let all = names.map(ProgramFixture.init).filter { (try? $0.file("pte")) != nil }
  static var areThere: Bool { !all.isEmpty }

  func file(_ ending: String) throws -> [UInt8] {
    try FileBytes.read("\(Self.folder)/\(name).\(ending)", limit: 1 << 26)
  }

  /// Planned buffers and loaded method, of a 32-bit build of the runtime's allocator.
  static let memory: [(name: String, planned: Int, method: Int)] = [
    ("ad_autoencoder.float_portable", 330_752, 9_412), ("ad_autoencoder.int8_cortex_m4", 3_200, 4_796),
    ("digits_cnn.float_dynbatch", 40_960, 3_312), ("digits_cnn.float_portable", 33_920, 2_980),
    ("digits_cnn.int8_qdq_portable", 67_840, 6_888), ("kws_dscnn.int8_cortex_m4", 16_000, 11_492),
    ("digits_cnn.float_xnnpack", 368, 160),
  ]
}

@Suite(.enabled(if: ProgramFixture.areThere, "the conformance fixtures are not here"))
struct ExecuTorchFixtureTests {
  @Test(arguments: ProgramFixture.all)
  func `a program computes what the device's runtime computed, bit for bit`(_ fixture: ProgramFixture) throws
  {
    let recording = try Recording.read(fixture.file("npz"), file: fixture.name, limits: RecordingLimits())
    let inputs = try #require(recording.arrays.first { $0.description.name == "in_0" })
    let expected = try #require(recording.arrays.first { $0.description.name == "out_0" })
    let shape = Array(inputs.description.shape.dropFirst())
    let graph = try Graph.read(fixture.file("pte")).resized(to: [shape])
    let method = try #require(graph.method)
    for placement in [TensorPlacement(method, graph), .preserveAll(graph)] {
      var interpreter = try Interpreter(Program(graph), placement: placement)
      var computed: [UInt8] = []
      let size = inputs.bytes.count / inputs.description.shape[0]
      for sample in 0..<inputs.description.shape[0] {
        try interpreter.setInput(0, Array(inputs.bytes[sample * size..<(sample + 1) * size]).span)
        try interpreter.invoke()
        computed += interpreter.output(0)
      }
      #expect(computed == expected.bytes)
    }
  }

  @Test(arguments: ProgramFixture.memory)
  func `memory is what the runtime's allocator takes`(_ row: (name: String, planned: Int, method: Int)) throws
  {
    let memory = try #require(ExecuTorchMemory(Graph.read(ProgramFixture(name: row.name).file("pte"))))
    #expect(memory.plannedBytes == row.planned)
    #expect(abs(memory.methodBytes - row.method) <= 4)
    #expect(memory.minimumBytes == memory.plannedBytes + memory.methodBytes + 16)
  }

  @Test func `a delegated program is refused by the backend's name`() throws {
    let graph = try Graph.read(ProgramFixture(name: "digits_cnn.float_xnnpack").file("pte"))
    let refusals = ExecuTorchSupport.refusals(
      graph, kernels: ExecuTorchSupport.Kernels(quantized: true, cortexM: true))
    #expect(refusals.map(\.reason) == ["delegate XnnpackBackend: not available on ESP32-S3"])
  }

  @Test func `an int8 pool behind a float region is refused even where its kernels are there`() throws {
    let graph = try Graph.read(ProgramFixture(name: "digits_cnn.int8io_cortex_m4").file("pte"))
    let refusals = ExecuTorchSupport.refusals(
      graph, kernels: ExecuTorchSupport.Kernels(quantized: true, cortexM: true))
    #expect(refusals.contains { $0.reason.hasPrefix("takes channels last") })
  }

  @Test(arguments: ["digits_cnn.float_portable.pte", "digits_cnn.int8_cortex_m4.pte"])
  func `a cut program is refused, wherever it is cut`(_ name: String) throws {
    let bytes = try FileBytes.read("\(ProgramFixture.folder)/\(name)", limit: 1 << 26)
    for length in Array(stride(from: 0, to: bytes.count, by: max(1, bytes.count / 97))) + [bytes.count - 1] {
      #expect((try? Graph.read(Array(bytes[..<length]))) == nil, "cut at \(length)")
    }
  }

  /// A wrapper cut behind its program loses recorded cases, never a byte of what would run.
  @Test func `a cut wrapper gives its whole program or nothing`() throws {
    let program = try ProgramFixture(name: "digits_cnn.float_portable").file("pte")
    let bytes = try ProgramFixture(name: "digits_cnn.float_portable").file("bpte")
    for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 97)) {
      guard let graph = try? Graph.read(Array(bytes[..<length])) else { continue }
      #expect(graph.storage[0] == program, "cut at \(length)")
    }
  }

  @Test(arguments: 0..<400)
  func `a program with a changed byte is read or refused, and never traps`(_ seed: Int) throws {
    var bytes = try ProgramFixture(name: "digits_cnn.int8_cortex_m4").file("pte")
    // The FlatBuffer is where structure lies; constants behind it are any bytes.
    bytes[(seed &* 2_654_435_761) % 6_400] ^= UInt8(1 << (seed % 8))
    guard let graph = try? Graph.read(bytes), let program = try? Program(graph),
      let method = program.graph.method
    else { return }
    guard var interpreter = try? Interpreter(program, placement: TensorPlacement(method, program.graph))
    else { return }
    try? interpreter.invoke()
  }

  @Test func `a method that is not there is refused, naming those that are`() throws {
    let bytes = try ProgramFixture(name: "digits_cnn.float_portable").file("pte")
    let error = #expect(throws: ModelError.self) {
      try Graph.read(bytes, options: ReadingOptions(method: "backward"))
    }
    #expect(error?.message == "no method \"backward\"; the program has forward")
  }
}
