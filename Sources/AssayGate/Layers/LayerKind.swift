import AssayModel

/// What a layer computes, whatever format and exporter wrote it.
enum LayerKind: String, Sendable, Hashable {
  case convolution, transposedConvolution, dense, add, sub, mul, div, maximum, minimum, maxPool, average,
    sum, reduceMax, softmax, logSoftmax, sigmoid, tanh, relu, hardSwish, hardSigmoid, gelu, elu, leakyRelu,
    concatenation, layerNorm, batchNorm, resize, embedding

  /// - Returns: `nil` for what only moves data (reshape, transpose, pad, slice) or turns codes into
  ///   values and back: exporters add and drop such operators freely.
  init?(_ op: Operator) {
    guard let kernel = op.kernelName else {
      guard let builtin = op.code.builtin, let kind = Self.builtins[builtin] else { return nil }
      self = kind
      return
    }
    guard let kind = Self.kernels[kernel] else { return nil }
    // A matrix product may be written as a convolution of one cell.
    self = kind
  }

  /// Whether the layer reads and writes images, channels first in PyTorch's world.
  var isOfImages: Bool {
    switch self {
    case .convolution, .transposedConvolution, .maxPool, .batchNorm, .resize: true
    default: false
    }
  }

  private static let builtins: [BuiltinOperator: LayerKind] = [
    .conv2D: .convolution, .depthwiseConv2D: .convolution, .transposeConv: .transposedConvolution,
    .fullyConnected: .dense, .batchMatmul: .dense, .add: .add, .addN: .add, .sub: .sub, .mul: .mul,
    .div: .div, .maximum: .maximum, .minimum: .minimum, .maxPool2D: .maxPool, .averagePool2D: .average,
    .mean: .average, .sum: .sum, .reduceMax: .reduceMax, .softmax: .softmax, .logSoftmax: .logSoftmax,
    .logistic: .sigmoid, .tanh: .tanh, .relu: .relu, .relu6: .relu, .reluN1To1: .relu, .relu0To1: .relu,
    .hardSwish: .hardSwish, .gelu: .gelu, .elu: .elu, .leakyRelu: .leakyRelu, .prelu: .leakyRelu,
    .concatenation: .concatenation, .resizeBilinear: .resize, .resizeNearestNeighbor: .resize,
    .embeddingLookup: .embedding, .gather: .embedding,
  ]

  /// By kernel name without library and overload.
  private static let kernels: [String: LayerKind] = [
    "convolution": .convolution, "quantized_conv2d": .convolution, "quantized_depthwise_conv2d": .convolution,
    "qlinear_conv": .convolution, "addmm": .dense, "mm": .dense, "bmm": .dense, "linear": .dense,
    "quantized_linear": .dense, "add": .add, "quantized_add": .add, "sub": .sub, "mul": .mul,
    "quantized_mul": .mul, "div": .div, "maximum": .maximum, "minimum": .minimum,
    "max_pool2d_with_indices": .maxPool, "quantized_max_pool2d": .maxPool, "avg_pool2d": .average,
    "_adaptive_avg_pool2d": .average, "mean": .average, "quantized_avg_pool2d": .average, "sum": .sum,
    "amax": .reduceMax, "_softmax": .softmax, "softmax": .softmax, "_log_softmax": .logSoftmax,
    "sigmoid": .sigmoid, "tanh": .tanh, "relu": .relu, "clamp": .relu, "hardtanh": .relu,
    "hard_swish": .hardSwish, "hard_sigmoid": .hardSigmoid, "gelu": .gelu, "elu": .elu,
    "leaky_relu": .leakyRelu, "prelu": .leakyRelu, "cat": .concatenation, "native_layer_norm": .layerNorm,
    "_native_batch_norm_legit_no_training": .batchNorm, "upsample_bilinear2d": .resize,
    "upsample_nearest2d": .resize, "embedding": .embedding, "index_select": .embedding,
  ]
}
