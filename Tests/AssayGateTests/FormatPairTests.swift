import AssayFiles
import AssayModel
import AssayRecording
import AssayRuntime
import AssayTestSupport
import Testing

@testable import AssayGate

/// The forms of one trained network that the repository holds.
enum Form: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case floatPTE = "float.pte"
  case cortexM = "cortex_m.pte"
  case decomposed = "decomposed.pte"
  case floatTFLite = "float.tflite"
  case int8TFLite = "int8.tflite"
  case floatONNX = "float.onnx"
  case qdqONNX = "qdq.onnx"

  var testDescription: String { rawValue }
  var path: String { "\(Checkout.root)/suites/digits/formats/digits-v2.\(rawValue)" }
  var isFloat: Bool { rawValue.hasPrefix("float") }
  /// From the recording, which has channels last.
  var permutation: [Int]? { rawValue.hasSuffix("tflite") ? nil : [0, 3, 1, 2] }

  func model() throws -> LoadedModel { try LoadedModel(path: path) }

  static func recording() throws -> ModelRecording {
    try ModelRecording.open("\(Checkout.root)/suites/digits/recordings/heldout.npz")
  }

  static func comparison(_ a: Form, _ b: Form) throws -> Comparison {
    try Comparison(
      a.model(), b.model(), recording(), permutation: b.permutation, permutationA: a.permutation,
      layerSamples: 8)
  }
}

@Suite struct `Layers across formats` {
  /// Nine convolutions, the sum, the mean, the dense layer and softmax.
  static let layers: [LayerKind] =
    Array(repeating: .convolution, count: 7) + [.add, .convolution, .convolution, .average, .dense, .softmax]

  @Test(arguments: Form.allCases)
  func `every form has the network's thirteen layers in order`(form: Form) throws {
    #expect(try LayerUnits(form.model().graph).units.map(\.kind) == Self.layers)
  }

  @Test(arguments: Form.allCases.filter { $0 != .floatONNX })
  func `every form is compared with the float reference in every layer`(form: Form) throws {
    let comparison = try Form.comparison(.floatONNX, form)
    #expect(comparison.layers.count == 13)
    let worst = comparison.layers.map(\.accumulated).max() ?? 1
    #expect(worst < (form.isFloat ? 1e-5 : 0.15), "\(worst)")
    #expect(comparison.layers.allSatisfy { form == .qdqONNX || $0.counterpart != nil })
  }

  @Test(arguments: [(Form.cortexM, Form.int8TFLite), (.int8TFLite, .decomposed), (.cortexM, .cortexM)])
  func `two int8 forms are compared too`(a: Form, b: Form) throws {
    let comparison = try Form.comparison(a, b)
    #expect(comparison.layers.count == 13)
    #expect(comparison.layers.allSatisfy { $0.accumulated < (a == b ? 1e-6 : 0.2) })
  }

  @Test func `what one layer adds is not what reached it`() throws {
    let comparison = try Form.comparison(.floatONNX, .cortexM)
    let own = comparison.layers.compactMap(\.own)
    // All but the strided convolution, whose padding is an operator of its own in one form only.
    #expect(own.count >= 12)
    #expect(own.allSatisfy { $0 < 0.02 })
    #expect((comparison.layers.map(\.accumulated).max() ?? 0) > (own.max() ?? 1))
  }

  /// Where the weights of the n-th convolution lie in a program, which is a place in its file.
  private static func weights(_ graph: Graph, convolution number: Int) throws -> Range<Int> {
    let unit = LayerUnits(graph).units.filter { $0.kind == .convolution }[number].unit
    let op = graph.main.operators[unit.layer.index]
    let ranges = op.inputs.compactMap { $0 }.compactMap { graph.main.tensors[$0].constant?.bytes }
    return try #require(ranges.max { $0.count < $1.count })
  }

  @Test(arguments: [1, 4, 7])
  func `a damaged layer is named, in the other format's words too`(number: Int) throws {
    let sound = try FileBytes.read(Form.floatPTE.path, limit: 1 << 20)
    let range = try Self.weights(Form.floatPTE.model().graph, convolution: number)
    var damaged = sound
    damaged.replaceSubrange(range, with: Array(repeating: 0, count: range.count))
    let folder = try TemporaryFolder()
    let candidate = try LoadedModel(path: folder.write("damaged.pte", damaged))
    let comparison = try Comparison(
      Form.floatTFLite.model(), candidate, Form.recording(), permutation: [0, 3, 1, 2], layerSamples: 4)
    let first = try #require(comparison.layers.first { $0.overTolerance })
    #expect(comparison.firstDivergentLayer == first.layer)
    let place = Self.layers.indices.filter { Self.layers[$0] == .convolution }[number]
    #expect(first == comparison.layers[place])
    #expect(first.counterpart?.contains("CONV_2D") == true)
  }
}

