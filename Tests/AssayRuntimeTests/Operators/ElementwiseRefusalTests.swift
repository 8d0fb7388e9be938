import AssayModel
import AssayRuntime
import Testing

extension SingleOperator {
  static func binary(_ code: BuiltinOperator, _ type: ElementType = .int8) -> SingleOperator {
    SingleOperator(
      code, .arithmetic(.none),
      inputs: [.quantized(type, [2, 3], scales: [0.5]), .quantized(type, [3], scales: [0.5])],
      output: .quantized(type, [2, 3], scales: [0.5]))
  }

  static func unary(
    _ code: BuiltinOperator, _ type: ElementType = .int8, _ options: OperatorOptions = .none,
    scale: Float = 0.5, zeroPoint: Int32 = 0
  ) -> SingleOperator {
    SingleOperator(
      code, options, inputs: [.quantized(type, [2, 3], scales: [0.5])],
      output: .quantized(type, [2, 3], scales: [scale], zeroPoint: zeroPoint))
  }

  /// One input of `shape` steered by constant int32 inputs.
  static func steered(
    _ code: BuiltinOperator, with options: OperatorOptions = .none, _ shape: [Int], to output: [Int],
    by controls: [Int32]..., type: ElementType = .int8
  ) -> SingleOperator {
    var result = SingleOperator(
      code, options, inputs: [.quantized(type, shape)], output: .quantized(type, output))
    for values in controls { result.appendControl(values) }
    return result
  }

  mutating func appendControl(_ values: [Int32]) {
    inputs.append(.plain(.int32, [values.count]))
    setConstant(inputs.count - 1, LittleEndian.bytes(values))
  }

  /// STRIDED_SLICE of 2x3x4.
  static func stridedSlice(
    _ begin: [Int32], _ end: [Int32], _ step: [Int32], to output: [Int], shrink: UInt32 = 0,
    ellipsis: UInt32 = 0
  ) -> SingleOperator {
    .steered(
      .stridedSlice,
      with: .stridedSlice(
        StridedSliceOptions(
          beginMask: 0, endMask: 0, ellipsisMask: ellipsis, newAxisMask: 0, shrinkAxisMask: shrink)),
      [2, 3, 4], to: output, by: begin, end, step)
  }
}

/// What a legal operator is turned into and the words with which it is refused.
struct Refused: Sendable, CustomTestStringConvertible {
  let text: String
  let operation: SingleOperator

  init(_ text: String, _ operation: SingleOperator, _ change: (inout SingleOperator) -> Void = { _ in }) {
    self.text = text
    var changed = operation
    change(&changed)
    self.operation = changed
  }

  var testDescription: String { "\(operation.code.name): \(text)" }

  func check() {
    let refusal = operation.refusal()
    #expect(refusal?.contains(text) == true, "\(refusal ?? "accepted")")
  }
}

struct `An elementwise operator is refused` {
  static let arithmetic: [Refused] = [
    Refused("shapes [[2, 3], [4]] do not broadcast", .binary(.add)) { $0.inputs[1]?.shape = [4] },
    Refused("output has shape [2, 4], the inputs broadcast to [2, 3]", .binary(.add)) {
      $0.output.shape = [2, 4]
    },
    Refused("output has shape [3], the inputs broadcast to [2, 3]", .binary(.mul)) { $0.output.shape = [3] },
    Refused("input 1 is int16, expected int8", .binary(.sub)) { $0.inputs[1]?.type = .int16 },
    Refused("output is int16, expected int8", .binary(.sub)) { $0.output.type = .int16 },
    Refused("has 1 inputs, expected 2 to 2", .binary(.add)) { $0.inputs.removeLast() },
    Refused("input 0 needs one scale and zero point", .binary(.add)) { $0.inputs[0]?.quantization = nil },
    Refused("input 1 has scale nan", .binary(.add)) { $0.inputs[1]?.quantization?.scales = [.nan] },
    Refused("output has scale 0.0", .binary(.mul)) { $0.output.quantization?.scales = [0] },
    Refused("output has zero point 200", .binary(.mul)) { $0.output.quantization?.zeroPoints = [200] },
    Refused("is not between 0 and 1: TFLite Micro aborts here", .binary(.add)) {
      $0.output.quantization?.scales = [1e-8]
    },
    Refused("is not a factor between 2^-32 and 2^30", .binary(.mul)) {
      $0.output.quantization?.scales = [1e-30]
    },
    Refused("is not a factor between 2^-32 and 2^30", .binary(.div)) {
      $0.output.quantization?.scales = [1e-37]
    },
    Refused("int16 product with a zero point other than 0", .binary(.mul, .int16)) {
      $0.inputs[0]?.quantization?.zeroPoints = [1]
    },
    Refused("ADD on uint8", .binary(.add, .uint8)),
    Refused("FLOOR_DIV on int8", .binary(.floorDiv)),
    Refused("DIV on int16", .binary(.div, .int16)),
    Refused("input 1 has shape [3], expected [2, 3]", .binary(.addN)),
    Refused("inputs differ in scale or zero point", .binary(.addN)) {
      $0.inputs[1] = .quantized(.int8, [2, 3], scales: [0.25])
    },
    Refused("GREATER on int16", .binary(.greater, .int16)) { $0.output.type = .bool },
    Refused("output is int8, expected bool", .binary(.equal)),
    Refused("are not below 1: TFLite Micro aborts here", .binary(.less)) {
      $0.output.type = .bool
      $0.inputs[0]?.quantization?.scales = [1]
    },
    Refused("LOGICAL_AND on int8", .binary(.logicalAnd)),
  ]

