/// Attributes of an operator, checked against their enumerations and limits by the reader.
///
/// Fields keep the schema's meaning and default; numbers are wide enough that arithmetic on them
/// cannot wrap once the reader's limits hold.
public enum OperatorOptions: Sendable, Hashable {
  case none
  case conv2D(Conv2DOptions)
  case depthwiseConv2D(DepthwiseConv2DOptions)
  case fullyConnected(FullyConnectedOptions)
  case pool2D(Pool2DOptions)
  /// ADD, SUB, MUL, DIV and their like: only the fused activation matters.
  case arithmetic(FusedActivation)
  case softmax(beta: Float)
  case concatenation(axis: Int, FusedActivation)
  case reshape(newShape: [Int]?)
  case leakyRelu(alpha: Float)
  case reducer(keepDimensions: Bool)
  case stridedSlice(StridedSliceOptions)
  case cast
  case shape(output: ElementType)
  case pack(axis: Int, valuesCount: Int)
  case unpack(axis: Int, count: Int)
  case squeeze(dimensions: [Int])
  case split(count: Int)
  case splitV(count: Int)
  case gather(axis: Int, batchDimensions: Int)
  case argMinMax(output: ElementType)
  case resize(alignCorners: Bool, halfPixelCenters: Bool)
  case batchMatMul(adjointX: Bool, adjointY: Bool)
  case transposeConv(TransposeConvOptions)
  case svdf(rank: Int, FusedActivation)
  case unidirectionalSequenceLSTM(LSTMOptions)
  case mirrorPad(reflect: Bool)
  case spaceDepth(blockSize: Int)
  case gelu(approximate: Bool)
  case cumsum(exclusive: Bool, reverse: Bool)
  case callOnce(subgraph: Int)
  case ifElse(then: Int, else: Int)
  case whileLoop(condition: Int, body: Int)
  case varHandle(container: String, sharedName: String)
  case l2Normalization(FusedActivation)
  /// A custom operator's own bytes (usually a FlexBuffer), as they lie in the file.
  case custom(ConstantRange?)
  /// The arguments of an ExecuTorch kernel in their order, without the outputs.
  case arguments([OperatorArgument])
  /// The portable kernel that computes an ONNX node, with its arguments.
  case kernelCall(String, [OperatorArgument])
}

/// One argument of an ExecuTorch kernel.
public enum OperatorArgument: Sendable, Hashable {
  case none
  /// Position in the operator's inputs.
  case tensor(Int)
  /// Positions in the operator's inputs, `nil` where an optional one is left out.
  case tensors([Int?])
  case int(Int)
  case bool(Bool)
  case double(Double)
  case text(String)
  case ints([Int])
  case doubles([Double])
  case bools([Bool])
}

/// How a window meets the border of its input.
public enum Padding: String, Sendable, Hashable { case same, valid }

/// The activation an operator applies to its result before writing it.
public enum FusedActivation: String, Sendable, Hashable {
  case none, relu, reluN1To1, relu6, tanh, signBit
}

public struct Conv2DOptions: Sendable, Hashable {
  public var padding: Padding
  public var strideHeight: Int
  public var strideWidth: Int
  public var dilationHeight: Int
  public var dilationWidth: Int
  public var activation: FusedActivation

  public init(
    padding: Padding, strideHeight: Int, strideWidth: Int, dilationHeight: Int = 1,
    dilationWidth: Int = 1, activation: FusedActivation = .none
  ) {
    self.padding = padding
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.dilationHeight = dilationHeight
    self.dilationWidth = dilationWidth
    self.activation = activation
  }
}

public struct DepthwiseConv2DOptions: Sendable, Hashable {
  public var window: Conv2DOptions
  /// As stored; kernels derive the multiplier from the shapes and the reader compares the two.
  public var depthMultiplier: Int

  public init(window: Conv2DOptions, depthMultiplier: Int) {
    self.window = window
    self.depthMultiplier = depthMultiplier
  }
}

public struct FullyConnectedOptions: Sendable, Hashable {
  public var activation: FusedActivation
  public var keepDimensions: Bool
  /// `SHUFFLED4x16INT8` weights, which TFLite Micro refuses.
  public var shuffledWeights: Bool

  public init(activation: FusedActivation, keepDimensions: Bool = false, shuffledWeights: Bool = false) {
    self.activation = activation
    self.keepDimensions = keepDimensions
    self.shuffledWeights = shuffledWeights
  }
}

public struct Pool2DOptions: Sendable, Hashable {
  public var padding: Padding
  public var strideHeight: Int
  public var strideWidth: Int
  public var filterHeight: Int
  public var filterWidth: Int
  public var activation: FusedActivation

  public init(
    padding: Padding, strideHeight: Int, strideWidth: Int, filterHeight: Int, filterWidth: Int,
    activation: FusedActivation = .none
  ) {
    self.padding = padding
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.filterHeight = filterHeight
    self.filterWidth = filterWidth
    self.activation = activation
  }
}

public struct StridedSliceOptions: Sendable, Hashable {
  public var beginMask: UInt32
  public var endMask: UInt32
  public var ellipsisMask: UInt32
  public var newAxisMask: UInt32
  public var shrinkAxisMask: UInt32
  public var offset: Bool

  public init(
    beginMask: UInt32, endMask: UInt32, ellipsisMask: UInt32, newAxisMask: UInt32, shrinkAxisMask: UInt32,
    offset: Bool = false
  ) {
    self.beginMask = beginMask
    self.endMask = endMask
    self.ellipsisMask = ellipsisMask
    self.newAxisMask = newAxisMask
    self.shrinkAxisMask = shrinkAxisMask
    self.offset = offset
  }
}

public struct TransposeConvOptions: Sendable, Hashable {
  public var padding: Padding
  public var strideHeight: Int
  public var strideWidth: Int
  public var activation: FusedActivation

  public init(padding: Padding, strideHeight: Int, strideWidth: Int, activation: FusedActivation = .none) {
    self.padding = padding
    self.strideHeight = strideHeight
    self.strideWidth = strideWidth
    self.activation = activation
  }
}

public struct LSTMOptions: Sendable, Hashable {
  public var activation: FusedActivation
  public var cellClip: Float
  public var projectionClip: Float
  public var timeMajor: Bool
  public var asymmetricQuantizeInputs: Bool

  public init(
    activation: FusedActivation, cellClip: Float, projectionClip: Float, timeMajor: Bool,
    asymmetricQuantizeInputs: Bool
  ) {
    self.activation = activation
    self.cellClip = cellClip
    self.projectionClip = projectionClip
    self.timeMajor = timeMajor
    self.asymmetricQuantizeInputs = asymmetricQuantizeInputs
  }
}
