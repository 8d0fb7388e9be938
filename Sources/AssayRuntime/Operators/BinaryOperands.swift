import AssayKernels
import AssayModel

extension ak_binary_range {
  /// No clamp but to the finite floats, as the device's runtime clamps without an activation.
  static let unlimited = ak_binary_range(
    f32_min: -.greatestFiniteMagnitude, f32_max: .greatestFiniteMagnitude, s32_min: .min, s32_max: .max)
}

/// The two operands of an elementwise operator, of one type, with the walk that broadcasts them.
struct BinaryOperands {
  let context: OperatorContext
  let a: Tensor
  let b: Tensor
  let output: Tensor
  let plan: RowPlan

  var type: ElementType { a.type }

  /// - Parameter inputs: how many inputs take part; beyond two they must have the shape of the rest.
  /// - Parameter secondType: the type of input 1 where it is not input 0's.
  init(_ context: OperatorContext, inputs: Int = 2, secondType: ElementType? = nil) throws(ModelError) {
    try context.requireArity(inputs: inputs...inputs)
    self.context = context
    a = try context.input(0)
    b = try context.input(1)
    output = try context.output(0)
    try context.require(b, "input 1", type: secondType ?? a.type)
    try context.require(output, "output", type: a.type)
    plan = try context.broadcastPlan(inputs: 2)
  }

  func missingType() -> ModelError { context.missing("\(context.op.code.name) on \(type.rawValue)") }

  private var activation: FusedActivation {
    if case .arithmetic(let activation) = context.op.options { activation } else { .none }
  }

  // MARK: What kernels compute with

  let unclamped = ak_binary_range.unlimited

  /// The clamp of an unquantised result.
  func range() throws(ModelError) -> ak_binary_range {
    let real = try context.realRange(of: activation)
    let integers: ClosedRange<Int32> =
      switch activation {
      case .relu: 0 ... .max
      case .relu6: 0...6
      case .reluN1To1: -1...1
      default: .min ... .max
      }
    return ak_binary_range(
      f32_min: real.lower, f32_max: real.upper, s32_min: integers.lowerBound, s32_max: integers.upperBound)
  }

  /// Zero points and clamp; the factors are each operator's own.
  private func quantization() throws(ModelError) -> ak_binary_quantization {
    let (first, second) = (try context.perTensor(a, "input 0"), try context.perTensor(b, "input 1"))
    let target = try context.perTensor(output, "output")
    let range = try context.quantizedRange(of: activation, type: output.type, target)
    var result = ak_binary_quantization()
    result.a_zero_point = first.zeroPoint
    result.b_zero_point = second.zeroPoint
    result.out_zero_point = target.zeroPoint
    result.activation_min = range.lower
    result.activation_max = range.upper
    return result
  }

  private func scales() throws(ModelError) -> (a: Float, b: Float, out: Float) {
    (
      try context.perTensor(a, "input 0").scale, try context.perTensor(b, "input 1").scale,
      try context.perTensor(output, "output").scale
    )
  }

  private func fraction(_ real: Double, _ what: String) throws(ModelError) -> ak_multiplier {
    try context.require(
      real > 0 && real < 1, "\(what) \(real) is not between 0 and 1: TFLite Micro aborts here")
    return try context.multiplier(real, what)
  }

  /// ADD and SUB: both operands to half the larger scale, with `leftShift` bits of headroom.
  func sum(leftShift: Int32) throws(ModelError) -> ak_binary_quantization {
    let scales = try scales()
    let twiceLarger = 2 * Double(max(scales.a, scales.b))
    var result = try aligned(leftShift: leftShift)
    result.out_scale = try fraction(
      twiceLarger / (Double(1 << leftShift) * Double(scales.out)), "output scale ratio")
    return result
  }

  private func aligned(leftShift: Int32) throws(ModelError) -> ak_binary_quantization {
    let scales = try scales()
    let twiceLarger = 2 * Double(max(scales.a, scales.b))
    var result = try quantization()
    result.left_shift = leftShift
    result.a_scale = try fraction(Double(scales.a) / twiceLarger, "input 0 scale ratio")
    result.b_scale = try fraction(Double(scales.b) / twiceLarger, "input 1 scale ratio")
    return result
  }

