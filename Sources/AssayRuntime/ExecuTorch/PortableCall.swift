import AssayModel

/// A kernel call of an ExecuTorch program, its arguments checked as they are asked for.
struct PortableCall {
  let context: OperatorContext
  private let arguments: [OperatorArgument]

  init(_ context: OperatorContext) throws(ModelError) {
    switch context.op.options {
    case .arguments(let arguments), .kernelCall(_, let arguments): self.arguments = arguments
    default: throw context.missing("no kernel for \(context.op.code.name)")
    }
    self.context = context
  }

  private func argument(_ index: Int) -> OperatorArgument {
    arguments.indices.contains(index) ? arguments[index] : .none
  }

  private func wrong(_ index: Int, _ expected: String) -> ModelError {
    context.invalid("argument \(index) is not \(expected)")
  }

  // MARK: Tensors

  func operand(_ index: Int) throws(ModelError) -> Operand {
    guard let operand = try optionalOperand(index) else { throw wrong(index, "a tensor") }
    return operand
  }

  func optionalOperand(_ index: Int) throws(ModelError) -> Operand? {
    switch argument(index) {
    case .tensor(let position): return Operand(try context.input(position), position)
    case .none: return nil
    default: throw wrong(index, "a tensor")
    }
  }

  /// Whether an argument is a tensor rather than a number.
  func isTensor(_ index: Int) -> Bool {
    if case .tensor = argument(index) { true } else { false }
  }

  func operands(_ index: Int) throws(ModelError) -> [Operand] {
    guard case .tensors(let positions) = argument(index) else { throw wrong(index, "a list of tensors") }
    var operands: [Operand] = []
    for case .some(let position) in positions {
      operands.append(Operand(try context.input(position), position))
    }
    try context.require(
      operands.count == positions.count && !operands.isEmpty, "a tensor of the list is left out")
    return operands
  }

  /// A list of tensors of which some are left out.
  func optionalOperands(_ index: Int) throws(ModelError) -> [Operand?] {
    guard case .tensors(let positions) = argument(index) else { throw wrong(index, "a list of tensors") }
    var operands: [Operand?] = []
    for position in positions {
      guard let position else {
        operands.append(nil)
        continue
      }
      operands.append(Operand(try context.input(position), position))
    }
    return operands
  }

  func output(_ index: Int = 0) throws(ModelError) -> Operand { Operand(try context.output(index), index) }

  /// A tensor of float32.
  func floats(_ index: Int) throws(ModelError) -> Operand { try float(operand(index)) }

  func optionalFloats(_ index: Int) throws(ModelError) -> Operand? {
    guard let operand = try optionalOperand(index) else { return nil }
    return try float(operand)
  }

  func floatOutput(_ index: Int = 0) throws(ModelError) -> Operand { try float(output(index)) }

  private func float(_ operand: Operand) throws(ModelError) -> Operand {
    guard operand.type == .float32 else {
      throw context.missing("\(context.op.code.name) on \(operand.type.rawValue)")
    }
    return operand
  }

  // MARK: Numbers

  func int(_ index: Int, default value: Int? = nil) throws(ModelError) -> Int {
    switch argument(index) {
    case .int(let number): return number
    case .bool(let flag): return flag ? 1 : 0
    case .none:
      if let value { return value }
      throw wrong(index, "an integer")
    default: throw wrong(index, "an integer")
    }
  }

  /// An integer inside `range`.
  func int32(_ index: Int, in range: ClosedRange<Int>) throws(ModelError) -> Int32 {
    let value = try int(index)
    try context.require(range.contains(value), "argument \(index), \(value), is not in \(range)")
    return Int32(value)
  }

  func bool(_ index: Int, default value: Bool = false) throws(ModelError) -> Bool {
    switch argument(index) {
    case .bool(let flag): return flag
    case .int(let number): return number != 0
    case .none: return value
    default: throw wrong(index, "a boolean")
    }
  }

  func number(_ index: Int, default value: Double? = nil) throws(ModelError) -> Double {
    switch argument(index) {
    case .int(let number): return Double(number)
    case .double(let number): return number
    case .bool(let flag): return flag ? 1 : 0
    case .none:
      if let value { return value }
      throw wrong(index, "a number")
    default: throw wrong(index, "a number")
    }
  }

  func isPresent(_ index: Int) -> Bool {
    if case .none = argument(index) { false } else { true }
  }

  /// A list of integers; empty when absent.
  func ints(_ index: Int) throws(ModelError) -> [Int] {
    switch argument(index) {
    case .ints(let values): return values
    case .none: return []
    case .int(let value): return [value]
    default: throw wrong(index, "a list of integers")
    }
  }

  /// A list of numbers; empty when absent.
  func doubles(_ index: Int) throws(ModelError) -> [Double] {
    switch argument(index) {
    case .doubles(let values): return values
    case .ints(let values): return values.map { Double($0) }
    case .none: return []
    default: throw wrong(index, "a list of numbers")
    }
  }

  func text(_ index: Int, default value: String) throws(ModelError) -> String {
    switch argument(index) {
    case .text(let text): return text
    case .none: return value
    default: throw wrong(index, "a text")
    }
  }

  /// An axis counted from the end when negative.
  func axis(_ index: Int, rank: Int, default value: Int? = nil) throws(ModelError) -> Int {
    let axis = try int(index, default: value)
    return try context.axis(axis, rank: rank)
  }

  /// Two values for rows and columns from a list of one or two; `value` where it is empty.
  func pair(_ index: Int, default value: (Int, Int)? = nil, in range: ClosedRange<Int>) throws(ModelError)
    -> (
      Int, Int
    )
  {
    let list = try ints(index)
    for item in list {
      try context.require(range.contains(item), "argument \(index), \(list), is not in \(range)")
    }
    switch list.count {
    case 1: return (list[0], list[0])
    case 2: return (list[0], list[1])
    case 0:
      if let value { return value }
      fallthrough
    default: throw wrong(index, "one or two integers")
    }
  }
}

extension OperatorContext {
  func require(_ operand: Operand, _ role: String, shape: [Int]) throws(ModelError) {
    try require(operand.tensor, role, shape: shape)
  }

  /// Same shape, same order in memory.
  func requireSameLayout(_ a: Operand, _ b: Operand) throws(ModelError) {
    try require(a.shape == b.shape, "shapes \(a.shape) and \(b.shape) differ")
    try require(a.hasLayout(of: b), "memory orders \(a.tensor.dimOrder) and \(b.tensor.dimOrder) differ")
  }
}
