import AssayFiles
import AssayModel
import AssayRuntime
import AssayTestSupport
import Testing

/// An operator with operand types, and what the device's runtime says to it.
struct SupportCase: CustomTestStringConvertible, Sendable {
  let builtin: BuiltinOperator
  let inputs: [ElementType]
  let outputs: [ElementType]
  /// `nil` = accepted.
  let reason: String?
  var options = OperatorOptions.none
  var testDescription: String { "\(builtin.name) \(inputs) -> \(outputs)" }

  init(
    _ builtin: BuiltinOperator, _ inputs: [ElementType], _ outputs: [ElementType], _ reason: String?,
    options: OperatorOptions = .none
  ) {
    self.builtin = builtin
    self.inputs = inputs
    self.outputs = outputs
    self.reason = reason
    self.options = options
  }

  /// Input 0 is computed, the others are constants.
  var graph: Graph {
    let operands = (inputs + outputs).enumerated().map { index, type in
      Tensor(
        name: "t\(index)", type: type, shape: [1, 2, 2, 1],
        constant: index > 0 && index < inputs.count ? ConstantRange(bytes: 0..<0) : nil)
    }
    let op = Operator(
      code: .builtin(builtin), version: 2, inputs: Array(inputs.indices),
      outputs: Array(inputs.count..<operands.count), options: options)
    let main = Subgraph(name: "main", tensors: operands, operators: [op], inputs: [0], outputs: op.outputs)
    return Graph(format: .tflite, storage: [[]], subgraphs: [main])
  }

  private static let hybrid = "hybrid model: TFLite Micro cannot run it (float32 activations, int8 weights)"

  static let all: [SupportCase] = [
    .init(.conv2D, [.int8, .int8, .int32], [.int8], nil),
    .init(.conv2D, [.int8, .int4, .int32], [.int8], nil),
    .init(.conv2D, [.int16, .int8, .int64], [.int16], nil),
    .init(.conv2D, [.float32, .float32, .float32], [.float32], nil),
    .init(.conv2D, [.float32, .int8, .float32], [.float32], hybrid),
    .init(.fullyConnected, [.float32, .int8, .float32], [.float32], hybrid),
    .init(.unidirectionalSequenceLSTM, [.float32, .int8], [.float32], hybrid),
    .init(
      .depthwiseConv2D, [.uint8, .uint8, .int32], [.uint8],
      "legacy uint8 quantisation: TFLite Micro's kernel takes float32, int8 or int16"),
    .init(
      .fullyConnected, [.int8, .float32], [.int8],
      "int8 activations go with int8 or int4 weights; these are float32"),
    .init(.conv2D, [.int8, .int8, .int32], [.float32], "the output is float32, expected int8"),
    .init(.quantize, [.uint8], [.int8], nil),
    .init(.quantize, [.int8], [.uint8], nil),
    .init(.quantize, [.float32], [.uint8], "turns float32 into int8 or int16; the output is uint8"),
    .init(.dequantize, [.uint8], [.float32], nil),
    .init(.dequantize, [.float16], [.float32], "takes int8, int16 or uint8; input 0 is float16"),
    .init(.softmax, [.int8], [.int16], nil),
    .init(.softmax, [.int64], [.int64], "takes float32, int8 or int16; input 0 is int64"),
    .init(.add, [.int32, .int32], [.int32], nil),
    .init(.add, [.int64, .int64], [.int64], "takes float32, int8, int16 or int32; input 0 is int64"),
    .init(.add, [.int8, .float32], [.int8], "input 1 is float32, expected int8"),
    .init(.add, [.uint8, .uint8], [.uint8], "takes float32, int8, int16 or int32; input 0 is uint8"),
    .init(.less, [.float32, .float32], [.bool], nil),
    .init(.reshape, [.float16, .int32], [.float16], nil),
    .init(.mean, [.int8, .int32], [.int8], nil),
    .init(.mean, [.int8, .int64], [.int8], "input 1 is int64, expected int32"),
    .init(.argMax, [.int8, .int32], [.int64], "output 0 is int64, expected int32"),
    .init(.topkV2, [.float32, .int32], [.float32, .int32], "TFLite Micro has no kernel for TOPK_V2"),
    .init(.gelu, [.float32], [.float32], "TFLite Micro has no kernel for GELU"),
    .init(.delegate, [.float32], [.float32], "delegated to another runtime: TFLite Micro has no delegates"),
    .init(
      .concatenation, [.int8, .int8], [.int8],
      "a fused activation (relu), which TFLite Micro does not have here",
      options: .concatenation(axis: 0, .relu)),
    .init(
      .concatenation, Array(repeating: .int8, count: 11), [.int8], "11 inputs; TFLite Micro takes up to 10",
      options: .concatenation(axis: 0, .none)),
    .init(
      .split, [.int32, .float32], [.float32],
      "dynamic shape: axis (input 0) is computed, and has to be constant"),
  ]
}

