internal import AssayModel

/// Good programs and ONNX models that mutants are made from, and the names that mutants exchange.
public enum MutationCorpus {
  public static let programs: [(root: FlatTableValue, segment: [UInt8])] = {
    let writers = [SamplePrograms.network()] + kernelPairs.map { SamplePrograms.unary($0) }
    return writers.map { ($0.root, $0.segment) }
  }()

  private static let kernelPairs = ["aten::relu", "aten::sigmoid", "aten::clone"]

  /// Names and overloads, mixed: most pairs are wrong.
  public static let kernels: [String] = [
    "aten::relu", "aten::add", "aten::mul", "aten::cat", "aten::convolution", "aten::addmm", "aten::mm",
    "aten::bmm", "aten::linear", "aten::clamp", "aten::mean", "aten::permute_copy", "aten::view_copy",
    "aten::_softmax", "aten::slice_copy", "aten::select_copy", "aten::split_with_sizes_copy",
    "aten::embedding",
    "aten::constant_pad_nd", "aten::max_pool2d_with_indices", "aten::avg_pool2d", "aten::native_layer_norm",
    "aten::upsample_bilinear2d", "aten::index_select", "aten::where", "aten::expand_copy", "aten::full",
    "quantized_decomposed::quantize_per_tensor", "quantized_decomposed::dequantize_per_tensor",
    "cortex_m::quantized_conv2d", "cortex_m::quantized_linear", "cortex_m::quantized_add",
    "cortex_m::softmax",
    "cortex_m::pad", "dim_order_ops::_clone_dim_order", "executorch_prim::et_view", "aten::sym_size",
    "out", "Tensor_out", "Scalar_out", "int_out", "vec_out", "self_out", "default", "int", "IntList_out",
    "dim_max",
    "values", "src_out", "all_out", "",
  ]

  public static let models: [[ProtobufField]] = [
    SampleONNX.network().root, SampleONNX.unary("Relu").root, SampleONNX.unary("Identity").root,
    movement.root, quantized.root,
  ]

  public static let nodes: [String] = [
    "x", "y", "map", "flat", "shape", "axes", "axis", "perm", "mode", "pads", "strides", "kernel_shape",
    "auto_pad", "SAME_UPPER", "VALID", "group", "linear", "nearest", "reflect", "constant", "keepdims", "Add",
    "Mul", "Conv", "ConvTranspose", "MaxPool", "AveragePool", "Gemm", "MatMul", "Concat", "Split", "Slice",
    "Gather", "Pad", "Resize", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Softmax",
    "LayerNormalization", "BatchNormalization", "ReduceMean", "ReduceSum", "ArgMax", "Clip", "PRelu", "Cast",
    "Where", "Expand", "Shape", "Constant", "QuantizeLinear", "DequantizeLinear", "QLinearConv", "LSTM",
    "GRU",
    "TopK", "CumSum", "Einsum", "GatherElements", "ScatterND", "Tile", "ConstantOfShape", "Range", "If",
    "com.microsoft", "",
  ]

  private static var movement: ONNXWriter {
    var model = ONNXWriter()
    model.input("x", .float32, [1, 2, 4, 4])
    model.constant("starts", [0, 1])
    model.constant("ends", [4, 3])
    model.constant("axes", [2, 3])
    model.constant("pads", [0, 0, 1, 1, 0, 0, 1, 1])
    model.constant("sizes", [1, 2, 8, 4])
    model.node("Slice", ["x", "starts", "ends", "axes"], ["part"])
    model.node("Pad", ["part", "pads"], ["padded"])
    model.node("Transpose", ["padded"], ["turned"], [ONNXWriter.attribute("perm", [0, 1, 2, 3])])
    model.node("Concat", ["turned", "turned"], ["both"], [ONNXWriter.attribute("axis", 1)])
    model.node("MaxPool", ["both"], ["pooled"], [ONNXWriter.attribute("kernel_shape", [2, 2])])
    model.node("ReduceMean", ["pooled"], ["mean"], [ONNXWriter.attribute("axes", [2, 3])])
    model.node("Squeeze", ["mean"], ["y"])
    model.output("y", .float32, [4])
    return model
  }

  private static var quantized: ONNXWriter {
    var model = ONNXWriter()
    model.input("x", .float32, [1, 2, 4, 4])
    model.constant("scale", [0.5], shape: [])
    model.constant("zero", .int8, [], [3])
    model.constant("weights", .int8, [2, 2, 1, 1], [1, 255, 2, 254])
    model.constant("w_scale", [0.25], shape: [])
    model.constant("w_zero", .int8, [], [0])
    model.node("QuantizeLinear", ["x", "scale", "zero"], ["codes"])
    model.node(
      "QLinearConv", ["codes", "scale", "zero", "weights", "w_scale", "w_zero", "scale", "zero"], ["map"])
    model.node("DequantizeLinear", ["map", "scale", "zero"], ["y"])
    model.output("y", .float32, [1, 2, 4, 4])
    return model
  }
}
