import AssayKernels
import AssayModel

/// Input, filter, bias and output of an operator that sums products: convolutions and fully connected
/// layers take them alike.
struct LinearOperands: Sendable {
  /// Which arithmetic the types ask for.
  enum Arithmetic: Sendable {
    case float32
    /// int8 activations; int8 or int4 filter, int32 bias, 32-bit sums.
    case int8
    /// int16 activations, int8 filter, and sums of 32 or 64 bits.
    case int16(wideSums: Bool)
  }

  /// Where an operator has its inputs.
  struct Positions: Sendable {
    var input = 0
    var filter = 1
    var bias = 2
    static let usual = Positions()
    static let transposeConv = Positions(input: 2, filter: 1, bias: 3)
  }

  let context: OperatorContext
  let positions: Positions
  let input: Tensor
  let filter: Tensor
  let bias: Tensor?
  let output: Tensor
  let arithmetic: Arithmetic

  /// - Parameter int16Biases: the types of bias that TFLite Micro reads properly beside int16
  ///   activations; others it takes for int64, whatever they are.
  init(
    _ context: OperatorContext, at positions: Positions = .usual, int16Biases: Set<ElementType>
  ) throws(ModelError) {
    let counts = positions.bias...(positions.bias + 1)
    try context.require(
      counts.contains(context.inputCount),
      "has \(context.inputCount) inputs, expected \(counts.lowerBound) or \(counts.upperBound)")
    try context.require(context.outputCount == 1, "has \(context.outputCount) outputs, expected 1")
    self.context = context
    self.positions = positions
    input = try context.input(positions.input)
    filter = try context.input(positions.filter)
    bias = context.optionalInput(positions.bias)
    output = try context.output(0)
    arithmetic = try Self.arithmetic(context, input, filter, bias, int16Biases)
    try context.require(output, "output", type: input.type)
  }

  private static func arithmetic(
    _ context: OperatorContext, _ input: Tensor, _ filter: Tensor, _ bias: Tensor?,
    _ int16Biases: Set<ElementType>
  ) throws(ModelError) -> Arithmetic {
    switch (input.type, filter.type) {
    case (.float32, .float32):
      if let bias { try context.require(bias, "bias", type: .float32) }
      return .float32
    case (.int8, .int8), (.int8, .int4):
      if let bias { try context.require(bias, "bias", type: .int32) }
      return .int8
    case (.int16, .int8):
      if let bias, !int16Biases.contains(bias.type) {
        throw context.missing("int16 activations with \(bias.type.rawValue) bias: TFLite Micro misreads it")
      }
      return .int16(wideSums: bias?.type != .int32)
    case (.float32, .int8), (.float32, .int4), (.float32, .uint8):
      throw context.missing("hybrid model: TFLite Micro cannot run it")
    default:
      throw context.missing(
        "\(input.type.rawValue) input with \(filter.type.rawValue) filter: TFLite Micro has no kernel")
    }
  }

  /// Checks that the bias, if there is one, has `channels` elements.
  func requireBias(_ channels: Int) throws(ModelError) {
    guard let bias else { return }
    try context.require(
      bias.elementCount == channels, "bias has \(bias.elementCount) elements for \(channels) output channels")
  }

  /// Zero points and clamp of the quantised kernels; int16 tensors must be symmetric.
  func quantization(_ activation: FusedActivation) throws(ModelError) -> ak_linear_quantization {
    let source = try context.perTensor(input, "input")
    let target = try context.perTensor(output, "output")
    if case .int16 = arithmetic {
      try context.require(
        source.zeroPoint == 0 && target.zeroPoint == 0, "int16 input and output need zero point 0")
    }
    let range = try context.quantizedRange(of: activation, type: output.type, target)
    return ak_linear_quantization(
      input_zero_point: source.zeroPoint, filter_zero_point: 0, output_zero_point: target.zeroPoint,
      activation_min: range.lower, activation_max: range.upper)
  }

