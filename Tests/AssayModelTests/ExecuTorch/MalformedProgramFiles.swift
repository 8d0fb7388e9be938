import AssayModel
import AssayTestSupport

/// Damage to the header in front of the tables.
let headerCases: [MalformedModel] = [
  header(
    "a header of another length", .malformed, "an extended header of 8 bytes; 24 and 32 are known", at: 12,
    littleEndian(UInt32(8))),
  header(
    "a header from a newer format", .unsupported, "an extended header of 64 bytes; 24 and 32 are known",
    at: 12, littleEndian(UInt32(64))),
  header(
    "a program longer than its file", .malformed, "a program of 18446744073709551615 bytes in a file of 3436",
    at: 16, littleEndian(UInt64.max)),
  header(
    "a program without bytes", .malformed, "a program of 0 bytes in a file of 3436", at: 16,
    littleEndian(UInt64(0))),
  header(
    "segments inside the program", .malformed,
    "segments start at 64: inside the program, or outside the file", at: 24, littleEndian(UInt64(64))),
  header(
    "segments beyond the file", .malformed,
    "segments start at 18446744073709551615: inside the program, or outside the file", at: 24,
    littleEndian(UInt64.max)),
  header(
    "more segment data than there is", .malformed,
    "18446744073709551515 bytes of segments at 2880 end beyond the file", at: 32,
    littleEndian(UInt64.max - 100)),
  header(
    "a newer format", .unsupported, "a program of format ET13; ET12 is known", at: 4, Array("ET13".utf8)),
  header(
    "external weights", .notAModel,
    "these are weights of a program (.ptd), not a program: give them with --data", at: 4, Array("FT01".utf8)),
  MalformedModel("a wrapper without a program", .invalid, "the bundle has no program") {
    FlatWriter.file(FlatTableValue([0: .uint32(0)]), identifier: "BP08")
  },
  MalformedModel("a wrapper in a wrapper", .unsupported, "the bundle's program is not of format ET12") {
    ProgramWriter.bundle(ProgramWriter.bundle(SamplePrograms.unary().bytes(), suites: []), suites: [])
  },
]

private func header(
  _ name: String, _ code: ModelError.Code, _ text: String, at position: Int, _ bytes: [UInt8]
) -> MalformedModel {
  MalformedModel(name, code, text) {
    var file = SamplePrograms.network().bytes()
    file.replaceSubrange(position..<position + bytes.count, with: bytes)
    return file
  }
}

/// Damage to the program's own tables.
let tableCases: [MalformedModel] = [
  MalformedModel(program: "a newer version", .unsupported, "program version 1 is newer than 0") {
    $0[0] = .uint32(1)
  },
  MalformedModel(program: "no method", .invalid, "the program has no method") { $0[1] = .tables([]) },
  MalformedModel(
    program: "a method of another name", .invalid, "no method \"forward\"; the program has back\\x0award"
  ) {
    $0[1].tables[0][0] = .string("back\nward")
  },
  MalformedModel(program: "too many methods", .limit, "execution_plan: 65 are more than 64") {
    $0[1] = .tables(Array(repeating: $0[1].tables[0], count: 65))
  },
  MalformedModel(
    program: "a segment beyond the file", .malformed,
    "segment 0: 1099511627776 bytes at 2880 + 0 end beyond the file of 3436 bytes"
  ) {
    $0[4].tables[0] = FlatTableValue([0: .uint64(0), 1: .uint64(1 << 40)])
  },
  MalformedModel(
    program: "a segment whose end wraps", .malformed,
    "segment 0: 8 bytes at 2880 + 18446744073709551612 end beyond the file of 3436 bytes"
  ) {
    $0[4].tables[0] = FlatTableValue([0: .uint64(.max - 3), 1: .uint64(8)])
  },
  MalformedModel(
    program: "no segment at all", .malformed, "method forward, value 1: segment 0 of 0 does not exist"
  ) { $0[4] = .tables([]) },
  MalformedModel(
    program: "constants in another segment", .malformed,
    "method forward, value 1: segment 9 of 1 does not exist"
  ) {
    $0[5].table[0] = .uint32(9)
  },
  MalformedModel(
    program: "a constant beyond its segment", .malformed,
    "method forward, value 1: 144 bytes at 1099511627776 end beyond segment 0 of 556 bytes"
  ) {
    $0[5].table[1] = .int64s([0, 1 << 40, 0, 0, 0])
  },
  MalformedModel(
    program: "a constant at a negative offset", .malformed,
    "method forward, value 1: 144 bytes at 18446744073709551608 end beyond segment 0 of 556 bytes"
  ) {
    $0[5].table[1] = .int64s([0, -8, 0, 0, 0])
  },
  MalformedModel(
    program: "fewer constants than are named", .malformed,
    "method forward, value 2: constant 2 of 2 does not exist"
  ) {
    $0[5].table[1] = .int64s([0, 0])
  },
  MalformedModel(
    method: "a negative planned buffer", .malformed,
    "method forward: planned buffer 1 of -1 bytes; 536870912 bytes in all are the limit"
  ) { $0[8] = .int64s([0, -1]) },
  MalformedModel(
    method: "planned buffers beyond any memory", .limit,
    "method forward: planned buffer 1 of 1099511627776 bytes; 536870912 bytes in all are the limit"
  ) {
    $0[8] = .int64s([0, 1 << 40])
  },
  MalformedModel(
    method: "planned buffers whose sum wraps", .limit,
    "method forward: planned buffer 1 of 9223372036854775807 bytes; 536870912 bytes in all are the limit"
  ) {
    $0[8] = .int64s([0, .max, .max])
  },
  MalformedModel(
    method: "an input that is no value", .invalid, "method forward: inputs: value 999 of 25 does not exist"
  ) { $0[3] = .int32s([999]) },
  MalformedModel(
    method: "an input that is no tensor", .unsupported,
    "method forward, input 0: is not a tensor; only methods from tensors to tensors run"
  ) { $0[3] = .int32s([3]) },
  MalformedModel(method: "an input that is a constant", .invalid, "method forward, input 0: is a constant") {
    $0[3] = .int32s([1])
  },
  MalformedModel(method: "one input twice", .invalid, "method forward: one tensor is an input twice") {
    $0[3] = .int32s([0, 0])
  },
  MalformedModel(method: "no output", .invalid, "method forward: has no outputs") { $0[4] = .int32s([]) },
  MalformedModel(
    method: "an output at a negative index", .invalid,
    "method forward: outputs: value -1 of 25 does not exist"
  ) { $0[4] = .int32s([-1]) },
  MalformedModel(
    method: "an output that nothing writes", .invalid,
    "method forward, output tensor 3: reads tensor 3 (\"value 14\"), which nothing has written yet"
  ) {
    $0[4] = .int32s([14])
    $0[5].tables[0][2] = .tables([])
  },
]
