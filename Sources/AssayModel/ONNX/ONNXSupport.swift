/// Which ONNX operators are lowered onto kernels, asked of the reader itself.
public enum ONNXSupport {
  /// Whether a node of this name is known; types, shapes and attributes may still be refused.
  ///
  /// - Parameter name: at most 100 characters; with its domain unless that is the default one.
  public static func knows(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    let domain = parts.dropLast().joined(separator: ".")
    let node = field(4, Array((parts.last ?? "").utf8)) + field(7, Array(domain.utf8))
    // Field 8 names the operator set: version 17.
    let model = field(7, field(1, node)) + field(8, [2 << 3, 17])
    do throws(ModelError) {
      let file = try ONNXFile(ProtobufMessage(model, limits: .default), limits: .default)
      var lowering = ONNXLowering(file, opset: 17, options: ReadingOptions(), limits: .default)
      for node in file.nodes { try lowering.lower(node) }
      return true
    } catch {
      // What is known misses its inputs or attributes.
      return !error.message.hasPrefix("no kernel for")
    }
  }

  /// Those of `candidates` that are known.
  public static var operators: [String] { candidates.filter(knows) }

  /// A length-delimited field of a protobuf message, shorter than 128 bytes.
  private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
    [number << 3 | 2, UInt8(truncatingIfNeeded: content.count)] + content
  }

  /// Operators of ONNX 1.17 and of the quantised ones that ONNX Runtime adds, in the order of their names.
  private static let candidates: [String] = [
    "Abs", "Acos", "Acosh", "Add", "And", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atanh",
    "AveragePool", "BatchNormalization", "BitShift", "Cast", "Ceil", "Celu", "Clip", "Compress", "Concat",
    "Constant", "ConstantOfShape", "Conv", "ConvInteger", "ConvTranspose", "Cos", "Cosh", "CumSum",
    "DepthToSpace", "DequantizeLinear", "Det", "Div", "Dropout", "DynamicQuantizeLinear", "Einsum", "Elu",
    "Equal", "Erf", "Exp", "Expand", "EyeLike", "Flatten", "Floor", "GRU", "Gather", "GatherElements",
    "GatherND", "Gelu", "Gemm", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "Greater",
    "GreaterOrEqual", "GridSample", "GroupNormalization", "HardSigmoid", "HardSwish", "Hardmax", "Identity",
    "If", "InstanceNormalization", "IsInf", "IsNaN", "LRN", "LSTM", "LayerNormalization", "LeakyRelu", "Less",
    "LessOrEqual", "Log", "LogSoftmax", "Loop", "LpNormalization", "LpPool", "MatMul", "MatMulInteger", "Max",
    "MaxPool", "MaxRoiPool", "MaxUnpool", "Mean", "MeanVarianceNormalization", "Min", "Mish", "Mod", "Mul",
    "Neg", "NonMaxSuppression", "NonZero", "Not", "OneHot", "Or", "PRelu", "Pad", "Pow", "QLinearConv",
    "QLinearMatMul", "QuantizeLinear", "RNN", "Range", "Reciprocal", "ReduceL1", "ReduceL2", "ReduceLogSum",
    "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare",
    "Relu", "Reshape", "Resize", "ReverseSequence", "RoiAlign", "Round", "ScatterElements", "ScatterND",
    "Selu", "Shape", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Size", "Slice", "Softmax", "Softplus",
    "Softsign", "SpaceToDepth", "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tan", "Tanh", "ThresholdedRelu",
    "Tile", "TopK", "Transpose", "Trilu", "Unique", "Unsqueeze", "Upsample", "Where", "Xor",
    "com.microsoft.FastGelu", "com.microsoft.FusedConv", "com.microsoft.Gelu", "com.microsoft.QGemm",
    "com.microsoft.QLinearAdd",
    "com.microsoft.QLinearAveragePool", "com.microsoft.QLinearConcat",
    "com.microsoft.QLinearGlobalAveragePool", "com.microsoft.QLinearLeakyRelu", "com.microsoft.QLinearMul",
    "com.microsoft.QLinearSigmoid", "com.microsoft.QLinearSoftmax", "com.microsoft.QuickGelu",
  ]
}
