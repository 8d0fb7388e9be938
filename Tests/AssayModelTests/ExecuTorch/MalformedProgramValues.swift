import AssayModel
import AssayTestSupport

/// Damage to the values of a method. Value 0 is the input, 1 the filter, 3 an integer, 5 a list
/// of integers, 14 the convolution's result, 15 that of the ReLU.
let valueCases: [MalformedModel] = [
  MalformedModel(
    tensor: "an unknown scalar type", .unsupported, "method forward, value 0: scalar type 99 is not known"
  ) { $0[0] = .int8(99) },
  MalformedModel(
    tensor: "a complex scalar type", .unsupported, "method forward, value 0: scalar type 9 is not known"
  ) { $0[0] = .int8(9) },
  MalformedModel(tensor: "a sparse tensor", .unsupported, "method forward, value 0: a sparse tensor") {
    $0[7] = .int8(1)
  },
  MalformedModel(
    tensor: "a storage offset", .unsupported, "method forward, value 0: a tensor with a storage offset"
  ) { $0[1] = .int32(4) },
  MalformedModel(
    tensor: "an unknown dynamism", .unsupported, "method forward, value 0: shape dynamism 7 is not known"
  ) { $0[8] = .int8(7) },
  MalformedModel(tensor: "a negative dimension", .invalid, "method forward, value 0: sizes has dimension -2")
  { $0[2] = .int32s([1, -2, 4, 4]) },
  MalformedModel(
    tensor: "an empty dimension", .invalid, "method forward, input 0: has no elements: shape [1, 0, 4, 4]"
  ) { $0[2] = .int32s([1, 0, 4, 4]) },
  MalformedModel(
    tensor: "sizes whose product wraps", .limit,
    "method forward, value 0: sizes [2147483647, 2147483647, 2147483647, 2147483647] of float32 are more than 134217728 bytes"
  ) {
    $0[2] = .int32s([.max, .max, .max, .max])
  },
  MalformedModel(
    tensor: "too many dimensions", .limit, "method forward, value 0: sizes: 9 elements are more than 8"
  ) {
    $0[2] = .int32s(Array(repeating: 1, count: 9))
  },
  MalformedModel(
    tensor: "a dim_order with one axis twice", .invalid,
    "method forward, value 0: dim_order [0, 1, 1, 3] does not order 4 dimensions"
  ) { $0[3] = .bytes([0, 1, 1, 3]) },
  MalformedModel(
    tensor: "a dim_order with an axis beyond", .invalid,
    "method forward, value 0: dim_order [0, 1, 2, 200] does not order 4 dimensions"
  ) { $0[3] = .bytes([0, 1, 2, 200]) },
  MalformedModel(
    tensor: "a dim_order of another length", .invalid,
    "method forward, value 0: dim_order [0, 1] does not order 4 dimensions"
  ) { $0[3] = .bytes([0, 1]) },
  MalformedModel(
    tensor: "memory that does not exist", .invalid, "method forward, value 0: memory 2 of 1 does not exist"
  ) {
    $0[6] = .table(FlatTableValue([0: .uint32(2)]))
  },
  MalformedModel(
    tensor: "the reserved memory", .invalid, "method forward, value 0: memory 0 of 1 does not exist"
  ) {
    $0[6] = .table(FlatTableValue([0: .uint32(0)]))
  },
  MalformedModel(
    tensor: "a place beyond its memory", .invalid,
    "method forward, value 0: 128 bytes at 1073741824 end beyond planned buffer 1 of 384 bytes"
  ) {
    $0[6] = .table(FlatTableValue([0: .uint32(1), 1: .uint32(1 << 30)]))
  },
  MalformedModel(
    tensor: "a place between elements", .invalid,
    "method forward, value 0: planned offset 6 is not a multiple of 4 bytes"
  ) {
    $0[6] = .table(FlatTableValue([0: .uint32(1), 1: .uint32(6)]))
  },
  MalformedModel(
    tensor: "a place beyond 32 bits", .invalid,
    "method forward, value 0: 128 bytes at 18446744069414584320 end beyond planned buffer 1 of 384 bytes"
  ) {
    $0[6] = .table(FlatTableValue([0: .uint32(1), 1: .uint32(0), 2: .uint32(.max)]))
  },
  MalformedModel(
    tensor: "a constant that is not there", .malformed,
    "method forward, value 1: constant 77 of 5 does not exist", value: 1
  ) { $0[5] = .uint32(77) },
  MalformedModel(
    tensor: "a weight in another file", .invalid,
    "method forward, value 1: weight \"w\" lies in another file: give its .ptd with --data", value: 1
  ) {
    $0[5] = .uint32(0)
    $0[9] = .table(FlatTableValue([1: .string("w"), 2: .int8(1)]))
  },
  MalformedModel(
    tensor: "a mutable segment that is not there", .malformed,
    "method forward, value 0: mutable segment 18446744073709551615 of 0 does not exist"
  ) {
    $0[5] = .uint32(1)
    $0[9] = .table(FlatTableValue([0: .uint64(.max), 1: .string("state")]))
  },
  MalformedModel(
    method: "a value of an unknown kind", .unsupported, "method forward, value 0: a value of kind 77"
  ) {
    $0[2].tables[0][0] = .uint8(77)
  },
  MalformedModel(
    method: "a value without content", .malformed, "method forward, value 0: a value without content"
  ) {
    $0[2].tables[0].fields[1] = nil
  },
  MalformedModel(
    method: "a list that names a tensor as integer", .invalid,
    "method forward: value 5: its element, value 0, is not an integer"
  ) {
    $0[2].tables[5][1].table[0] = .int64s([0, 0])
  },
  MalformedModel(
    method: "a list that names itself", .invalid,
    "method forward: value 5: its element, value 5, is not an integer"
  ) {
    $0[2].tables[5][1].table[0] = .int64s([5, 5])
  },
  MalformedModel(
    method: "a list that names no value", .invalid,
    "method forward, value 5: a list names value 9223372036854775807 of 25"
  ) {
    $0[2].tables[5][1].table[0] = .int64s([.max])
  },
  MalformedModel(
    method: "a list that names a value before the first", .invalid,
    "method forward, value 5: a list names value -9223372036854775808 of 25"
  ) {
    $0[2].tables[5][1].table[0] = .int64s([.min])
  },
]

