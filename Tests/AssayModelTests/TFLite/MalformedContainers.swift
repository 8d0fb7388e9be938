import AssayModel
import AssayTestSupport

/// Damage below the level of models: offsets, vtables, vectors, strings.
let containerCases: [MalformedModel] = [
  MalformedModel("an empty file", .notAModel, "the file is empty") { [] },
  MalformedModel("three bytes", .notAModel, "3 bytes are too few for a model") { [1, 2, 3] },
  MalformedModel("a zip archive", .notAModel, "this is a zip archive (Keras, PyTorch or NumPy), not a model")
  {
    [0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0]
  },
  MalformedModel("a web page", .notAModel, "this is markup (a web page?), not a model") {
    Array("<!DOCTYPE html>".utf8)
  },
  MalformedModel("another identifier", .notAModel, unknownFormat) {
    [8, 0, 0, 0] + Array("TFL2".utf8) + Array(repeating: 0, count: 32)
  },
  MalformedModel("only the identifier", .malformed, "root table: offset 0 leads out of the file") {
    [0, 0, 0, 0] + Array("TFL3".utf8)
  },
  MalformedModel(
    "a vtable before the file", .malformed, "root table: its vtable lies outside the file"
  ) {
    [8, 0, 0, 0] + Array("TFL3".utf8) + littleEndian(Int32.max) + [0, 0, 0, 0]
  },
  MalformedModel("an odd vtable", .malformed, "root table: vtable of 5 bytes") {
    [12, 0, 0, 0] + Array("TFL3".utf8) + [5, 0, 8, 0] + littleEndian(Int32(4)) + [0, 0, 0, 0]
  },
  MalformedModel(
    "a misaligned root", .malformed, "root table: not aligned to 4 bytes"
  ) {
    [9, 0, 0, 0] + Array("TFL3".utf8) + Array(repeating: 0, count: 16)
  },
  MalformedModel("a table larger than the file", .malformed, "root table: table of 4096 bytes") {
    [12, 0, 0, 0] + Array("TFL3".utf8) + [4, 0, 0, 16] + littleEndian(Int32(4)) + [0, 0, 0, 0]
  },
  MalformedModel(
    "a field outside its table", .malformed, "version: field at 100 is outside its table of 8 bytes"
  ) {
    [16, 0, 0, 0] + Array("TFL3".utf8) + [0, 0, 6, 0, 8, 0, 100, 0] + littleEndian(Int32(6))
      + Array(repeating: 0, count: 200)
  },
  MalformedModel("a table without room for its vtable", .malformed, "root table: table of 3 bytes") {
    [12, 0, 0, 0] + Array("TFL3".utf8) + [4, 0, 3, 0] + littleEndian(Int32(4)) + [0, 0, 0, 0]
  },
  MalformedModel("a vtable without its own sizes", .malformed, "root table: vtable of 2 bytes") {
    [12, 0, 0, 0] + Array("TFL3".utf8) + [2, 0, 8, 0] + littleEndian(Int32(4)) + [0, 0, 0, 0]
  },
  MalformedModel(
    "a field inside the table's own offset", .malformed, "version: field at 2 is outside its table of 8 bytes"
  ) {
    [16, 0, 0, 0] + Array("TFL3".utf8) + [0, 0, 6, 0, 8, 0, 2, 0] + littleEndian(Int32(6))
      + Array(repeating: 0, count: 8)
  },
  MalformedModel("a vtable that ends with the file", .malformed, "the model has no buffers") {
    // The table (version 3) first, its vtable of one slot behind it: slot 4 would be beyond the file.
    [8, 0, 0, 0] + Array("TFL3".utf8) + littleEndian(Int32(-8)) + littleEndian(Int32(3)) + [6, 0, 8, 0, 4, 0]
  },
  patched("a vector longer than the file", "subgraphs", 2) { position, bytes in
    let start = position + word(at: position, in: bytes)
    bytes.replaceSubrange(start..<start + 4, with: littleEndian(UInt32.max))
    return "subgraphs: 4294967295 x 4 bytes end beyond the file of \(bytes.count) bytes"
  },
  patched("a string that ends with the file", "description", 3) { position, bytes in
    let start = position + word(at: position, in: bytes)
    bytes.replaceSubrange(start..<start + 4, with: littleEndian(UInt32(bytes.count - start - 4)))
    return "description: string without its terminator"
  },
  patched("a string without its end", "description", 3) { position, bytes in
    let start = position + word(at: position, in: bytes)
    bytes.replaceSubrange(start..<start + 4, with: littleEndian(UInt32(5)))
    return "description: string without its terminator"
  },
]

private let unknownFormat = "no known model format: the identifier TFL3 is missing at byte 4"

