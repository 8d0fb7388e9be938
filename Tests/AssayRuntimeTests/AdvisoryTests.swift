import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

@Suite struct `Published attacks on TensorFlow Lite` {
  @Test(arguments: advisories)
  func `each is refused with a reason`(_ advisory: Advisory) throws {
    let outcome = try ModelExamination.examine(advisory.model().bytes())
    let text =
      switch outcome {
      case .refused(let error): error.description
      case .notRunnable(let reason): reason
      case .stopped(let error): error.description
      case .ran: "ran"
      }
    #expect(text.contains(advisory.reason), "\(text)")
  }
}

/// A published vulnerability of TensorFlow Lite, as a model that triggers it.
struct Advisory: CustomTestStringConvertible, Sendable {
  let name: String
  let reason: String
  let model: @Sendable () -> ModelWriter

  init(
    _ name: String, _ reason: String, _ builtin: BuiltinOperator, _ options: OperatorOptions = .none,
    output: [Int], type: ElementType = .float32,
    _ inputs: @escaping @Sendable (inout ModelWriter) -> [Int?]
  ) {
    self.name = name
    self.reason = reason
    self.model = {
      var model = ModelWriter()
      let operands = inputs(&model)
      let y = model.tensor("y", type, output)
      model.add(builtin, inputs: operands, outputs: [y], options: options)
      model.outputs([y])
      return model
    }
  }

  var testDescription: String { name }
}

private func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

