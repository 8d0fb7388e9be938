import AssayModel
import AssayTestSupport

/// Graphs that read what nobody wrote, write twice, or hand out what they were given.
let orderCases: [MalformedModel] = [
  relu(
    "reading its own output",
    "subgraph 0, operator 0 (RELU): reads tensor 1 (\"y\"), which nothing has written yet"
  ) { model, x, y in model.add(.relu, inputs: [y], outputs: [y]) },
  relu(
    "writing its input", "subgraph 0, operator 0 (RELU): writes tensor 0 (\"x\"), which has a value already"
  ) {
    model, x, y in model.add(.relu, inputs: [x], outputs: [x])
  },
  relu("writing twice", "subgraph 0, operator 1 (RELU): writes tensor 1 (\"y\"), which has a value already") {
    model, x, y in
    model.add(.relu, inputs: [x], outputs: [y])
    model.add(.relu, inputs: [x], outputs: [y])
  },
  relu(
    "operators out of order",
    "subgraph 0, operator 0 (RELU): reads tensor 2 (\"z\"), which nothing has written yet"
  ) { model, x, y in
    let z = model.tensor("z", .float32, [1, 4])
    model.add(.relu, inputs: [z], outputs: [y])
    model.add(.relu, inputs: [x], outputs: [z])
  },
  relu(
    "writing a constant", "subgraph 0, operator 0 (RELU): writes tensor 2 (\"c\"), which has a value already"
  ) {
    model, x, y in
    let c = model.constant("c", .float32, [1, 4], SampleModels.ramp(16))
    model.add(.relu, inputs: [x], outputs: [c])
  },
  relu("an output that nobody writes", "subgraph 0, output tensor 1: is never written") { _, _, _ in },
  relu("an output that is the input", "subgraph 0, output tensor 0: is an input of the model") {
    model, x, y in
    model.outputs([x])
  },
  relu("a constant output", "subgraph 0, output tensor 2: is a constant") { model, x, y in
    model.outputs([model.constant("c", .float32, [1, 4], SampleModels.ramp(16))])
  },
  relu("no outputs", "subgraph 0: has no outputs") { model, _, _ in model.outputs([]) },
  MalformedModel(
    "order: an output without elements", .invalid, "subgraph 0, output tensor 1: has no elements: shape [0]"
  ) {
    var model = ModelWriter()
    let x = model.input("x", .float32, [])
    let y = model.tensor("y", .int32, [0])
    model.add(.shape, inputs: [x], outputs: [y], options: .shape(output: .int32))
    model.outputs([y])
    return model.bytes()
  },
  MalformedModel(changed: "order: an input twice", .invalid, "subgraph 0, input tensor 0: is an input twice")
  {
    $0[2].tables[0][1] = .int32s([0, 0])
  },
  MalformedModel(changed: "order: a constant input", .invalid, "subgraph 0, input tensor 1: is a constant") {
    $0[2].tables[0][1] = .int32s([0, 1])
  },
  MalformedModel(changed: "order: a variable input", .invalid, "subgraph 0, input tensor 0: is a variable") {
    $0[2].tables[0][0].tables[0][5] = .bool(true)
  },
  MalformedModel(
    changed: "order: an input without elements", .invalid,
    "subgraph 0, input tensor 0: has no elements: shape [1, 0]"
  ) { $0[2].tables[0][0].tables[0][0] = .int32s([1, 0]) },
]

private func relu(
  _ name: String, _ text: String, _ operators: @escaping @Sendable (inout ModelWriter, Int, Int) -> Void
) -> MalformedModel {
  MalformedModel("order: \(name)", .invalid, text) {
    var model = ModelWriter()
    let x = model.input("x", .float32, [1, 4])
    let y = model.tensor("y", .float32, [1, 4])
    model.outputs([y])
    operators(&model, x, y)
    return model.bytes()
  }
}

private let callOnce = "subgraph 0, operator 0 (CALL_ONCE)"

