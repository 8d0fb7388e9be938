import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

/// One convolution, and the smallest arena with it for every kernel library in order.
struct ConvolutionArena: CustomTestStringConvertible, Sendable {
  enum Kind: Sendable { case full, depthwise }

  let name: String
  let kind: Kind
  let input: [Int]
  let output: [Int]
  let kernel: Int
  let stride: Int
  let padding: Padding
  let minimumBytes: [Int]
  var testDescription: String { name }

  init(
    _ name: String, _ kind: Kind, _ input: [Int], _ output: [Int], kernel: Int, stride: Int = 1,
    _ padding: Padding, _ minimumBytes: [Int]
  ) {
    self.name = name
    self.kind = kind
    self.input = [1] + input
    self.output = [1] + output
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.minimumBytes = minimumBytes
  }

  func graph() throws -> Graph {
    var model = ModelWriter()
    let unit = Quantization(scales: [1], zeroPoints: [0])
    let x = model.input("x", .int8, input, unit)
    let y = model.tensor("y", .int8, output, unit)
    let window = Conv2DOptions(padding: padding, strideHeight: stride, strideWidth: stride)
    let channels = output[3]
    let isFull = kind == .full
    let shape = isFull ? [channels, kernel, kernel, input[3]] : [1, kernel, kernel, channels]
    let scales = Quantization(
      scales: Array(repeating: 0.5, count: channels), zeroPoints: Array(repeating: 0, count: channels),
      dimension: isFull ? 0 : 3)
    let filter = model.constant("filter", .int8, shape, SampleModels.ramp(shape.reduce(1, *)), scales)
    let options: OperatorOptions =
      isFull
      ? .conv2D(window) : .depthwiseConv2D(.init(window: window, depthMultiplier: channels / input[3]))
    model.add(
      isFull ? .conv2D : .depthwiseConv2D, version: 3, inputs: [x, filter, nil], outputs: [y],
      options: options)
    model.outputs([y])
    return try TFLiteReader.read(model.bytes())
  }

  /// One case for each branch of ESP-NN's choice of kernel.
  static let all: [ConvolutionArena] = [
    .init(
      "1x1, aligned channels", .full, [4, 4, 8], [4, 4, 16], kernel: 1, .valid,
      [1040, 1040, 1232, 1232, 1232, 1232, 1264]),
    .init(
      "1x1, few pixels, odd channels", .full, [2, 2, 5], [2, 2, 6], kernel: 1, .same,
      [896, 896, 896, 896, 896, 896, 896]),
    .init(
      "3x3 SAME, short rows", .full, [9, 9, 4], [9, 9, 8], kernel: 3, .same,
      [1488, 1488, 3200, 3200, 2016, 2016, 2048]),
    .init(
      "3x3 stride 2 SAME", .full, [10, 10, 20], [5, 5, 8], kernel: 3, stride: 2, .same,
      [2704, 2704, 5072, 5072, 9488, 9488, 9520]),
    .init(
      "5x5 VALID", .full, [12, 12, 3], [8, 8, 4], kernel: 5, .valid,
      [1152, 1152, 2800, 2800, 1632, 1632, 1664]),
    .init(
      "2x2 on one channel", .full, [8, 8, 1], [7, 7, 4], kernel: 2, .valid,
      [848, 848, 1040, 1040, 1168, 1168, 1200]),
    .init(
      "depthwise 3x3x16 SAME", .depthwise, [8, 8, 16], [8, 8, 16], kernel: 3, .same,
      [2608, 2608, 4368, 4368, 4368, 4368, 4368]),
    .init(
      "depthwise 3x3x16 VALID", .depthwise, [8, 8, 16], [6, 6, 16], kernel: 3, .valid,
      [2160, 2160, 2320, 2320, 2320, 2320, 2320]),
    .init(
      "depthwise 3x3x16, above 40 KiB", .depthwise, [60, 60, 16], [60, 60, 16], kernel: 3, .same,
      [115_760, 115_760, 177_424, 177_424, 118_896, 118_896, 118_896]),
    .init(
      "depthwise 3x3x24 stride 2", .depthwise, [8, 8, 24], [4, 4, 24], kernel: 3, stride: 2, .same,
      [2544, 2544, 6064, 6080, 6608, 6608, 6608]),
    .init(
      "depthwise 3x3x8", .depthwise, [8, 8, 8], [8, 8, 8], kernel: 3, .same,
      [1520, 1520, 2704, 2720, 2720, 2720, 2720]),
    .init(
      "depthwise 5x5x8", .depthwise, [8, 8, 8], [8, 8, 8], kernel: 5, .same,
      [1520, 1520, 1552, 1552, 2976, 2976, 2976]),
    .init(
      "depthwise 5x5x8, above 48 KiB", .depthwise, [64, 64, 8], [64, 64, 8], kernel: 5, .same,
      [66_032, 66_032, 66_064, 66_064, 71_584, 71_584, 71_584]),
    .init(
      "depthwise 3x3x5", .depthwise, [8, 8, 5], [8, 8, 5], kernel: 3, .same,
      [1136, 1136, 1168, 1168, 2928, 2928, 2928]),
    .init(
      "depthwise multiplier 4", .depthwise, [8, 8, 1], [8, 8, 4], kernel: 3, .same,
      [848, 848, 1008, 1024, 1024, 1024, 1024]),
    .init(
      "depthwise multiplier 3", .depthwise, [8, 8, 1], [8, 8, 3], kernel: 3, .same,
      [848, 848, 848, 848, 848, 848, 848]),
  ]
}

@Suite struct `Scratch of the S3 kernels` {
  @Test(arguments: ConvolutionArena.all)
  func `follows the library's choice of kernel`(_ convolution: ConvolutionArena) throws {
    let plans = try MemoryPlan.byLibrary(convolution.graph())
    #expect(plans.map(\.minimumBytes) == convolution.minimumBytes)
    #expect(plans[0].scratchBytes == 0 && plans[1].scratchBytes == 0)
    #expect(plans[2...].allSatisfy { $0.scratchBytes > 0 })
  }

  @Test func `of a softmax without a second dimension is not known`() throws {
    var model = ModelWriter()
    let x = model.input("x", .int8, [8], Quantization(scales: [1], zeroPoints: [0]))
    let y = model.tensor("y", .int8, [8], Quantization(scales: [1 / 256], zeroPoints: [-128]))
    model.add(.softmax, version: 2, inputs: [x], outputs: [y], options: .softmax(beta: 1))
    model.outputs([y])
    let graph = try TFLiteReader.read(model.bytes())
    let plans = try MemoryPlan.byLibrary(graph)
    #expect(plans.map(\.unmodelledOperators.count) == [0, 0, 1, 1, 1, 1, 1])
    #expect(plans[2].unmodelledOperators[0].place == "subgraph 0, operator 0 (SOFTMAX)")
  }
}
