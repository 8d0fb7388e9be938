import AssayFiles
import AssayModel
import AssayTestSupport
import Testing

/// A crafted model file, what the program says about it, and how it exits.
struct BadModel: CustomTestStringConvertible, Sendable {
  var name: String
  /// What stands on standard error or in the report.
  var text: String
  var exitCode: Int32
  var bytes: @Sendable () -> [UInt8]

  var testDescription: String { name }

  init(_ name: String, _ text: String, _ exitCode: Int32 = 2, _ bytes: @escaping @Sendable () -> [UInt8]) {
    self.name = name
    self.text = text
    self.exitCode = exitCode
    self.bytes = bytes
  }

  /// The sample classifier with one thing changed.
  init(
    classifier name: String, _ text: String, _ change: @escaping @Sendable (inout FlatTableValue) -> Void
  ) {
    self.init(name, text) {
      var root = SampleModels.classifier().root
      change(&root)
      return ModelWriter.file(root)
    }
  }
}

// Places in the classifier: tables of the first subgraph.
extension FlatTableValue {
  fileprivate mutating func changeTensor(_ index: Int, _ field: Int, to value: FlatValue) {
    self[2].tables[0][0].tables[index][field] = value
  }

  fileprivate mutating func changeOptions(_ operation: Int, _ field: Int, to value: FlatValue) {
    self[2].tables[0][3].tables[operation][4].table[field] = value
  }

  fileprivate mutating func changeScales(_ tensor: Int, to scales: [Float]) {
    self[2].tables[0][0].tables[tensor][4].table[2] = .floats(scales)
    self[2].tables[0][0].tables[tensor][4].table[3] = .int64s(scales.map { _ in 0 })
  }
}

private let windows: [BadModel] = [
  BadModel(classifier: "a convolution's stride of zero", "CONV_2D): stride") {
    $0.changeOptions(0, 1, to: .int32(0))
  },
  BadModel(classifier: "a negative stride", "CONV_2D): stride") { $0.changeOptions(0, 2, to: .int32(-2)) },
  BadModel(classifier: "a dilation of zero", "CONV_2D): dilation") { $0.changeOptions(0, 4, to: .int32(0)) },
  BadModel(classifier: "a pool's stride of zero", "MAX_POOL_2D): stride") {
    $0.changeOptions(1, 1, to: .int32(0))
  },
  BadModel(classifier: "a pool over no cells", "MAX_POOL_2D): filter") {
    $0.changeOptions(1, 3, to: .int32(0))
  },
]

private let shapes: [BadModel] = [
  BadModel(classifier: "an input without elements", "has no elements: shape [1, 0, 6, 1]") {
    $0.changeTensor(0, 0, to: .int32s([1, 0, 6, 1]))
  },
  BadModel(classifier: "an intermediate without elements", "CONV_2D): output") {
    $0.changeTensor(3, 0, to: .int32s([1, 0, 6, 2]))
  },
  BadModel(classifier: "a filter without elements", "int8 [2, 0, 3, 1] takes 0 bytes") {
    $0.changeTensor(1, 0, to: .int32s([2, 0, 3, 1]))
  },
  BadModel(classifier: "a reshape to another count", "RESHAPE): ") {
    $0.changeTensor(6, 0, to: .int32s([1, 17]))
  },
]

private let scales: [BadModel] = [
  BadModel(classifier: "a scale of zero", "scale 0.0") { $0.changeScales(0, to: [0]) },
  BadModel(classifier: "a scale that is no number", "scale nan") { $0.changeScales(3, to: [.nan]) },
  BadModel(classifier: "an infinite scale", "scale inf") { $0.changeScales(8, to: [.infinity]) },
  BadModel(classifier: "too many scales for the channels", "3 scales for 2 slices") {
    $0.changeScales(1, to: [1, 1, 1])
  },
  BadModel(classifier: "a scale for each row of an activation", "needs one scale and zero point") {
    $0.changeScales(3, to: [1, 1])
    $0[2].tables[0][0].tables[3][4].table[6] = .int32(3)
  },
  BadModel(classifier: "scales along another dimension", "filter has 3 scales for 2 channels") {
    $0.changeScales(1, to: [1, 1, 1])
    $0[2].tables[0][0].tables[1][4].table[6] = .int32(1)
  },
]

/// One operator with constants, float32.
private func operation(
  _ builtin: BuiltinOperator, _ input: [Int], _ numbers: [Int32], to output: [Int],
  _ options: OperatorOptions = .none
) -> @Sendable () -> [UInt8] {
  {
    var model = ModelWriter()
    let x = model.input("x", .float32, input)
    let steering = model.constant("steering", numbers)
    let y = model.tensor("y", .float32, output)
    model.add(builtin, inputs: [x, steering], outputs: [y], options: options)
    model.outputs([y])
    return model.bytes()
  }
}