/// Operators with axes, indices and block sizes from constants.
private let advisories: [Advisory] = [
  Advisory("CVE-2020-15207: an axis below any", "axis", .mean, .reducer(keepDimensions: false), output: [2]) {
    [$0.input("x", .float32, [2, 3]), $0.constant("axis", [-10])]
  },
  Advisory(
    "CVE-2020-15208: shapes that do not broadcast", "broadcast", .add, .arithmetic(.none), output: [1, 4]
  ) {
    [$0.input("a", .float32, [1, 3]), $0.input("b", .float32, [1, 4])]
  },
  Advisory(
    "CVE-2020-15209: a constant without bytes", "nothing has written", .add, .arithmetic(.none),
    output: [1, 4]
  ) { [$0.input("a", .float32, [1, 4]), $0.constant("b", .float32, [1, 4], [])] },
  Advisory("CVE-2021-29592: a shape without bytes", "nothing has written", .reshape, output: [4]) {
    [$0.input("x", .float32, [2, 2]), $0.constant("shape", .int32, [1], [])]
  },
  Advisory("CVE-2021-29593: a block of 0", "block", .batchToSpaceNd, output: [1, 4, 4, 1]) {
    [
      $0.input("x", .float32, [4, 2, 2, 1]), $0.constant("block", [0, 2]),
      $0.constant("crops", [0, 0, 0, 0], shape: [2, 2]),
    ]
  },
  Advisory("CVE-2021-29597: a block of 0", "block", .spaceToBatchNd, output: [4, 2, 2, 1]) {
    [
      $0.input("x", .float32, [1, 4, 4, 1]), $0.constant("block", [2, 0]),
      $0.constant("pads", [0, 0, 0, 0], shape: [2, 2]),
    ]
  },
  Advisory("CVE-2021-29589: nothing to gather from", "has no elements", .gatherNd, output: [2]) {
    [$0.input("x", .float32, [0, 3]), $0.constant("indices", [0, 0], shape: [2, 1])]
  },
  Advisory("CVE-2021-29590: an empty operand", "has no elements", .maximum, output: [2]) {
    [$0.input("x", .float32, [2]), $0.constant("y", .float32, [0], [])]
  },
  Advisory(
    "CVE-2021-29601: joined sizes that overflow", "larger than", .concatenation,
    .concatenation(axis: 0, .none),
    output: [1]
  ) {
    [$0.input("a", .float32, [1 << 30]), $0.input("b", .float32, [1 << 30])]
  },
  Advisory(
    "CVE-2021-29603: an axis above any", "axis", .argMax, .argMinMax(output: .int32), output: [2],
    type: .int32
  ) {
    [$0.input("x", .float32, [2, 3]), $0.constant("axis", [7], shape: [])]
  },
  Advisory("CVE-2021-29606: an axis above any", "axis", .splitV, .splitV(count: 1), output: [2, 3]) {
    [
      $0.input("x", .float32, [2, 3]), $0.constant("sizes", [3]),
      $0.constant("axis", [Int32.max], shape: []),
    ]
  },
  Advisory("CVE-2021-37685: an axis far below any", "axis", .expandDims, output: [1, 2, 3]) {
    [$0.input("x", .float32, [2, 3]), $0.constant("axis", [-100_000], shape: [])]
  },
  Advisory("CVE-2021-37687: a negative index", "index", .gatherNd, output: [1, 3]) {
    [$0.input("x", .float32, [2, 3]), $0.constant("indices", [-1], shape: [1, 1])]
  },
  Advisory("CVE-2021-37680: no weights", "has no elements", .fullyConnected, output: [1, 1]) {
    [$0.input("x", .float32, [1, 4]), $0.constant("w", .float32, [0, 4], []), nil]
  },
  Advisory(
    "CVE-2021-29602: no channels", "has no elements", .depthwiseConv2D, depthwise, output: [1, 2, 2, 1]
  ) {
    [$0.input("x", .float32, [1, 2, 2, 0]), $0.constant("w", .float32, [1, 1, 1, 1], zeros(4)), nil]
  },
  Advisory(
    "CVE-2021-37682: codes without a scale", "scale", .fullyConnected, fullyConnected, output: [1, 1],
    type: .int8
  ) { [$0.input("x", .int8, [1, 4]), $0.constant("w", .int8, [1, 4], zeros(4)), nil] },
  Advisory(
    "CVE-2021-37681: state that is no variable", "variable", .svdf, .svdf(rank: 1, .none), output: [1, 2]
  ) {
    [
      $0.input("x", .float32, [1, 3]), $0.constant("feature", .float32, [2, 3], zeros(24)),
      $0.constant("time", .float32, [2, 5], zeros(40)), $0.constant("bias", .float32, [2], zeros(8)),
      $0.input("state", .float32, [1, 10]),
    ]
  },
  Advisory("CVE-2021-37683: a divisor of zero", "division by zero", .floorDiv, output: [2]) {
    [$0.input("x", .float32, [2]), $0.constant("y", .float32, [2], zeros(8))]
  },
  Advisory(
    "CVE-2021-37686: an ellipsis and steps beyond the rank", "operator 0 (STRIDED_SLICE)", .stridedSlice,
    .stridedSlice(
      StridedSliceOptions(beginMask: 0, endMask: 0, ellipsisMask: 0xff, newAxisMask: 0, shrinkAxisMask: 0)),
    output: [2, 3]
  ) { slice($0.input("x", .float32, [2, 3]), &$0, begin: [0, 0], end: [2, 3]) },
  Advisory(
    "a shrunk axis out of range, which others answer with old memory", "operator 0 (STRIDED_SLICE)",
    .stridedSlice,
    .stridedSlice(
      StridedSliceOptions(beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 1)),
    output: [3]
  ) { slice($0.input("x", .float32, [2, 3]), &$0, begin: [5, 0], end: [6, 3]) },
]

private let depthwise = OperatorOptions.depthwiseConv2D(
  DepthwiseConv2DOptions(
    window: Conv2DOptions(padding: .valid, strideHeight: 1, strideWidth: 1), depthMultiplier: 1))
private let fullyConnected = OperatorOptions.fullyConnected(FullyConnectedOptions(activation: .none))

private func slice(_ x: Int, _ model: inout ModelWriter, begin: [Int32], end: [Int32]) -> [Int?] {
  [x, model.constant("begin", begin), model.constant("end", end), model.constant("strides", [1, 1])]
}
