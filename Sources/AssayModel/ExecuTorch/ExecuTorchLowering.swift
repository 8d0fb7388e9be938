/// The work of turning one method into tensors and operators, instruction by instruction.
struct ExecuTorchLowering {
  private(set) var tensors: [Tensor] = []
  private(set) var operators: [Operator] = []
  private(set) var places: [PlannedPlace?] = []
  private(set) var initialValues: [Int: ConstantRange] = [:]
  /// Tensor index by value.
  private(set) var tensorOfValue: [Int: Int] = [:]

  private let plan: ExecuTorchPlan
  /// Whether shapes are smaller than the file's bounds and have to be followed through.
  private let isResized: Bool
  /// Elements of all argument lists so far: many calls may name one long list.
  private var listedElements = 0
  /// Integers known so far, by value.
  private var integers: [Int: Int] = [:]
  private var isDynamic: [Bool] = []

  init(_ plan: ExecuTorchPlan, resized: Bool) {
    self.plan = plan
    isResized = resized
    for (index, value) in plan.values.enumerated() {
      switch value {
      case .tensor(let tensor): append(tensor, value: index)
      case .int(let number): integers[index] = number
      default: break
      }
    }
  }

  private mutating func append(_ source: ExecuTorchTensor, value: Int) {
    tensorOfValue[value] = tensors.count
    var tensor = Tensor(
      name: source.name.isEmpty ? "value \(value)" : source.name, type: source.type, shape: source.shape,
      shapeSignature: source.isDynamic ? source.shape.map { _ in -1 } : [], isVariable: source.isState)
    tensor.dimOrder = source.dimOrder
    var place: PlannedPlace?
    switch source.storage {
    case .planned(let planned): place = planned
    case .constant(let range): tensor.constant = range
    case .none: break
    }
    initialValues[tensors.count] = source.initialValue
    places.append(place)
    isDynamic.append(source.isDynamic)
    tensors.append(tensor)
  }

  /// Gives dynamic inputs smaller shapes.
  mutating func resizeInputs(to shapes: [[Int]]) throws(ModelError) {
    guard shapes.count == plan.inputs.count else {
      throw ModelError(.invalid, "\(shapes.count) shapes for \(plan.inputs.count) inputs")
    }
    for (position, (value, shape)) in zip(plan.inputs, shapes).enumerated() {
      guard let index = tensorOfValue[value] else { continue }
      let bound = tensors[index].shape
      let fits = shape.count == bound.count && zip(shape, bound).allSatisfy { $0 >= 1 && $0 <= $1 }
      guard isDynamic[index] ? fits : shape == bound else {
        throw ModelError(
          .invalid, in: "method \(plan.name), input \(position)",
          "shape \(shape) is not \(isDynamic[index] ? "within the bound" : "") \(bound)")
      }
      tensors[index].shape = shape
    }
  }

  // MARK: Instructions

  mutating func add(_ instruction: ExecuTorchInstruction, at fileOffset: Int) throws(ModelError) {
    switch instruction {
    case .kernel(let index, let arguments):
      try addKernel(plan.operators[index], arguments, at: fileOffset)
    case .delegate(let index, let arguments):
      // Outputs follow inputs without a mark between; nothing here can run it, so they all count as written.
      let operands = arguments.compactMap { tensorOfValue[$0] }
      operators.append(
        Operator(
          code: .delegate(plan.delegates[index]), inputs: [],
          outputs: operands.filter { tensors[$0].constant == nil },
          fileOffset: fileOffset))
    case .move(let source, let target):
      integers[target] = integers[source]
      append("move", at: fileOffset)
    case .jumpIfFalse: append("jump_if_false", at: fileOffset)
    case .free: break
    }
  }

  private mutating func append(_ name: String, at fileOffset: Int) {
    operators.append(Operator(code: .executorch(name), inputs: [], outputs: [], fileOffset: fileOffset))
  }

  private mutating func addKernel(
    _ name: String, _ values: [Int], at fileOffset: Int
  ) throws(ModelError) {
    let call = split(values)
    var op = Operator(code: .executorch(name), inputs: [], outputs: [], fileOffset: fileOffset)
    var arguments: [OperatorArgument] = []
    for (position, value) in call.arguments.enumerated() {
      if isScratch(value, at: position, of: call.arguments.count, name) { continue }
      arguments.append(argument(value, &op.inputs))
      try countElements(of: value)
    }
    if let result = call.result {
      let shapes = op.inputs.map { $0.map { tensors[$0].shape } ?? [] }
      integers[result] = ShapeArithmetic.value(name, arguments, shapes)
      if integers[result] != nil { return }
    }
    op.outputs = call.outputs.compactMap { tensorOfValue[$0] }
    op.options = .arguments(arguments)
    for output in op.outputs where tensors[output].constant != nil {
      throw ModelError(.invalid, in: name, "writes value \(output), a constant")
    }
    if isResized { try resizeOutputs(of: op, name, arguments) }
    noteQuantization(name, arguments, op)
    operators.append(op)
  }

