import AssayFiles
import AssayModel
import AssayRecording
import AssayRuntime
import AssayTestSupport
import Testing

@testable import AssayGate

/// Small graphs that `tools/conformance` made, with the outputs of TensorFlow Lite Micro, and every
/// graph on which the two once differed.
@Suite struct `Operators against TensorFlow Lite Micro` {
  static let folders = ["Tests/Goldens/operators", "Tests/FailCases/conformance"]

  static let models = folders.flatMap { folder in
    ((try? Folder.list("\(Checkout.root)/\(folder)")) ?? []).map(\.name).sorted()
      .filter { $0.hasSuffix(".tflite") }.map { "\(folder)/\($0)" }
  }

  @Test func `every family of operators has goldens`() { #expect(Self.models.count > 100) }

  @Test(arguments: models, [KernelSelection.reference, .fast])
  func `agree to the bit, or within 4 ULP behind exp and its like`(_ name: String, _ kernels: KernelSelection)
    throws
  {
    let model = try LoadedModel(path: "\(Checkout.root)/\(name)", kernels: kernels)
    let recording = try ModelRecording.open("\(Checkout.root)/\(name.dropLast(".tflite".count)).npz")
    let run = try ModelRun(model, try SampleFeed(recording, model: model, matching: .exact))
    let allowed = Self.allowedULP(model.graph)
    for (index, bytes) in run.outputs.enumerated() {
      let expected = try #require(try recording.array("out_\(index)"))
      #expect(expected.shape == [run.count] + run.tensors[index].shape)
      let isFloat = run.tensors[index].type == .float32
      let distance = isFloat ? Self.ulpDistance(bytes, expected.bytes) : (bytes == expected.bytes ? 0 : .max)
      #expect(distance <= (isFloat ? allowed : 0), "out_\(index)")
    }
  }

  /// Operators whose float form calls the C library.
  private static func allowedULP(_ graph: Graph) -> Int {
    let calling: Set<BuiltinOperator> = [
      .softmax, .logistic, .tanh, .exp, .log, .sin, .cos, .elu, .logSoftmax, .unidirectionalSequenceLSTM,
    ]
    let used = graph.subgraphs.flatMap(\.operators).compactMap(\.code.builtin)
    return used.contains(where: calling.contains) ? 4 : 0
  }

  /// The largest number of floats between two elements; two NaN are equal, and so are the zeros.
  private static func ulpDistance(_ found: [UInt8], _ expected: [UInt8]) -> Int {
    guard found.count == expected.count else { return .max }
    var largest = 0
    for start in stride(from: 0, to: found.count, by: 4) {
      let (left, right) = (bits(found, start), bits(expected, start))
      if Float(bitPattern: left).isNaN && Float(bitPattern: right).isNaN { continue }
      largest = max(largest, abs(ordered(left) - ordered(right)))
    }
    return largest
  }

  private static func bits(_ bytes: [UInt8], _ start: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
  }

  /// Floats in order as integers in order.
  private static func ordered(_ bits: UInt32) -> Int {
    bits >> 31 == 0 ? Int(bits) : -Int(bits & 0x7FFF_FFFF)
  }
}
