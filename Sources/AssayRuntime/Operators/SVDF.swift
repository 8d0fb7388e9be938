import AssayKernels
import AssayModel

/// SVDF on float32, and on int8 with a state of int16 or int8.
enum SVDF {
  static func prepare(_ context: OperatorContext) throws(ModelError) -> PreparedOperator {
    guard case .svdf(let rank, let activation) = context.op.options else {
      throw context.invalid("attributes are missing")
    }
    let step = try SVDFStep(context, rank: rank)
    switch (step.input.type, step.timeWeights.type) {
    case (.float32, .float32): return try float32(step, activation)
    case (.int8, .int16): return try int8WithInt16State(step, activation)
    case (.int8, .int8): return try int8WithInt8State(step, activation)
    case (.float32, .int8), (.float32, .int16):
      throw context.missing("hybrid model: TFLite Micro cannot run it")
    default: throw context.missing("SVDF on \(step.input.type.rawValue)")
    }
  }

  private static func float32(_ step: SVDFStep, _ activation: FusedActivation) throws(ModelError)
    -> PreparedOperator
  {
    try step.requireTypes(weights: .float32, state: .float32, bias: .float32)
    // Unlike elsewhere, no activation means no clamp: infinities come through.
    let range = try step.context.realRange(of: activation)
    let shape = step.shape
    let lower = range.lower == -.greatestFiniteMagnitude ? -.infinity : range.lower
    let upper = range.upper == .greatestFiniteMagnitude ? .infinity : range.upper
    return PreparedOperator { memory in
      var (shape, range) = (shape, ak_float_range(min: lower, max: upper))
      unsafe ak_svdf_f32(
        &shape, &range, memory.input(0, as: Float.self), memory.input(1, as: Float.self),
        memory.input(2, as: Float.self), memory.input(3, as: Float.self), memory.state(4, as: Float.self),
        memory.output(0, as: Float.self))
    }
  }

  private static func int8WithInt16State(
    _ step: SVDFStep, _ activation: FusedActivation
  ) throws(ModelError) -> PreparedOperator {
    try step.requireTypes(weights: .int8, state: .int16, bias: .int32)
    let (shape, quantization) = (step.shape, try step.quantization(activation))
    let variant = step.context.variant
    var sizes = shape
    let scratchBytes = unsafe ak_svdf_s8_scratch_size(variant, &sizes)
    let prepared = PreparedOperator(scratchBytes: scratchBytes) { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_svdf_s8_s16_vectorized(
        variant, &shape, &quantization, memory.input(0, as: Int8.self), memory.input(1, as: Int8.self),
        memory.input(2, as: Int16.self), memory.input(3, as: Int32.self), memory.state(4, as: Int16.self),
        memory.output(0, as: Int8.self), memory.scratch)
    }
    return step.context.vectorized(prepared)
  }

  private static func int8WithInt8State(
    _ step: SVDFStep, _ activation: FusedActivation
  ) throws(ModelError) -> PreparedOperator {
    try step.requireTypes(weights: .int8, state: .int8, bias: .int32)
    let (shape, quantization) = (step.shape, try step.quantization(activation))
    return PreparedOperator { memory in
      var (shape, quantization) = (shape, quantization)
      unsafe ak_svdf_s8_s8(
        &shape, &quantization, memory.input(0, as: Int8.self), memory.input(1, as: Int8.self),
        memory.input(2, as: Int8.self), memory.input(3, as: Int32.self), memory.state(4, as: Int8.self),
        memory.output(0, as: Int8.self))
    }
  }
}

/// An SVDF step whose shapes have been checked.
private struct SVDFStep {
  let context: OperatorContext
  let input: Tensor
  let featureWeights: Tensor
  let timeWeights: Tensor
  let bias: Tensor
  let state: Tensor
  let output: Tensor
  let shape: ak_svdf_shape

  init(_ context: OperatorContext, rank: Int) throws(ModelError) {
    try context.require(context.inputCount == 5, "has \(context.inputCount) inputs, expected 5")
    try context.require(context.outputCount == 1, "has \(context.outputCount) outputs, expected 1")
    self.context = context
    input = try context.input(0)
    featureWeights = try context.input(1)
    timeWeights = try context.input(2)
    guard let bias = context.optionalInput(3) else {
      throw context.missing("SVDF without a bias: TFLite Micro cannot run it")
    }
    self.bias = bias
    state = try context.input(4)
    output = try context.output(0)
    for (tensor, role) in [
      (input, "input"), (featureWeights, "feature weights"), (timeWeights, "time weights"), (state, "state"),
      (output, "output"),
    ] {
      try context.require(tensor, role, rank: 2)
      try context.require(tensor.shape.allSatisfy { $0 >= 1 }, "\(role) has shape \(tensor.shape)")
    }
    let filters = featureWeights.shape[0]
    try context.require(
      rank >= 1 && filters % rank == 0, "rank \(rank) does not divide \(filters) filters")
    shape = ak_svdf_shape(
      batches: input.shape[0], depth: input.shape[1], units: filters / rank, rank: rank,
      memory: timeWeights.shape[1])
    try requireAgreement(filters: filters)
  }

  private func requireAgreement(filters: Int) throws(ModelError) {
    try context.require(featureWeights, "feature weights", shape: [filters, shape.depth])
    try context.require(timeWeights, "time weights", shape: [filters, shape.memory])
    try context.require(
      bias.elementCount == shape.units, "bias has \(bias.elementCount) elements for \(shape.units) units")
    let (cells, overflow) = shape.memory.multipliedReportingOverflow(by: filters)
    try context.require(
      !overflow && state.shape == [shape.batches, cells], "state has shape \(state.shape)")
    try context.require(state.isVariable, "state is not a variable tensor")
    try context.require(output, "output", shape: [shape.batches, shape.units])
  }

  func requireTypes(weights: ElementType, state: ElementType, bias: ElementType) throws(ModelError) {
    try context.require(featureWeights, "feature weights", type: weights)
    try context.require(self.state, "state", type: state)
    try context.require(self.bias, "bias", type: bias)
    try context.require(output, "output", type: input.type)
  }

  /// Scales of an int8 step, products and quotients in double precision.
  ///
  /// An int8 step clamps to the range of int8 whatever its activation says; exporters write RELU and
  /// an output zero point of -128, where the two are the same.
  func quantization(_ activation: FusedActivation) throws(ModelError) -> ak_svdf_quantization {
    guard activation == .none || activation == .relu else {
      throw context.missing("fused activation \(activation.rawValue): TFLite Micro ignores it here")
    }
    let source = try context.perTensor(input, "input")
    let feature = try context.perTensor(featureWeights, "feature weights")
    let time = try context.perTensor(timeWeights, "time weights")
    let memory = try context.perTensor(state, "state")
    let target = try context.perTensor(output, "output")
    let biasScale = bias.quantization?.scale ?? 0
    try context.require(
      abs(Double(biasScale) - Double(memory.scale) * Double(time.scale)) < 1e-5,
      "bias scale \(biasScale) is not state scale times time scale, \(memory.scale * time.scale)")
    return ak_svdf_quantization(
      input_zero_point: source.zeroPoint, state_zero_point: memory.zeroPoint,
      output_zero_point: target.zeroPoint,
      input_scale: try context.multiplier(
        Double(source.scale) * Double(feature.scale) / Double(memory.scale),
        "input scale times feature scale over state scale"),
      output_scale: try context.multiplier(
        Double(memory.scale) * Double(time.scale) / Double(target.scale),
        "state scale times time scale over output scale"))
  }
}