/// Subgraph calls that lead nowhere or never end.
let callCases: [MalformedModel] = [
  MalformedModel("calls: a subgraph that is not there", .invalid, "\(callOnce): calls subgraph 5 of 2") {
    calling { $0.add(.callOnce, inputs: [], outputs: [], options: .callOnce(subgraph: 5)) }
  },
  MalformedModel("calls: a negative subgraph", .invalid, "\(callOnce): calls subgraph -1 of 2") {
    calling { $0.add(.callOnce, inputs: [], outputs: [], options: .callOnce(subgraph: -1)) }
  },
  MalformedModel(
    "calls: a circle", .invalid,
    "subgraph 2, operator 0 (CALL_ONCE): calls subgraph 1, which is running already"
  ) {
    calling {
      $0.add(.callOnce, inputs: [], outputs: [], options: .callOnce(subgraph: 1))
      for (subgraph, next) in [(1, 2), (2, 1)] {
        $0.subgraph = subgraph
        $0.add(.callOnce, inputs: [], outputs: [], options: .callOnce(subgraph: next))
      }
      $0.subgraph = 0
    }
  },
  MalformedModel(
    "calls: other operands", .invalid,
    "subgraph 0, operator 0 (IF): 1 operands for 2 inputs of subgraph 0"
  ) {
    calling {
      let y = $0.tensor("again", .float32, [1, 4])
      $0.add(.if, inputs: [1, 0], outputs: [y], options: .ifElse(then: 0, else: 1))
    }
  },
  MalformedModel(
    "calls: operands of another shape", .invalid,
    "subgraph 0, operator 0 (IF): operand 0 is float32 [1, 4], the inputs of subgraph 1 say float32 [1, 5]"
  ) {
    calling(childShape: [1, 5]) {
      let y = $0.tensor("z", .float32, [1, 5])
      $0.add(.if, inputs: [1, 0], outputs: [y], options: .ifElse(then: 1, else: 1))
    }
  },
  MalformedModel(
    "calls: a condition that is no bool", .invalid,
    "subgraph 0, operator 0 (WHILE): condition subgraph 1 does not put out one bool"
  ) {
    calling {
      let y = $0.tensor("z", .float32, [1, 4])
      $0.add(.while, inputs: [0], outputs: [y], options: .whileLoop(condition: 1, body: 1))
    }
  },
  MalformedModel(
    "calls: nine deep", .limit,
    "subgraph 1, operator 0 (CALL_ONCE): subgraph calls are nested more than 8 deep"
  ) { chain(subgraphs: 10, callsEach: 1) },
  MalformedModel(
    "calls: too many in all", .limit,
    "subgraph 2, operator 5 (CALL_ONCE): subgraph calls amount to more than 1000000 operators"
  ) { chain(subgraphs: 8, callsEach: 20) },
]

/// A main subgraph with an input 0, a condition 1 and an output 2, and a last subgraph that copies.
private func calling(childShape: [Int] = [1, 4], _ operators: (inout ModelWriter) -> Void) -> [UInt8] {
  var model = ModelWriter()
  let x = model.input("x", .float32, [1, 4])
  _ = model.input("condition", .bool, [1])
  let y = model.tensor("y", .float32, [1, 4])
  operators(&model)
  model.add(.relu, inputs: [x], outputs: [y])
  model.outputs([y])
  model.subgraph = model.subgraphCount
  let a = model.input("a", .float32, childShape)
  let b = model.tensor("b", .float32, childShape)
  model.add(.relu, inputs: [a], outputs: [b])
  model.outputs([b])
  return model.bytes()
}

/// Subgraphs that each call the next one, `callsEach` times.
private func chain(subgraphs: Int, callsEach: Int) -> [UInt8] {
  var model = SampleModels.unary(.relu)
  for index in 1..<subgraphs {
    model.subgraph = index - 1
    for _ in 0..<callsEach {
      model.add(.callOnce, inputs: [], outputs: [], options: .callOnce(subgraph: index))
    }
    model.subgraph = index
  }
  return model.bytes()
}
