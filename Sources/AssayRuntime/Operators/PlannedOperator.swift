import AssayModel

/// Values of a control input (a shape, axes, begins) that an operator cannot run with.
struct ControlFault: Error, Sendable {
  var message: String

  init(_ message: String) { self.message = message }

  static func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(ControlFault) {
    guard condition else { throw ControlFault(message()) }
  }
}

/// A small integer input that steers an operator: known beforehand, or computed while the model runs.
struct ControlInput: Sendable {
  static let maximumElements = 4096

  let index: Int
  let type: ElementType
  let count: Int
  /// `nil` when the values are computed.
  let constant: [Int]?

  init(_ context: OperatorContext, _ index: Int) throws(ModelError) {
    let tensor = try context.input(index)
    try context.require(
      tensor.type == .int32 || tensor.type == .int64,
      "input \(index) is \(tensor.type.rawValue), expected int32 or int64")
    try context.require(
      tensor.elementCount <= Self.maximumElements, "input \(index) has \(tensor.elementCount) elements")
    self.index = index
    type = tensor.type
    count = tensor.elementCount
    constant = context.constantBytes(index).map { Self.decode($0, width: tensor.type == .int32 ? 4 : 8) }
    try context.require(constant.map { $0.count >= count } ?? true, "input \(index) is cut short")
  }

  func values(_ memory: borrowing OperatorMemory) -> [Int] {
    if let constant { return constant }
    if type == .int32 {
      return unsafe UnsafeBufferPointer(start: memory.input(index, as: Int32.self), count: count).map(
        Int.init)
    }
    return unsafe UnsafeBufferPointer(start: memory.input(index, as: Int64.self), count: count).map(Int.init)
  }

  /// Little-endian two's complement of `width` bytes each.
  private static func decode(_ bytes: ArraySlice<UInt8>, width: Int) -> [Int] {
    stride(from: bytes.startIndex, to: bytes.endIndex - width + 1, by: width).map { start in
      let bits = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
      return width == 4 ? Int(Int32(truncatingIfNeeded: bits)) : Int(truncatingIfNeeded: bits)
    }
  }
}

extension OperatorContext {
  /// An operator whose plan depends on control inputs: planned once when all of them are constants,
  /// else each time it runs.
  ///
  /// A fault in constants is the file's (`ModelError`), in computed values a model defect (`RunError`).
  ///
  /// - Parameters:
  ///   - inputs: positions of the control inputs.
  ///   - plan: pure; gets the values of the control inputs in their order.
  ///   - run: computes the outputs by the plan.
  func planned<Plan: Sendable>(
    by inputs: [Int], scratchBytes: Int = 0,
    plan: @escaping @Sendable ([[Int]]) throws(ControlFault) -> Plan,
    run: @escaping @Sendable (Plan, borrowing OperatorMemory) throws(RunError) -> Void
  ) throws(ModelError) -> PreparedOperator {
    var controls: [ControlInput] = []
    for index in inputs { controls.append(try ControlInput(self, index)) }
    let constants = controls.compactMap(\.constant)
    if constants.count == controls.count {
      let fixed: Plan
      do throws(ControlFault) { fixed = try plan(constants) } catch { throw invalid(error.message) }
      return PreparedOperator(scratchBytes: scratchBytes) { memory throws(RunError) in try run(fixed, memory)
      }
    }
    return PreparedOperator(scratchBytes: scratchBytes) { [controls, place] memory throws(RunError) in
      var values: [[Int]] = []
      for control in controls { values.append(control.values(memory)) }
      let computed: Plan
      do throws(ControlFault) { computed = try plan(values) } catch {
        throw RunError(.modelDefect, in: place, error.message)
      }
      try run(computed, memory)
    }
  }
}

/// An axis as files store it, counted from the end when negative.
func resolvedAxis(_ axis: Int, rank: Int) throws(ControlFault) -> Int {
  try ControlFault.require((-rank..<rank).contains(axis), "axis \(axis) is outside a rank of \(rank)")
  return axis < 0 ? axis + rank : axis
}