  private mutating func countElements(of value: Int) throws(ModelError) {
    switch plan.values[value] {
    case .ints(let items): listedElements += items.count
    case .tensors(let items): listedElements += items.count
    case .doubles(let items): listedElements += items.count
    case .bools(let items): listedElements += items.count
    default: listedElements += 1
    }
    guard listedElements <= Self.maximumListedElements else {
      throw ModelError(.limit, "calls have more than \(Self.maximumListedElements) arguments together")
    }
  }

  static let maximumListedElements = 1_000_000

  /// Outputs stand behind the arguments, and once more at the end as what the kernel returns.
  private func split(_ values: [Int]) -> (arguments: [Int], outputs: [Int], result: Int?) {
    guard let last = values.last else { return ([], [], nil) }
    let rest = Array(values.dropLast())
    switch plan.values[last] {
    case .tensor: return (rest.last == last ? Array(rest.dropLast()) : rest, [last], nil)
    case .tensors(let items):
      let outputs = items.compactMap { $0 }
      if Array(rest.suffix(outputs.count)) == outputs {
        return (Array(rest.dropLast(outputs.count)), outputs, nil)
      }
      if let before = rest.last, case .tensors(let same) = plan.values[before], same == items {
        return (Array(rest.dropLast()), outputs, nil)
      }
      return (rest, outputs, nil)
    default: return (rest, [], last)
    }
  }

  /// The working memory that cortex_m kernels take as their last tensor: written, never read.
  private func isScratch(_ value: Int, at position: Int, of count: Int, _ name: String) -> Bool {
    guard name.hasPrefix("cortex_m::quantized_"), position == count - 1,
      case .tensor(let tensor) = plan.values[value]
    else { return false }
    return tensor.type == .uint8 && tensor.shape.count == 1
  }

  private func argument(_ value: Int, _ inputs: inout [Int?]) -> OperatorArgument {
    switch plan.values[value] {
    case .null: return .none
    case .int: return integers[value].map(OperatorArgument.int) ?? .none
    case .bool(let flag): return .bool(flag)
    case .double(let number): return .double(number)
    case .text(let text): return .text(text)
    case .ints(let items): return .ints(items.map { integers[$0] ?? 0 })
    case .doubles(let numbers): return .doubles(numbers)
    case .bools(let flags): return .bools(flags)
    case .tensor:
      inputs.append(tensorOfValue[value])
      return .tensor(inputs.count - 1)
    case .tensors(let items):
      return .tensors(
        items.map { item in
          guard let item, let tensor = tensorOfValue[item] else { return nil }
          inputs.append(tensor)
          return inputs.count - 1
        })
    }
  }

  private mutating func resizeOutputs(
    of op: Operator, _ name: String, _ arguments: [OperatorArgument]
  ) throws(ModelError) {
    guard op.outputs.contains(where: { isDynamic[$0] }) else { return }
    let inputs = op.inputs.map { $0.map { tensors[$0].shape } ?? [] }
    guard let shapes = DynamicShapes.outputs(name, arguments, inputs, count: op.outputs.count) else {
      throw ModelError(.unsupported, in: name, "its output shape below the bound is not known")
    }
    for (output, shape) in zip(op.outputs, shapes) where isDynamic[output] {
      let bound = tensors[output].shape.reduce(1, *)
      guard shape.allSatisfy({ $0 >= 0 }), shape.count == tensors[output].shape.count,
        DynamicShapes.elements(shape) ?? .max <= bound
      else {
        throw ModelError(
          .invalid, in: name, "output shape \(shape) is not within the bound \(tensors[output].shape)")
      }
      tensors[output].shape = shape
    }
  }

  /// Codes get the scale that a conversion beside them names.
  private mutating func noteQuantization(_ name: String, _ arguments: [OperatorArgument], _ op: Operator) {
    let target: Int?
    if name.hasSuffix("::quantize_per_tensor.out") {
      target = op.outputs.first
    } else if name.hasSuffix("::dequantize_per_tensor.out") {
      target = op.inputs.first ?? nil
    } else {
      return
    }
    guard let target, arguments.count > 2, case .double(let scale) = arguments[1],
      case .int(let zero) = arguments[2], Float(scale).isNormal, scale > 0,
      let codes = tensors[target].type.codeRange, codes.contains(zero)
    else { return }
    tensors[target].quantization = Quantization(scales: [Float(scale)], zeroPoints: [Int32(zero)])
  }
}
