import AssayFiles
import AssayModel
import AssayRecording
import AssayRuntime
import AssayTestSupport
import Testing

/// An ONNX model with inputs and the outputs that ONNX Runtime computed of them.
struct ONNXFixture: CustomTestStringConvertible, Sendable {
  let name: String
  var testDescription: String { name }
  /// Codes decide the outputs of int8 networks: they come out exactly.
  var isQuantized: Bool { name.contains(".int8") }

  static let folder = "\(Checkout.conformance)/onnx"
  static let all = ((try? Folder.list(folder)) ?? []).map(\.name).filter { $0.hasSuffix(".onnx") }.sorted()
    .map { ONNXFixture(name: $0) }
}

@Suite(.enabled(if: !ONNXFixture.all.isEmpty, "shared/conformance is not beside the checkout"))
struct `ONNX fixtures` {
  @Test(arguments: ONNXFixture.all)
  func `a model computes what ONNX Runtime computed`(_ fixture: ONNXFixture) throws {
    let path = "\(ONNXFixture.folder)/\(fixture.name)"
    let recording = try Recording.read(
      FileBytes.read("\(path).npz", limit: 1 << 26), file: fixture.name, limits: RecordingLimits())
    let inputs = try #require(recording.arrays.first { $0.description.name == "in_0" })
    let expected = try #require(recording.arrays.first { $0.description.name == "out_0" }?.doubles)
    let program = try Program(Graph.read(FileBytes.read(path, limit: 1 << 26)))
    var interpreter = try Interpreter(program, placement: .preserveAll(program.graph))
    var computed: [Double] = []
    let size = inputs.bytes.count / inputs.description.shape[0]
    for sample in 0..<inputs.description.shape[0] {
      try interpreter.setInput(0, Array(inputs.bytes[sample * size..<(sample + 1) * size]).span)
      try interpreter.invoke()
      computed += floats(interpreter.output(0))
    }
    try #require(computed.count == expected.count)
    let largest = expected.map(\.magnitude).max() ?? 0
    let tolerance = fixture.isQuantized ? 0 : 1e-5 * largest
    #expect(zip(computed, expected).allSatisfy { abs($0 - $1) <= tolerance })
  }

  private func floats(_ bytes: [UInt8]) -> [Double] {
    stride(from: 0, to: bytes.count, by: 4).map { start in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
      return Double(Float(bitPattern: bits))
    }
  }

  @Test(arguments: ONNXFixture.all)
  func `a cut model is refused, wherever it is cut`(_ fixture: ONNXFixture) throws {
    let bytes = try FileBytes.read("\(ONNXFixture.folder)/\(fixture.name)", limit: 1 << 26)
    for length in stride(from: 0, to: bytes.count - 64, by: max(1, bytes.count / 97)) {
      #expect((try? Graph.read(Array(bytes[..<length]))) == nil, "cut at \(length)")
    }
  }
}