/// Damage to the instructions. The first is the convolution.
let instructionCases: [MalformedModel] = [
  instruction("an unknown kind", .unsupported, "method forward, instruction 0: an instruction of kind 9") {
    $0[0] = .uint8(9)
  },
  instruction("no content", .malformed, "method forward, instruction 0: an instruction without content") {
    $0.fields[1] = nil
  },
  instruction(
    "a kernel that does not exist", .invalid, "method forward, instruction 0: operator 99 of 4 does not exist"
  ) { $0[1].table[0] = .int32(99) },
  instruction(
    "a kernel at a negative index", .invalid, "method forward, instruction 0: operator -1 of 4 does not exist"
  ) { $0[1].table[0] = .int32(-1) },
  instruction(
    "an argument that does not exist", .invalid,
    "method forward, instruction 0: args: value 999 of 25 does not exist"
  ) { $0[1].table[1] = .int32s([0, 999]) },
  instruction(
    "a negative argument", .invalid, "method forward, instruction 0: args: value -1 of 25 does not exist"
  ) { $0[1].table[1] = .int32s([-1]) },
  instruction(
    "a delegate that does not exist", .invalid,
    "method forward, instruction 0: delegate 0 of 0 does not exist"
  ) {
    $0 = FlatTableValue([0: .uint8(2), 1: .table(FlatTableValue([0: .int32(0), 1: .int32s([0])]))])
  },
  instruction(
    "a move to no value", .invalid, "method forward, instruction 0: value 12345 of 25 does not exist"
  ) {
    $0 = FlatTableValue([0: .uint8(3), 1: .table(FlatTableValue([0: .int32(0), 1: .int32(12345)]))])
  },
  instruction("a constant that is written", .invalid, "aten::convolution.out: writes value 1, a constant") {
    $0[1].table[1] = .int32s([0, 1, 1])
  },
  instruction(
    "an operand that nothing has written", .invalid,
    "method forward, operator 0 (aten::convolution.out): reads tensor 4 (\"value 15\"), which nothing has written yet"
  ) {
    $0[1].table[1] = .int32s([15, 14, 14])
  },
  MalformedModel(
    method: "an output over half of its input", .invalid,
    "method forward, operator 0 (aten::convolution.out): writes bytes 64..<192 of memory 1 while it reads 0..<128"
  ) {
    // The convolution's result starts in the middle of the image it reads.
    $0[2].tables[14][1].table[6] = .table(FlatTableValue([0: .uint32(1), 1: .uint32(64)]))
  },
  MalformedModel(method: "more instructions than any method has", .limit, "more than 20000 instructions") {
    let free = FlatTableValue([0: .uint8(5), 1: .table(FlatTableValue([0: .int32(0)]))])
    $0[5].tables[0][2] = .tables(Array(repeating: free, count: 20_001))
  },
  MalformedModel(
    method: "more arguments than memory for them", .limit,
    "method forward, instruction 250: more than 1000000 arguments together"
  ) {
    $0[5].tables[0][2].tables[0][1].table[1] = .int32s(Array(repeating: 0, count: 4_000))
    $0[5].tables[0][2] = .tables(Array(repeating: $0[5].tables[0][2].tables[0], count: 300))
  },
  MalformedModel(
    method: "many calls of one long list", .limit,
    "method forward, instruction 0: calls have more than 1000000 arguments together"
  ) {
    // Value 5 becomes a list of 4,000 integers, which one call names 4,000 times.
    $0[2].tables[5][1].table[0] = .int64s(Array(repeating: 3, count: 4_000))
    $0[5].tables[0][2].tables[0][1].table[1] = .int32s(Array(repeating: 5, count: 4_000))
  },
]

private func instruction(
  _ name: String, _ code: ModelError.Code, _ text: String,
  _ change: @escaping @Sendable (inout FlatTableValue) -> Void
) -> MalformedModel {
  MalformedModel(method: "instruction: \(name)", code, text) { change(&$0[5].tables[0][2].tables[0]) }
}