  func floatRange(_ activation: FusedActivation) throws(ModelError) -> ak_float_range {
    let range = try context.realRange(of: activation)
    return ak_float_range(min: range.lower, max: range.upper)
  }

  /// One multiplier for each of `channels`: `s_in * s_filter / s_out`, products in double precision.
  func multipliers(channels: Int) throws(ModelError) -> [QuantizedMultiplier] {
    let scales = try context.symmetricScales(filter, "filter", channels: channels)
    let source = Double(try context.perTensor(input, "input").scale)
    let target = Double(try context.perTensor(output, "output").scale)
    var result: [QuantizedMultiplier] = []
    result.reserveCapacity(channels)
    for scale in scales { result.append(try multiplier(source * Double(scale) / target)) }
    return result
  }

  /// The fixed-point form of `real`, inside what this arithmetic can shift.
  func multiplier(_ real: Double) throws(ModelError) -> QuantizedMultiplier {
    let multiplier = try context.multiplier(real, "input scale times filter scale over output scale")
    if case .int16(wideSums: true) = arithmetic {
      try context.require(multiplier.shift <= 14, "scale factor \(real) is too large for 64-bit sums")
    }
    return multiplier
  }
}

extension LinearOperands {
  /// The elements of a constant input while a model is prepared; `nil` when it is computed at run time.
  func withConstant<Element: BitwiseCopyable, Result>(
    _ position: Int, as type: Element.Type, _ body: (UnsafePointer<Element>) -> Result
  ) -> Result? {
    guard let bytes = context.constantBytes(position) else { return nil }
    return unsafe bytes.withUnsafeBytes { bytes in
      unsafe bytes.bindMemory(to: Element.self).baseAddress.map(body)
    }
  }

  /// As ``withConstant(_:as:_:)`` for the bias, which may be left out: then `body` gets `nil`.
  func withConstantBias<Element: BitwiseCopyable, Result>(
    as type: Element.Type, _ body: (UnsafePointer<Element>?) -> Result
  ) -> Result? {
    guard bias != nil else { return body(nil) }
    return unsafe withConstant(positions.bias, as: type) { unsafe body($0) }
  }
}

/// An int8 filter as a kernel reads it: in place, or unpacked from int4 once per model.
struct EightBitFilter: Sendable {
  private let position: Int
  private let unpacked: [Int8]?

  init(_ operands: LinearOperands) throws(ModelError) {
    position = operands.positions.filter
    guard operands.filter.type == .int4 else {
      unpacked = nil
      return
    }
    guard let bytes = operands.context.constantBytes(operands.positions.filter) else {
      throw operands.context.missing("int4 filter that is not constant")
    }
    unpacked = Self.unpack(bytes, count: operands.filter.elementCount)
  }

  /// Two elements to a byte, low half first, sign-extended.
  static func unpack(_ bytes: ArraySlice<UInt8>, count: Int) -> [Int8] {
    (0..<count).map { index in
      let byte = bytes[bytes.startIndex + index / 2]
      let half = index % 2 == 0 ? byte << 4 : byte & 0xF0
      return Int8(bitPattern: half) >> 4
    }
  }

  /// The filter while a model is prepared; `nil` when it is computed at run time.
  func withConstant<Result>(
    _ operands: LinearOperands, _ body: (UnsafePointer<Int8>) -> Result
  ) -> Result? {
    if let unpacked { return unsafe unpacked.withUnsafeBufferPointer { unsafe $0.baseAddress.map(body) } }
    return unsafe operands.withConstant(position, as: Int8.self, body)
  }

  func withPointer(_ memory: borrowing OperatorMemory, _ body: (UnsafePointer<Int8>) -> Void) {
    guard let unpacked else { return unsafe body(memory.input(position, as: Int8.self)) }
    unsafe unpacked.withUnsafeBufferPointer { if let base = $0.baseAddress { unsafe body(base) } }
  }
}
