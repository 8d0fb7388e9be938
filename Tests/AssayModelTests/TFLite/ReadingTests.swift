import AssayModel
import AssayTestSupport
import Testing

@Suite struct `Reading tflite models` {
  @Test func `a small classifier keeps its tensors, operators and options`() throws {
    let bytes = SampleModels.classifier().bytes()
    let graph = try Graph.read(bytes)
    #expect(graph.format == .tflite)
    #expect(graph.modelDescription == "made by a test")
    #expect(graph.notes.isEmpty)
    #expect(graph.main.operators.map(\.code.name) == classifierOperators)
    #expect(graph.main.operators.map(\.version) == [3, 2, 1, 4, 2])
    #expect(graph.main.operators[3].inputs == [6, 7, nil])
    #expect(graph.main.inputs == [0] && graph.main.outputs == [9])
    let filter = graph.main.tensors[1]
    #expect(filter.quantization == Quantization(scales: [0.25, 0.125], zeroPoints: [0, 0]))
    let range = try #require(filter.constant)
    #expect(Array(graph.storage[range.buffer][range.bytes]) == SampleModels.ramp(18))
  }

  private let classifierOperators = ["CONV_2D", "MAX_POOL_2D", "RESHAPE", "FULLY_CONNECTED", "SOFTMAX"]

  @Test func `weights stay where they are in the file`() throws {
    let bytes = SampleModels.classifier().bytes()
    let graph = try Graph.read(bytes)
    #expect(graph.storage.count == 1 && graph.file == bytes)
    for tensor in graph.main.tensors where tensor.constant != nil {
      #expect(tensor.constant?.buffer == 0)
      #expect(tensor.constant.map { $0.bytes.lowerBound % 16 } == 0)
    }
  }

  @Test(arguments: optionSamples)
  func `options are read back as they were written`(_ sample: OptionSample) throws {
    let bytes = sample.model().bytes()
    #expect(try Graph.read(bytes).main.operators[0].options == sample.options)
  }

  @Test func `resource variables and their subgraph are read`() throws {
    let graph = try Graph.read(SampleModels.accumulator().bytes())
    #expect(graph.subgraphs.count == 2)
    #expect(graph.main.operators[0].options == .callOnce(subgraph: 1))
    #expect(graph.main.operators[1].options == .varHandle(container: "", sharedName: "sum"))
    #expect(graph.main.tensors[1].type == .resource)
  }

  @Test func `packed int4 weights take half a byte each`() throws {
    var model = ModelWriter()
    let x = model.input("x", .int8, [1, 3], Quantization(scales: [1], zeroPoints: [0]))
    let weights = model.constant(
      "w", .int4, [1, 3], [0x21, 0x03], Quantization(scales: [1], zeroPoints: [0]))
    let y = model.tensor("y", .int8, [1, 1], Quantization(scales: [1], zeroPoints: [0]))
    model.add(
      .fullyConnected, inputs: [x, weights], outputs: [y],
      options: .fullyConnected(FullyConnectedOptions(activation: .none)))
    model.outputs([y])
    let tensor = try Graph.read(model.bytes()).main.tensors[1]
    #expect(tensor.constant?.bytes.count == 2)
    #expect(tensor.byteCount == 3)
  }

  @Test func `offline planned offsets are read`() throws {
    var model = SampleModels.unary(.relu)
    model.addOfflineOffsets([0, 16])
    #expect(try Graph.read(model.bytes()).offlineOffsets == [0, 16])
  }

  @Test func `names are printable and different names stay different`() throws {
    var model = ModelWriter()
    let x = model.input("a\u{1b}[31m\\x1b\u{202e}", .float32, [1])
    let y = model.tensor("größe", .float32, [1])
    model.add(.relu, inputs: [x], outputs: [y])
    model.outputs([y])
    let tensors = try Graph.read(model.bytes()).main.tensors
    #expect(tensors[0].name == "a\\x1b[31m\\\\x1b\\u{202e}")
    #expect(tensors[1].name == "größe")
  }
}

@Suite struct `Models that the device would refuse` {
  @Test func `custom operators are read with their name and bytes`() throws {
    var model = ModelWriter()
    let x = model.input("x", .float32, [1])
    let y = model.tensor("y", .float32, [1])
    model.add(custom: "Window", inputs: [x], outputs: [y], bytes: [1, 2, 3])
    model.outputs([y])
    let graph = try Graph.read(model.bytes())
    #expect(graph.main.operators[0].code == .custom("Window"))
    guard case .custom(.some(let range)) = graph.main.operators[0].options else {
      Issue.record("custom options are missing")
      return
    }
    #expect(Array(graph.file[range.bytes]) == [1, 2, 3])
  }

  @Test func `hybrid layers are read`() throws {
    var model = ModelWriter()
    let x = model.input("x", .float32, [1, 2])
    let weights = model.constant("w", .int8, [1, 2], [1, 2], Quantization(scales: [1], zeroPoints: [0]))
    let y = model.tensor("y", .float32, [1, 1])
    model.add(.fullyConnected, inputs: [x, weights, nil], outputs: [y])
    model.outputs([y])
    #expect(try Graph.read(model.bytes()).main.operators.count == 1)
  }

  @Test(arguments: [BuiltinOperator.delegate, .stablehloAdd, .lstm, .conv3D])
  func `operators that the device lacks are read`(_ builtin: BuiltinOperator) throws {
    let graph = try Graph.read(SampleModels.unary(builtin).bytes())
    #expect(graph.main.operators[0].code == .builtin(builtin))
    #expect(graph.main.operators[0].options == .none)
  }

  @Test func `scales without zero points are noted and taken as no quantisation`() throws {
    var root = SampleModels.classifier().root
    root[2].tables[0][0].tables[4][4].table.fields[3] = nil
    let graph = try Graph.read(ModelWriter.file(root))
    #expect(graph.main.tensors[4].quantization == nil)
    #expect(
      graph.notes == [
        "subgraph 0, tensor 4: scales without zero points; the device's runtime takes it as not quantised"
      ])
  }

  @Test func `a one-dimensional bias may keep the dimension of its filter`() throws {
    var root = SampleModels.classifier().root
    root[2].tables[0][0].tables[2][4].table[6] = .int32(3)
    #expect(try Graph.read(ModelWriter.file(root)).main.tensors[2].quantization?.dimension == 3)
  }

  @Test func `constants outside the FlatBuffer are found, checked and noted`() throws {
    var model = ModelWriter()
    let x = model.input("x", .float32, [1, 2])
    let w = model.constant("w", .float32, [1, 2], [])
    let y = model.tensor("y", .float32, [1, 2])
    model.add(.add, inputs: [x, w], outputs: [y], options: .arithmetic(.none))
    model.outputs([y])
    var root = model.root
    root.fields[4] = .tables([
      FlatTableValue(), FlatTableValue([1: .uint64(4096), 2: .uint64(8)]),
    ])
    var bytes = ModelWriter.file(root)
    bytes += Array(repeating: 0, count: 4096 - bytes.count) + SampleModels.ramp(8)
    let graph = try Graph.read(bytes)
    #expect(graph.main.tensors[w].constant == ConstantRange(bytes: 4096..<4104))
    #expect(graph.notes.count == 1)
  }

  @Test func `a placeholder for an offset outside the FlatBuffer is an empty buffer`() throws {
    var root = SampleModels.classifier().root
    root[4].tables[0] = FlatTableValue([1: .uint64(1), 2: .uint64(8)])
    #expect(try Graph.read(ModelWriter.file(root)).main.tensors[0].constant == nil)
  }
}
