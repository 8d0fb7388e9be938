import AssayModel
import AssayTestSupport

private let conv = "subgraph 0, operator 0 (CONV_2D)"

/// Operators that name what is not there, or too little of it.
let operatorCases: [MalformedModel] = [
  MalformedModel(
    changed: "operator: a code that is not there", .invalid,
    "subgraph 0, operator 0: opcode_index 55 of 5 does not exist"
  ) { $0[2].tables[0][3].tables[0][0] = .uint32(55) },
  operands("an input beyond the tensors", "inputs: tensor 10 of 10 does not exist") {
    $0[1] = .int32s([0, 10, 2])
  },
  operands("an input of -2", "inputs: tensor -2 of 10 does not exist") { $0[1] = .int32s([0, 1, -2]) },
  operands("an output of -1", "outputs: tensor -1 of 10 does not exist") { $0[2] = .int32s([-1]) },
  operands("an intermediate beyond the tensors", "intermediates: tensor 10 of 10 does not exist") {
    $0[8] = .int32s([10])
  },
  operands("a filter left out", "input 1 is left out, and is not optional") { $0[1] = .int32s([0, -1, 2]) },
  operands("no inputs", "0 inputs instead of 2 to 3") { $0.fields[1] = nil },
  operands("two outputs", "2 outputs instead of 1") { $0[2] = .int32s([3, 4]) },
  MalformedModel(
    changed: "operator: an input without elements", .invalid,
    "subgraph 0, operator 1 (MAX_POOL_2D): output 0 has no elements: shape [1, 0, 3, 2]"
  ) { $0[2].tables[0][0].tables[4][0] = .int32s([1, 0, 3, 2]) },
  MalformedModel(
    changed: "an input beyond the tensors", .invalid, "subgraph 0: inputs: tensor 10 of 10 does not exist"
  ) { $0[2].tables[0][1] = .int32s([10]) },
  MalformedModel(
    changed: "an output of -1", .invalid, "subgraph 0: outputs: tensor -1 of 10 does not exist"
  ) { $0[2].tables[0][2] = .int32s([-1]) },
]

private func operands(
  _ name: String, _ text: String, _ change: @escaping @Sendable (inout FlatTableValue) -> Void
) -> MalformedModel {
  MalformedModel(changed: "operator: \(name)", .invalid, "\(conv): \(text)") {
    change(&$0[2].tables[0][3].tables[0])
  }
}

/// Custom operators whose bytes are said to lie behind the FlatBuffer.
let customCases: [MalformedModel] = [
  custom(
    "options from beyond the file", .malformed, "custom options: 8 bytes at 1099511627776", offset: 1 << 40,
    size: 8),
  custom(
    "options that end beyond the file", .malformed, "custom options: 4096 bytes at 16", offset: 16, size: 4096
  ),
  MalformedModel(
    "operator: a custom name of a megabyte", .limit,
    "operator code 0: custom_code of 1048576 bytes is longer than 1024"
  ) {
    var model = ModelWriter()
    let x = model.input("x", .float32, [1])
    let y = model.tensor("y", .float32, [1])
    model.add(custom: String(repeating: "n", count: 1 << 20), inputs: [x], outputs: [y])
    model.outputs([y])
    return model.bytes()
  },
]

private func custom(
  _ name: String, _ code: ModelError.Code, _ text: String, offset: UInt64, size: UInt64
) -> MalformedModel {
  let damaged: @Sendable () -> [UInt8] = {
    var model = ModelWriter()
    let x = model.input("x", .float32, [1])
    let y = model.tensor("y", .float32, [1])
    model.add(custom: "Window", inputs: [x], outputs: [y])
    model.outputs([y])
    var root = model.root
    root[2].tables[0][3].tables[0].fields[5] = nil
    root[2].tables[0][3].tables[0][9] = .uint64(offset)
    root[2].tables[0][3].tables[0][10] = .uint64(size)
    return ModelWriter.file(root)
  }
  let end = "end beyond the file of \(damaged().count) bytes"
  return MalformedModel(
    "operator: \(name)", code, "subgraph 0, operator 0 (CUSTOM:Window): \(text) \(end)", damaged)
}

