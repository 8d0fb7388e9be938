import AssayModel
import AssayTestSupport
import Testing

/// An operator with attributes that differ from every default, in a model that reads.
struct OptionSample: CustomTestStringConvertible, Sendable {
  let builtin: BuiltinOperator
  let options: OperatorOptions
  var inputs = 1
  var outputs = 1

  init(_ builtin: BuiltinOperator, _ options: OperatorOptions, inputs: Int = 1, outputs: Int = 1) {
    self.builtin = builtin
    self.options = options
    self.inputs = inputs
    self.outputs = outputs
  }

  var testDescription: String { builtin.name }

  func model() -> ModelWriter {
    var model = ModelWriter()
    let operands = (0..<inputs).map { model.input("in\($0)", .float32, [1, 2, 2, 2]) }
    let results = (0..<outputs).map { model.tensor("out\($0)", .float32, [1, 2, 2, 2]) }
    model.add(builtin, inputs: operands, outputs: results, options: options)
    model.outputs(results)
    return model
  }
}

private let window = Conv2DOptions(
  padding: .valid, strideHeight: 2, strideWidth: 3, dilationHeight: 4, dilationWidth: 5, activation: .relu6)

let optionSamples: [OptionSample] = [
  OptionSample(.conv2D, .conv2D(window), inputs: 3),
  OptionSample(
    .depthwiseConv2D, .depthwiseConv2D(DepthwiseConv2DOptions(window: window, depthMultiplier: 1)), inputs: 2),
  OptionSample(
    .averagePool2D,
    .pool2D(
      Pool2DOptions(
        padding: .valid, strideHeight: 2, strideWidth: 3, filterHeight: 4, filterWidth: 5,
        activation: .reluN1To1))),
  OptionSample(
    .transposeConv,
    .transposeConv(
      TransposeConvOptions(padding: .valid, strideHeight: 2, strideWidth: 3, activation: .relu)), inputs: 3),
  OptionSample(
    .fullyConnected,
    .fullyConnected(FullyConnectedOptions(activation: .tanh, keepDimensions: true, shuffledWeights: true)),
    inputs: 2),
  OptionSample(.add, .arithmetic(.relu), inputs: 2),
  OptionSample(.sub, .arithmetic(.relu6), inputs: 2),
  OptionSample(.mul, .arithmetic(.reluN1To1), inputs: 2),
  OptionSample(.div, .arithmetic(.signBit), inputs: 2),
  OptionSample(.l2Normalization, .l2Normalization(.relu)),
  OptionSample(.softmax, .softmax(beta: 0.5)),
  OptionSample(.leakyRelu, .leakyRelu(alpha: -0.25)),
  OptionSample(.gelu, .gelu(approximate: true)),
  OptionSample(.svdf, .svdf(rank: 2, .relu), inputs: 5),
  OptionSample(.batchMatmul, .batchMatMul(adjointX: true, adjointY: false), inputs: 2),
  OptionSample(.cumsum, .cumsum(exclusive: true, reverse: false), inputs: 2),
  OptionSample(
    .unidirectionalSequenceLSTM,
    .unidirectionalSequenceLSTM(
      LSTMOptions(
        activation: .tanh, cellClip: 10, projectionClip: 2, timeMajor: true, asymmetricQuantizeInputs: true)),
    inputs: 24),
  OptionSample(.concatenation, .concatenation(axis: -1, .relu), inputs: 3),
  OptionSample(.reshape, .reshape(newShape: [2, -1])),
  OptionSample(.reshape, .reshape(newShape: nil)),
  OptionSample(.squeeze, .squeeze(dimensions: [0, -1])),
  OptionSample(.mean, .reducer(keepDimensions: true), inputs: 2),
  OptionSample(.shape, .shape(output: .int64)),
  OptionSample(.cast, .cast),
  OptionSample(.pack, .pack(axis: 1, valuesCount: 3), inputs: 3),
  OptionSample(.unpack, .unpack(axis: 1, count: 2), outputs: 2),
  OptionSample(.split, .split(count: 2), inputs: 2, outputs: 2),
  OptionSample(.splitV, .splitV(count: 3), inputs: 3, outputs: 3),
  OptionSample(.gather, .gather(axis: 1, batchDimensions: 1), inputs: 2),
  OptionSample(
    .stridedSlice,
    .stridedSlice(
      StridedSliceOptions(
        beginMask: 1, endMask: 2, ellipsisMask: 4, newAxisMask: 8, shrinkAxisMask: 0xffff_ffff, offset: true)),
    inputs: 4),
  OptionSample(.argMax, .argMinMax(output: .int32), inputs: 2),
  OptionSample(.argMin, .argMinMax(output: .int64), inputs: 2),
  OptionSample(.resizeBilinear, .resize(alignCorners: true, halfPixelCenters: false), inputs: 2),
  OptionSample(.resizeNearestNeighbor, .resize(alignCorners: false, halfPixelCenters: true), inputs: 2),
  OptionSample(.mirrorPad, .mirrorPad(reflect: false), inputs: 2),
  OptionSample(.spaceToDepth, .spaceDepth(blockSize: 2)),
  OptionSample(.depthToSpace, .spaceDepth(blockSize: 3)),
]