  /// SQUARED_DIFFERENCE: as ``sum(leftShift:)`` with the output factor squared.
  func squares(leftShift: Int32) throws(ModelError) -> ak_binary_quantization {
    let scales = try scales()
    let twiceLarger = 2 * Double(max(scales.a, scales.b))
    var result = try aligned(leftShift: leftShift)
    result.out_scale = try context.multiplier(
      twiceLarger * twiceLarger / Double(Float(1 << (2 * leftShift)) * scales.out), "output scale ratio")
    return result
  }

  func product() throws(ModelError) -> ak_binary_quantization {
    let scales = try scales()
    var result = try quantization()
    try context.require(
      type == .int8 || (result.a_zero_point, result.b_zero_point, result.out_zero_point) == (0, 0, 0),
      "int16 product with a zero point other than 0")
    result.out_scale = try context.multiplier(
      Double(scales.a) * Double(scales.b) / Double(scales.out), "scale ratio")
    return result
  }

  func quotient() throws(ModelError) -> ak_binary_quantization {
    let scales = try scales()
    var result = try quantization()
    result.out_scale = try context.multiplier(Double(scales.a / (scales.b * scales.out)), "scale ratio")
    return result
  }

  func prelu() throws(ModelError) -> ak_binary_quantization {
    let scales = try scales()
    var result = try quantization()
    result.a_scale = try context.multiplier(Double(scales.a) / Double(scales.out), "scale ratio")
    result.out_scale = try context.multiplier(
      Double(scales.a) * Double(scales.b) / Double(scales.out), "scale ratio below zero")
    return result
  }

  // MARK: Running rows

  typealias Row<Element, Second, Parameters> =
    @Sendable (
      UnsafePointer<Element>, Int, UnsafePointer<Second>, Int, UnsafeMutablePointer<Element>, Int,
      UnsafePointer<Parameters>
    ) -> Void

  func run<Element: SendableMetatype, Second: SendableMetatype, Parameters: Sendable>(
    _ row: @escaping Row<Element, Second, Parameters>, _ parameters: Parameters
  ) -> PreparedOperator {
    let plan = plan
    return PreparedOperator { memory in
      var parameters = parameters
      let (a, b) = unsafe (memory.input(0, as: Element.self), memory.input(1, as: Second.self))
      let out = unsafe memory.output(0, as: Element.self)
      plan.forEachRow { at in
        unsafe row(a + at[1], plan.step[1], b + at[2], plan.step[2], out + at[0], plan.count, &parameters)
      }
    }
  }

  typealias PlainRow<Element> =
    @Sendable (
      UnsafePointer<Element>, Int, UnsafePointer<Element>, Int, UnsafeMutablePointer<Element>, Int
    ) -> Void

  func run<Element: SendableMetatype>(_ row: @escaping PlainRow<Element>) -> PreparedOperator {
    let plan = plan
    return PreparedOperator { memory in
      let (a, b) = unsafe (memory.input(0, as: Element.self), memory.input(1, as: Element.self))
      let out = unsafe memory.output(0, as: Element.self)
      plan.forEachRow { at in
        unsafe row(a + at[1], plan.step[1], b + at[2], plan.step[2], out + at[0], plan.count)
      }
    }
  }

  /// Runs `operation` unless a divisor is `zero`, on which the device traps or computes nonsense.
  func refusingDivisor<Element: Equatable & Sendable & SendableMetatype>(
    _ zero: Element, then operation: PreparedOperator
  ) -> PreparedOperator {
    let (count, place) = (b.elementCount, context.place)
    return PreparedOperator { memory throws(RunError) in
      let divisors = unsafe UnsafeBufferPointer(start: memory.input(1, as: Element.self), count: count)
      if let index = unsafe divisors.firstIndex(of: zero) {
        throw RunError(.modelDefect, in: place, "division by zero: element \(index) of the divisor")
      }
      try operation.invoke(memory)
    }
  }
}
