import AssayModel
import AssayRuntime
import Testing

/// A change to a legal operator and the words with which it is refused.
struct Refusal: Sendable, CustomTestStringConvertible {
  let text: String
  let change: @Sendable (inout SingleOperator) -> Void

  init(_ text: String, _ change: @escaping @Sendable (inout SingleOperator) -> Void) {
    self.text = text
    self.change = change
  }

  var testDescription: String { text }

  func check(_ legal: SingleOperator) {
    var changed = legal
    change(&changed)
    changed.setZeroConstants()
    #expect(changed.refusal()?.contains(text) == true, "\(changed.refusal() ?? "accepted")")
  }
}

extension SingleOperator {
  /// CONV_2D on int8: 4x4x3, four filters of 3x3, SAME.
  static func convolution(
    padding: Padding = .same, stride: (Int, Int) = (1, 1), dilation: (Int, Int) = (1, 1),
    activation: FusedActivation = .none
  ) -> SingleOperator {
    SingleOperator(
      .conv2D, .conv2D(window(padding, stride, dilation, activation)),
      inputs: [
        .quantized(.int8, [1, 4, 4, 3], scales: [0.5]),
        .quantized(.int8, [4, 3, 3, 3], scales: [0.1, 0.2, 0.3, 0.4]),
        .quantized(.int32, [4], scales: [0.05, 0.1, 0.15, 0.2]),
      ], output: .quantized(.int8, [1, 4, 4, 4]))
  }

  static func window(
    _ padding: Padding, _ stride: (Int, Int), _ dilation: (Int, Int), _ activation: FusedActivation = .none
  ) -> Conv2DOptions {
    Conv2DOptions(
      padding: padding, strideHeight: stride.0, strideWidth: stride.1, dilationHeight: dilation.0,
      dilationWidth: dilation.1, activation: activation)
  }

  static func depthwise(multiplier: Int = 2, stored: Int? = nil) -> SingleOperator {
    SingleOperator(
      .depthwiseConv2D,
      .depthwiseConv2D(
        DepthwiseConv2DOptions(
          window: window(.same, (1, 1), (1, 1)), depthMultiplier: stored ?? multiplier)),
      inputs: [
        .quantized(.int8, [1, 4, 4, 3]), .quantized(.int8, [1, 3, 3, 3 * multiplier]),
        .quantized(.int32, [3 * multiplier]),
      ], output: .quantized(.int8, [1, 4, 4, 3 * multiplier]))
  }

  static func fullyConnected(_ activation: FusedActivation = .none) -> SingleOperator {
    SingleOperator(
      .fullyConnected, .fullyConnected(FullyConnectedOptions(activation: activation)),
      inputs: [.quantized(.int8, [2, 6]), .quantized(.int8, [5, 6]), .quantized(.int32, [5])],
      output: .quantized(.int8, [2, 5]))
  }

  static func pool(filter: (Int, Int) = (2, 2), stride: (Int, Int) = (2, 2)) -> SingleOperator {
    SingleOperator(
      .averagePool2D,
      .pool2D(
        Pool2DOptions(
          padding: .valid, strideHeight: stride.0, strideWidth: stride.1, filterHeight: filter.0,
          filterWidth: filter.1)),
      inputs: [.quantized(.int8, [1, 4, 4, 3])], output: .quantized(.int8, [1, 2, 2, 3]))
  }

  static func transposeConvolution() -> SingleOperator {
    var result = SingleOperator(
      .transposeConv,
      .transposeConv(TransposeConvOptions(padding: .same, strideHeight: 2, strideWidth: 2)),
      inputs: [
        .plain(.int32, [4]), .quantized(.int8, [4, 3, 3, 3]), .quantized(.int8, [1, 4, 4, 3]),
        .quantized(.int32, [4]),
      ], output: .quantized(.int8, [1, 8, 8, 4]))
    result.feeds = 2
    return result
  }

  static func batchMatMul() -> SingleOperator {
    SingleOperator(
      .batchMatmul, .batchMatMul(adjointX: false, adjointY: false),
      inputs: [.quantized(.int8, [2, 3, 4]), .quantized(.int8, [1, 4, 5])],
      output: .quantized(.int8, [2, 3, 5]))
  }

