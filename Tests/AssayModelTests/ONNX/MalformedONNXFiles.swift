import AssayModel
import AssayTestSupport

/// Damage below the level of models: the wire format.
let wireCases: [MalformedModel] = [
  wire(
    "a number that does not end", .malformed, "protobuf: a number of more than 64 bits",
    Array(repeating: 0xff, count: 16)),
  wire(
    "a number of more than 64 bits", .malformed, "protobuf: a number of more than 64 bits",
    [0x10] + Array(repeating: 0xff, count: 9) + [2]),
  wire("a group", .malformed, "protobuf: wire type 3", [0x3b, 0, 0, 0]),
  wire("field number zero", .malformed, "protobuf: field number 0", [0x02, 0x00]),
  wire(
    "a length beyond the file", .malformed,
    "protobuf: 18446744073709551615 bytes end beyond their message of 27",
    [0x3a] + ProtobufWriter.varint(.max)),
  wire("a graph that is a number", .malformed, "protobuf: graph is a number", [0x38, 1]),
  wire("no graph", .notAModel, "protobuf without an ONNX graph", []),
  MalformedModel("two graphs", .malformed, "protobuf: two graphs") {
    ProtobufWriter.bytes(SampleONNX.network().root + [.message(7, [])])
  },
  MalformedModel("messages a million deep", .malformed, "protobuf: wire type 7") {
    // Every graph holds a node with an attribute that holds a graph.
    var bytes: [UInt8] = []
    for _ in 0..<1_000_000 { bytes += [0x3a, 0x7f] }
    return [0x08, 0x08, 0x12, 0x04, 0x74, 0x65, 0x73, 0x74] + bytes
  },
  MalformedModel("more fields than any model has", .limit, "more than 1000000 fields") {
    [0x08, 0x08] + Array(repeating: [0x10, 0x01], count: 2_000_000).joined()
  },
]

private func wire(
  _ name: String, _ code: ModelError.Code, _ text: String, _ bytes: [UInt8]
) -> MalformedModel {
  MalformedModel("wire: \(name)", code, text) {
    [0x08, 0x08, 0x12, 0x0c] + Array("twelve bytes".utf8) + bytes
  }
}

/// Damage to the graph's own lists.
let graphCases: [MalformedModel] = [
  onnx("an opset before any that is known", .unsupported, "opset 9; 11 to 21 are known") { $0.opset = 9 },
  onnx("an opset of the future", .unsupported, "opset 99; 11 to 21 are known") { $0.opset = 99 },
  onnx("no output", .invalid, "the model has no outputs") { $0.graph.removeLast() },
  onnx("an output that nothing writes", .invalid, "output \"nothing\": is never written") {
    $0.output("nothing", .float32, [1])
  },
  onnx("a value that is written twice", .invalid, "node 5 (Relu): \"flat\" is written twice") {
    $0.node("Relu", ["map"], ["flat"])
  },
  onnx("a constant of the same name as another", .invalid, "constant \"bias\": is there twice") {
    $0.constant("bias", [1.0])
  },
  onnx("a cycle", .invalid, "node 5 (Add): reads \"b\", which nothing has written yet") {
    $0.node("Add", ["x", "b"], ["a"])
    $0.node("Relu", ["a"], ["b"])
  },
  onnx(
    "a node that reads its own output", .invalid, "node 5 (Add): reads \"own\", which nothing has written yet"
  ) { $0.node("Add", ["x", "own"], ["own"]) },
  onnx("an input of unknown type", .unsupported, "input \"s\": its type is not known") {
    $0.graph.append(.message(11, [.text(1, "s"), .message(2, [.message(1, [.int(1, 8)])])]))
  },
  onnx("an input of more dimensions than a tensor has", .limit, "more than 8 dimensions") {
    $0.input("wide", .float32, Array(repeating: 1, count: 9))
  },
  onnx(
    "an input larger than memory", .limit,
    "input \"huge\": shape [1048576, 1048576] of float32 is not between 0 and 134217728 bytes"
  ) { $0.input("huge", .float32, [1 << 20, 1 << 20]) },
  onnx(
    "an input whose size wraps", .limit,
    "input \"huge\": shape [4611686018427387904, 4611686018427387904] of float32 is not between 0 and 134217728 bytes"
  ) {
    $0.input("huge", .float32, [1 << 62, 1 << 62])
  },
  onnx(
    "computed tensors larger than memory together", .limit,
    "input \"large 7\": computed tensors take more than 536870912 bytes together"
  ) {
    for index in 0..<10 { $0.input("large \(index)", .float32, [1 << 24]) }
  },
  onnx("sparse constants", .unsupported, "sparse constants") { $0.graph.append(.message(15, [])) },
]