/// The small unary model with bytes changed at a field of its root table.
private func patched(
  _ name: String, _ field: String, _ slot: Int, _ change: @escaping @Sendable (Int, inout [UInt8]) -> String
) -> MalformedModel {
  let damaged: @Sendable () -> (bytes: [UInt8], text: String) = {
    var bytes = SampleModels.unary(.relu).bytes()
    let root = word(at: 0, in: bytes)
    let entry = root - word(at: root, in: bytes) + 4 + 2 * slot
    let text = change(root + Int(bytes[entry]) + Int(bytes[entry + 1]) << 8, &bytes)
    return (bytes, text)
  }
  return MalformedModel(name, .malformed, damaged().text) { damaged().bytes }
}

private func word(at position: Int, in bytes: [UInt8]) -> Int {
  (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
}

/// Damage to the model's own tables.
let modelCases: [MalformedModel] = [
  MalformedModel(changed: "another schema version", .unsupported, "schema version 2 is not 3") {
    $0[0] = .uint32(2)
  },
  MalformedModel(changed: "no subgraph", .invalid, "the model has no subgraph") { $0[2] = .tables([]) },
  MalformedModel(changed: "no buffers", .malformed, "the model has no buffers") { $0.fields[4] = nil },
  MalformedModel(changed: "too many subgraphs", .limit, "subgraphs: 65 are more than 64") {
    $0[2] = .tables(Array(repeating: $0[2].tables[0], count: 65))
  },
  MalformedModel(
    changed: "a buffer beyond the file", .malformed,
    "buffer 1: 4096 bytes at 18446744073709551615 end beyond the file of 2380 bytes"
  ) {
    $0[4].tables[1] = FlatTableValue([1: .uint64(.max), 2: .uint64(4096)])
  },
  MalformedModel(
    changed: "a buffer that ends beyond the file", .malformed,
    "buffer 1: 4096 bytes at 16 end beyond the file of 2380 bytes"
  ) {
    $0[4].tables[1] = FlatTableValue([1: .uint64(16), 2: .uint64(4096)])
  },
  MalformedModel(changed: "an unknown operator", .unsupported, "operator code 0: operator 999 is not known") {
    $0[1].tables[0][3] = .int32(999)
  },
  MalformedModel(changed: "a negative operator", .unsupported, "operator code 0: operator -1 is not known") {
    $0[1].tables[0] = FlatTableValue([0: .int8(-1), 3: .int32(-5)])
  },
  MalformedModel(
    changed: "a version below 1", .invalid, "operator code 0: CONV_2D has version 0"
  ) { $0[1].tables[0][2] = .int32(0) },
  MalformedModel(
    changed: "a custom operator without name", .invalid, "operator code 0: a custom operator has no name"
  ) { $0[1].tables[0] = FlatTableValue([0: .int8(32), 3: .int32(32)]) },
  offline("offsets of another count", .invalid, "2 offsets for 10 tensors", [1, 0, 2, 0, 16]),
  offline("a table of another version", .unsupported, "version 2 is not 1", [2, 0, 1, 0]),
  offline("a count that is not there", .invalid, "9 offsets are announced, 1 are there", [1, 0, 9, 0]),
  offline(
    "a negative offset", .invalid, "offset -16 of tensor 0 is not a multiple of 16",
    [1, 0, 10, -16] + Array(repeating: -1, count: 9)),
  MalformedModel(
    "offline plan: two of them", .invalid, "metadata 1: a second OfflineMemoryAllocation"
  ) {
    var model = SampleModels.unary(.relu)
    model.addOfflineOffsets([0, 16])
    model.addOfflineOffsets([0, 16])
    return model.bytes()
  },
  MalformedModel(
    "offline plan: bytes that are no whole numbers", .invalid,
    "metadata 0: OfflineMemoryAllocation: 13 bytes"
  ) {
    var model = SampleModels.unary(.relu)
    model.addMetadata("OfflineMemoryAllocation", Array(repeating: 0, count: 13))
    return model.bytes()
  },
  offline("half a table", .invalid, "8 bytes", [1, 0]),
  offline(
    "a misaligned offset", .invalid, "offset 8 of tensor 1 is not a multiple of 16",
    [1, 0, 10, 0, 8] + Array(repeating: -1, count: 8)),
  offline(
    "an offset out of any arena", .limit, "tensor 0 ends beyond 536870912 bytes",
    [1, 0, 10, 2_147_483_632] + Array(repeating: -1, count: 9)),
]

private func offline(
  _ name: String, _ code: ModelError.Code, _ text: String, _ words: [Int32]
) -> MalformedModel {
  MalformedModel("offline plan: \(name)", code, "metadata 0: OfflineMemoryAllocation: \(text)") {
    var model = SampleModels.classifier()
    model.addMetadata("OfflineMemoryAllocation", words.flatMap(littleEndian))
    return model.bytes()
  }
}
