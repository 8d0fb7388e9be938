import AssayKernels
import AssayModel

/// The four gates, in the order in which a file lists their tensors.
enum LSTMGate: Int, CaseIterable, Sendable {
  case input, forget, candidate, output

  // Positions among the operator's inputs.
  var inputWeights: Int { 1 + rawValue }
  var recurrentWeights: Int { 5 + rawValue }
  var bias: Int { 12 + rawValue }
}

/// An LSTM whose shapes have been checked.
struct LSTMSequence {
  /// Positions of what only other forms of the operator have: peephole weights, projection, and
  /// layer normalisation.
  private static let refused: [(positions: ClosedRange<Int>, what: String)] = [
    (9...11, "peephole connections"), (16...17, "a projection"), (20...23, "layer normalisation"),
  ]

  let context: OperatorContext
  let options: LSTMOptions
  let input: Tensor
  let hidden: Tensor
  let cell: Tensor
  let output: Tensor
  let weightType: ElementType
  let shape: ak_lstm_shape

  init(_ context: OperatorContext) throws(ModelError) {
    guard case .unidirectionalSequenceLSTM(let options) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    try Self.requireStandardForm(context, options)
    self.context = context
    self.options = options
    input = try context.input(0)
    hidden = try context.input(18)
    cell = try context.input(19)
    output = try context.output(0)
    weightType = try context.input(LSTMGate.forget.inputWeights).type
    shape = try Self.shape(context, input, hidden, timeMajor: options.timeMajor)
    try requireAgreement()
  }

  private static func requireStandardForm(
    _ context: OperatorContext, _ options: LSTMOptions
  ) throws(ModelError) {
    try context.require(context.inputCount == 24, "has \(context.inputCount) inputs, expected 24")
    try context.require(context.outputCount == 1, "has \(context.outputCount) outputs, expected 1")
    for (positions, what) in refused where positions.contains(where: { context.optionalInput($0) != nil }) {
      throw context.missing("LSTM with \(what): TFLite Micro cannot run it")
    }
    if context.optionalInput(LSTMGate.input.inputWeights) == nil {
      throw context.missing("LSTM without an input gate: TFLite Micro cannot run it")
    }
    guard options.activation == .tanh else {
      throw context.missing("LSTM with \(options.activation.rawValue) instead of tanh")
    }
    try context.require(
      options.cellClip >= 0 && options.cellClip.isFinite, "cell clip is \(options.cellClip)")
  }

  private static func shape(
    _ context: OperatorContext, _ input: Tensor, _ hidden: Tensor, timeMajor: Bool
  ) throws(ModelError) -> ak_lstm_shape {
    try context.require(input, "input", rank: 3)
    try context.require(hidden, "output state", rank: 2)
    try context.require(
      (input.shape + hidden.shape).allSatisfy { $0 >= 1 },
      "input has shape \(input.shape), the output state \(hidden.shape)")
    let (batches, steps) = timeMajor ? (input.shape[1], input.shape[0]) : (input.shape[0], input.shape[1])
    return ak_lstm_shape(
      batches: batches, steps: steps, depth: input.shape[2], units: hidden.shape[1], time_major: timeMajor)
  }

  private func requireAgreement() throws(ModelError) {
    let units = shape.units
    for gate in LSTMGate.allCases {
      let (own, recurrent) = (
        try context.input(gate.inputWeights), try context.input(gate.recurrentWeights)
      )
      try context.require(own, "input weights of the \(gate) gate", shape: [units, shape.depth])
      try context.require(recurrent, "recurrent weights of the \(gate) gate", shape: [units, units])
      try context.require(try context.input(gate.bias), "bias of the \(gate) gate", shape: [units])
    }
    let (cells, overflow) = shape.batches.multipliedReportingOverflow(by: units)
    for (state, role) in [(hidden, "output state"), (cell, "cell state")] {
      try context.require(
        !overflow && state.elementCount == cells,
        "\(role) has shape \(state.shape), expected \(cells) elements")
      try context.require(state.isVariable, "\(role) is not a variable tensor")
    }
    try context.require(output, "output", shape: Array(input.shape[0..<2]) + [units])
  }

  func requireTypes(weights: ElementType, bias: ElementType, cell cellType: ElementType) throws(ModelError) {
    for gate in LSTMGate.allCases {
      try context.require(try context.input(gate.inputWeights), "input weights", type: weights)
      try context.require(try context.input(gate.recurrentWeights), "recurrent weights", type: weights)
      try context.require(try context.input(gate.bias), "bias", type: bias)
    }
    try context.require(hidden, "output state", type: input.type)
    try context.require(output, "output", type: input.type)
    try context.require(cell, "cell state", type: cellType)
  }
}

// MARK: - Scales

extension LSTMSequence {
  func quantization() throws(ModelError) -> ak_lstm_quantization {
    let source = try context.perTensor(input, "input")
    let state = try context.perTensor(hidden, "output state")
    let cellScale = try context.perTensor(cell, "cell state").scale
    // Gates and tanh come out in units of 2^-15.
    let product = 0x1p-30
    return ak_lstm_quantization(
      input_zero_point: source.zeroPoint, hidden_zero_point: state.zeroPoint,
      input_gate: try gateScale(.input, source.scale, state.scale),
      forget_gate: try gateScale(.forget, source.scale, state.scale),
      candidate_gate: try gateScale(.candidate, source.scale, state.scale),
      output_gate: try gateScale(.output, source.scale, state.scale),
      keep: try context.multiplier(0x1p-15, "forget gate scale"),
      admit: try context.multiplier(product / Double(cellScale), "gate scales over cell state scale"),
      emit: try context.multiplier(product / Double(state.scale), "gate scales over output state scale"),
      cell_power: try power(of: cellScale), cell_clip: cellClip(cellScale))
  }

  private func gateScale(
    _ gate: LSTMGate, _ inputScale: Float, _ stateScale: Float
  ) throws(ModelError) -> ak_lstm_gate_scale {
    let own = try symmetricScale(gate.inputWeights, "input weights of the \(gate) gate")
    let recurrent = try symmetricScale(gate.recurrentWeights, "recurrent weights of the \(gate) gate")
    return ak_lstm_gate_scale(
      input: try gateMultiplier(Double(inputScale) * Double(own)),
      recurrent: try gateMultiplier(Double(stateScale) * Double(recurrent)))
  }

  private func symmetricScale(_ position: Int, _ role: String) throws(ModelError) -> Float {
    let quantization = try context.perTensor(try context.input(position), role)
    try context.require(quantization.zeroPoint == 0, "\(role) have zero point \(quantization.zeroPoint)")
    return quantization.scale
  }

  /// To the 2^-12 that gates are summed in.
  private func gateMultiplier(_ scale: Double) throws(ModelError) -> QuantizedMultiplier {
    let multiplier = try context.multiplier(scale / 0x1p-12, "gate scale")
    try context.require(
      input.type != .int16 || multiplier.shift <= 14, "gate scale \(scale) is too large for 64-bit sums")
    return multiplier
  }

  /// The exponent of a scale that is a power of two between 2^-30 and 1.
  private func power(of scale: Float) throws(ModelError) -> Int32 {
    try context.require(
      scale.significand == 1 && (-30...0).contains(scale.exponent),
      "cell state scale \(scale) is not a power of two between 2^-30 and 1")
    return Int32(scale.exponent)
  }

  /// The clip in units of the cell, cut to an integer; 0 for none.
  private func cellClip(_ scale: Float) -> Int32 {
    Int32(min(Double(options.cellClip) / Double(scale), 32767))
  }
}
