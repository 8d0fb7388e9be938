import AssayModel
import AssayRecording
import AssayRuntime
import AssayTestSupport

@testable import AssayGate

/// Random numbers that a printed seed gives again (SplitMix64).
struct BoardRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}

/// Models of one int8 layer with random weights, and recordings for them.
struct BoardModel {
  var graph: Graph
  var inputs: [[Int]]

  static func convolution(
    input: [Int], filter: [Int], stride: Int = 1, padding: Padding = .same, random: inout BoardRandom
  ) throws -> BoardModel {
    let options = Conv2DOptions(
      padding: padding, strideHeight: stride, strideWidth: stride, dilationHeight: 1, dilationWidth: 1)
    let output = spatial(input, filter, stride, padding) + [filter[0]]
    return try layer(
      .conv2D, .conv2D(options), input, filter: filter, biases: filter[0], output, &random)
  }

  static func depthwise(
    input: [Int], filter: [Int], stride: Int = 1, padding: Padding = .same, random: inout BoardRandom
  ) throws -> BoardModel {
    let window = Conv2DOptions(
      padding: padding, strideHeight: stride, strideWidth: stride, dilationHeight: 1, dilationWidth: 1)
    let options = DepthwiseConv2DOptions(window: window, depthMultiplier: filter[3] / input[3])
    let output = spatial(input, filter, stride, padding) + [filter[3]]
    return try layer(
      .depthwiseConv2D, .depthwiseConv2D(options), input, filter: filter, biases: filter[3], output, &random)
  }

  static func connected(rows: Int = 1, depth: Int, outputs: Int, random: inout BoardRandom) throws
    -> BoardModel
  {
    try layer(
      .fullyConnected, .fullyConnected(FullyConnectedOptions(activation: .none)), [rows, depth],
      filter: [outputs, depth], biases: outputs, [rows, outputs], &random)
  }

  static func averagePool(input: [Int], random: inout BoardRandom) throws -> BoardModel {
    let options = Pool2DOptions(
      padding: .valid, strideHeight: 2, strideWidth: 2, filterHeight: 2, filterWidth: 2)
    return try layer(
      .averagePool2D, .pool2D(options), input, [1, input[1] / 2, input[2] / 2, input[3]], sameScale: true,
      &random)
  }

  static func softmax(rows: Int, depth: Int, random: inout BoardRandom) throws -> BoardModel {
    var writer = ModelWriter()
    let fed = Quantization(scales: [0.1], zeroPoints: [-3])
    let x = writer.input("x", .int8, [1, rows, depth], fed)
    let y = writer.tensor("y", .int8, [1, rows, depth], Quantization(scales: [1 / 256], zeroPoints: [-128]))
    writer.add(.softmax, inputs: [x], outputs: [y], options: .softmax(beta: 1))
    writer.outputs([y])
    return BoardModel(graph: try Graph.read(writer.bytes()), inputs: [[1, rows, depth]])
  }

  static func product(_ count: Int, random: inout BoardRandom) throws -> BoardModel {
    var writer = ModelWriter()
    let scales = (0..<3).map { _ in Float.random(in: 0.01...0.05, using: &random) }
    let x = writer.input("x", .int8, [1, count], Quantization(scales: [scales[0]], zeroPoints: [-3]))
    let z = writer.input("z", .int8, [1, count], Quantization(scales: [scales[1]], zeroPoints: [5]))
    let made = Quantization(scales: [scales[2] * 8], zeroPoints: [1])
    let y = writer.tensor("y", .int8, [1, count], made)
    writer.add(.mul, inputs: [x, z], outputs: [y], options: .arithmetic(.none))
    writer.outputs([y])
    return BoardModel(graph: try Graph.read(writer.bytes()), inputs: [[1, count], [1, count]])
  }

  private static func spatial(_ input: [Int], _ filter: [Int], _ stride: Int, _ padding: Padding) -> [Int] {
    let sizes = (1...2).map { axis in
      padding == .same ? (input[axis] + stride - 1) / stride : (input[axis] - filter[axis]) / stride + 1
    }
    return [input[0]] + sizes
  }

  private static func layer(
    _ code: BuiltinOperator, _ options: OperatorOptions, _ input: [Int], filter: [Int]? = nil,
    biases: Int = 0,
    _ output: [Int], sameScale: Bool = false, _ random: inout BoardRandom
  ) throws -> BoardModel {
    var writer = ModelWriter()
    let fed = Quantization(scales: [0.05], zeroPoints: [Int32.random(in: -20...(-3), using: &random)])
    var operands: [Int?] = [writer.input("x", .int8, input, fed)]
    if let filter {
      let dimension = code == .depthwiseConv2D ? 3 : 0
      let weights = Quantization(
        scales: Array(repeating: 0.01, count: filter[dimension]),
        zeroPoints: Array(repeating: 0, count: filter[dimension]), dimension: dimension)
      operands.append(writer.constant("w", .int8, filter, random.bytes(filter.reduce(1, *)), weights))
      let bias = (0..<biases).map { _ in Int32.random(in: -2_000...2_000, using: &random) }
      operands.append(writer.constant("b", bias))
    }
    // Wide enough that few codes saturate.
    let sum = (filter?.dropFirst().reduce(1, *) ?? 1) / (code == .depthwiseConv2D ? filter?[3] ?? 1 : 1)
    let scale = sameScale ? 0.05 : Float(0.05 * 0.01 * 75 * 75) * Float(sum).squareRoot() / 40
    let made = sameScale ? fed : Quantization(scales: [scale], zeroPoints: [3])
    let result = writer.tensor("y", .int8, output, made)
    writer.add(code, version: 3, inputs: operands, outputs: [result], options: options)
    writer.outputs([result])
    return BoardModel(graph: try Graph.read(writer.bytes()), inputs: [input])
  }

  func loaded(_ kernels: KernelSelection = .reference) throws -> LoadedModel {
    try LoadedModel(path: "generated", sha256: "", graph: graph, kernels: kernels)
  }

  /// `samples` recordings of random codes.
  func feed(_ samples: Int, random: inout BoardRandom) throws -> SampleFeed {
    var recording = Recording()
    for (index, shape) in inputs.enumerated() {
      let description = ArrayDescription(name: "in_\(index)", type: .int8, shape: [samples] + shape)
      recording.append(
        try RecordedArray(description, bytes: random.bytes(samples * shape.reduce(1, *))))
    }
    return try SampleFeed(
      try ModelRecording(recording, file: "generated.npz"), model: try loaded(), matching: .exact)
  }
}
