import AssayKernels
import AssayModel

/// UNIDIRECTIONAL_SEQUENCE_LSTM in its standard form: float32, int8 and int16 activations.
enum LSTM {
  static func prepare(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    let sequence = try LSTMSequence(context)
    switch (sequence.input.type, sequence.weightType) {
    case (.float32, .float32): return try float32(sequence)
    case (.int8, .int8): return try int8(sequence)
    case (.int16, .int8): return try int16(sequence)
    case (.float32, .int8): throw context.missing("hybrid model: TFLite Micro cannot run it")
    default:
      throw context.missing(
        "LSTM on \(sequence.input.type.rawValue) with \(sequence.weightType.rawValue) weights")
    }
  }

  private static func float32(_ sequence: LSTMSequence) throws(ModelError) -> PreparedOperator {
    try sequence.requireTypes(weights: .float32, bias: .float32, cell: .float32)
    let (shape, clip) = (sequence.shape, sequence.options.cellClip)
    return PreparedOperator { memory in
      var shape = shape
      var weights = unsafe ak_lstm_weights_f32(
        input: gateF32(memory, .input), forget: gateF32(memory, .forget),
        candidate: gateF32(memory, .candidate),
        output: gateF32(memory, .output))
      unsafe ak_lstm_f32(
        &shape, &weights, clip, memory.input(0, as: Float.self), memory.state(18, as: Float.self),
        memory.state(19, as: Float.self), memory.output(0, as: Float.self))
    }
  }

  private static func int8(_ sequence: LSTMSequence) throws(ModelError) -> PreparedOperator {
    try sequence.requireTypes(weights: .int8, bias: .int32, cell: .int16)
    let (shape, quantization) = (sequence.shape, try sequence.quantization())
    let variant = sequence.context.variant
    var sizes = shape
    let scratchBytes = unsafe ak_lstm_s8_scratch_size(variant, &sizes)
    let prepared = PreparedOperator(scratchBytes: scratchBytes) { memory in
      var (shape, quantization) = (shape, quantization)
      var weights = unsafe ak_lstm_weights_s8(
        input: gateS8(memory, .input), forget: gateS8(memory, .forget), candidate: gateS8(memory, .candidate),
        output: gateS8(memory, .output))
      unsafe ak_lstm_s8_vectorized(
        variant, &shape, &quantization, &weights, memory.input(0, as: Int8.self),
        memory.state(18, as: Int8.self), memory.state(19, as: Int16.self), memory.output(0, as: Int8.self),
        memory.scratch)
    }
    return sequence.context.vectorized(prepared)
  }

  private static func int16(_ sequence: LSTMSequence) throws(ModelError) -> PreparedOperator {
    try sequence.requireTypes(weights: .int8, bias: .int64, cell: .int16)
    let (shape, quantization) = (sequence.shape, try sequence.quantization())
    try sequence.context.require(
      quantization.input_zero_point == 0 && quantization.hidden_zero_point == 0,
      "int16 input and output state need zero point 0")
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      var weights = unsafe ak_lstm_weights_s16(
        input: gateS16(memory, .input), forget: gateS16(memory, .forget),
        candidate: gateS16(memory, .candidate),
        output: gateS16(memory, .output))
      unsafe ak_lstm_s16(
        &shape, &quantization, &weights, memory.input(0, as: Int16.self), memory.state(18, as: Int16.self),
        memory.state(19, as: Int16.self), memory.output(0, as: Int16.self))
    }
  }
}

// MARK: - Weights in memory

extension LSTM {
  @unsafe private static func gateF32(_ memory: borrowing OperatorMemory, _ gate: LSTMGate)
    -> ak_lstm_gate_f32
  {
    unsafe ak_lstm_gate_f32(
      input_weights: memory.input(gate.inputWeights, as: Float.self),
      recurrent_weights: memory.input(gate.recurrentWeights, as: Float.self),
      bias: memory.input(gate.bias, as: Float.self))
  }

  @unsafe private static func gateS8(_ memory: borrowing OperatorMemory, _ gate: LSTMGate) -> ak_lstm_gate_s8
  {
    unsafe ak_lstm_gate_s8(
      input_weights: memory.input(gate.inputWeights, as: Int8.self),
      recurrent_weights: memory.input(gate.recurrentWeights, as: Int8.self),
      bias: memory.input(gate.bias, as: Int32.self))
  }

  @unsafe private static func gateS16(_ memory: borrowing OperatorMemory, _ gate: LSTMGate)
    -> ak_lstm_gate_s16
  {
    unsafe ak_lstm_gate_s16(
      input_weights: memory.input(gate.inputWeights, as: Int8.self),
      recurrent_weights: memory.input(gate.recurrentWeights, as: Int8.self),
      bias: memory.input(gate.bias, as: Int64.self))
  }
}