  static func svdf(rank: Int = 2, activation: FusedActivation = .relu) -> SingleOperator {
    SingleOperator(
      .svdf, .svdf(rank: rank, activation),
      inputs: [
        .quantized(.int8, [1, 3]), .quantized(.int8, [4, 3]), .quantized(.int16, [4, 5]),
        .quantized(.int32, [2]),
        .quantized(.int16, [1, 20], isVariable: true),
      ], output: .quantized(.int8, [1, 2]))
  }

  static func lstm(activation: FusedActivation = .tanh, cellClip: Float = 10) -> SingleOperator {
    var inputs: [Tensor?] = Array(repeating: nil, count: 24)
    inputs[0] = .quantized(.int8, [1, 2, 3])
    for gate in 1...4 { inputs[gate] = .quantized(.int8, [5, 3]) }
    for gate in 5...8 { inputs[gate] = .quantized(.int8, [5, 5]) }
    for gate in 12...15 { inputs[gate] = .quantized(.int32, [5]) }
    inputs[18] = .quantized(.int8, [1, 5], isVariable: true)
    inputs[19] = .quantized(.int16, [1, 5], scales: [0x1p-11], isVariable: true)
    return SingleOperator(
      .unidirectionalSequenceLSTM,
      .unidirectionalSequenceLSTM(
        LSTMOptions(
          activation: activation, cellClip: cellClip, projectionClip: 0, timeMajor: false,
          asymmetricQuantizeInputs: false)),
      inputs: inputs, output: .quantized(.int8, [1, 2, 5]))
  }
}

struct `An operator that sums products` {
  static let legal: [SingleOperator] = [
    .convolution(), .depthwise(), .fullyConnected(), .pool(), .transposeConvolution(), .batchMatMul(),
    .svdf(),
    .lstm(),
  ]

  @Test(arguments: legal.indices)
  func `is accepted when all agrees`(_ index: Int) {
    var legal = Self.legal[index]
    legal.setZeroConstants()
    #expect(legal.refusal() == nil)
  }