@Suite struct `A layer's tensor` {
  @Test func `with channels first is turned to channels last and back`() {
    let tensor = LayerTensor(subgraph: 0, index: 0, isChannelsFirst: true)
    let values = (0..<12).map { Float($0) }
    let turned = tensor.channelsLast(values, shape: [1, 3, 2, 2])
    #expect(turned == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
    #expect(tensor.ownOrder(turned, shape: [1, 3, 2, 2]) == values)
    #expect(tensor.channels([1, 3, 2, 2]) == 3)
  }

  @Test func `with channels last stays as it is`() {
    let tensor = LayerTensor(subgraph: 0, index: 0, isChannelsFirst: false)
    let values = (0..<12).map { Float($0) }
    #expect(tensor.channelsLast(values, shape: [1, 2, 2, 3]) == values)
    #expect(tensor.channels([1, 2, 2, 3]) == 3)
  }

  @Test func `of codes gets the scale that its values fit`() {
    var fit = CodeScales.Fit()
    let codes: [Float] = [-128, -100, 0, 55, 127]
    fit.add(codes, codes.map { 0.25 * ($0 + 28) })
    let stated = fit.quantization(zero: -28, .int8)
    #expect(stated == Quantization(scales: [0.25], zeroPoints: [-28]))
    #expect(fit.quantization(zero: nil, .int8) == stated)
    #expect(CodeScales.Fit().quantization(zero: 0, .int8) == nil)
  }
}

@Suite struct `The difference of two models` {
  @Test func `of one file with itself is empty`() throws {
    for form in Form.allCases { #expect(try ModelDifference(form.model(), form.model()).lines.isEmpty) }
  }

  @Test(arguments: [
    (
      Form.floatPTE, Form.cortexM,
      [
        "~ file: 44,776 B -> 33,960 B (-10,816 B)",
        "~ quantisation: float32 -> int8 throughout, weights per channel", "- 9 aten::convolution.out",
        "+ 1 cortex_m::pad.out", "+ refused: the firmware has no cortex_m kernels",
      ]
    ),
    (
      .floatTFLite, .floatPTE,
      ["~ format: tflite -> pte", "~ input 0: float32 [1, 8, 8, 1] -> float32 [1, 1, 8, 8]"]
    ),
    (.floatPTE, .floatONNX, ["~ format: pte -> onnx", "-> none: ONNX runs on no board"]),
    (.floatPTE, .decomposed, ["+ int8 in quantized_decomposed form needs 2.5 times the float arena"]),
    (.floatONNX, .qdqONNX, ["+ 14 QuantizeLinear", "~ quantisation: float32"]),
  ])
  func `is told with plus, minus and tilde`(a: Form, b: Form, words: [String]) throws {
    let lines = try ModelDifference(a.model(), b.model()).lines
    for word in words { #expect(lines.contains { $0.contains(word) }, "\(word) in \(lines)") }
    #expect(lines.allSatisfy { ["+ ", "- ", "~ "].contains($0.prefix(2)) })
  }

  @Test func `across formats counts layers, not the operators they are made of`() throws {
    let lines = try ModelDifference(Form.floatTFLite.model(), Form.floatONNX.model()).lines
    #expect(!lines.contains { $0.contains("convolution layer") || $0.contains("CONV_2D") }, "\(lines)")
  }
}

@Suite struct `A summary of a model` {
  @Test func `counts nodes of ONNX as they stand in the file`() throws {
    let operators = try ModelSummary(Form.floatONNX.model()).operators
    #expect(operators.first { $0.name == "Gemm" }?.count == 1)
    #expect(operators.first { $0.name == "Conv" }?.count == 9)
  }

  @Test(arguments: [
    (Form.floatPTE, "float32"), (.int8TFLite, "int8 throughout, weights per channel"),
    (.cortexM, "int8 throughout, weights per channel"),
  ])
  func `says how a model is quantised`(form: Form, words: String) throws {
    #expect(try ModelSummary(form.model()).quantization == words)
  }

  @Test(arguments: [
    (Form.floatPTE, 26_140), (.cortexM, 16_508), (.decomposed, 63_204), (.floatONNX, -1),
  ])
  func `says what a program takes, and that ONNX takes nothing`(form: Form, bytes: Int) throws {
    #expect(try ModelSummary(form.model()).memoryBytes(nil) ?? -1 == bytes)
  }
}
