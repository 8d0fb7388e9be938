import AssayKernels
import AssayModel

/// LSTM, GRU and RNN of ONNX: one or two directions over `[steps, batches, inputs]`.
enum ONNXRecurrent {
  /// Arguments: input, weights, recurrence, bias, first hidden and cell state, peepholes (the last four
  /// may be absent), cell, units, directions (`forward`, `reverse`, `bidirectional`), and whether the
  /// reset gate of a GRU works behind the product.
  static func prepare(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let call = try PortableCall(context)
    let cells: [String: (ak_onnx_cell, gates: Int)] = [
      "LSTM": (AK_ONNX_LSTM, 4), "GRU": (AK_ONNX_GRU, 3), "RNN": (AK_ONNX_RNN, 1),
    ]
    guard let (cell, gates) = cells[try call.text(7, default: "")] else {
      throw context.missing("another cell")
    }
    let units = try call.int(8)
    let reversed = try directions(context, call)
    let input = try call.floats(0)
    try context.require(
      input.shape.count == 3 && input.isDense && (1...1 << 20).contains(units) && input.shape[2] > 0,
      "\(units) units over \(input.shape)")
    let sizes = Sizes(
      steps: input.shape[0], batches: input.shape[1], inputs: input.shape[2], units: units,
      directions: reversed.count, gates: gates)
    let operands = try Operands(context, call, sizes, isLSTM: cell == AK_ONNX_LSTM)
    let linear = try call.bool(10)
    return PreparedOperator { memory in
      for (direction, reverse) in reversed.enumerated() {
        var layer = unsafe ak_onnx_layer()
        unsafe layer.cell = cell
        unsafe layer.steps = sizes.steps
        unsafe layer.batches = sizes.batches
        unsafe layer.inputs = sizes.inputs
        unsafe layer.units = units
        unsafe layer.reverse = reverse
        unsafe layer.linear_before_reset = linear
        unsafe operands.run(&layer, direction, sizes, memory, input)
      }
    }
  }

  private static func directions(
    _ context: OperatorContext, _ call: PortableCall
  ) throws(ModelError) -> [Bool] {
    switch try call.text(9, default: "forward") {
    case "forward": return [false]
    case "reverse": return [true]
    case "bidirectional": return [false, true]
    case let other: throw context.invalid("direction \"\(other)\"")
    }
  }

  private struct Sizes: Sendable {
    var steps: Int
    var batches: Int
    var inputs: Int
    var units: Int
    var directions: Int
    var gates: Int

    var state: Int { batches * units }
  }

  private struct Operands: Sendable {
    let weights: Operand
    let recurrence: Operand
    let bias: Operand?
    let firstHidden: Operand?
    let firstCell: Operand?
    let peepholes: Operand?
    let isLSTM: Bool

    init(_ context: OperatorContext, _ call: PortableCall, _ s: Sizes, isLSTM: Bool) throws(ModelError) {
      (weights, recurrence) = (try call.floats(1), try call.floats(2))
      (bias, firstHidden) = (try call.optionalFloats(3), try call.optionalFloats(4))
      (firstCell, peepholes) = (try call.optionalFloats(5), try call.optionalFloats(6))
      self.isLSTM = isLSTM
      let rows = s.gates * s.units
      let expected: [(Operand?, [Int])] = [
        (weights, [s.directions, rows, s.inputs]), (recurrence, [s.directions, rows, s.units]),
        (bias, [s.directions, 2 * rows]), (firstHidden, [s.directions, s.batches, s.units]),
        (firstCell, [s.directions, s.batches, s.units]), (peepholes, [s.directions, 3 * s.units]),
        (try call.floatOutput(0), [s.steps, s.directions, s.batches, s.units]),
        (try call.floatOutput(1), [s.directions, s.batches, s.units]),
        (isLSTM ? try call.floatOutput(2) : nil, [s.directions, s.batches, s.units]),
      ]
      for case (.some(let operand), let shape) in expected {
        try context.require(
          operand.shape == shape && operand.isDense, "shape \(operand.shape), expected \(shape)")
      }
    }

    /// Runs one direction; the last states are where they were computed, in the outputs.
    func run(
      _ layer: inout ak_onnx_layer, _ direction: Int, _ s: Sizes, _ memory: borrowing OperatorMemory,
      _ input: Operand
    ) {
      let rows = s.gates * s.units
      unsafe layer.weights = memory.input(weights.position, as: Float.self) + direction * rows * s.inputs
      unsafe layer.recurrence = memory.input(recurrence.position, as: Float.self) + direction * rows * s.units
      unsafe layer.bias = bias.map { unsafe memory.input($0.position, as: Float.self) + direction * 2 * rows }
      unsafe layer.peepholes = peepholes.map {
        unsafe memory.input($0.position, as: Float.self) + direction * 3 * s.units
      }
      let hidden = unsafe memory.output(1, as: Float.self) + direction * s.state
      unsafe start(hidden, firstHidden, direction, s, memory)
      let cell = unsafe isLSTM ? memory.output(2, as: Float.self) + direction * s.state : nil
      if let cell = unsafe cell { unsafe start(cell, firstCell, direction, s, memory) }
      var gates = [Float](repeating: 0, count: 5 * s.units)
      unsafe ak_onnx_recurrent_f32(
        &layer, memory.input(input.position, as: Float.self), hidden, cell, &gates,
        memory.output(0, as: Float.self) + direction * s.state, s.directions * s.state)
    }

    private func start(
      _ state: UnsafeMutablePointer<Float>, _ first: Operand?, _ direction: Int, _ s: Sizes,
      _ memory: borrowing OperatorMemory
    ) {
      for index in 0..<s.state {
        unsafe state[index] =
          first.map { unsafe memory.input($0.position, as: Float.self)[direction * s.state + index] } ?? 0
      }
    }
  }
}