  static let convolution: [Refusal] = [
    Refusal("height: stride 0 is not between 1 and 65536") { $0 = .convolution(stride: (0, 1)) },
    Refusal("width: stride 70000 is not between 1 and 65536") { $0 = .convolution(stride: (1, 70000)) },
    Refusal("width: dilation 0 is not between 1 and 65536") { $0 = .convolution(dilation: (1, 0)) },
    Refusal("height: a window of 5 does not fit an input of 4") {
      $0 = .convolution(padding: .valid, dilation: (2, 1))
    },
    Refusal("output height is 4, the attributes give 2") { $0 = .convolution(stride: (2, 1)) },
    Refusal("height: window 0") { $0.inputs[1]?.shape = [4, 0, 3, 3] },
    Refusal("input has 3 channels, the filter 2") { $0.inputs[1]?.shape = [4, 3, 3, 2] },
    Refusal("4 output channels do not divide into 3 groups") { $0.inputs[1]?.shape = [4, 3, 3, 1] },
    Refusal("output has 5 channels, the filter 4") { $0.output.shape = [1, 4, 4, 5] },
    Refusal("output has 2 batches, the input 1") { $0.output.shape = [2, 4, 4, 4] },
    Refusal("output has 0 batches") {
      $0.inputs[0]?.shape = [0, 4, 4, 3]
      $0.output.shape = [0, 4, 4, 4]
    },
    Refusal("input has 3 dimensions, expected 4") { $0.inputs[0]?.shape = [4, 4, 3] },
    Refusal("bias has 3 elements for 4 output channels") { $0.inputs[2]?.shape = [3] },
    Refusal("bias is int64, expected int32") { $0.inputs[2]?.type = .int64 },
    Refusal("filter has 3 scales for 4 channels") {
      $0.inputs[1]?.quantization = Quantization(scales: [1, 1, 1], zeroPoints: [0, 0, 0])
    },
    Refusal("filter has its scales along dimension 3, which is not the output channels") {
      $0.inputs[1]?.quantization?.dimension = 3
    },
    Refusal("filter has its scales along dimension 9") { $0.inputs[1]?.quantization?.dimension = 9 },
    Refusal("filter has a zero point other than 0") { $0.inputs[1]?.quantization?.zeroPoints[2] = 1 },
    Refusal("filter has a scale that is not above 0") { $0.inputs[1]?.quantization?.scales[3] = 0 },
    Refusal("filter has a scale that is not above 0") { $0.inputs[1]?.quantization?.scales[3] = .nan },
    Refusal("filter has no scales") { $0.inputs[1]?.quantization = nil },
    Refusal("input needs one scale and zero point") { $0.inputs[0]?.quantization = nil },
    Refusal("input has zero point 128") { $0.inputs[0]?.quantization?.zeroPoints = [128] },
    Refusal("output has scale inf") { $0.output.quantization?.scales = [.infinity] },
    Refusal("is not a factor between 2^-32 and 2^30") { $0.output.quantization?.scales = [1e-37] },
    Refusal("is too small for its activation") {
      $0 = .convolution(activation: .relu6)
      $0.output.quantization?.scales = [1e-37]
      $0.inputs[1]?.quantization?.scales = [1e-37, 1e-37, 1e-37, 1e-37]
    },
    Refusal("fused activation tanh: TFLite Micro ignores it here") { $0 = .convolution(activation: .tanh) },
    Refusal("hybrid model: TFLite Micro cannot run it") {
      $0.inputs[0]?.type = .float32
      $0.output.type = .float32
    },
    Refusal("uint8 input with uint8 filter: TFLite Micro has no kernel") {
      $0.inputs[0]?.type = .uint8
      $0.inputs[1]?.type = .uint8
    },
    Refusal("output is int16, expected int8") { $0.output.type = .int16 },
    Refusal("int16 input and output need zero point 0") {
      $0.inputs[0]?.type = .int16
      $0.output.type = .int16
      $0.output.quantization?.zeroPoints = [1]
    },
    Refusal("has 1 inputs, expected 2 or 3") { $0.inputs.removeLast(2) },
    Refusal("attributes are missing") { $0.options = .none },
  ]

  @Test(arguments: convolution)
  func `is refused as CONV_2D where something disagrees`(_ refusal: Refusal) { refusal.check(.convolution()) }

  static let depthwise: [Refusal] = [
    Refusal("depth multiplier is 1, the shapes give 2") { $0 = .depthwise(multiplier: 2, stored: 1) },
    Refusal("input has 3 channels, the filter 7") { $0.inputs[1]?.shape = [1, 3, 3, 7] },
    Refusal("filter has 2 as its first dimension, expected 1") { $0.inputs[1]?.shape = [2, 3, 3, 6] },
    Refusal("int16 activations with int32 bias: TFLite Micro misreads it") {
      $0.inputs[0]?.type = .int16
      $0.output.type = .int16
    },
  ]

  @Test(arguments: depthwise)
  func `is refused as DEPTHWISE_CONV_2D where something disagrees`(_ refusal: Refusal) {
    refusal.check(.depthwise())
  }

  static let fullyConnected: [Refusal] = [
    Refusal("bias scale 0.5 is not input scale times filter scale, 1.0") {
      $0.inputs[2]?.quantization?.scales = [0.5]
    },
    Refusal("input has 13 elements, 2 rows of 6 are needed") { $0.inputs[0]?.shape = [13] },
    Refusal("output has shape [2, 4], the filter 5 outputs") { $0.output.shape = [2, 4] },
    Refusal("filter has shape [5, 0]") { $0.inputs[1]?.shape = [5, 0] },
    Refusal("per-channel int4 filter: TFLite Micro refuses it") {
      $0.inputs[1] = .quantized(.int4, [5, 6], scales: [1, 1, 1, 1, 1])
    },
    Refusal("shuffled weights: TFLite Micro refuses them") {
      $0.options = .fullyConnected(FullyConnectedOptions(activation: .none, shuffledWeights: true))
    },
  ]

  @Test(arguments: fullyConnected)
  func `is refused as FULLY_CONNECTED where something disagrees`(_ refusal: Refusal) {
    refusal.check(.fullyConnected())
  }