@Suite struct `The device's runtime` {
  @Test(arguments: SupportCase.all)
  func `takes or refuses an operator by its types`(_ test: SupportCase) {
    let refusals = DeviceSupport.refusals(test.graph)
    #expect(refusals.map(\.reason) == (test.reason.map { [$0] } ?? []))
    #expect(refusals.allSatisfy { $0.layer == "subgraph 0, operator 0 (\(test.builtin.name))" })
  }

  @Test func `refuses what the firmware says it lacks, after what no firmware has`() {
    let graph = SupportCase(.relu, [.int8], [.int8], nil).graph
    let asked = DeviceSupport.refusals(graph) { name, version in "no \(name) version \(version)" }
    #expect(asked.map(\.reason) == ["no RELU version 2"])
    #expect(DeviceSupport.refusals(graph) { _, _ in nil }.isEmpty)
    let unknown = SupportCase(.topkV2, [.float32], [.float32], nil).graph
    #expect(
      DeviceSupport.refusals(unknown) { _, _ in nil }.map(\.reason) == [
        "TFLite Micro has no kernel for TOPK_V2"
      ])
  }

  @Test(arguments: [
    ("SignalWindow", nil), ("Mystery", "custom operator Mystery: TFLite Micro has no kernel for it"),
    ("FlexErf", "TensorFlow operator FlexErf: TFLite Micro has no Flex delegate"),
  ])
  func `takes custom operators only when it has them`(_ name: String, _ reason: String?) {
    var graph = SupportCase(.relu, [.int8], [.int8], nil).graph
    graph.subgraphs[0].operators[0].code = .custom(name)
    #expect(DeviceSupport.refusals(graph).map(\.reason) == (reason.map { [$0] } ?? []))
    #expect(DeviceSupport.refusals(graph) { asked, _ in asked == "CUSTOM:\(name)" ? nil : "no" }.isEmpty)
  }

  @Test func `names each layer of its own`() {
    var graph = SupportCase(.conv2D, [.float32, .int8], [.float32], nil).graph
    let layer = graph.subgraphs[0].operators[0]
    graph.subgraphs[0].operators.append(layer)
    #expect(
      DeviceSupport.refusals(graph).map(\.index) == [
        .init(subgraph: 0, index: 0), .init(subgraph: 0, index: 1),
      ])
  }

  static let layers: [String] = {
    let folder = "\(Checkout.conformance)/layers"
    let entries = (try? Folder.list(folder)) ?? []
    return entries.map(\.name).filter { $0.hasSuffix(".tflite") }.sorted().map { "\(folder)/\($0)" }
  }()

  @Test(.enabled(if: !layers.isEmpty, "the conformance fixtures are not beside this checkout"))
  func `runs every single-operator model that it was recorded with`() throws {
    for path in Self.layers {
      let graph = try TFLiteReader.read(FileBytes.read(path, limit: 1 << 26))
      #expect(DeviceSupport.refusals(graph).isEmpty, "\(path.split(separator: "/").last ?? "")")
    }
  }
}
