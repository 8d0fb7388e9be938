import AssayModel
import AssayRecording
import AssayRuntime
import AssayTestSupport
import Testing

@Suite struct `Operators of programs and ONNX models` {
  static let onnx = FormatGolden.all("onnx")
  static let programs = FormatGolden.all("pte")

  @Test func `the goldens are there`() {
    #expect(Self.onnx.count > 350 && Self.programs.count > 250)
  }

  @Test(arguments: onnx)
  func `a node computes what ONNX Runtime computes`(_ golden: FormatGolden) throws { try check(golden) }

  @Test(arguments: programs)
  func `a kernel computes what ExecuTorch's runtime computes`(_ golden: FormatGolden) throws {
    try check(golden)
  }

  private func check(_ golden: FormatGolden) throws {
    let program = try Program(Graph.read(golden.model))
    var interpreter = try Interpreter(program, placement: .preserveAll(program.graph))
    let main = program.graph.main
    try #require(golden.inputs.count == main.inputs.count && golden.outputs.count == main.outputs.count)
    for sample in 0..<golden.outputs[0].description.shape[0] {
      for (index, input) in golden.inputs.enumerated() {
        try interpreter.setInput(index, bytes(input, sample).span)
      }
      try interpreter.invoke()
      for (index, expected) in golden.outputs.enumerated() {
        let type = main.tensors[main.outputs[index]].type
        let (computed, wanted) = (interpreter.output(index), bytes(expected, sample))
        if golden.isExact || type != .float32 {
          #expect(computed == wanted, "output \(index) of sample \(sample)")
        } else {
          #expect(
            distance(floats(computed), floats(wanted)) <= tolerance(golden),
            "output \(index) of sample \(sample)")
        }
      }
    }
  }

  /// Recurrent layers add up the approximations of many steps, and a symmetric resize rounds its
  /// coordinates more often than the others.
  private func tolerance(_ golden: FormatGolden) -> Float {
    golden.name.contains("recurrent") || golden.name.contains("symmetric") ? 32 : 8
  }

  private func bytes(_ array: RecordedArray, _ sample: Int) -> [UInt8] {
    let size = array.bytes.count / max(1, array.description.shape[0])
    return Array(array.bytes[sample * size..<(sample + 1) * size])
  }

  private func floats(_ bytes: [UInt8]) -> [Float] {
    stride(from: 0, to: bytes.count, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
    }
  }

  /// Largest difference, in units in the last place of the largest expected value: sums of other order
  /// differ by a few of those, however near to 0 a single one of them ends.
  private func distance(_ computed: [Float], _ expected: [Float]) -> Float {
    guard computed.map(\.isNaN) == expected.map(\.isNaN) else { return .infinity }
    let largest = expected.filter { !$0.isNaN }.map(\.magnitude).max() ?? 0
    let unit = max(largest.ulp / 2, .leastNonzeroMagnitude)
    return zip(computed, expected).filter { !$0.0.isNaN }.map { ($0 - $1).magnitude / unit }.max() ?? 0
  }
}