  @Test(arguments: arithmetic)
  func `where its operands disagree`(_ refused: Refused) { refused.check() }

  static let functions: [Refused] = [
    Refused("output has shape [3, 2], expected [2, 3]", .unary(.relu)) { $0.output.shape = [3, 2] },
    Refused("EXP on int8", .unary(.exp)),
    Refused("RELU on int32", .unary(.relu, .int32)),
    Refused("ELU on int16", .unary(.elu, .int16)),
    Refused("TFLite Micro computes with -128 only", .unary(.logistic)),
    Refused("output has scale 0.5, expected 2^-15", .unary(.tanh, .int16)),
    Refused("input scale 4.0 is out of the table's range", .unary(.tanh, .int16, scale: 0x1p-15)) {
      $0.inputs[0]?.quantization?.scales = [4]
    },
    Refused("int16 with a zero point other than 0", .unary(.logistic, .int16, scale: 0x1p-15)) {
      $0.inputs[0]?.quantization?.zeroPoints = [1]
    },
    Refused("alpha is nan", .unary(.leakyRelu, .int8, .leakyRelu(alpha: .nan))),
    Refused("attributes are missing", .unary(.leakyRelu)),
    Refused("is not below 1: TFLite Micro refuses it", .unary(.hardSwish, scale: 1e-5)),
    Refused("leave no precision", .unary(.rsqrt, scale: 1e6)),
    Refused("expected 0.00390625 and -128", .unary(.softmax, .int8, .softmax(beta: 1))),
    Refused("beta is inf", .unary(.softmax, .int8, .softmax(beta: .infinity))),
    Refused(
      "is too small: TFLite Micro aborts here",
      .unary(.softmax, .int8, .softmax(beta: 1), scale: 0x1p-8, zeroPoint: -128)
    ) {
      $0.inputs[0]?.quantization?.scales = [1e-9]
    },
    Refused("SOFTMAX from uint8 to uint8", .unary(.softmax, .uint8, .softmax(beta: 1))),
    Refused("has no rows", .unary(.softmax, .float32, .softmax(beta: 1))) {
      $0.inputs[0]?.shape = []
      $0.output.shape = []
    },
    Refused("expected 0.0625 and 127", .unary(.logSoftmax)),
    Refused(
      "a fused activation, which TFLite Micro refuses",
      .unary(.l2Normalization, .int8, .l2Normalization(.relu))),
    Refused("output needs one scale and zero point", .unary(.quantize)) { $0.output.quantization = nil },
    Refused("QUANTIZE from uint8 to uint8", .unary(.quantize, .uint8)),
    Refused("output is int8, expected float32", .unary(.dequantize)),
    Refused("CAST from float16 to int8", .unary(.cast)) { $0.inputs[0]?.type = .float16 },
  ]

  @Test(arguments: functions)
  func `where its type or scale does not do`(_ refused: Refused) { refused.check() }
}