/// Attributes outside their ranges: what other runtimes divide by.
let optionCases: [MalformedModel] = [
  convOption("stride 0", "stride_w 0 is not between 1 and 32767") { $0[1] = .int32(0) },
  convOption("a negative stride", "stride_h -1 is not between 1 and 32767") { $0[2] = .int32(-1) },
  convOption("a huge dilation", "dilation_w_factor 2147483647 is not between 1 and 32767") {
    $0[4] = .int32(.max)
  },
  convOption("an unknown padding", "padding 7 is not one of 0...1") { $0[0] = .int8(7) },
  convOption("an unknown activation", "fused_activation_function 6 is not one of 0...5") { $0[3] = .int8(6) },
  MalformedModel(
    changed: "options: those of another operator", .invalid,
    "\(conv): options are member 5 of their union, not Conv2DOptions (1)"
  ) { $0[2].tables[0][3].tables[0][3] = .uint8(5) },
  MalformedModel(changed: "options: none", .invalid, "\(conv): Conv2DOptions are missing") {
    $0[2].tables[0][3].tables[0].fields[4] = nil
  },
  MalformedModel(
    changed: "options: a table that is said to be none", .invalid, "\(conv): Conv2DOptions are missing"
  ) { $0[2].tables[0][3].tables[0][3] = .uint8(0) },
  option(
    "pool filter 0", .averagePool2D, 5, [1: .int32(1), 2: .int32(1)],
    "filter_height 0 is not between 1 and 32767"),
  option("block size 0", .spaceToDepth, 19, [:], "block_size 0 is not between 1 and 32767"),
  option("rank 0", .svdf, 6, [:], "rank 0 is not between 1 and 32767", inputs: 5),
  option("beta of NaN", .softmax, 9, [0: .float(.nan)], "beta nan is not a finite number"),
  option("beta 0", .softmax, 9, [0: .float(0)], "beta 0.0 is not above 0"),
  option("alpha of infinity", .leakyRelu, 75, [0: .float(.infinity)], "alpha inf is not a finite number"),
  option("no splits", .split, 35, [:], "num_splits 0 is not between 1 and 4096", inputs: 2),
  option("other splits", .split, 35, [0: .int32(3)], "num_splits 3, but 1 outputs", inputs: 2),
  option("other values", .pack, 59, [0: .int32(3)], "values_count 3, but 2 inputs", inputs: 2),
  option(
    "an axis of no tensor", .concatenation, 10, [0: .int32(-100_000)],
    "axis -100000 is not an axis of any tensor of rank up to 8"),
  option("a shape below -1", .reshape, 17, [0: .int32s([-2])], "new_shape has a value below -1"),
  option("an unknown output type", .shape, 55, [0: .int8(64)], "out_type 64 is not one of 0...20"),
  option("an unknown mirror", .mirrorPad, 77, [0: .int8(2)], "mode 2 is not one of 0...1", inputs: 2),
  option(
    "a multiplier that the filter does not have", .depthwiseConv2D, 2,
    [1: .int32(1), 2: .int32(1), 3: .int32(2)], "depth multiplier 2 x 2 channels are not 2 filters", inputs: 2
  ),
]

private func convOption(
  _ name: String, _ text: String, _ change: @escaping @Sendable (inout FlatTableValue) -> Void
) -> MalformedModel {
  MalformedModel(changed: "options: \(name)", .invalid, "\(conv): \(text)") {
    change(&$0[2].tables[0][3].tables[0][4].table)
  }
}

private func option(
  _ name: String, _ builtin: BuiltinOperator, _ type: UInt8, _ fields: [Int: FlatValue], _ text: String,
  inputs: Int = 1
) -> MalformedModel {
  MalformedModel("options: \(name)", .invalid, "subgraph 0, operator 0 (\(builtin.name)): \(text)") {
    var model = ModelWriter()
    let operands = (0..<inputs).map { model.input("in\($0)", .float32, [1, 2, 2, 2]) }
    let y = model.tensor("y", .float32, [1, 2, 2, 2])
    model.add(builtin, inputs: operands, outputs: [y], optionsType: type, fields)
    model.outputs([y])
    return model.bytes()
  }
}
