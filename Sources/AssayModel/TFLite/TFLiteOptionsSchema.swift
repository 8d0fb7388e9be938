/// Members of the schema's union `BuiltinOptions` that the reader understands, and their slots.
enum TFLiteOptionsSchema {
  /// One member of the union: its number and its name.
  struct Member: Sendable {
    let type: UInt8
    let name: StaticString

    init(_ type: UInt8, _ name: StaticString) {
      self.type = type
      self.name = name
    }
  }

  enum Conv2D {
    static let member = Member(1, "Conv2DOptions")
    static let padding = FlatField(0, "padding")
    static let strideWidth = FlatField(1, "stride_w")
    static let strideHeight = FlatField(2, "stride_h")
    static let activation = FlatField(3, "fused_activation_function")
    static let dilationWidth = FlatField(4, "dilation_w_factor")
    static let dilationHeight = FlatField(5, "dilation_h_factor")
  }

  enum DepthwiseConv2D {
    static let member = Member(2, "DepthwiseConv2DOptions")
    static let depthMultiplier = FlatField(3, "depth_multiplier")
    static let activation = FlatField(4, "fused_activation_function")
    static let dilationWidth = FlatField(5, "dilation_w_factor")
    static let dilationHeight = FlatField(6, "dilation_h_factor")
  }

  enum Pool2D {
    static let member = Member(5, "Pool2DOptions")
    static let filterWidth = FlatField(3, "filter_width")
    static let filterHeight = FlatField(4, "filter_height")
    static let activation = FlatField(5, "fused_activation_function")
  }

  enum SVDF {
    static let member = Member(6, "SVDFOptions")
    static let rank = FlatField(0, "rank")
    static let activation = FlatField(1, "fused_activation_function")
  }

  enum FullyConnected {
    static let member = Member(8, "FullyConnectedOptions")
    static let activation = FlatField(0, "fused_activation_function")
    static let weightsFormat = FlatField(1, "weights_format")
    static let keepNumDims = FlatField(2, "keep_num_dims")
  }

  enum Softmax {
    static let member = Member(9, "SoftmaxOptions")
    static let beta = FlatField(0, "beta")
  }

  enum Concatenation {
    static let member = Member(10, "ConcatenationOptions")
    static let axis = FlatField(0, "axis")
    static let activation = FlatField(1, "fused_activation_function")
  }

  /// ADD, SUB, MUL, DIV and L2_NORMALIZATION: the activation is the first field of each.
  enum Arithmetic {
    static let add = Member(11, "AddOptions")
    static let l2Norm = Member(12, "L2NormOptions")
    static let mul = Member(21, "MulOptions")
    static let sub = Member(28, "SubOptions")
    static let div = Member(29, "DivOptions")
    static let activation = FlatField(0, "fused_activation_function")
  }

  enum Resize {
    static let bilinear = Member(15, "ResizeBilinearOptions")
    static let bilinearAlignCorners = FlatField(2, "align_corners")
    static let bilinearHalfPixelCenters = FlatField(3, "half_pixel_centers")
    static let nearest = Member(74, "ResizeNearestNeighborOptions")
    static let nearestAlignCorners = FlatField(0, "align_corners")
    static let nearestHalfPixelCenters = FlatField(1, "half_pixel_centers")
  }

  enum Reshape {
    static let member = Member(17, "ReshapeOptions")
    static let newShape = FlatField(0, "new_shape")
  }

  enum SpaceDepth {
    static let spaceToDepth = Member(19, "SpaceToDepthOptions")
    static let depthToSpace = Member(94, "DepthToSpaceOptions")
    static let blockSize = FlatField(0, "block_size")
  }

  enum Gather {
    static let member = Member(23, "GatherOptions")
    static let axis = FlatField(0, "axis")
    static let batchDims = FlatField(1, "batch_dims")
  }