/// Damage to constants.
let constantCases: [MalformedModel] = [
  onnx("a constant with too few bytes", .invalid, "constant \"c\": [4] takes 16 bytes, the file has 3") {
    $0.constant("c", .float32, [4], [1, 2, 3])
  },
  onnx("a constant with too many bytes", .invalid, "constant \"c\": [1] takes 4 bytes, the file has 8") {
    $0.constant("c", .float32, [1], SamplePrograms.floats(2))
  },
  onnx(
    "a constant with a negative dimension", .limit,
    "constant \"c\": shape [-1] of float32 is not between 0 and 134217728 bytes"
  ) { $0.constant("c", .float32, [-1], []) },
  onnx(
    "a constant whose size wraps", .limit,
    "constant \"c\": shape [4611686018427387904, 4611686018427387904, 4611686018427387904] of float32 is not between 0 and 134217728 bytes"
  ) {
    $0.constant("c", .float32, [1 << 62, 1 << 62, 1 << 62], [])
  },
  onnx(
    "a constant that claims more than a file holds", .limit,
    "constant \"c\": shape [1099511627776] of float32 is not between 0 and 134217728 bytes"
  ) {
    $0.constant("c", .float32, [1 << 40], [])
  },
  onnx("a constant of unknown type", .unsupported, "constant \"c\": data type 77") {
    $0.graph.append(.message(5, [.int(1, 1), .int(2, 77), .text(8, "c")]))
  },
  onnx("a constant of text", .unsupported, "constant \"c\": data type 8") {
    $0.graph.append(.message(5, [.int(1, 1), .int(2, 8), .text(8, "c")]))
  },
  onnx("typed elements of another count", .invalid, "constant \"c\": [3] takes 12 bytes, the file has 4") {
    $0.graph.append(
      .message(5, [.int(1, 3), .int(2, 1), .text(8, "c"), ProtobufField(4, .bytes([0, 0, 0, 0]))]))
  },
  onnx("float elements that are cut", .malformed, "protobuf: float_data: 3 bytes of floats") {
    $0.graph.append(
      .message(5, [.int(1, 1), .int(2, 1), .text(8, "c"), ProtobufField(4, .bytes([0, 0, 0]))]))
  },
]

/// Damage to nodes.
let nodeCases: [MalformedModel] = [
  onnx("an input that is left out", .invalid, "node 5 (Relu): input 0 is missing") {
    $0.node("Relu", [""], ["z"])
  },
  onnx("no input at all", .invalid, "node 5 (Add): input 0 is missing") { $0.node("Add", [], ["z"]) },
  onnx("shapes that do not combine", .invalid, "node 5 (Add): shapes [1, 2, 4, 4] and [3, 32] do not combine")
  { $0.node("Add", ["x", "weights"], ["z"]) },
  onnx("an axis beyond the rank", .invalid, "node 5 (Softmax): axis 9 of 4") {
    $0.node("Softmax", ["x"], ["z"], [ONNXWriter.attribute("axis", 9)])
  },
  onnx("an axis beyond any number", .invalid, "node 5 (Concat): axis -9223372036854775808 of 4") {
    $0.node("Concat", ["x", "x"], ["z"], [ONNXWriter.attribute("axis", .min)])
  },
  onnx(
    "a permutation with one axis twice", .invalid,
    "node 5 (Transpose): permutation [0, 0, 1, 2] of [1, 2, 4, 4]"
  ) {
    $0.node("Transpose", ["x"], ["z"], [ONNXWriter.attribute("perm", [0, 0, 1, 2])])
  },
  onnx(
    "a stride of zero", .invalid,
    "node 5 (Conv): a window of [3, 3] over [4, 4], strides [0, 0], dilations [1, 1], pads [0, 0, 0, 0]"
  ) {
    $0.node("Conv", ["x", "filter"], ["z"], [ONNXWriter.attribute("strides", [0, 0])])
  },
  onnx(
    "a dilation that wraps", .invalid,
    "node 5 (Conv): a window of [3, 3] over [4, 4], strides [1, 1], dilations [9223372036854775807, 9223372036854775807], pads [0, 0, 0, 0]"
  ) {
    $0.node("Conv", ["x", "filter"], ["z"], [ONNXWriter.attribute("dilations", [.max, .max])])
  },
  onnx("an unknown padding", .invalid, "node 5 (Conv): auto_pad SOME") {
    $0.node("Conv", ["x", "filter"], ["z"], [ONNXWriter.attribute("auto_pad", "SOME")])
  },
  onnx("a shape of another count", .invalid, "node 5 (Reshape): [1, 2, 4, 4] does not become [7, -1]") {
    $0.constant("other", [7, -1])
    $0.node("Reshape", ["x", "other"], ["z"])
  },
  onnx("a shape with two open dimensions", .invalid, "node 5 (Reshape): shape [-1, -1]") {
    $0.constant("other", [-1, -1])
    $0.node("Reshape", ["x", "other"], ["z"])
  },
  onnx("parts of another sum", .invalid, "node 5 (Split): parts [1, 9] of [1, 2, 4, 4]") {
    $0.constant("parts", [1, 9])
    $0.node("Split", ["x", "parts"], ["z", "w"], [ONNXWriter.attribute("axis", 1)])
  },
  onnx(
    "an expansion beyond memory", .limit,
    "node 5 (Expand): shape [1099511627776, 1, 2, 4, 4] of float32 is not between 0 and 134217728 bytes"
  ) {
    $0.constant("large", [1 << 40, 1, 1, 1, 1])
    $0.node("Expand", ["x", "large"], ["z"])
  },
  onnx("operands without end", .limit, "more than 4096 operands") {
    $0.node("Concat", Array(repeating: "x", count: 4_097), ["z"])
  },
]

/// The sample network with something added.
private func onnx(
  _ name: String, _ code: ModelError.Code, _ text: String,
  _ change: @escaping @Sendable (inout ONNXWriter) -> Void
) -> MalformedModel {
  MalformedModel(name, code, text) {
    var model = SampleONNX.network()
    change(&model)
    return model.bytes()
  }
}