  static let others: [(SingleOperator, [Refusal])] = [
    (
      .pool(),
      [
        Refusal("width: stride 0 is not between") { $0 = .pool(stride: (2, 0)) },
        Refusal("height: window 0 is not between") { $0 = .pool(filter: (0, 2)) },
        Refusal("input and output differ in scale or zero point") { $0.output.quantization?.scales = [1.1] },
        Refusal("output has shape [1, 2, 2, 4], the input [1, 4, 4, 3]") { $0.output.shape = [1, 2, 2, 4] },
        Refusal("pool on uint8") {
          $0.inputs[0]?.type = .uint8
          $0.output.type = .uint8
        },
      ]
    ),
    (
      .transposeConvolution(),
      [
        Refusal("undone height is 4, the attributes give 5") { $0.output.shape = [1, 9, 8, 4] },
        Refusal("filter has 2 channels, the input 3") { $0.inputs[1]?.shape = [4, 3, 3, 2] },
        Refusal("filter has 4 outputs, the output 5 channels") { $0.output.shape = [1, 8, 8, 5] },
      ]
    ),
    (
      .batchMatMul(),
      [
        Refusal("left operand has 4 columns, the right 3 rows") { $0.inputs[1]?.shape = [1, 3, 5] },
        Refusal("leading dimensions 2 and 3 do not broadcast") { $0.inputs[1]?.shape = [3, 4, 5] },
        Refusal("right operand has 1 dimensions, expected 2 to 5") { $0.inputs[1]?.shape = [4] },
        Refusal("output has shape [2, 3, 6], expected [2, 3, 5]") { $0.output.shape = [2, 3, 6] },
      ]
    ),
    (
      .svdf(),
      [
        Refusal("rank 3 does not divide 4 filters") { $0 = .svdf(rank: 3) },
        Refusal("rank 0 does not divide") { $0 = .svdf(rank: 0) },
        Refusal("state is not a variable tensor") { $0.inputs[4]?.isVariable = false },
        Refusal("state has shape [1, 21]") { $0.inputs[4]?.shape = [1, 21] },
        Refusal("state is int8, expected int16") { $0.inputs[4]?.type = .int8 },
        Refusal("bias scale 2.0 is not state scale times time scale") {
          $0.inputs[3]?.quantization?.scales = [2]
        },
        Refusal("SVDF without a bias: TFLite Micro cannot run it") { $0.inputs[3] = nil },
        Refusal("fused activation relu6: TFLite Micro ignores it here") { $0 = .svdf(activation: .relu6) },
      ]
    ),
    (
      .lstm(),
      [
        Refusal("LSTM with peephole connections: TFLite Micro cannot run it") {
          $0.inputs[10] = .quantized(.int16, [5])
        },
        Refusal("LSTM with a projection: TFLite Micro cannot run it") {
          $0.inputs[16] = .quantized(.int8, [5, 5])
        },
        Refusal("LSTM with layer normalisation: TFLite Micro cannot run it") {
          $0.inputs[23] = .quantized(.int16, [5])
        },
        Refusal("LSTM without an input gate: TFLite Micro cannot run it") { $0.inputs[1] = nil },
        Refusal("input 14 is missing") { $0.inputs[14] = nil },
        Refusal("LSTM with relu instead of tanh") { $0 = .lstm(activation: .relu) },
        Refusal("cell clip is nan") { $0 = .lstm(cellClip: .nan) },
        Refusal("cell state scale 0.001 is not a power of two") {
          $0.inputs[19]?.quantization?.scales = [0.001]
        },
        Refusal("cell state is not a variable tensor") { $0.inputs[19]?.isVariable = false },
        Refusal("recurrent weights of the candidate gate has shape [5, 4], expected [5, 5]") {
          $0.inputs[7]?.shape = [5, 4]
        },
        Refusal("output has shape [1, 2, 4], expected [1, 2, 5]") { $0.output.shape = [1, 2, 4] },
      ]
    ),
  ]

  @Test(arguments: others.indices)
  func `is refused in its other forms where something disagrees`(_ index: Int) {
    let (legal, refusals) = Self.others[index]
    for refusal in refusals { refusal.check(legal) }
  }
}
