import AssayModel
import AssayTestSupport

private let convFilter = "subgraph 0, tensor 1 (\"conv/filter\")"

/// Tensors whose shape, type or bytes contradict each other.
let tensorCases: [MalformedModel] = [
  tensor("an unknown type", .unsupported, "tensor type 99 is not known") { $0[1] = .int8(99) },
  tensor("a negative type", .unsupported, "tensor type -1 is not known") { $0[1] = .int8(-1) },
  tensor("a negative dimension", .invalid, "shape has dimension -3") { $0[0] = .int32s([2, -3, 3, 1]) },
  tensor("too many dimensions", .limit, "shape: 9 elements are more than 8") {
    $0[0] = .int32s(Array(repeating: 1, count: 9))
  },
  tensor(
    "a shape that overflows", .limit,
    "shape [2147483647, 2147483647, 2147483647, 1] of int8 is larger than 134217728 bytes"
  ) { $0[0] = .int32s([.max, .max, .max, 1]) },
  tensor(
    "an overflow behind a zero", .limit,
    "shape [0, 2147483647, 2147483647, 2147483647] of int8 is larger than 134217728 bytes"
  ) { $0[0] = .int32s([0, .max, .max, .max]) },
  tensor("fewer bytes than the shape", .invalid, "int8 [2, 3, 3, 2] takes 36 bytes, buffer 1 has 18") {
    $0[0] = .int32s([2, 3, 3, 2])
  },
  tensor("more bytes than the shape", .invalid, "int8 [1, 3, 3, 1] takes 9 bytes, buffer 1 has 18") {
    $0[0] = .int32s([1, 3, 3, 1])
  },
  tensor("a wider type", .invalid, "float32 [2, 3, 3, 1] takes 72 bytes, buffer 1 has 18") {
    $0[1] = .int8(0)
  },
  tensor("a buffer that is not there", .invalid, "buffer 77 of 5 does not exist") { $0[2] = .uint32(77) },
  tensor(
    "a constant variable", .invalid,
    "a variable tensor has constant bytes, which the device's runtime drops"
  ) { $0[5] = .bool(true) },
]

/// Quantisation that means nothing.
let quantizationCases: [MalformedModel] = [
  scales("NaN", .nan, "scale nan (channel 1) is not a normal number above 0"),
  scales("infinity", .infinity, "scale inf (channel 1) is not a normal number above 0"),
  scales("zero", 0, "scale 0.0 (channel 1) is not a normal number above 0"),
  scales("a negative number", -1, "scale -1.0 (channel 1) is not a normal number above 0"),
  scales(
    "a subnormal number", .leastNonzeroMagnitude, "scale 1e-45 (channel 1) is not a normal number above 0"),
  quantization("fewer zero points than scales", "2 scales but 1 zero points") { $0[3] = .int64s([0]) },
  quantization("more scales than channels", "3 scales for 2 slices of dimension 0") {
    $0[2] = .floats([1, 1, 1])
    $0[3] = .int64s([0, 0, 0])
  },
  quantization("a dimension out of the shape", "quantized_dimension 4 is not a dimension of [2, 3, 3, 1]") {
    $0[6] = .int32(4)
  },
  quantization("a negative dimension", "quantized_dimension -1 is not a dimension of [2, 3, 3, 1]") {
    $0[6] = .int32(-1)
  },
  quantization("a zero point outside the type", "zero point 128 (channel 1) is outside int8") {
    $0[3] = .int64s([0, 128])
  },
  quantization(
    "a zero point of 64 bits", "zero point -9223372036854775808 (channel 0) is outside int8"
  ) { $0[3] = .int64s([.min, 0]) },
  MalformedModel(
    changed: "quantisation: blockwise", .unsupported,
    "\(convFilter): custom or blockwise quantisation (details 2), which TensorFlow Lite Micro does not have"
  ) { $0[2].tables[0][0].tables[1][4].table[4] = .uint8(2) },
]

private func tensor(
  _ name: String, _ code: ModelError.Code, _ text: String,
  _ change: @escaping @Sendable (inout FlatTableValue) -> Void
) -> MalformedModel {
  MalformedModel(changed: "tensor: \(name)", code, "\(convFilter): \(text)") {
    change(&$0[2].tables[0][0].tables[1])
  }
}

private func quantization(
  _ name: String, _ text: String, _ change: @escaping @Sendable (inout FlatTableValue) -> Void
) -> MalformedModel {
  MalformedModel(changed: "quantisation: \(name)", .invalid, "\(convFilter): \(text)") {
    change(&$0[2].tables[0][0].tables[1][4].table)
  }
}

private func scales(_ name: String, _ scale: Float, _ text: String) -> MalformedModel {
  quantization("a scale of \(name)", text) { $0[2] = .floats([0.5, scale]) }
}
