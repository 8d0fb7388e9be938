import AssayModel
import AssayRecording
import AssayTestSupport
import Testing

@testable import AssayGate

/// Logs of outputs in every form that is read, and the ways in which they can be wrong.
@Suite struct `Outputs that a board logged` {
  private static let tensor = Tensor(
    name: "y", type: .int8, shape: [1, 3], quantization: Quantization(scales: [0.5], zeroPoints: [0]))
  private static let codes: [UInt8] = [1, 2, 0xFD, 4, 5, 6]

  private func read(_ bytes: [UInt8]) throws -> [[UInt8]] {
    let folder = try TemporaryFolder()
    try folder.write("log", bytes)
    return try LoggedOutputs(folder("log"), tensors: [Self.tensor], samples: 2).outputs
  }

  @Test(arguments: [
    "1,2,-3\n4,5,6\n", "0,1,2,-3\n1,4,5,6\n",
    "I (12) app: [1, 2, -3]\r\nnoise 7\r\nI (99) app: [4, 5, 6]\r\n",
    "1 2 -3\n4 5 6", "0.5 1.0 -1.5\n2.0, 2.5, 3.0\n", "out: (1,2,-3);\nout: (4,5,6);\n",
  ])
  func `are read from text`(_ text: String) throws { #expect(try read(Array(text.utf8)) == [Self.codes]) }

  @Test(arguments: [RecordedType.int8, .float32])
  func `are read from arrays`(_ type: RecordedType) throws {
    let bytes: [UInt8] =
      type == .int8
      ? Self.codes
      : [Float(0.5), 1, -1.5, 2, 2.5, 3].flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
      }
    let array = try RecordedArray(
      ArrayDescription(name: "out_0", type: type, shape: [2, 1, 3]), bytes: bytes)
    #expect(try read(try Recording([array]).encoded()) == [Self.codes])
  }

  @Test func `are read from one numpy array`() throws {
    let header = "{'descr': '|i1', 'fortran_order': False, 'shape': (2, 3), }"
    let text = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    let file = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
    #expect(try read(file + Self.codes) == [Self.codes])
    for wrong in [file, file + Self.codes.dropLast(), Array(file.prefix(20)), Array(file.prefix(8))] {
      #expect(throws: GateError.self) { try read(wrong) }
    }
  }

  @Test(arguments: [
    ("1,2,-3\n", "1 line with 3 numbers at the end, the recordings have 2"), ("", "0 lines"),
    ("1,2,-3\n4,5,6\n7,8,9\n", "3 lines"), ("1,2,300\n4,5,6\n", "a code outside int8"),
    ("1,2,99999999999999999999\n4,5,6\n", "1 line"), ("nan nan nan\n", "0 lines"),
  ])
  func `are refused with the reason`(text: String, reason: String) throws {
    let error = #expect(throws: GateError.self) { try read(Array(text.utf8)) }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test func `of another count or shape are refused`() throws {
    for shape in [[3, 1, 2], [2, 1, 4]] {
      let count = shape.reduce(1, *)
      let array = try RecordedArray(
        ArrayDescription(name: "out_0", type: .int8, shape: shape), bytes: Array(repeating: 0, count: count))
      #expect(throws: GateError.self) { try read(try Recording([array]).encoded()) }
    }
  }
}