private let axes: [BadModel] = [
  BadModel(
    "an axis of a mean out of range", "axis 4 is outside a rank of 2",
    2, operation(.mean, [2, 3], [4], to: [2], .reducer(keepDimensions: false))),
  BadModel(
    "the most negative axis", "axis -2147483648 is outside a rank of 2",
    2, operation(.mean, [2, 3], [.min], to: [2], .reducer(keepDimensions: false))),
  BadModel(
    "a transposition that names an axis twice", "TRANSPOSE): ", 2,
    operation(.transpose, [2, 3], [0, 0], to: [2, 2])),
  BadModel(
    "an axis of a concatenation out of range", "axis 7", 2,
    {
      var model = ModelWriter()
      let x = model.input("x", .float32, [1, 2])
      let y = model.tensor("y", .float32, [1, 4])
      model.add(.concatenation, inputs: [x, x], outputs: [y], options: .concatenation(axis: 7, .none))
      model.outputs([y])
      return model.bytes()
    }),
  BadModel(
    "a reshape with two open dimensions", "RESHAPE): ", 2,
    operation(.reshape, [2, 3], [-1, -1], to: [2, 3], .reshape(newShape: [-1, -1]))),
  BadModel(
    "paddings below zero", "PAD): ", 2, operation(.pad, [2, 3], [-1, 0, 0, 0], to: [1, 3])),
  BadModel(
    "a slice outside its tensor", "SLICE): ", 2,
    {
      var model = ModelWriter()
      let x = model.input("x", .float32, [4])
      let begin = model.constant("begin", [3])
      let size = model.constant("size", [2])
      let y = model.tensor("y", .float32, [2])
      model.add(.slice, inputs: [x, begin, size], outputs: [y])
      model.outputs([y])
      return model.bytes()
    }),
]

/// WHILE whose condition is always true: it copies its input, a bool.
private func endlessLoop() -> [UInt8] {
  var model = ModelWriter()
  let x = model.input("x", .bool, [1])
  let y = model.tensor("y", .bool, [1])
  model.add(.while, inputs: [x], outputs: [y], options: .whileLoop(condition: 1, body: 2))
  model.outputs([y])
  for subgraph in 1...2 {
    model.subgraph = subgraph
    let going = model.input("going", .bool, [1])
    let either = model.tensor("either", .bool, [1])
    if subgraph == 1 {
      let stopped = model.tensor("stopped", .bool, [1])
      model.add(.logicalNot, inputs: [going], outputs: [stopped])
      model.add(.logicalOr, inputs: [going, stopped], outputs: [either])
    } else {
      model.add(.logicalNot, inputs: [going], outputs: [either])
    }
    model.outputs([either])
  }
  return model.bytes()
}

private let control: [BadModel] = [
  BadModel("a loop that does not end", "the loop did not end within 65536 iterations", 3, endlessLoop),
  BadModel(
    "a subgraph that calls itself", "calls subgraph 0, which is running already", 2,
    {
      var model = ModelWriter()
      let x = model.input("x", .bool, [1])
      let y = model.tensor("y", .bool, [1])
      model.add(.if, inputs: [x, x], outputs: [y], options: .ifElse(then: 0, else: 0))
      model.outputs([y])
      return model.bytes()
    }),
  BadModel(
    "a call of a subgraph that is not there", "calls subgraph 9 of 1", 2,
    {
      var model = ModelWriter()
      let x = model.input("x", .float32, [1])
      let y = model.tensor("y", .float32, [1])
      model.add(.callOnce, inputs: [], outputs: [], options: .callOnce(subgraph: 9))
      model.add(.relu, inputs: [x], outputs: [y])
      model.outputs([y])
      return model.bytes()
    }),
]

private let contents: [BadModel] = [
  BadModel(
    "a softmax on which TFLite Micro aborts", "SOFTMAX): TFLite Micro aborts here", 1,
    {
      var model = ModelWriter()
      let x = model.input("x", .int8, [1, 1000], Quantization(scales: [0.1], zeroPoints: [0]))
      let y = model.tensor("y", .int8, [1, 1000], Quantization(scales: [0x1p-8], zeroPoints: [-128]))
      model.add(.softmax, inputs: [x], outputs: [y], options: .softmax(beta: 1))
      model.outputs([y])
      return model.bytes()
    }),
  BadModel(classifier: "sparse weights", "input 1 has sparse weights") {
    $0.changeTensor(1, 6, to: .table(FlatTableValue()))
  },
  BadModel(classifier: "weights in another file", "input 1 has weights in another file") {
    $0.changeTensor(7, 10, to: .uint32(4))
  },
]

@Suite struct `A bad model` {
  @Test(arguments: windows + shapes + scales + axes + control + contents)
  func `ends a run in one line that names the place`(_ model: BadModel) throws {
    let folder = try TemporaryFolder()
    try folder.write("model.tflite", model.bytes())
    let run = try ProgramRun(
      ["run", "model.tflite", "--zeros", "--output", "out.npz"], in: folder.path, seconds: 60)
    #expect(run.signal == nil)
    #expect(run.exitCode == model.exitCode, "\(run.errors)")
    #expect(run.errors.contains(model.text), "\(run.errors)")
    #expect(run.errors.hasPrefix("assay: model.tflite: "), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
  }

  @Test func `of which one layer cannot be read is shown, layer by layer`() throws {
    let folder = try TemporaryFolder()
    var root = SampleModels.classifier().root
    root.changeTensor(1, 6, to: .table(FlatTableValue()))
    try folder.write("model.tflite", ModelWriter.file(root))
    let run = try ProgramRun(["inspect", "model.tflite"], in: folder.path)
    #expect(run.exitCode == 1)
    #expect(run.output.contains("MAX_POOL_2D"), "\(run.output)")
    let words = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      words.contains(
        "subgraph 0, operator 0 (CONV_2D): input 1 has sparse weights, which TensorFlow Lite Micro would read as dense"
      ), "\(run.output)")
  }
}