  enum Reducer {
    static let member = Member(27, "ReducerOptions")
    static let keepDims = FlatField(0, "keep_dims")
  }

  enum Squeeze {
    static let member = Member(30, "SqueezeOptions")
    static let squeezeDims = FlatField(0, "squeeze_dims")
  }

  enum StridedSlice {
    static let member = Member(32, "StridedSliceOptions")
    static let beginMask = FlatField(0, "begin_mask")
    static let endMask = FlatField(1, "end_mask")
    static let ellipsisMask = FlatField(2, "ellipsis_mask")
    static let newAxisMask = FlatField(3, "new_axis_mask")
    static let shrinkAxisMask = FlatField(4, "shrink_axis_mask")
    static let offset = FlatField(5, "offset")
  }

  enum Split {
    static let split = Member(35, "SplitOptions")
    static let splitV = Member(79, "SplitVOptions")
    static let numSplits = FlatField(0, "num_splits")
  }

  enum Cast {
    static let member = Member(37, "CastOptions")
  }

  enum ArgMinMax {
    static let max = Member(40, "ArgMaxOptions")
    static let min = Member(57, "ArgMinOptions")
    static let outputType = FlatField(0, "output_type")
  }

  enum TransposeConv {
    static let member = Member(49, "TransposeConvOptions")
    static let padding = FlatField(0, "padding")
    static let strideWidth = FlatField(1, "stride_w")
    static let strideHeight = FlatField(2, "stride_h")
    static let activation = FlatField(3, "fused_activation_function")
  }

  enum Shape {
    static let member = Member(55, "ShapeOptions")
    static let outType = FlatField(0, "out_type")
  }

  enum Pack {
    static let pack = Member(59, "PackOptions")
    static let valuesCount = FlatField(0, "values_count")
    static let unpack = Member(64, "UnpackOptions")
    static let num = FlatField(0, "num")
    static let axis = FlatField(1, "axis")
  }

  enum UnidirectionalSequenceLSTM {
    static let member = Member(71, "UnidirectionalSequenceLSTMOptions")
    static let activation = FlatField(0, "fused_activation_function")
    static let cellClip = FlatField(1, "cell_clip")
    static let projClip = FlatField(2, "proj_clip")
    static let timeMajor = FlatField(3, "time_major")
    static let asymmetricQuantizeInputs = FlatField(4, "asymmetric_quantize_inputs")
  }

  enum LeakyRelu {
    static let member = Member(75, "LeakyReluOptions")
    static let alpha = FlatField(0, "alpha")
  }

  enum MirrorPad {
    static let member = Member(77, "MirrorPadOptions")
    static let mode = FlatField(0, "mode")
  }

  enum ControlFlow {
    static let ifElse = Member(92, "IfOptions")
    static let thenSubgraph = FlatField(0, "then_subgraph_index")
    static let elseSubgraph = FlatField(1, "else_subgraph_index")
    static let whileLoop = Member(93, "WhileOptions")
    static let conditionSubgraph = FlatField(0, "cond_subgraph_index")
    static let bodySubgraph = FlatField(1, "body_subgraph_index")
    static let callOnce = Member(103, "CallOnceOptions")
    static let initSubgraph = FlatField(0, "init_subgraph_index")
  }

  enum BatchMatMul {
    static let member = Member(101, "BatchMatMulOptions")
    static let adjointX = FlatField(0, "adj_x")
    static let adjointY = FlatField(1, "adj_y")
  }

  enum Cumsum {
    static let member = Member(102, "CumsumOptions")
    static let exclusive = FlatField(0, "exclusive")
    static let reverse = FlatField(1, "reverse")
  }

  enum VarHandle {
    static let member = Member(111, "VarHandleOptions")
    static let container = FlatField(0, "container")
    static let sharedName = FlatField(1, "shared_name")
  }

  enum Gelu {
    static let member = Member(116, "GeluOptions")
    static let approximate = FlatField(0, "approximate")
  }
}
